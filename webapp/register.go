package webapp

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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
	if need := a.codeWords(v).Need; need != "" {
		p.Needs = append(p.Needs, need)
	}
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
	p.Fields = stepFields(v.ed.Contest.Registration, d, step, a.codeWords(v).Phone)
	var chat *chatCode
	if step == account.StepCode {
		var fault error
		if chat, fault = a.chatCode(c, v, d.Code, "dang-ky"); fault != nil {
			return fault
		}
	}
	a.stepForm(v, &p, d, c, chat)
	status := http.StatusOK
	if err != nil {
		status = a.stepFault(c, &p, err)
	} else if len(d.Errors) > 0 && step != account.StepUnit {
		p.Form = wrongFields(d.Errors, p.Fields)
	}
	return a.showSecret(c, status, "register", p)
}

// faultStatus gives the status of a form shown again. When the server is busy it says when to come back, and the script
// sends the form again by itself (503); what was tried too often (429) and what does not pass by waiting is shown.
func faultStatus(c *gin.Context, err error) int {
	status := web.StatusOf(core.CodeOf(err))
	var e *core.Error
	if errors.As(err, &e) && e.RetryAfter > 0 && (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) {
		c.Header("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	if status == http.StatusUnauthorized {
		return http.StatusUnprocessableEntity // the form was refused; nobody asked for a sign-in
	}
	return status
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
		if _, open := a.draft(c); open == nil { // only the step is not there
			return err
		}
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
	a.remember(c, in)
	return redirect(c, v.base+"thi")
}

// sessionCookieLife outlives a session, whose end the store moves on as long as it is used: a cookie that ended with
// the session's first end would sign out people who come every week.
const sessionCookieLife = 365 * 24 * time.Hour

// remember sets the cookie of a sign-in.
func (a *App) remember(c *gin.Context, in account.SignedIn) {
	a.server.SetCookie(c, sessionCookie, in.Token, sessionCookieLife)
}

// backTo gives the address to go to after signing in.
func backTo(v *visitor, path string) string {
	if u, err := url.Parse(path); err == nil && local(path) && u.Host == "" {
		return path
	}
	return v.base + "bai-thi"
}
