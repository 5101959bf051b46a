package webapp

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/exam"
)

type ownDataPage struct {
	frame
	Pairs    []figure
	Free     bool // corrections are made at once: no attempt yet
	Consents []consentLine
	Requests []requestLine
	Active   bool // consent stands
	Zalo     bool
	Done     string // what was just done
	CanPhone bool
	LinkZalo bool // there is an OA to link with
}

type consentLine struct{ What, When string }

type requestLine struct {
	What, When, Reason string
	Chip               chip
}

// doneWords are the messages after a form of this page; the address names them by a word.
var doneWords = map[string]string{
	"sua":      "Đã sửa thông tin.",
	"yeu-cau":  "Đã gửi yêu cầu. Ban Tổ chức sẽ xem xét và trả lời ở trang này.",
	"mat-khau": "Đã đổi mật khẩu. Các máy khác đã được đăng xuất.",
	"may-khac": "Đã đăng xuất mọi máy khác.",
	"dong-y":   "Đã cập nhật đồng ý.",
}

func (a *App) ownData(c *gin.Context, v *visitor) error {
	ctx := c.Request.Context()
	d, err := a.opt.Account.OwnData(ctx, *v.person, nil, false)
	if err != nil {
		return err
	}
	p := ownDataPage{frame: a.frame(c, v, "Dữ liệu của tôi", ""), Active: v.person.Contestant.Status == core.Active, Done: doneWords[c.Query("xong")]}
	if p.Free, err = a.opt.Account.CanCorrect(ctx, *v.person); err != nil {
		return err
	}
	p.CanPhone = v.ed.Contest.Registration.OTP
	p.LinkZalo = a.opt.Zalo != nil
	for _, f := range []figure{{"Họ và tên", d.FullName}, {"Ngày sinh", d.BirthDate}, {"Giới tính", genderWord(d.Gender)}, {"Điện thoại", d.Phone},
		{"Số định danh", d.NationalID}, {"Mã cán bộ", d.StaffCode}, {"Thư điện tử", d.Email}, {"Đơn vị", d.Unit}} {
		if f.Value != "" {
			p.Pairs = append(p.Pairs, f)
		}
	}
	if d.ExtraTime > 0 {
		p.Pairs = append(p.Pairs, figure{"Thời gian thêm mỗi lượt", duration(d.ExtraTime)})
	}
	for _, k := range d.Consents {
		line := consentLine{What: consentWord(k.Kind), When: "đồng ý lúc " + readable(k.At, v.ed.Loc)}
		if k.WithdrawnAt != "" {
			line.When += ", rút lại lúc " + readable(k.WithdrawnAt, v.ed.Loc)
		} else if k.Kind == account.ConsentZalo {
			p.Zalo = true
		}
		p.Consents = append(p.Consents, line)
	}
	for _, r := range d.Requests {
		p.Requests = append(p.Requests, newRequestLine(v, r))
	}
	return a.showSecret(c, http.StatusOK, "owndata", p)
}

func newRequestLine(v *visitor, r core.Request) requestLine {
	line := requestLine{What: map[string]string{"correction": "Sửa thông tin", "lost_phone": "Đổi số điện thoại", "erase": "Xóa dữ liệu"}[r.Kind], When: date(v.at(r.CreatedAt)), Reason: r.Reason}
	switch r.Status {
	case core.RequestAccepted:
		line.Chip = chip{"Đã chấp nhận", "good"}
	case core.RequestRefused:
		line.Chip = chip{"Không chấp nhận", "bad"}
	default:
		line.Chip = chip{"Đang chờ", "warn"}
	}
	return line
}

func consentWord(kind string) string {
	if kind == account.ConsentZalo {
		return "Nhắc lịch qua Zalo"
	}
	return "Xử lý dữ liệu để dự thi"
}

func genderWord(g string) string {
	return map[string]string{"nam": "Nam", "nu": "Nữ", "khac": "Khác"}[g]
}

// readable turns an RFC 3339 moment into words.
func readable(s string, loc *time.Location) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return hour(t.In(loc)) + ", " + date(t.In(loc))
}

// ownAttempt is an attempt in the downloaded file, its moments written for people (RFC 3339).
type ownAttempt struct {
	ID              string `json:"id"`
	Round           string `json:"round"`
	Ordinal         int    `json:"ordinal"`
	Status          string `json:"status"`
	StartedAt       string `json:"started_at"`
	SubmittedAt     string `json:"submitted_at,omitempty"`
	Questions       int    `json:"questions"`
	Answered        int    `json:"answered"`
	Correct         *int   `json:"correct_answers,omitempty"` // how many; once it is over, like the rest
	Points          *int   `json:"points,omitempty"`
	DurationSeconds *int   `json:"duration_seconds,omitempty"`
	Receipt         string `json:"receipt,omitempty"`
	VoidReason      string `json:"void_reason,omitempty"`
}

func ownAttempts(v *visitor, all []exam.Summary) []ownAttempt {
	out := []ownAttempt{}
	for _, s := range all {
		one := ownAttempt{ID: s.ID, Round: s.Round.Name, Ordinal: s.Ordinal, Status: string(s.Status), StartedAt: v.at(s.StartedAt).Format(time.RFC3339),
			Questions: s.Questions, Answered: s.Answered, Receipt: s.Receipt}
		if s.Final {
			one.SubmittedAt = v.at(s.SubmittedAt).Format(time.RFC3339)
			one.Correct, one.Points, one.DurationSeconds = &s.Correct, &s.Points, &s.DurationSeconds
		}
		if s.Void != nil {
			one.VoidReason = s.Void.Reason
		}
		out = append(out, one)
	}
	return out
}

// ownDownload gives everything kept about the person as a JSON file.
func (a *App) ownDownload(c *gin.Context, v *visitor) error {
	mine, err := a.opt.Exam.Mine(c.Request.Context(), v.ed, v.person.ContestantID, v.now)
	if err != nil {
		return err
	}
	d, err := a.opt.Account.OwnData(c.Request.Context(), *v.person, ownAttempts(v, mine.Attempts), true)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="du-lieu-cua-toi.json"`)
	c.IndentedJSON(http.StatusOK, d)
	return nil
}

func (a *App) withdraw(c *gin.Context, v *visitor) error {
	kind := c.PostForm("loai")
	if kind != account.ConsentZalo {
		kind = account.ConsentData
	}
	if err := a.opt.Account.WithdrawConsent(c.Request.Context(), *v.person, kind); err != nil {
		return err
	}
	return redirect(c, v.base+"du-lieu-cua-toi?xong=dong-y")
}

// grant agrees again to the text of now.
func (a *App) grant(c *gin.Context, v *visitor) error {
	kind := c.PostForm("loai")
	if kind != account.ConsentZalo {
		kind = account.ConsentData
	}
	text, err := a.opt.Account.Consent(c.Request.Context(), v.ed.Contest.ID)
	if err != nil {
		return err
	}
	if err := a.opt.Account.GrantConsent(c.Request.Context(), *v.person, kind, text.Version); err != nil {
		return err
	}
	return redirect(c, v.base+"du-lieu-cua-toi?xong=dong-y")
}

type consentPage struct {
	frame
	Text account.ConsentText
}

// consentForm shows the text before somebody who withdrew agrees again.
func (a *App) consentForm(c *gin.Context, v *visitor) error {
	text, err := a.opt.Account.Consent(c.Request.Context(), v.ed.Contest.ID)
	if err != nil {
		return err
	}
	return a.show(c, http.StatusOK, "consent", consentPage{frame: a.frame(c, v, "Đồng ý xử lý dữ liệu", ""), Text: text})
}

// erase asks for the data to be removed; the page before says what that means.
func (a *App) eraseForm(c *gin.Context, v *visitor) error {
	p := formPage{frame: a.frame(c, v, "Yêu cầu xóa dữ liệu", ""), Heading: "Yêu cầu xóa dữ liệu", Action: v.base + "du-lieu-cua-toi/xoa", Button: "Gửi yêu cầu xóa",
		Lead:   "Ban Tổ chức xóa họ tên, số điện thoại và số định danh của anh/chị. Các lượt thi chỉ còn là con số thống kê, không xét giải. Việc này không hoàn lại được.",
		Fields: []field{{Name: "ghi_chu", Label: "Lý do", Type: "textarea", Optional: true, MaxLength: 300}}, After: []action{{"Quay lại", v.base + "du-lieu-cua-toi"}}}
	return a.show(c, http.StatusOK, "form", p)
}

func (a *App) erase(c *gin.Context, v *visitor) error {
	_, err := a.opt.Account.RequestErasure(c.Request.Context(), *v.person, core.CleanText(c.PostForm("ghi_chu")))
	if err != nil && !core.Is(err, core.Conflict) { // one is waiting already
		return err
	}
	return redirect(c, v.base+"du-lieu-cua-toi?xong=yeu-cau")
}

func (a *App) signOutOthers(c *gin.Context, v *visitor) error {
	if err := a.opt.Account.SignOutEverywhere(c.Request.Context(), *v.person, true); err != nil {
		return err
	}
	return redirect(c, v.base+"du-lieu-cua-toi?xong=may-khac")
}

func (a *App) passwordPage(c *gin.Context, v *visitor) formPage {
	return formPage{frame: a.frame(c, v, "Đổi mật khẩu", ""), Heading: "Đổi mật khẩu", Action: v.base + "du-lieu-cua-toi/mat-khau", Button: "Đổi mật khẩu",
		After: []action{{"Quay lại", v.base + "du-lieu-cua-toi"}}, Fields: []field{
			{Name: account.FieldOldPassword, Label: "Mật khẩu đang dùng", Type: "password", Complete: "current-password", MaxLength: 100},
			{Name: account.FieldPassword, Label: "Mật khẩu mới", Hint: "Ít nhất 8 ký tự.", Type: "password", Complete: "new-password", MaxLength: 100},
		}}
}

func (a *App) passwordForm(c *gin.Context, v *visitor) error {
	return a.show(c, http.StatusOK, "form", a.passwordPage(c, v))
}

func (a *App) passwordChange(c *gin.Context, v *visitor) error {
	err := a.opt.Account.ChangePassword(c.Request.Context(), *v.person, c.PostForm(account.FieldOldPassword), c.PostForm(account.FieldPassword), c.ClientIP())
	if err != nil {
		p := a.passwordPage(c, v)
		p.Form = mistakes(err, p.Fields)
		return a.showSecret(c, faultStatus(c, err), "form", p)
	}
	return redirect(c, v.base+"du-lieu-cua-toi?xong=mat-khau")
}
