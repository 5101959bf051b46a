package webapp

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/outreach"
)

// surveyMost bounds the people counted while an audience is chosen; the plan counts everybody.
const surveyMost = 20_000

// planPatience is how long a request goes through the audience itself before it leaves the rest to the jobs role.
const planPatience = 5 * time.Second

type audiencePage struct {
	consoleFrame
	Heading    string
	Action     string
	Back       string
	Steps      []outreachStep
	Form       form
	Round      string // which one the choices are about
	WhoChoices []choice
	Linked     []choice
	Blocks     []choice
	Units      []unitGroup
	Codes      field
	Day, At    field
	Count      surveyBox
	Selected   string // how many units are chosen
}

// unitGroup are the level-1 units of a block.
type unitGroup struct {
	Name  string
	Units []choice
	Open  bool
}

// surveyBox says how many people the choices reach.
type surveyBox struct {
	Words, People, Reach, Cost string
	Rows                       []figure
}

// audience is the second step: who gets it and when.
func (a *App) audience(c *gin.Context, d *desk) error {
	b, err := a.broadcastOf(c, d)
	if err != nil {
		return err
	}
	if b.State != core.BroadcastDraft {
		return redirect(c, broadcastHref(b.ID))
	}
	day, at := "", ""
	if !b.StartAt.IsZero() {
		day, at = d.at(b.StartAt).Format(time.DateOnly), hour(d.at(b.StartAt))
	}
	return a.showAudience(c, d, http.StatusOK, b, strings.Join(subUnits(d, b.Audience.Units), ", "), day, at, nil)
}

// saveAudience counts again, or keeps the draft and makes the plan.
func (a *App) saveAudience(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	b, err := a.broadcastOf(c, d)
	if err != nil {
		return err
	}
	if b.State != core.BroadcastDraft { // sent twice, or planned in another tab
		return redirect(c, broadcastHref(b.ID))
	}
	day, at, codes := c.PostForm("ngay"), c.PostForm("luc"), c.PostForm("ma_don_vi")
	fault := readAudience(c, d, &b)
	if fault != nil || c.PostForm("lam") == "dem" {
		status := http.StatusUnprocessableEntity
		if c.PostForm("lam") == "dem" {
			status = http.StatusOK
		}
		return a.showAudience(c, d, status, b, codes, day, at, fault)
	}
	if b, err = a.opt.Outreach.Edit(ctx, d.person.Subject(), b); err != nil {
		return err
	}
	if err := a.opt.Outreach.Plan(ctx, d.person.Subject(), b.ID); err != nil {
		return err
	}
	if err := a.planSoon(c, b.ID); err != nil {
		return err
	}
	return redirect(c, broadcastHref(b.ID))
}

// readAudience takes the choices as they were made and says what is wrong with them.
func readAudience(c *gin.Context, d *desk, b *core.Broadcast) error {
	wrong := map[string]string{}
	b.Audience = core.Audience{Who: c.PostForm("ai"), Linked: c.PostForm("lien_ket")}
	if !slices.ContainsFunc(audienceWho, func(w struct{ who, name, words string }) bool { return w.who == b.Audience.Who }) {
		b.Audience.Who = core.AudienceAll
	}
	for _, block := range d.ed.Contest.Blocks() {
		if slices.Contains(c.PostFormArray("khoi"), block.ID) {
			b.Audience.Blocks = append(b.Audience.Blocks, block.ID)
		}
	}
	typed := strings.FieldsFunc(c.PostForm("ma_don_vi"), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == ';' })
	for _, code := range append(c.PostFormArray("don_vi"), typed...) {
		if _, ok := d.ed.Units.Unit(code); !ok && code != core.OtherUnit {
			wrong["ma_don_vi"] = "Không có đơn vị " + code + "."
		} else if !slices.Contains(b.Audience.Units, code) {
			b.Audience.Units = append(b.Audience.Units, code)
		}
	}
	b.StartAt = 0
	if day, at := c.PostForm("ngay"), c.PostForm("luc"); day != "" || at != "" {
		t, err := time.ParseInLocation("2006-01-02 15:04", day+" "+cmp.Or(at, "08:00"), d.ed.Loc)
		switch {
		case err != nil:
			wrong["ngay"] = "Chọn ngày và giờ gửi, hoặc để trống cả hai để gửi ngay khi xác nhận."
		case core.At(t) <= d.now:
			wrong["ngay"] = "Thời điểm này đã qua."
		case !b.StopAt.IsZero() && core.At(t) >= b.StopAt:
			wrong["ngay"] = "Lúc đó đợt thi đã đóng."
		default:
			b.StartAt = core.At(t)
		}
	}
	if len(wrong) > 0 {
		return core.FieldErrors(wrong)
	}
	return nil
}

// subUnits are the codes chosen that are no level-1 units: they are typed.
func subUnits(d *desk, codes []string) []string {
	var out []string
	for _, code := range codes {
		if u, ok := d.ed.Units.Unit(code); !ok || u.ParentCode != "" {
			out = append(out, code)
		}
	}
	return out
}

func (a *App) showAudience(c *gin.Context, d *desk, status int, b core.Broadcast, codes, day, at string, fault error) error {
	p := audiencePage{consoleFrame: a.consoleFrame(c, d, "Người nhận", outreachPath), Heading: broadcastTitle(d, b), Action: broadcastHref(b.ID) + "/nguoi-nhan",
		Back: broadcastHref(b.ID) + "/soan", Steps: broadcastSteps(b, 2)}
	p.Script = "console-nhac.js"
	if r, ok := d.ed.Contest.Round(b.RoundID); ok {
		p.Round = r.Name
	}
	for _, w := range audienceWho {
		p.WhoChoices = append(p.WhoChoices, choice{w.who, w.name, w.who == cmp.Or(b.Audience.Who, core.AudienceAll)})
	}
	for _, l := range []choice{{"", "Bất kể", false}, {"yes", "Đã liên kết", false}, {"no", "Chưa liên kết", false}} {
		l.Selected = l.Value == b.Audience.Linked
		p.Linked = append(p.Linked, l)
	}
	for _, block := range d.ed.Contest.Blocks() {
		p.Blocks = append(p.Blocks, choice{block.ID, block.Name, slices.Contains(b.Audience.Blocks, block.ID)})
	}
	p.Units = unitGroups(d, b.Audience.Units)
	if n := len(b.Audience.Units); n > 0 {
		p.Selected = number(n) + " đơn vị đang chọn"
	}
	shown := []field{
		{Name: "ma_don_vi", Label: "Mã đơn vị trực thuộc", Hint: "Nếu chỉ gửi cho một phòng, một xã. Nhiều mã cách nhau bằng dấu phẩy.", Value: codes, MaxLength: 1000, Optional: true},
		{Name: "ngay", Label: "Ngày", Type: "date", Value: day, Optional: true}, {Name: "luc", Label: "Giờ", Type: "time", Value: at, Optional: true},
	}
	if fault != nil {
		p.Form = mistakes(fault, shown)
	}
	p.Codes, p.Day, p.At = shown[0], shown[1], shown[2]
	s, err := a.opt.Outreach.Survey(c.Request.Context(), b, surveyMost)
	if err != nil {
		return err
	}
	p.Count = surveyOf(d, b, s)
	return a.show(c, status, "console-audience", p)
}

// unitGroups gives the level-1 units by block.
func unitGroups(d *desk, chosen []string) []unitGroup {
	var out []unitGroup
	at := map[string]int{}
	for _, u := range d.ed.Units.Children("") {
		name := "Đơn vị khác khối"
		if block, ok := d.ed.Units.Block(u.Code); ok {
			name = block.Name
		}
		i, ok := at[name]
		if !ok {
			i, at[name] = len(out), len(out)
			out = append(out, unitGroup{Name: name})
		}
		on := slices.Contains(chosen, u.Code)
		out[i].Units = append(out[i].Units, choice{u.Code, u.Name, on})
		out[i].Open = out[i].Open || on
	}
	return out
}

func surveyOf(d *desk, b core.Broadcast, s outreach.Survey) surveyBox {
	box := surveyBox{Words: sentence(audienceWords(d, b)), People: number(s.People) + " người", Reach: number(s.Reach), Cost: dong(s.Cost)}
	if s.More {
		box.People = "hơn " + number(s.People) + " người"
	}
	for _, ch := range channels {
		var n int64
		for _, count := range s.Counts {
			if count.Channel == ch.channel {
				n += count.Count
			}
		}
		if n > 0 {
			box.Rows = append(box.Rows, figure{ch.name, number(n)})
		}
	}
	return box
}
