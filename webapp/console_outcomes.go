package webapp

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/contestfile"
	"duthi/core/outreach"
	"duthi/core/web"
)

const outcomesPerPage = 50

type outcomesPage struct {
	consoleFrame
	Heading string
	Href    string
	Tabs    []choice
	Rows    []outcomeRow
	Next    string
	MaySend bool
	Unknown bool
	Fault   string // what was wrong with a decision
	Problem string // the same, when it is about more than what was typed
	For     string // whose
	Typed   string
	None    string
}

type outcomeRow struct {
	Person, Name, Href, Unit, Channel, Why, When string
	State                                        chip
	Unknown                                      bool
}

// outcomes lists what became of each person's message.
func (a *App) outcomes(c *gin.Context, d *desk) error {
	b, err := a.broadcastOf(c, d)
	if err != nil {
		return err
	}
	return a.showOutcomes(c, d, http.StatusOK, b, c.Query("xem"), func(*outcomesPage) {})
}

func (a *App) showOutcomes(c *gin.Context, d *desk, status int, b core.Broadcast, state string, more func(*outcomesPage)) error {
	ctx := c.Request.Context()
	p := outcomesPage{consoleFrame: a.consoleFrame(c, d, "Kết quả từng người", outreachPath), Heading: broadcastTitle(d, b), Href: broadcastHref(b.ID),
		MaySend: d.person.May(account.SendMessages), Unknown: state == core.DeliveryUnknown, None: "Chưa có ai."}
	counts, err := a.opt.Outreach.Tally(ctx, b)
	if err != nil {
		return err
	}
	p.Tabs = outcomeTabs(p.Href, counts, state)
	found, err := a.opt.Outreach.Outcomes(ctx, b, state, c.Query("sau"), outcomesPerPage)
	if err != nil {
		return err
	}
	for _, o := range found {
		p.Rows = append(p.Rows, newOutcomeRow(d, o))
	}
	if len(found) == outcomesPerPage {
		p.Next = p.Href + "/ket-qua?" + url.Values{"xem": {state}, "sau": {found[len(found)-1].Delivery.Person}}.Encode()
	}
	more(&p)
	return a.showSecret(c, status, "console-outcomes", p)
}

// outcomeTabs lead to the outcomes of each state there is, with their number.
func outcomeTabs(href string, counts []core.DeliveryCount, state string) []choice {
	all, by := int64(0), map[string]int64{}
	for _, n := range counts {
		all += n.Count
		by[n.State] += n.Count
	}
	tabs := []choice{{href + "/ket-qua", "Tất cả " + number(all), state == ""}}
	for _, s := range deliveryStates {
		if by[s.state] > 0 || s.state == state {
			tabs = append(tabs, choice{href + "/ket-qua?xem=" + s.state, s.name + " " + number(by[s.state]), s.state == state})
		}
	}
	return tabs
}

func newOutcomeRow(d *desk, o outreach.Outcome) outcomeRow {
	r := outcomeRow{Person: o.Delivery.Person, Name: personName(o.Recipient), Unit: o.Recipient.Values["don_vi"], Channel: channelName(o.Delivery.Channel),
		State: deliveryState(o.Delivery.State), Unknown: o.Delivery.State == core.DeliveryUnknown}
	if o.Delivery.Reason != "" {
		r.Why = whyWords(o)
		if o.Delivery.Code != 0 {
			r.Why += " (mã " + strconv.Itoa(o.Delivery.Code) + ")"
		}
	}
	if !o.Delivery.SentAt.IsZero() {
		r.When = second(d.at(o.Delivery.SentAt)) + " " + date(d.at(o.Delivery.SentAt))
	}
	return r
}

// whyWords says why a delivery ended as it did; of who shares a number or a Zalo, with whom: the name only.
func whyWords(o outreach.Outcome) string {
	if o.Delivery.Same == "" {
		return sentence(reasonWords(o.Delivery.Reason))
	}
	what := "Zalo"
	if o.Delivery.Reason == outreach.ReasonSamePhone {
		what = "số điện thoại"
	}
	return "Cùng " + what + " với " + personName(o.Same) + ", người nhận tin này"
}

// personName names somebody; of who was erased meanwhile nothing is left, and of a follower who is linked with nobody
// only an end of their number is known.
func personName(r outreach.Recipient) string {
	name := r.Values["ho_ten"]
	switch {
	case name != "":
		return name
	case strings.HasPrefix(r.Person, core.FollowerPrefix):
		return "Người quan tâm OA …" + r.Person[max(0, len(r.Person)-4):]
	case strings.HasPrefix(r.Person, core.FocalPrefix):
		return "Đầu mối đơn vị đã ngừng"
	case strings.HasPrefix(r.Person, core.RosterPrefix):
		return "Người trong danh sách, nay đã đăng ký"
	}
	return "Người đã xóa dữ liệu"
}

// decideOutcome is an organizer's word on a message of which Zalo said nothing.
func (a *App) decideOutcome(c *gin.Context, d *desk) error {
	b, err := a.broadcastOf(c, d)
	if err != nil {
		return err
	}
	person, came := c.PostForm("nguoi"), c.PostForm("toi")
	why, err := reason(c)
	if err == nil && came != "co" && came != "khong" {
		err = core.Errorf(core.Invalid, "Chọn đã tới hoặc chưa tới.")
	}
	if err == nil {
		err = a.opt.Outreach.Decide(c.Request.Context(), d.person.Subject(), b.ID, person, came == "co", why)
	}
	if core.Is(err, core.Invalid) || core.Is(err, core.Closed) {
		return a.showOutcomes(c, d, web.StatusOf(core.CodeOf(err)), b, core.DeliveryUnknown, func(p *outcomesPage) {
			p.For, p.Typed, p.Fault = person, c.PostForm("ly_do"), message(err)
			if text := fields(err)["ly_do"]; text != "" {
				p.Fault = text
			} else {
				p.Problem = p.Fault
			}
		})
	}
	if err != nil {
		return err
	}
	return done(c, broadcastHref(b.ID)+"/ket-qua?xem="+core.DeliveryUnknown, "nhac-ket-qua")
}

// outcomeColumns head the file of outcomes.
var outcomeColumns = []string{"Mã người", "Họ và tên", "Đơn vị", "Kênh", "Kết quả", "Lý do", "Mã lỗi Zalo", "Mã tin", "Gửi lúc", "Số lần thử", "Chi phí (đồng)"}

// downloadOutcomes gives every outcome as a table, written as it is read.
func (a *App) downloadOutcomes(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	b, err := a.broadcastOf(c, d)
	if err != nil {
		return err
	}
	format, kind := contestfile.CSV, "text/csv; charset=utf-8"
	if c.Query("dang") == contestfile.XLSX {
		format, kind = contestfile.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	if err := a.opt.Outreach.Exported(ctx, d.person.Subject(), b); err != nil {
		return err
	}
	name := strings.Trim(strings.ReplaceAll(core.Fold(broadcastTitle(d, b)), " ", "-"), "-")
	h := c.Writer.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name[:min(len(name), 60)]+`-ket-qua.`+format+`"`)
	c.Status(http.StatusOK)
	rows := func(yield func([]string, error) bool) {
		for o, err := range a.opt.Outreach.AllOutcomes(ctx, b) {
			if !yield(outcomeLine(d, o), err) {
				return
			}
		}
	}
	return contestfile.WriteSheet(c.Writer, format, "Kết quả gửi", outcomeColumns, rows)
}

func outcomeLine(d *desk, o outreach.Outcome) []string {
	del := o.Delivery
	line := []string{del.Person, personName(o.Recipient), o.Recipient.Values["don_vi"], channelName(del.Channel), deliveryState(del.State).Text, "", "", del.MessageID, "", strconv.Itoa(del.Tries), strconv.FormatInt(del.Cost, 10)}
	if del.Reason != "" {
		line[5] = whyWords(o)
	}
	if del.Code != 0 {
		line[6] = strconv.Itoa(del.Code)
	}
	if !del.SentAt.IsZero() {
		line[8] = d.at(del.SentAt).Format(time.DateTime)
	}
	return line
}
