package webapp

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/web"
)

// draftLife is how long the cookie of a draft is kept; the draft itself ends earlier.
const draftLife = 24 * time.Hour

type registerStartPage struct {
	frame
	Unit  string // chosen by a QR code
	Code  string
	Needs []string
	Steps int
}

// registerStart says what will be asked. The draft is made by its button, not by opening the page: link
// previews and scanners open pages too.
func (a *App) registerStart(c *gin.Context, v *visitor) error {
	if v.person != nil {
		return redirect(c, v.base+"bai-thi")
	}
	p := registerStartPage{frame: a.frame(c, v, "Đăng ký", "")}
	p.Code = c.Query("don-vi")
	if p.Code == "" {
		p.Code, _ = c.Cookie(unitCookie)
	}
	if p.Unit = v.ed.Units.FullName(p.Code); p.Unit == "" {
		p.Code = ""
	}
	r := v.ed.Contest.Registration
	p.Needs = append(p.Needs, "Số điện thoại đang dùng")
	if asked, _ := r.Asks(account.FieldNationalID); asked {
		p.Needs = append(p.Needs, "Số căn cước công dân hoặc số định danh cá nhân")
	}
	p.Needs = append(p.Needs, "Tên đơn vị công tác")
	return a.show(c, http.StatusOK, "register_start", p)
}

func (a *App) registerBegin(c *gin.Context, v *visitor) error {
	token, d, err := a.opt.Account.StartRegistration(c.Request.Context(), v.ed.Contest.ID, c.PostForm("don-vi"), c.ClientIP())
	if err != nil {
		return err
	}
	a.server.SetCookie(c, draftCookie, token, draftLife)
	return redirect(c, registerURL(v, d.Next))
}

func registerURL(v *visitor, step account.Step) string { return v.base + "dang-ky/" + string(step) }

type registerPage struct {
	frame
	Step      account.Step
	Number    int
	Steps     int
	Heading   string
	Action    string
	Fields    []field
	Form      form
	Back      string
	Button    string
	Consent   *consentForm
	Code      *codeForm
	Units     *unitForm
	HasOne    bool // the phone or number has an account: offer sign-in
	Password  bool
	Submitted string
}

type consentForm struct {
	account.ConsentText
	Agreed, Zalo bool
	Wrong        string
}

type codeForm struct {
	account.CodeState
	Wait  int // seconds until another may be sent
	Inbox string
	Wrong string
}

var stepHeadings = map[account.Step]string{
	account.StepContact: "Số điện thoại", account.StepName: "Họ tên", account.StepIdentity: "Số định danh",
	account.StepUnit: "Đơn vị công tác", account.StepPassword: "Mật khẩu", account.StepConsent: "Đồng ý xử lý dữ liệu", account.StepCode: "Mã xác thực",
}

// registerStep shows one page of the registration.
func (a *App) registerStep(c *gin.Context, v *visitor) error {
	d, err := a.draft(c)
	if err != nil {
		return a.draftOver(c, v, err)
	}
	step := account.Step(c.Param("buoc"))
	if !slices.Contains(d.Steps, step) {
		return core.Errorf(core.NotFound, "Không có bước này.")
	}
	if step == account.StepCode && d.Next != account.StepCode && d.Next != "" {
		return redirect(c, registerURL(v, d.Next))
	}
	return a.showStep(c, v, d, step, nil)
}

// draft gives the registration under way.
func (a *App) draft(c *gin.Context) (account.Draft, error) {
	token, _ := c.Cookie(draftCookie)
	return a.opt.Account.RegistrationDraft(c.Request.Context(), token)
}

// draftOver begins again when the draft has ended.
func (a *App) draftOver(c *gin.Context, v *visitor, err error) error {
	if core.Is(err, core.NotFound) {
		a.server.SetCookie(c, draftCookie, "", -1)
		return redirect(c, v.base+"dang-ky")
	}
	return err
}

func (a *App) showStep(c *gin.Context, v *visitor, d account.Draft, step account.Step, err error) error {
	i := slices.Index(d.Steps, step)
	p := registerPage{frame: a.frame(c, v, stepHeadings[step], ""), Step: step, Number: i + 1, Steps: len(d.Steps),
		Heading: stepHeadings[step], Action: registerURL(v, step), Button: "Tiếp tục", Back: v.base + "dang-ky"}
	if i > 0 {
		p.Back = registerURL(v, d.Steps[i-1])
	}
	p.Fields = stepFields(v.ed.Contest.Registration, d, step)
	a.stepForm(v, &p, d, c)
	status := http.StatusOK
	if err != nil {
		status = a.stepFault(c, &p, err)
	} else if len(d.Errors) > 0 && step != account.StepUnit {
		p.Form = wrongFields(d.Errors, p.Fields)
	}
	return a.showSecret(c, status, "register", p)
}

// stepForm fills in what the pages have besides plain fields.
func (a *App) stepForm(v *visitor, p *registerPage, d account.Draft, c *gin.Context) {
	switch p.Step {
	case account.StepUnit:
		p.Units = newUnitForm(v, d, c)
		p.Heading = p.Units.Heading
	case account.StepConsent:
		p.Consent = &consentForm{ConsentText: d.Consent, Agreed: d.Values[account.FieldConsent] != "", Zalo: d.Values[account.FieldZalo] != ""}
		p.Button = "Đồng ý và tiếp tục"
	case account.StepCode:
		p.Code = &codeForm{CodeState: d.Code}
		p.Code.Wait = max(int(d.Code.ResendAfter.Sub(v.now)/time.Second), 0)
		if a.opt.Inbox != nil && d.Code.Channel == a.opt.Inbox.Name() {
			p.Code.Inbox = "/hop-thu-mau"
		}
		p.Button = "Xác nhận"
	case account.StepPassword:
		p.Password = d.PasswordSet
	}
}

// stepFault puts an error on the page and gives the status to answer with.
func (a *App) stepFault(c *gin.Context, p *registerPage, err error) int {
	p.Form = mistakes(err, p.Fields)
	wrong := fields(err)
	if p.Consent != nil {
		p.Consent.Wrong = wrong[account.FieldConsent]
	}
	if p.Code != nil {
		p.Code.Wrong = wrong[account.FieldCode]
	}
	if w := wrong[account.FieldConsent] + wrong[account.FieldCode]; w != "" {
		p.Form = form{Wrong: []wrongField{{map[bool]string{true: account.FieldConsent, false: account.FieldCode}[p.Consent != nil], p.Heading, w}}}
	}
	p.HasOne = core.Is(err, core.Conflict)
	return faultStatus(c, err)
}

// faultStatus gives the status of a form shown again. When the server is busy it says when to come back.
func faultStatus(c *gin.Context, err error) int {
	status := web.StatusOf(core.CodeOf(err))
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		c.Header("Retry-After", fmt.Sprint(retryAfter(err)))
	}
	if status == http.StatusUnauthorized {
		return http.StatusUnprocessableEntity // the form was refused; nobody asked for a sign-in
	}
	return status
}

func stepFields(r core.Registration, d account.Draft, step account.Step) []field {
	var out []field
	add := func(f field) {
		asked, required := r.Asks(f.Name)
		if asked || f.Name == account.FieldPhone || f.Name == account.FieldName || f.Name == account.FieldPassword || f.Name == account.FieldCode {
			f.Optional = asked && !required
			f.Value = d.Values[f.Name]
			out = append(out, f)
		}
	}
	switch step {
	case account.StepContact:
		add(field{Name: account.FieldPhone, Label: "Số điện thoại", Hint: "Dùng để đăng nhập và nhận mã xác thực. Ví dụ: 0912 345 678.", Type: "tel", Mode: "tel", Complete: "tel", MaxLength: 20})
		add(field{Name: account.FieldEmail, Label: "Thư điện tử", Type: "email", Mode: "email", Complete: "email", MaxLength: 120})
	case account.StepName:
		add(field{Name: account.FieldName, Label: "Họ và tên", Hint: "Đầy đủ, có dấu, đúng giấy tờ. Tên này in trên giấy chứng nhận.", Complete: "name", MaxLength: 80})
		add(field{Name: account.FieldBirthDate, Label: "Ngày sinh", Hint: "Ngày/tháng/năm. Ví dụ: 31/12/1990.", Mode: "numeric", Complete: "bday", MaxLength: 10})
		add(field{Name: account.FieldGender, Label: "Giới tính", Complete: "sex", Options: genders(d.Values[account.FieldGender])})
	case account.StepIdentity:
		add(field{Name: account.FieldNationalID, Label: "Số căn cước công dân hoặc số định danh", Hint: "12 chữ số. Được mã hóa khi lưu, chỉ dùng để xác minh người dự thi.", Mode: "numeric", Complete: "off", MaxLength: 20})
		add(field{Name: account.FieldStaffCode, Label: "Mã cán bộ", Complete: "off", MaxLength: 40})
	case account.StepPassword:
		add(field{Name: account.FieldPassword, Label: "Mật khẩu", Hint: "Ít nhất 8 ký tự. Nên dùng một câu ngắn dễ nhớ.", Type: "password", Complete: "new-password", MaxLength: 100})
		if d.PasswordSet {
			out[len(out)-1].Optional, out[len(out)-1].Hint = true, "Đã chọn. Để trống nếu giữ nguyên."
		}
	}
	return out
}

func genders(chosen string) []choice {
	return []choice{{"", "Chọn giới tính", chosen == ""}, {"nam", "Nam", chosen == "nam"}, {"nu", "Nữ", chosen == "nu"}, {"khac", "Khác", chosen == "khac"}}
}

func wrongFields(wrong map[string]string, shown []field) form {
	if !slices.ContainsFunc(shown, func(f field) bool { return wrong[f.Name] != "" }) {
		return form{}
	}
	return mistakes(core.FieldErrors(wrong), shown)
}

// registerSave takes one page and leads to the next that is not complete.
func (a *App) registerSave(c *gin.Context, v *visitor) error {
	step := account.Step(c.Param("buoc"))
	if step == account.StepCode {
		return a.registerFinish(c, v, c.PostForm(account.FieldCode))
	}
	token, _ := c.Cookie(draftCookie)
	typed := map[string]string{}
	if err := c.Request.ParseForm(); err != nil {
		return core.Wrap(core.Invalid, "", err)
	}
	for name, values := range c.Request.PostForm {
		typed[name] = values[0]
	}
	if step == account.StepUnit {
		if typed["giu"] != "" {
			return a.keepStep(c, v, step)
		}
		splitUnit(typed)
	}
	d, err := a.opt.Account.SaveStep(c.Request.Context(), token, step, typed)
	switch {
	case core.Is(err, core.NotFound):
		return a.draftOver(c, v, err)
	case step == account.StepUnit && err != nil && asksPart(typed, err):
		return redirect(c, registerURL(v, step)+"?cap=2")
	case err != nil && d.Steps != nil:
		return a.showStep(c, v, d, step, err)
	case err != nil:
		if d, again := a.draft(c); again == nil { // busy: the page stays with what was typed
			return a.showStep(c, v, d, step, err)
		}
		return err
	case d.Next == "":
		return a.registerFinish(c, v, "")
	case d.Next == account.StepCode && step == account.StepConsent:
		return a.registerSend(c, v)
	}
	return redirect(c, registerURL(v, d.Next))
}

// keepStep goes on from a page without changing what it holds.
func (a *App) keepStep(c *gin.Context, v *visitor, step account.Step) error {
	d, err := a.draft(c)
	if err != nil {
		return a.draftOver(c, v, err)
	}
	if d.Next == step || d.Next == "" {
		return redirect(c, registerURL(v, step))
	}
	return redirect(c, registerURL(v, d.Next))
}

// registerSend sends a code to the phone and asks for it.
func (a *App) registerSend(c *gin.Context, v *visitor) error {
	token, _ := c.Cookie(draftCookie)
	d, err := a.opt.Account.SendRegistrationCode(c.Request.Context(), token, c.ClientIP())
	switch {
	case core.Is(err, core.NotFound):
		return a.draftOver(c, v, err)
	case core.Is(err, core.Invalid) && d.Next != "":
		return redirect(c, registerURL(v, d.Next))
	case err != nil && d.Steps != nil:
		return a.showStep(c, v, d, account.StepCode, err)
	case err != nil:
		return err
	}
	return redirect(c, registerURL(v, account.StepCode))
}

func (a *App) registerFinish(c *gin.Context, v *visitor, code string) error {
	token, _ := c.Cookie(draftCookie)
	in, err := a.opt.Account.FinishRegistration(c.Request.Context(), token, core.CleanText(code), c.ClientIP())
	if err != nil {
		d, draftErr := a.draft(c)
		if draftErr != nil {
			return a.draftOver(c, v, draftErr)
		}
		last := d.Steps[len(d.Steps)-1]
		if d.Next != "" && d.Next != last {
			return redirect(c, registerURL(v, d.Next))
		}
		return a.showStep(c, v, d, last, err)
	}
	a.server.SetCookie(c, draftCookie, "", -1)
	a.remember(c, v, in)
	return redirect(c, v.base+"thi")
}

// remember sets the cookie of a sign-in.
func (a *App) remember(c *gin.Context, v *visitor, in account.SignedIn) {
	a.server.SetCookie(c, sessionCookie, in.Token, in.ExpiresAt.Sub(v.now))
}

// backTo gives the address to go to after signing in.
func backTo(v *visitor, path string) string {
	if u, err := url.Parse(path); err == nil && local(path) && u.Host == "" {
		return path
	}
	return v.base + "bai-thi"
}
