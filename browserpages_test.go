package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/outreach"
)

// notPages are addresses that answer with files, numbers or redirects: nothing to look at.
var notPages = []string{"/static/", "/theme/", "/ma-zalo", "/ma-qr/", "/robots.txt", "/favicon.ico", "/lich-thi.ics", "/livez", "/readyz", "/q/", "/c/",
	"/zalo/", "/zalo_", "/gia-lap-zalo", "/trang-thai", "/tai-ve", "/ma-qr/tai", "/ket-qua/tai", "/tien-do", "/nhap/xuat", "/tin-nhom/anh", "/tin-nhom/tai", "/dau-moi/ma-qr"}

// TestPagesInTheBrowser opens every page the server has, at both widths: public ones, a contestant's, and the
// console's for its owner. Each must fit its screen, please the browser and axe-core, and be looked at by people
// (DUTHI_TEST_SHOTS).
func TestPagesInTheBrowser(t *testing.T) {
	b := startChromium(t)
	w := newWorld(t, nil, nil)
	g := newGallery(t, w)
	for _, width := range []int{phone, desktop} {
		tabs := map[string]*tab{"public": b.open(t, w.base, width, true), "own": b.open(t, w.base, width, true), "console": b.open(t, w.base, width, true), "focal": b.open(t, w.base, width, true)}
		tabs["own"].remember(g.contestant)
		tabs["console"].remember(g.owner)
		tabs["focal"].remember(g.focal)
		seen := 0
		for _, route := range w.web.Routes() {
			method, pattern, _ := strings.Cut(route, " ")
			if method != http.MethodGet || hasAny(pattern, notPages) {
				continue
			}
			for _, page := range g.fill(pattern) {
				group := "public"
				switch {
				case page == "/console/dang-nhap":
				case strings.HasPrefix(page, "/dau-moi"):
					group = "focal"
				case strings.HasPrefix(page, "/console"):
					group = "console"
				case g.own(pattern):
					group = "own"
				}
				seen++
				tabs[group].visit(page)
				tabs[group].inspect(group + "-" + slug(page))
			}
		}
		if seen < 45 {
			t.Errorf("only %d pages were seen", seen)
		}
		g.failures(t, tabs["public"])
	}
}

// TestHomeInTheBrowserThroughTheContest looks at the home page before, between and after the rounds and when the
// results are out, and at one's own paper once its round is over.
func TestHomeInTheBrowserThroughTheContest(t *testing.T) {
	b := startChromium(t)
	for name, days := range map[string]int{"before": -70, "between": 0, "after": 60, "results": 60} {
		var shift time.Duration
		w := newWorld(t, nil, func() time.Time { return time.Now().Add(shift) })
		person := w.people(1)[0]
		own := w.signIn(0)
		a := w.begin(person)
		if status, _ := w.post("/thi/"+a.ID+"/nop", own, nil); status != http.StatusSeeOther {
			t.Fatalf("handing in: %d", status)
		}
		shift = time.Duration(days) * 24 * time.Hour
		ed, err := w.edition(t.Context(), "")
		must(t, err)
		rec, err := w.store.ContestRecord(t.Context(), ed.Contest.ID)
		must(t, err)
		if name == "between" {
			rec.Contest.Rounds[2].End = core.At(time.Now().Add(-time.Hour))
		}
		if name == "results" {
			rec.Contest.Notices = append(rec.Contest.Notices, core.Document{Title: "Kết quả Đợt 5", Text: "Danh sách kèm theo quyết định."})
		}
		rec.Revision++
		must(t, w.store.SaveContest(t.Context(), rec))
		must(t, w.catalog.Reload(t.Context()))
		for _, width := range []int{phone, desktop} {
			p := b.open(t, w.base, width, true)
			p.visit("/")
			p.inspect("home-" + name)
			if name == "between" {
				p.remember(own)
				for _, page := range []string{"/thi", "/thi/" + a.ID + "/ket-qua", "/thi/" + a.ID + "/dap-an"} {
					p.visit(page)
					p.inspect("over" + strings.ReplaceAll(strings.Replace(page, a.ID, "1", 1), "/", "-"))
				}
				p.sees("Đáp án đúng")
			}
		}
	}
}

// gallery knows what to put into addresses.
type gallery struct {
	w                 *world
	contestant, owner string
	focal             string
	over, running     string
	person            string
	sends             map[string]string // broadcasts by state
}

func newGallery(t *testing.T, w *world) *gallery {
	t.Helper()
	people := w.people(3)
	w.linkZalo(people[2]) // whom a focal point can remind
	g := &gallery{w: w, contestant: w.signIn(0), person: people[0].ID}
	a := w.begin(people[0])
	g.over = a.ID
	if status, _ := w.post("/thi/"+a.ID+"/nop", g.contestant, nil); status != http.StatusSeeOther {
		t.Fatalf("handing in: %d", status)
	}
	g.running = w.begin(people[0]).ID
	g.owner, g.focal = w.organizer(t, "chu-tri", core.Owner, nil), w.focal("SNV")
	g.broadcasts(t)
	now := core.At(time.Now())
	must(t, w.store.InsertRequest(context.Background(), core.Request{ID: core.NewID(now), ContestID: people[1].ContestID, ContestantID: people[1].ID,
		Kind: "correction", Changes: map[string]string{"ho_ten": "Người Thử Hai"}, Note: "Tên bị gõ nhầm", Status: core.RequestOpen, CreatedAt: now, Revision: 1}))
	return g
}

// broadcasts makes one in each state, with deliveries of every outcome.
func (g *gallery) broadcasts(t *testing.T) {
	t.Helper()
	g.sends = map[string]string{}
	for _, state := range []string{core.BroadcastDraft, core.BroadcastPlanned, core.BroadcastSending, core.BroadcastDone} {
		b := g.w.broadcastIn(state)
		g.sends[state] = b.ID
		must(t, g.w.store.InsertBroadcast(t.Context(), b))
		if state == core.BroadcastDraft {
			continue
		}
		people, err := g.w.store.Contestants(t.Context(), b.ContestID, account.PeopleFilter{}, "", 200)
		must(t, err)
		var ds []core.Delivery
		for i, p := range people {
			d := core.Delivery{BroadcastID: b.ID, Person: p.ID, State: core.DeliveryPlanned, Channel: []string{core.ChannelFree, core.ChannelBilled, core.ChannelPhoneTemplate, core.ChannelPhoneTemplate, core.ChannelUserTemplate}[i%5],
				Cost: []int64{0, 55, 800, 800, 560}[i%5], NotBefore: b.StartAt, Revision: 1}
			switch {
			case i%7 == 3:
				d.State, d.Channel, d.Cost, d.Reason = core.DeliverySkipped, core.ChannelNone, 0, []string{outreach.ReasonNoConsent, outreach.ReasonOptedOut, outreach.ReasonNoTemplate}[i%3]
			case state == core.BroadcastDone && i%11 == 1, state == core.BroadcastSending && i%50 == 1:
				d.State, d.Reason, d.SentAt = core.DeliveryUnknown, outreach.ReasonNoAnswer, b.CreatedAt
			case state == core.BroadcastDone && i%13 == 2:
				d.State, d.Reason, d.Code = core.DeliveryFailed, outreach.ReasonUnreachable, -201
			case state == core.BroadcastDone, state == core.BroadcastSending && i%3 == 0:
				d.State, d.MessageID, d.SentAt = core.DeliverySent, "m", b.CreatedAt
			}
			ds = append(ds, d)
		}
		must(t, g.w.store.PlanDeliveries(t.Context(), ds))
	}
	for _, kind := range []string{core.RemindBeforeOpen, core.RemindNotTaken, core.RemindLastDay} {
		r, err := g.w.outreach.Rule(t.Context(), g.w.contestID(), g.w.contestID()+"."+kind)
		must(t, err)
		r.On = true
		ed, err := g.w.edition(t.Context(), "")
		must(t, err)
		_, err = g.w.outreach.SaveRule(t.Context(), "organizer:chu-tri", *ed.Contest, r, "theo kế hoạch")
		must(t, err)
	}
}

// own reports whether a page belongs to a contestant.
func (g *gallery) own(pattern string) bool {
	for _, a := range personal {
		if a.route == "GET "+pattern {
			return a.own != 0
		}
	}
	return false
}

// fill gives the pages to look at for a pattern.
func (g *gallery) fill(pattern string) []string {
	switch pattern {
	case "/dang-ky/:buoc", "/quen-mat-khau/ma", "/mat-so/da-gui": // seen on the way through them
		return nil
	case "/thi-thu/:token", "/thi-thu/:token/ket-qua":
		_, to := g.w.post("/thi-thu", "", nil)
		return []string{strings.Replace(pattern, "/thi-thu/:token", to, 1) + "?c0=0&c1=1"}
	case "/thi/:id/ket-qua", "/thi/:id/dap-an":
		return []string{strings.Replace(pattern, ":id", g.over, 1)}
	case "/the-le":
		return []string{"/the-le", "/the-le?q=mat+mang"}
	case "/ty-le":
		return []string{"/ty-le", "/ty-le?q=noi+vu", "/ty-le?don-vi=SNV"}
	case "/kiem-tra":
		return []string{"/kiem-tra", "/kiem-tra?ma=7KQ2-M9XD-4HTA"}
	case "/console/tin-nhom":
		return []string{"/console/tin-nhom", "/console/tin-nhom?don-vi=SNV"}
	case "/console/nhac/:id":
		return []string{"/console/nhac/" + g.sends[core.BroadcastPlanned], "/console/nhac/" + g.sends[core.BroadcastSending], "/console/nhac/" + g.sends[core.BroadcastDone]}
	case "/console/nhac/:id/soan", "/console/nhac/:id/nguoi-nhan":
		return []string{strings.Replace(pattern, ":id", g.sends[core.BroadcastDraft], 1)}
	case "/console/nhac/:id/ket-qua":
		return []string{strings.Replace(pattern, ":id", g.sends[core.BroadcastDone], 1), strings.Replace(pattern, ":id", g.sends[core.BroadcastDone], 1) + "?xem=unknown"}
	case "/console/nhac/quy-tac/sua":
		return []string{pattern, pattern + "?id=mau-cchc.not_taken"}
	case "/console/don-vi":
		return []string{"/console/don-vi", "/console/don-vi?don-vi=SNV"}
	}
	return []string{strings.NewReplacer("/console/thi-sinh/:id", "/console/thi-sinh/"+g.person, ":id", g.running, ":cau", "2").Replace(pattern)}
}

// failures looks at the pages shown when something is wrong.
func (g *gallery) failures(t *testing.T, p *tab) {
	t.Helper()
	p.visit("/khong-co-trang-nay")
	p.inspect("failure-404")
	p.visit("/dang-nhap")
	p.fill("#so_dien_thoai", "123")
	p.click("main form button.main[type=submit]")
	p.until(`document.getElementById("loi")`)
	p.forgive()
	p.inspect("public-signin-mistakes")
}

func hasAny(path string, parts []string) bool {
	for _, part := range parts {
		if strings.HasPrefix(path, part) || len(part) > 4 && strings.HasSuffix(path, part) {
			return true
		}
	}
	return false
}

var slugs = strings.NewReplacer("/", "-", "?", "-", "=", "-", "&", "-", "+", "-")

// slug makes a file's name of an address.
func slug(path string) string {
	s := strings.Trim(slugs.Replace(path), "-")
	var keep []string
	for part := range strings.SplitSeq(s, "-") {
		if len(part) > 20 { // an id: another one with every run
			part = "1"
		}
		keep = append(keep, part)
	}
	return strings.Join(keep, "-")
}
