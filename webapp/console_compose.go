package webapp

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/outreach"
)

type composePage struct {
	consoleFrame
	Heading string
	Action  string
	Href    string // of the draft, "" for a new one
	Steps   []outreachStep
	Form    form
	Name    field
	Round   field
	Rounds  []choice
	Budget  field
	Focal   field
	Message messageForm
	Preview previewBox
}

// compose is the first step: what is said.
func (a *App) compose(c *gin.Context, d *desk) error {
	b, err := a.newDraft(c, d)
	if err != nil {
		return err
	}
	if s := stand(d.ed.Contest, d.now); s.phase == phaseOpen {
		b.RoundID = s.open.ID
	}
	if c.Param("id") != "" {
		if b, err = a.broadcastOf(c, d); err != nil {
			return err
		}
		if b.State != core.BroadcastDraft {
			return redirect(c, broadcastHref(b.ID))
		}
	}
	return a.showCompose(c, d, http.StatusOK, b, nil, "", false)
}

// unitsBelow in an address begins a draft for the units that are below the target.
const unitsBelow = "duoi-muc-tieu"

// newDraft begins a draft: about those who have not taken part, or those of the units below the target.
func (a *App) newDraft(c *gin.Context, d *desk) (core.Broadcast, error) {
	b := core.Broadcast{ContestID: d.ed.Contest.ID, State: core.BroadcastDraft, Audience: core.Audience{Who: core.AudienceNotTaken},
		Content: core.Content{ButtonTitle: "Vào thi", ButtonURL: "{lien_ket}"}}
	if c.Query("mau") != unitsBelow {
		return b, nil
	}
	t, err := a.opt.Exam.Participation(c.Request.Context(), d.ed, "", d.now)
	if err != nil {
		return b, err
	}
	for _, u := range t.Units {
		if u.Level == 1 && u.Headcount > 0 && !u.Reached {
			b.Audience.Units = append(b.Audience.Units, u.Code)
		}
	}
	b.Title = fmt.Sprintf("Nhắc đơn vị dưới %d%%", t.Target)
	for _, r := range outreach.DefaultRules(b.ContestID) {
		if r.Kind == core.RemindUnitBelow {
			b.Content, b.Focal = r.Content, r.Focal
		}
	}
	return b, nil
}

// saveCompose shows the message for a sample person, or keeps the draft and leads on.
func (a *App) saveCompose(c *gin.Context, d *desk) (err error) {
	ctx := c.Request.Context()
	var b core.Broadcast
	if c.Param("id") == "" {
		b, err = a.newDraft(c, d)
	} else {
		b, err = a.broadcastOf(c, d)
	}
	if err != nil {
		return err
	}
	if b.State != core.BroadcastDraft { // sent twice, or planned in another tab
		return redirect(c, broadcastHref(b.ID))
	}
	fault, person := readContent(c, d, &b), c.PostForm("nguoi")
	switch c.PostForm("lam") {
	case "xem":
		return a.showCompose(c, d, http.StatusOK, b, fault, person, true)
	case "khac":
		return a.showCompose(c, d, http.StatusOK, b, fault, person, false)
	}
	if fault != nil {
		return a.showCompose(c, d, http.StatusUnprocessableEntity, b, fault, person, true)
	}
	if b.ID == "" {
		b, err = a.opt.Outreach.Create(ctx, d.person.Subject(), b)
	} else {
		b, err = a.opt.Outreach.Edit(ctx, d.person.Subject(), b)
	}
	if err != nil {
		return err
	}
	return redirect(c, broadcastHref(b.ID)+"/nguoi-nhan")
}

// readContent takes what was typed, as it was typed, and says what is wrong with it.
func readContent(c *gin.Context, d *desk, b *core.Broadcast) error {
	wrong := map[string]string{}
	b.Title, b.RoundID, b.Billed = core.CleanText(c.PostForm("ten")), c.PostForm("dot"), c.PostForm("co_phi") == "1"
	if b.Title == "" {
		wrong["ten"] = "Đặt tên ngắn để Ban Tổ chức nhận ra thông báo này (đến " + number(outreach.TitleMost) + " chữ)."
	}
	round, ok := d.ed.Contest.Round(b.RoundID)
	if b.RoundID != "" && !ok {
		wrong["dot"] = "Không có đợt này."
	}
	b.StopAt = 0
	if ok && round.End > d.now {
		b.StopAt = round.End
	}
	b.Content, b.Focal = readMessage(c, wrong), readFocal(c, b.Focal)
	if b.Focal != nil && b.Focal.Empty() {
		b.Focal = nil
	}
	b.Budget = readDong(c.PostForm("han_muc"))
	return withFields(outreach.Check(*b), wrong)
}

// showCompose shows the form with a preview: for the person after another, or for that person when stay is set.
func (a *App) showCompose(c *gin.Context, d *desk, status int, b core.Broadcast, fault error, person string, stay bool) (err error) {
	p := composePage{consoleFrame: a.consoleFrame(c, d, "Soạn thông báo", outreachPath), Heading: "Thông báo mới", Action: outreachPath + "/soan", Steps: broadcastSteps(b, 1)}
	p.Script = "console-nhac.js"
	if c.Query("mau") == unitsBelow {
		p.Action += "?mau=" + unitsBelow
	}
	if b.ID != "" {
		p.Heading, p.Href = cmp.Or(b.Title, p.Heading), broadcastHref(b.ID)
		p.Action = p.Href + "/soan"
	}
	p.Rounds = []choice{{"", "Không về đợt nào", b.RoundID == ""}}
	for _, r := range d.ed.Contest.Rounds {
		end := closing(r.End, d.ed.Loc)
		p.Rounds = append(p.Rounds, choice{r.ID, r.Name + " (đóng " + hour(end) + " " + date(end) + ")", r.ID == b.RoundID})
	}
	own := []field{{Name: "ten", Label: "Tên thông báo", Hint: "Chỉ Ban Tổ chức thấy.", Value: b.Title, MaxLength: outreach.TitleMost}, {Name: "dot", Label: "Về đợt thi", Options: p.Rounds},
		{Name: "han_muc", Label: "Hạn mức chi (đồng)", Hint: "Kế hoạch tốn hơn thì không gửi được. Để trống: không đặt hạn mức riêng.", Value: typedDong(c, b.Budget), Mode: "numeric", MaxLength: 15, Optional: true},
		focalField(b.Focal)}
	p.Message, p.Form = a.messageForm(c, d, b.Content, own, fault)
	p.Message.Billed, p.Name, p.Round = b.Billed, own[0], own[1]
	p.Budget, p.Focal = own[2], own[3]
	if p.Preview, err = a.preview(c.Request.Context(), b, person, stay); err != nil {
		return err
	}
	return a.showSecret(c, status, "console-compose", p)
}

// readDong reads an amount of money as people write it: "50.000", "50 000 đ"; -1 when it is none.
func readDong(typed string) int64 {
	typed = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(typed), "đ"))
	typed = strings.NewReplacer(".", "", " ", "", nbsp, "").Replace(typed)
	if typed == "" {
		return 0
	}
	n, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// typedDong is what the field of an amount shows: what was typed, or what is stored.
func typedDong(c *gin.Context, n int64) string {
	if typed, ok := c.GetPostForm("han_muc"); ok || n <= 0 {
		return typed
	}
	return number(n)
}
