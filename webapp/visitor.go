package webapp

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/exam"
	"duthi/core/web"
)

// Names of our cookies.
const (
	sessionCookie = "phien"   // a contestant's sign-in
	draftCookie   = "dang_ky" // a registration being filled in
	resetCookie   = "dat_lai" // a password reset under way
	unitCookie    = "don_vi"  // the unit of the QR code that was scanned
)

// visitor is who asks and for which contest.
type visitor struct {
	ed     *exam.Edition
	base   string          // "/" or "/c/ID/"
	person *account.Person // nil: nobody is signed in
	now    core.Instant
	unsure bool // the sign-in could not be looked up: the database is away
}

// contestant gives the signed-in contestant; only handlers whose route needs one call it.
func (v *visitor) contestant() core.Contestant { return *v.person.Contestant }

// at gives a moment in the contest's zone.
func (v *visitor) at(i core.Instant) time.Time { return i.Time(v.ed.Loc) }

// pageFunc answers a request of a visitor.
type pageFunc func(c *gin.Context, v *visitor) error

// need is what a route asks of its visitor.
type need int

const (
	public     need = iota // anyone
	contestant             // somebody registered for the contest
)

// route is one line of the table in routes.go.
type route struct {
	method, path string
	need         need
	page         pageFunc
	each         bool // also below /c/ID, for contests that are not the active one
	quiet        bool
	maxBody      int64
	timeout      time.Duration
}

// bind turns a line of the table into routes of the server.
func (a *App) bind(r route) []web.Route {
	paths := []string{r.path}
	if r.each {
		paths = append(paths, "/c/:contest"+r.path)
		if r.path == "/" {
			paths = append(paths, "/c/:contest") // as people write it
		}
	}
	var out []web.Route
	for _, p := range paths {
		out = append(out, web.Route{Method: r.method, Path: p, Quiet: r.quiet, MaxBody: r.maxBody, Timeout: r.timeout, Handler: func(c *gin.Context) error {
			v, err := a.visitor(c, r.need)
			if err != nil {
				return err
			}
			if a.aliased(c, v.ed.Contest) {
				return nil
			}
			if r.need == contestant && v.person == nil {
				return a.askSignIn(c, v)
			}
			if r.need == contestant && r.method == http.MethodGet {
				c.Header("Cache-Control", "no-store") // on a shared machine nothing of it is there for whoever goes back
			}
			return r.page(c, v)
		}})
	}
	return out
}

func (a *App) visitor(c *gin.Context, n need) (*visitor, error) {
	v := &visitor{base: "/", now: a.clock.Now()}
	id := c.Param("contest")
	ed, err := a.opt.Edition(c.Request.Context(), id)
	if err != nil {
		return nil, err
	}
	if id != "" {
		v.base = "/c/" + id + "/"
	}
	v.ed = ed
	return v, a.signedIn(c, v, n)
}

// publicPatience is how long a public page waits to learn who reads it. A database that hangs, rather than
// refuses, would keep everybody with a cookie waiting for pages that don't need it.
const publicPatience = time.Second

// signedIn looks the session up. A database that does not answer makes a visitor nobody on public pages; the
// pages that need a contestant say so instead.
func (a *App) signedIn(c *gin.Context, v *visitor, n need) error {
	token, err := c.Cookie(sessionCookie)
	if err != nil || token == "" {
		return nil
	}
	ctx := c.Request.Context()
	if n == public {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, publicPatience)
		defer cancel()
	}
	p, err := a.opt.Account.Authenticate(ctx, token)
	switch core.CodeOf(err) {
	case "":
		if p.Kind == account.KindContestant && p.ContestID == v.ed.Contest.ID && p.Contestant != nil {
			v.person = &p
		}
		return nil
	case core.Unauthenticated:
		return nil
	}
	v.unsure = true
	return nil
}

// askSignIn sends a visitor to the sign-in page and back afterwards.
func (a *App) askSignIn(c *gin.Context, v *visitor) error {
	if v.unsure {
		return core.Errorf(core.Unavailable, "Chưa kiểm tra được phiên đăng nhập. Bài đã lưu vẫn còn. Vui lòng thử lại sau ít giây.")
	}
	if web.WantsJSON(c) {
		return core.Errorf(core.Unauthenticated, "Phiên đăng nhập đã hết. Đăng nhập lại để tiếp tục.")
	}
	back := c.Request.URL.Path
	if c.Request.Method != http.MethodGet {
		back = c.PostForm("ve")
	}
	to := v.base + "dang-nhap"
	if local(back) {
		to += "?ve=" + url.QueryEscape(back)
	}
	return web.SeeOther(c, to)
}

// local reports whether an address to go back to is one of ours: "//host" and "/\host" are not.
func local(path string) bool {
	return len(path) > 1 && path[0] == '/' && path[1] != '/' && path[1] != '\\' && !strings.ContainsAny(path, "\r\n\t")
}

// frame fills in what the layouts show.
func (a *App) frame(c *gin.Context, v *visitor, title, current string) frame {
	f := frame{Title: title, Base: v.base, Contest: a.heading(v.ed.Contest), Sample: v.ed.Sample}
	f.InZalo = strings.Contains(c.Request.UserAgent(), "Zalo")
	for _, l := range []navLink{
		{Text: "Thể lệ", Href: "the-le"}, {Text: "Xếp hạng", Href: "xep-hang"},
		{Text: "Tỷ lệ tham gia", Href: "ty-le"}, {Text: "Trợ giúp", Href: "tro-giup"},
	} {
		l.Current = l.Href == current
		l.Href = v.base + l.Href
		f.Nav = append(f.Nav, l)
	}
	f.Account = navLink{Text: "Đăng nhập", Href: v.base + "dang-nhap"}
	if v.person != nil {
		f.SignedIn = true
		f.Account = navLink{Text: v.person.Contestant.FullName, Href: v.base + "bai-thi"}
	}
	if v.unsure {
		f.Stale = "Hệ thống đang gián đoạn. Trang này hiển thị bản đã lưu; bài thi đã lưu vẫn còn."
	}
	return f
}

func (a *App) heading(ct *core.Contest) heading {
	h := heading{ID: ct.ID, Name: ct.Title, Short: ct.ShortTitle, Authority: ct.Organizer.Authority, Initials: initials(ct.Organizer.Authority), Hotline: ct.Contacts.Hotline}
	h.HotlineHref = "tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, h.Hotline)
	if t := ct.Theme; t != nil {
		if t.Primary != "" {
			h.Theme = "/theme/" + ct.ID + ".css"
		}
		if strings.HasPrefix(t.Logo, "data:image/") {
			h.Logo = "/theme/" + ct.ID + "/logo"
		}
	}
	return h
}
