package webapp

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/exam"
)

type homePage struct {
	frame
	Chip           chip
	Unit           string // chosen by the QR code that was scanned
	Heading, Lead  string
	Main, Second   *action
	Clock          *countdown
	Rounds         []roundStep
	Figures        []figure
	FiguresTitle   string
	FiguresHeading bool
	FiguresNote    string
	StepsTitle     string
	Steps          []step
	Help           contact
}

// chip is a word about a state; Tone is good, warn, bad or empty.
type chip struct{ Text, Tone string }

// countdown is the time to a moment, as of Now; the script moves it on.
type countdown struct {
	Label, Note          string
	Days, Hours, Minutes string
	Until, Now           int64 // milliseconds since 1970
}

type roundStep struct {
	Name, Label, Dates string
	State              string // done, current, ahead
	Result             *action
}

type figure struct{ Label, Value string }

type step struct{ Title, Text string }

// contact is where help is found. OACode is the address of the OA's QR code, empty when its number is unknown.
type contact struct {
	OA, OACode                  string
	Hotline, HotlineHref, Hours string
	Owner                       string
}

func (a *App) home(c *gin.Context, v *visitor) error {
	p := homePage{frame: a.frame(c, v, "", ""), Help: a.contact(v)}
	if a.opt.Zalo != nil {
		p.Proof = a.opt.Zalo.Verification
	}
	s := stand(v.ed.Contest, v.now)
	p.hero(v, s)
	p.rounds(v, s)
	if table, err := a.opt.Exam.Participation(c.Request.Context(), v.ed, figuresRound(s), v.now); err == nil {
		p.figures(v, s, table)
		p.Stale = staleNote(p.Stale, v, table.At)
	} else {
		a.log.Warn("home without figures", "err", err)
	}
	p.steps(s)
	p.Unit = a.keepUnit(c, v)
	return a.show(c, http.StatusOK, "home", p)
}

// figuresRound says which figures home shows: those of the round just closed between rounds, else all.
func figuresRound(s standing) string {
	if s.phase == phaseBetween {
		return s.closed.ID
	}
	return ""
}

// staleNote says honestly how old figures are that should be at most half a minute old.
func staleNote(before string, v *visitor, at core.Instant) string {
	if before != "" || v.now.Sub(at) < 3*time.Minute {
		return before
	}
	return "Hệ thống đang cập nhật chậm. Số liệu trên trang là lúc " + hour(v.at(at)) + ", " + date(v.at(at)) + "."
}

func (p *homePage) hero(v *visitor, s standing) {
	ct, loc := v.ed.Contest, v.ed.Loc
	p.Heading, p.Lead = ct.Title, terms(ct)
	practice := &action{"Thi thử", v.base + "thi-thu"}
	if len(v.ed.Practice) == 0 {
		practice = nil
	}
	p.Second = practice
	switch s.phase {
	case phaseOpen:
		p.Chip = chip{s.open.Name + " đang mở", "good dot"}
		p.Main = &action{"Vào thi " + lowerFirst(s.open.Name), v.base + "thi"}
		if practice != nil {
			practice.Text = "Thi thử trước"
		}
		p.Clock = newCountdown(s.open.Name+" còn", v.now, s.open.End,
			"Đóng lúc "+moment(closing(s.open.End, loc))+" theo giờ máy chủ.")
	case phaseBefore:
		p.Chip = chip{"Chưa mở", ""}
		p.Main = &action{"Đăng ký trước", v.base + "dang-ky"}
		p.Clock = newCountdown(s.ahead.Name+" mở sau", v.now, s.ahead.Start,
			"Mở lúc "+moment(v.at(s.ahead.Start))+" theo giờ máy chủ.")
	case phaseBetween:
		p.Chip = chip{s.closed.Name + " đã đóng", ""}
		p.Heading = s.ahead.Name + " mở lúc " + moment(v.at(s.ahead.Start))
		p.Lead = resultsBy(ct, s.closed, v.at(v.now))
		p.Main = &action{"Nhắc tôi khi mở", v.base + "nhac-toi"}
	case phaseResults:
		p.Chip = chip{"Đã có kết quả", "good"}
		p.Lead = "Kết quả các đợt đã được công bố. Đáp án và giải thích mở trong bài thi của anh/chị."
		p.Main = resultsLink(ct, s.closed, v.base)
		p.Second = &action{"Xem bài thi của tôi", v.base + "bai-thi"}
	default:
		p.Chip = chip{"Cuộc thi đã kết thúc", ""}
		p.Lead = resultsBy(ct, s.closed, v.at(v.now))
		p.Main = &action{"Xem bài thi của tôi", v.base + "bai-thi"}
		p.Second = &action{"Tỷ lệ tham gia", v.base + "ty-le"}
	}
	if v.person != nil && s.phase == phaseBefore {
		p.Main = practice
		p.Second = nil
	}
}

// resultsBy says when the results of a round come at the latest, as long as that is ahead.
func resultsBy(ct *core.Contest, r core.Round, now time.Time) string {
	if ct.Complaints == nil || ct.Complaints.PublishWithin == 0 {
		return "Kết quả được công bố sau khi Ban Tổ chức rà soát."
	}
	n := ct.Complaints.PublishWithin
	by := workingDays(closing(r.End, now.Location()), n)
	if now.After(by.AddDate(0, 0, 1)) {
		return fmt.Sprintf("Kết quả %s chưa đăng ở đây. Xem mục Thông báo hoặc gọi đường dây nóng.", lowerFirst(r.Name))
	}
	return fmt.Sprintf("Kết quả %s công bố chậm nhất %s (%d ngày làm việc).", lowerFirst(r.Name), date(by), n)
}

// terms says in a line what an attempt is and who may enter.
func terms(ct *core.Contest) string {
	s := fmt.Sprintf("%d câu hỏi trong %d phút", ct.Quiz.Questions, ct.Quiz.DurationMinutes)
	if n := ct.Quiz.AttemptsPerRound; n > 0 {
		s += fmt.Sprintf(", tối đa %d lượt mỗi đợt", n)
	}
	s += "."
	if len(ct.Audience) > 0 {
		s += " " + audience(ct)
	}
	return s
}

// audience names the staff contests this service is made for in one sentence; a contest for others gets its
// own first line of the audience.
func audience(ct *core.Contest) string {
	if strings.HasPrefix(ct.Audience[0], "Cán bộ, công chức, viên chức và người lao động") {
		return "Dành cho cán bộ, công chức, viên chức và người lao động" + within(ct.Organizer.Authority) + "."
	}
	return "Dành cho " + lowerFirst(strings.TrimSuffix(ct.Audience[0], ".")) + "."
}

// within names the place of an authority: " trong tỉnh" for a province's.
func within(authority string) string {
	for _, place := range []string{"tỉnh", "thành phố", "huyện", "phường", "xã"} {
		if strings.Contains(authority, " "+place+" ") {
			return " trong " + place
		}
	}
	return ""
}

func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToLower(string(r[:1])) + string(r[1:])
}

func newCountdown(label string, now, until core.Instant, note string) *countdown {
	minutes := max(int64(until.Sub(now)/time.Minute), 0)
	return &countdown{
		Label: label, Note: note, Until: int64(until), Now: int64(now),
		Days: fmt.Sprint(minutes / 1440), Hours: fmt.Sprintf("%02d", minutes/60%24), Minutes: fmt.Sprintf("%02d", minutes%60),
	}
}

func (p *homePage) rounds(v *visitor, s standing) {
	for _, r := range v.ed.Contest.Rounds {
		st := roundStep{Name: r.Name, Dates: dayMonth(v.at(r.Start)) + " – " + dayMonth(closing(r.End, v.ed.Loc)), State: "ahead"}
		switch {
		case r.Open(v.now):
			st.State, st.Label = "current", "đang mở"
		case v.now >= r.End:
			st.State, st.Result = "done", resultsLink(v.ed.Contest, r, v.base)
		case s.phase != phaseOpen && r.ID == s.ahead.ID:
			st.Label = "sắp mở"
		}
		p.Rounds = append(p.Rounds, st)
	}
}

func (p *homePage) figures(v *visitor, s standing, t *exam.Participation) {
	if t.Total.Attempts == 0 && s.phase == phaseBefore {
		return
	}
	p.FiguresTitle = "Cuộc thi trong vài con số"
	if s.phase == phaseBetween {
		p.FiguresTitle, p.FiguresHeading = s.closed.Name+" trong vài con số", true
		p.FiguresNote = "Số người đúng hết và bảng xếp hạng có cùng kết quả chính thức."
	}
	p.Figures = []figure{{"người dự thi", number(t.Total.People)}, {"lượt thi", number(t.Total.Attempts)}}
	if t.UnitsTotal > 0 {
		p.Figures = append(p.Figures, figure{fmt.Sprintf("đơn vị đạt từ %d%%", t.Target), fmt.Sprintf("%d / %d", t.UnitsReached, t.UnitsTotal)})
	}
}

func (p *homePage) steps(s standing) {
	p.StepsTitle = "Bắt đầu trong 3 bước"
	p.Steps = []step{
		{"Đăng ký bằng số điện thoại", "Chọn đúng đơn vị công tác. Mỗi người một tài khoản."},
		{"Thi thử cho quen", "Không giới hạn, không tính kết quả."},
		{"Vào thi", "Mất mạng giữa chừng vẫn giữ bài; mở lại là làm tiếp."},
	}
	if s.phase == phaseClosed || s.phase == phaseResults {
		p.StepsTitle = "Sau cuộc thi"
		p.Steps = []step{
			{"Xem lại bài của mình", "Đăng nhập để xem điểm, đáp án và giải thích."},
			{"Kiểm tra mã xác nhận", "Ai giữ mã đều xem được giờ nộp và số câu đúng."},
			{"Có ý kiến về kết quả", "Gọi đường dây nóng hoặc gửi văn bản tới cơ quan thường trực."},
		}
	}
}

func (a *App) contact(v *visitor) contact {
	k, h := v.ed.Contest.Contacts, a.heading(v.ed.Contest)
	out := contact{OA: k.ZaloOA, Hotline: k.Hotline, HotlineHref: h.HotlineHref, Hours: k.HotlineHours, Owner: k.HotlineOwner}
	if k.ZaloOAID != "" {
		out.OACode = v.base + "ma-qr/oa.svg"
	}
	return out
}
