package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"duthi/core"
)

// Who asks. The cookie of one kind of person is also tried where the other kind's belongs.
const (
	nobody     = "nobody"
	stranger   = "another contestant"
	themselves = "the contestant"
	swapped    = "cookies in each other's place"
	mustChange = "an organizer who must change the password"
)

// consoleRoles may open the console, in the order of what they may do.
var consoleRoles = []core.Role{core.FocalPoint, core.Viewer, core.Reviewer, core.Editor, core.Owner}

// access is what an address answers to whom. Query and form are what a working request needs.
type access struct {
	route string // as the server lists it
	query string
	form  string
	// Contestants' addresses: what the contestant themselves get; others get 404 and whoever is not signed in is
	// sent to the sign-in page (401 with JSON). Zero for other addresses.
	own int
	// Of the console: the roles that get ok; the others get 403, and whoever is no organizer the sign-in page.
	roles []core.Role
	ok    int
}

var (
	everyRole = []core.Role{core.Viewer, core.Reviewer, core.Editor, core.Owner}
	editing   = []core.Role{core.Editor, core.Owner}
	deciding  = []core.Role{core.Reviewer, core.Editor, core.Owner}
	reviewing = []core.Role{core.Reviewer, core.Owner}
	owning    = []core.Role{core.Owner}
	focal     = []core.Role{core.FocalPoint}
	signedIn  = []core.Role{core.FocalPoint, core.Viewer, core.Reviewer, core.Editor, core.Owner}
)

const because = "&ly_do=L%C3%BD+do+c%E1%BB%A7a+b%C3%A0i+th%E1%BB%AD"

// personal are the addresses that belong to one contestant or to the console. Handing in comes after what
// needs a running attempt.
var personal = []access{
	{route: "GET /thi", own: 200},
	{route: "GET /thi/:id", own: 303},
	{route: "GET /thi/:id/cau/:cau", own: 200},
	{route: "POST /thi/:id/cau/:cau", form: "chon=0&rev=0&di=sau", own: 303},
	{route: "POST /thi/:id/luu", form: `{"i":1,"c":[0],"k":false,"r":0}`, own: 200},
	{route: "GET /thi/:id/trang-thai", own: 200},
	{route: "GET /thi/:id/nop", own: 200},
	{route: "POST /thi/:id/nop", form: "rev=0", own: 303},
	{route: "GET /thi/:id/ket-qua", own: 200},
	{route: "GET /c/:contest/thi/:id/ket-qua", own: 200},
	{route: "GET /thi/:id/dap-an", own: 409}, // not before the round ends
	{route: "GET /c/:contest/thi/:id/dap-an", own: 409},
	{route: "POST /thi", own: 303},
	{route: "GET /bai-thi", own: 200},
	{route: "GET /c/:contest/bai-thi", own: 200},
	{route: "GET /du-lieu-cua-toi", own: 200},
	{route: "GET /c/:contest/du-lieu-cua-toi", own: 200},
	{route: "GET /du-lieu-cua-toi/tai-ve", own: 200},
	{route: "GET /c/:contest/du-lieu-cua-toi/tai-ve", own: 200},
	{route: "GET /du-lieu-cua-toi/sua", own: 200},
	{route: "POST /du-lieu-cua-toi/sua", form: "ho_ten=", own: 422},
	{route: "GET /du-lieu-cua-toi/dien-thoai", own: 200},
	{route: "POST /du-lieu-cua-toi/dien-thoai", form: "so_dien_thoai=1", own: 422},
	{route: "GET /du-lieu-cua-toi/mat-khau", own: 200},
	{route: "POST /du-lieu-cua-toi/mat-khau", form: "mat_khau=1", own: 422},
	{route: "POST /du-lieu-cua-toi/dang-xuat-may-khac", own: 303},
	{route: "GET /du-lieu-cua-toi/dong-y", own: 200},
	{route: "POST /du-lieu-cua-toi/dong-y", own: 303},
	{route: "GET /lien-ket-zalo", own: 200},
	{route: "POST /lien-ket-zalo", form: "mat_khau=1", own: 422},
	{route: "POST /lien-ket-zalo/go", own: 303},
	{route: "GET /du-lieu-cua-toi/xoa", own: 200},
	{route: "GET /c/:contest/du-lieu-cua-toi/xoa", own: 200},
	{route: "POST /du-lieu-cua-toi/rut-dong-y", own: 303},
	{route: "POST /c/:contest/du-lieu-cua-toi/rut-dong-y", own: 303},
	{route: "POST /du-lieu-cua-toi/xoa", own: 303},
	{route: "POST /c/:contest/du-lieu-cua-toi/xoa", own: 303},

	{route: "GET /console", roles: everyRole, ok: 200},
	{route: "GET /console/thi-sinh", roles: everyRole, ok: 200},
	{route: "GET /console/thi-sinh/:id", roles: everyRole, ok: 200},
	{route: "POST /console/thi-sinh/:id/khoa", form: "khoa=1" + because, roles: editing, ok: 303},
	{route: "POST /console/thi-sinh/:id/them-gio", form: "phut=10" + because, roles: editing, ok: 303},
	{route: "POST /console/thi-sinh/:id/don-vi", form: "don_vi=SNV-TTR" + because, roles: editing, ok: 303},
	{route: "POST /console/thi-sinh/:id/dien-thoai", form: because, roles: deciding, ok: 200},
	{route: "POST /console/thi-sinh/:id/mat-khau", form: because, roles: deciding, ok: 200},
	{route: "POST /console/thi-sinh/:id/xoa", form: because, roles: editing, ok: 303},
	{route: "GET /console/yeu-cau", roles: deciding, ok: 200},
	{route: "POST /console/yeu-cau/:id", form: "quyet_dinh=tu-choi" + because, roles: deciding, ok: 303},
	{route: "GET /console/don-vi", roles: everyRole, ok: 200},
	{route: "GET /console/ma-qr", roles: everyRole, ok: 200},
	{route: "POST /console/ma-qr", form: "noi=S%E1%BA%A3nh", roles: editing, ok: 0},
	{route: "GET /console/ma-qr/tai", query: "?ten=contest&dang=svg", roles: everyRole, ok: 200},
	{route: "GET /console/tai-khoan", roles: owning, ok: 200},
	{route: "POST /console/tai-khoan", form: "ten=&vai_tro=viewer", roles: owning, ok: 422},
	{route: "POST /console/tai-khoan/:name/dat-lai", form: because, roles: owning, ok: 200},
	{route: "POST /console/tai-khoan/:name/khoa", form: because, roles: owning, ok: 303},
	{route: "GET /console/nhat-ky", roles: reviewing, ok: 200},
	{route: "GET /console/nhap", roles: editing, ok: 200},
	{route: "POST /console/nhap/kiem-tra", roles: editing, ok: 0},
	{route: "POST /console/nhap", roles: editing, ok: 0},
	{route: "GET /console/nhap/xuat", query: "?loai=contest", roles: editing, ok: 0},
	{route: "POST /console/cuoc-thi", form: "cuoc_thi=", roles: everyRole, ok: 0},
	{route: "POST /console/cuoc-thi/kich-hoat", form: "cuoc_thi=khong-co", roles: editing, ok: 0},
	{route: "GET /console/hoi-dap", roles: everyRole, ok: 200},
	{route: "GET /console/hoi-dap/tra-loi", roles: editing, ok: 200},
	{route: "POST /console/hoi-dap/tra-loi", roles: editing, ok: 422},
	{route: "POST /console/hoi-dap/go", roles: editing, ok: 0},
	{route: "POST /console/hoi-dap/bo-qua", roles: editing, ok: 0},
	{route: "GET /console/zalo", roles: everyRole, ok: 200},
	{route: "POST /console/zalo/cap-quyen", roles: owning, ok: 200},
	{route: "GET /zalo/oauth/callback", roles: owning, ok: 200},
	{route: "POST /console/zalo/nha", roles: editing, ok: 303},
	{route: "POST /console/zalo/da-xem", roles: editing, ok: 0},
	{route: "GET /console/nhac", roles: everyRole, ok: 200},
	{route: "GET /console/nhac/lich", roles: everyRole, ok: 200},
	{route: "GET /console/nhac/quy-tac", roles: everyRole, ok: 200},
	{route: "GET /console/nhac/quy-tac/sua", query: "?loai=last_day", roles: editing, ok: 200},
	{route: "POST /console/nhac/quy-tac/sua", form: "loai=last_day", roles: editing, ok: 422},
	{route: "POST /console/nhac/quy-tac/bat", form: "id=mau-cchc.last_day&bat=1", roles: editing, ok: 422},
	{route: "GET /console/nhac/soan", roles: editing, ok: 200},
	{route: "POST /console/nhac/soan", form: "ten=", roles: editing, ok: 422},
	{route: "GET /console/nhac/gui-thu", roles: editing, ok: 200},
	{route: "POST /console/nhac/gui-thu", form: "dien_thoai=1", roles: editing, ok: 422},
	{route: "GET /console/nhac/:id", roles: everyRole, ok: 200},
	{route: "GET /console/nhac/:id/soan", roles: editing, ok: 303},
	{route: "POST /console/nhac/:id/soan", form: "ten=", roles: editing, ok: 303},
	{route: "GET /console/nhac/:id/nguoi-nhan", roles: editing, ok: 303},
	{route: "POST /console/nhac/:id/nguoi-nhan", form: "ngay=x", roles: editing, ok: 303},
	{route: "POST /console/nhac/:id/gui", form: "so_tin=0", roles: editing, ok: 422},
	{route: "POST /console/nhac/:id/gui-thu", roles: editing, ok: 303},
	{route: "POST /console/nhac/:id/sua", roles: editing, ok: 303},
	{route: "POST /console/nhac/:id/tam-dung", form: because, roles: editing, ok: 409},
	{route: "POST /console/nhac/:id/tiep-tuc", form: because, roles: editing, ok: 409},
	{route: "POST /console/nhac/:id/huy", form: because, roles: editing, ok: 303},
	{route: "GET /console/nhac/:id/tien-do", roles: everyRole, ok: 200},
	{route: "GET /console/nhac/:id/ket-qua", roles: everyRole, ok: 200},
	{route: "POST /console/nhac/:id/ket-qua", form: "nguoi=khong-co&toi=co" + because, roles: editing, ok: 0},
	{route: "GET /console/nhac/:id/ket-qua/tai", query: "?dang=csv", roles: editing, ok: 200},
	{route: "GET /console/doi-mat-khau", roles: signedIn, ok: 200},
	{route: "POST /console/doi-mat-khau", form: "mat_khau=1", roles: signedIn, ok: 422},
	{route: "POST /console/dang-xuat", roles: signedIn, ok: 303},
	{route: "POST /console/don-vi/dau-moi", form: "don_vi=STC", roles: editing, ok: 200},
	{route: "POST /console/dau-moi", roles: editing, ok: 200},
	{route: "GET /dau-moi", roles: focal, ok: 200},
	{route: "GET /dau-moi/nhac", roles: focal, ok: 200},
	{route: "POST /dau-moi/nhac", roles: focal, ok: 303},
	{route: "GET /dau-moi/zalo", roles: focal, ok: 200},
	{route: "POST /dau-moi/zalo", form: "mat_khau=1", roles: focal, ok: 422},
	{route: "POST /dau-moi/zalo/tat", roles: focal, ok: 303},
	{route: "GET /dau-moi/tin-nhom", roles: focal, ok: 200},
	{route: "GET /dau-moi/tin-nhom/anh", roles: focal, ok: 200},
	{route: "GET /console/tin-nhom", query: "?don-vi=SNV", roles: everyRole, ok: 200},
	{route: "GET /console/tin-nhom/anh", query: "?don-vi=SNV", roles: everyRole, ok: 200},
	{route: "GET /console/tin-nhom/tai", query: "?cap=1", roles: everyRole, ok: 200},
	{route: "GET /dau-moi/ma-qr", query: "?dang=svg", roles: focal, ok: 200},
}

// open are the addresses that anyone may ask for; nothing behind them belongs to one person. A token or draft
// is known only to whom it was given.
var open = []string{
	"GET /", "GET /c/:contest", "GET /the-le", "GET /tai-lieu", "GET /thong-bao", "GET /ty-le", "GET /xep-hang", "GET /tro-giup", "GET /nhac-toi",
	"GET /lich-thi.ics", "GET /kiem-tra", "GET /thi-thu", "POST /thi-thu", "GET /thi-thu/:token", "GET /thi-thu/:token/ket-qua",
	"GET /ma-qr/:name", "GET /tep/:digest/:name", "GET /dang-nhap", "POST /dang-nhap", "POST /dang-xuat",
	"GET /theme/:file", "GET /theme/:file/logo", "GET /robots.txt", "GET /favicon.ico", "GET /static/*file", "GET /q/:code",
	"GET /dang-ky", "POST /dang-ky", "POST /dang-ky/gui-ma", "GET /dang-ky/:buoc", "POST /dang-ky/:buoc",
	"GET /quen-mat-khau", "POST /quen-mat-khau", "GET /quen-mat-khau/ma", "GET /ma-zalo", "POST /quen-mat-khau/ma",
	"GET /mat-khau-moi", "POST /mat-khau-moi", // one-time links
	"GET /mat-so", "POST /mat-so", "GET /mat-so/da-gui", "GET /hop-thu-mau",
	"GET /vao/:ma", "POST /vao/:ma", // one-time links
	"GET /kich-hoat", "POST /kich-hoat", "GET /console/dang-nhap", "POST /console/dang-nhap", "GET /livez", "GET /readyz",
	"GET /zalo/webhook", "POST /zalo/webhook", // Zalo's signature is what counts
	"GET /gia-lap-zalo/*path", "POST /gia-lap-zalo/*path", // the simulator: without a Zalo app only
}

// TestEveryRouteHasItsAccess fails when an address is added without saying here who may ask for it.
func TestEveryRouteHasItsAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	said := map[string]bool{}
	for _, a := range personal {
		said[a.route] = true
	}
	for _, route := range open {
		said[route] = true
		method, path, _ := strings.Cut(route, " ")
		said[method+" /c/:contest"+path] = true // the same page of another contest
	}
	served := w.web.Routes()
	for _, route := range served {
		if !said[route] {
			t.Errorf("%s: say in access_test.go who may ask for it", route)
		}
	}
	for _, a := range personal {
		if !slices.Contains(served, a.route) {
			t.Errorf("%s is not served: the table in access_test.go is out of date", a.route)
		}
	}
}

// TestAccess asks for everything personal as everybody whom it does not concern, and as whom it does.
func TestAccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	c := newCast(t, w)
	for _, a := range personal {
		if testing.Short() && strings.HasSuffix(a.route, "/tin-nhom/tai") {
			continue // draws every unit's picture for each role: too much for the race detector
		}
		if a.own != 0 {
			c.contestants(t, a)
		} else {
			c.organizers(t, a)
		}
	}
	c.otherContest(t)
}

// contestants checks one address of a contestant.
func (c *cast) contestants(t *testing.T, a access) {
	t.Helper()
	method, path, _ := strings.Cut(a.route, " ")
	byID := strings.Contains(path, ":id")
	signIn := http.StatusSeeOther
	if strings.HasPrefix(a.form, "{") {
		signIn = http.StatusUnauthorized
	}
	path = strings.NewReplacer(":contest", c.contest, ":id", c.attempt, ":cau", "1").Replace(path)
	ask := func(who string) (int, string) { return c.ask(t, method, path, a.form, who) }
	for _, who := range []string{nobody, swapped, string(core.FocalPoint), string(core.Viewer), string(core.Owner)} {
		if status, to := ask(who); status != signIn || status == http.StatusSeeOther && !strings.Contains(to, "dang-nhap") {
			t.Errorf("%s as %s: %d %.60q, want the sign-in page", a.route, who, status, to)
		}
	}
	if byID {
		if status, body := ask(stranger); status != http.StatusNotFound || strings.Contains(body, c.victim.FullName) {
			t.Errorf("%s as %s: %d, want 404", a.route, stranger, status)
		}
	}
	if status, to := ask(themselves); status != a.own || status == http.StatusSeeOther && strings.Contains(to, "dang-nhap?") {
		t.Errorf("%s as %s: %d %.80q, want %d", a.route, themselves, status, to, a.own)
	}
}

// organizers checks one address of the console.
func (c *cast) organizers(t *testing.T, a access) {
	t.Helper()
	method, pattern, _ := strings.Cut(a.route, " ")
	path := func() string { return c.fill(t, pattern) + a.query }
	for _, who := range []string{nobody, stranger, swapped} {
		if status, to := c.ask(t, method, path(), a.form, who); status != http.StatusSeeOther || !strings.Contains(to, "/console/dang-nhap") {
			t.Errorf("%s as %s: %d, want the sign-in page", a.route, who, status)
		}
	}
	if !strings.HasPrefix(pattern, "/console/doi-mat-khau") && !strings.HasPrefix(pattern, "/console/dang-xuat") {
		if status, to := c.ask(t, method, path(), a.form, mustChange); status != http.StatusSeeOther || !strings.Contains(to, "/console/doi-mat-khau") {
			t.Errorf("%s as %s: %d, want the page to change it", a.route, mustChange, status)
		}
	}
	for _, role := range consoleRoles {
		status, body := c.ask(t, method, path(), a.form, string(role))
		switch {
		case !slices.Contains(a.roles, role):
			if status != http.StatusForbidden {
				t.Errorf("%s as %s: %d, want 403", a.route, role, status)
			}
		case status == http.StatusForbidden || status == http.StatusNotFound && a.ok != 0 || status >= 500 || a.ok != 0 && status != a.ok:
			t.Errorf("%s as %s: %d, want %d\n%.600s", a.route, role, status, a.ok, body)
		}
	}
}

// otherContest asks for people of a contest that the console, or the contestant, does not work on.
func (c *cast) otherContest(t *testing.T) {
	t.Helper()
	b := c.w.broadcastIn(core.BroadcastPlanned)
	b.ContestID = otherContest
	must(t, c.w.store.InsertBroadcast(t.Context(), b))
	for _, path := range []string{"/console/thi-sinh/" + c.foreigner.ID, "/console/nhac/" + b.ID, "/console/nhac/" + b.ID + "/ket-qua"} {
		if status, _ := c.ask(t, "GET", path, "", string(core.Owner)); status != http.StatusNotFound {
			t.Errorf("%s of another contest: %d, want 404", path, status)
		}
	}
	for path, want := range map[string]int{"/bai-thi": 303, "/c/" + otherContest + "/bai-thi": 200, "/thi/" + c.attempt: 303, "/c/" + otherContest + "/thi/" + c.attempt + "/ket-qua": 404} {
		if status, _ := c.w.get(path, c.foreignCookie); status != want {
			t.Errorf("%s as a contestant of another contest: %d, want %d", path, status, want)
		}
	}
}

// cast is everybody who asks in TestAccess, and whom it is about.
type cast struct {
	w         *world
	contest   string
	victim    core.Contestant
	attempt   string
	cookies   map[string]string
	foreigner core.Contestant
	// foreignCookie is of a contestant of another contest.
	foreignCookie string
	made          int
}

const otherContest = "cuoc-thi-khac"

func newCast(t *testing.T, w *world) *cast {
	t.Helper()
	ed, err := w.edition(t.Context(), "")
	must(t, err)
	people := w.people(2)
	c := &cast{w: w, contest: ed.Contest.ID, victim: people[0], attempt: w.begin(people[0]).ID, cookies: map[string]string{themselves: w.signIn(0), stranger: w.signIn(1)}}
	for _, role := range consoleRoles {
		c.cookies[string(role)] = w.organizer(t, string(role)+"-thu", role, func(o *core.Organizer) {
			if role == core.FocalPoint {
				o.ContestID, o.UnitCode = c.contest, "SNV"
			}
		})
	}
	c.cookies[mustChange] = w.organizer(t, "chua-doi", core.Owner, func(o *core.Organizer) { o.MustChange = true })
	c.cookies[swapped] = consoleSession + "=" + value(c.cookies[stranger]) + "; phien=" + value(c.cookies[string(core.Owner)])
	rec, err := w.store.ContestRecord(t.Context(), c.contest)
	must(t, err)
	rec.ID, rec.Contest.ID, rec.QuestionSet, rec.UnitSet, rec.ActivatedAt, rec.Revision = otherContest, otherContest, 0, 0, 1, 1
	must(t, w.store.SaveContest(t.Context(), rec))
	must(t, w.catalog.Reload(t.Context()))
	c.foreigner = newPerson(w, otherContest, 7777)
	must(t, w.store.InsertContestant(t.Context(), c.foreigner))
	in, err := w.account.SignIn(t.Context(), otherContest, phoneOf(7777), testPassword, "127.0.0.1")
	must(t, err)
	c.foreignCookie = "phien=" + url.QueryEscape(in.Token)
	return c
}

// ask sends a request as who and gives the status and the body, with the address it leads to.
func (c *cast) ask(t *testing.T, method, path, form, who string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.w.base+path, strings.NewReader(form))
	must(t, err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if strings.HasPrefix(form, "{") {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json")
	}
	if strings.HasSuffix(path, "/console/dang-xuat") && c.cookies[who] != "" && who != swapped && who != stranger {
		return c.w.do(req, c.again(t, who)) // this one ends the session
	}
	return c.w.do(req, c.cookies[who])
}

func (c *cast) again(t *testing.T, who string) string {
	t.Helper()
	for _, role := range consoleRoles {
		if string(role) == who {
			in, err := c.w.account.SignInOrganizer(t.Context(), who+"-thu", testPassword, "127.0.0.1")
			must(t, err)
			return consoleSession + "=" + url.QueryEscape(in.Token)
		}
	}
	return c.cookies[who]
}

// fill puts somebody new into an address, since some of them lock, erase or decide.
func (c *cast) fill(t *testing.T, pattern string) string {
	t.Helper()
	c.made++
	now := core.At(time.Now())
	switch {
	case strings.Contains(pattern, "/thi-sinh/:id"):
		p := newPerson(c.w, c.contest, 5000+c.made)
		must(t, c.w.store.InsertContestant(t.Context(), p))
		return strings.Replace(pattern, ":id", p.ID, 1)
	case strings.Contains(pattern, "/yeu-cau/:id"):
		p := newPerson(c.w, c.contest, 5000+c.made)
		must(t, c.w.store.InsertContestant(t.Context(), p))
		r := core.Request{ID: core.NewID(now), ContestID: c.contest, ContestantID: p.ID, Kind: "erase", Status: core.RequestOpen, CreatedAt: now, Revision: 1}
		must(t, c.w.store.InsertRequest(t.Context(), r))
		return strings.Replace(pattern, ":id", r.ID, 1)
	case strings.Contains(pattern, "/nhac/:id"):
		b := c.w.broadcastIn(core.BroadcastPlanned)
		must(t, c.w.store.InsertBroadcast(t.Context(), b))
		return strings.Replace(pattern, ":id", b.ID, 1)
	case strings.Contains(pattern, "/tai-khoan/:name"):
		name := fmt.Sprintf("tam-%d", c.made)
		c.w.organizer(t, name, core.Viewer, nil)
		return strings.Replace(pattern, ":name", name, 1)
	}
	return pattern
}

func value(cookie string) string {
	_, v, _ := strings.Cut(cookie, "=")
	return v
}
