package webapp

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/audit"
	"duthi/core/cache"
	"duthi/core/catalog"
	"duthi/core/exam"
	"duthi/core/qr"
	"duthi/core/store/sqlitestore"
	"duthi/core/web"
)

// world is the role on real parts: SQLite, the cache in this process, every service, HTTP over a socket. Its
// clock stands still until a test moves it.
type world struct {
	t       testing.TB
	now     atomic.Int64 // milliseconds since 1970
	store   *sqlitestore.Store
	catalog *catalog.Catalog
	account *account.Service
	exam    *exam.Service
	app     *App
	web     *web.Server
	server  *httptest.Server
	cut     atomic.Bool // the network is gone: requests die without an answer
	deaf    atomic.Bool // requests arrive and are carried out, answers get lost
}

// exampleNow lies in round 3 of the example contest.
var exampleNow = at("11/11/2023", "17:48:00")

func newWorld(t testing.TB, change ...func(*core.Contest)) *world {
	t.Helper()
	w := &world{t: t}
	w.now.Store(int64(exampleNow))
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	ctx := context.Background()
	var err error
	if w.store, err = sqlitestore.Open(ctx, t.TempDir(), log); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.store.Close() })
	memory, err := cache.Open(ctx, "", log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { memory.Close() })
	secret := []byte("an unguessable key of 32 bytes..")
	sealer, err := core.NewSealer(secret)
	if err != nil {
		t.Fatal(err)
	}
	w.catalog = catalog.New(w.store, w.clock, log)
	w.storeContest(change...)
	inbox := account.NewSampleChannel(w.store, w.clock, func(string) bool { return true })
	w.account = account.New(account.Config{
		People: w.store, Organizers: w.store, Tokens: w.store, Cache: memory, Sealer: sealer, Clock: w.clock, Log: log, Channel: inbox,
		Contest: func(_ context.Context, id string) (account.Contest, error) {
			e, err := w.catalog.Edition(id)
			if err != nil {
				return account.Contest{}, err
			}
			return account.Contest{File: e.Contest, Units: e.Units}, nil
		},
		HasAttempt: func(ctx context.Context, id string) (bool, error) {
			all, err := w.store.AttemptsOf(ctx, id, "")
			return len(all) > 0, err
		},
		Hashing: account.Hashing{MemoryKiB: 64, Passes: 1, Workers: 2, Queue: 64},
	})
	t.Cleanup(func() { w.account.Close() })
	w.exam, err = exam.New(exam.Config{Attempts: w.store, Figures: w.store, Claims: w.store, Edition: w.edition, Person: w.store.Contestant, Secret: secret, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w.serve(log, inbox)
	return w
}

func (w *world) clock() time.Time { return time.UnixMilli(w.now.Load()) }

func (w *world) edition(_ context.Context, id string) (*exam.Edition, error) {
	e, err := w.catalog.Edition(id)
	if err != nil {
		return nil, err
	}
	return &exam.Edition{Contest: e.Contest, Loc: e.Loc, Units: e.Units, Bank: e.Bank, Practice: e.Practice, Question: e.Question, Sample: e.Record.Sample}, nil
}

func (w *world) serve(log *slog.Logger, inbox *account.SampleChannel) {
	w.server = httptest.NewUnstartedServer(nil)
	public := "http://" + w.server.Listener.Addr().String()
	u, err := url.Parse(public)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.web, err = web.New(web.Settings{PublicURL: u, Log: log}); err != nil {
		w.t.Fatal(err)
	}
	w.app, err = New(Options{Edition: w.edition, Exam: w.exam, Account: w.account, QR: qr.NewLinks(w.store, public, w.clock, log), Inbox: inbox,
		Audit: audit.New(w.store, w.clock), Catalog: w.catalog, Tokens: w.store, PublicURL: public, Clock: w.clock, Log: log})
	if err != nil {
		w.t.Fatal(err)
	}
	w.app.Register(w.web)
	w.server.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		if w.deaf.Load() {
			w.web.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		w.web.ServeHTTP(rw, r)
	})
	w.server.Start()
	w.t.Cleanup(w.server.Close)
}

// storeContest puts the example contest with 60 questions and a few units into the store.
func (w *world) storeContest(change ...func(*core.Contest)) {
	ct := exampleEdition().Contest
	ct.Registration = core.Registration{OTP: true, UnitOther: true, Optional: []string{"email"},
		Required: []string{"ho_ten", "ngay_sinh", "so_dinh_danh", "so_dien_thoai", "don_vi_cap_1", "don_vi_cap_2"}}
	for _, f := range change {
		f(ct)
	}
	units := []core.Unit{
		{Code: "SNV", Name: "Sở Nội vụ", Kind: "so-nganh", Headcount: 86},
		{Code: "NTM", Name: "UBND huyện Nam Trà My", Kind: "huyen", Headcount: 1122},
		{Code: "NTM-NV", Name: "Phòng Nội vụ", ParentCode: "NTM", Kind: "phong", Headcount: 7},
		{Code: "NTM-TM", Name: "Trường THCS Trà Mai", ParentCode: "NTM", Kind: "truong", Headcount: 41},
	}
	for i := range units {
		units[i].ContestID, units[i].Set = ct.ID, 1
	}
	var bank []core.Question
	for i := range 60 {
		q := core.Question{ContestID: ct.ID, Set: 1, ID: fmt.Sprintf("q%02d", i), Version: 1, Kind: core.Single, Text: fmt.Sprintf("Câu hỏi số %d là gì?", i), Correct: 1,
			Options: []string{"Đúng là phương án này", "Phương án hai", "Phương án ba", "Phương án bốn"}, Explanation: "Vì văn bản quy định như vậy."}
		if i%5 == 0 {
			q.Kind, q.Correct = core.Multiple, 3
		}
		bank = append(bank, q)
	}
	ctx, now := context.Background(), core.Instant(w.now.Load())
	for _, err := range []error{
		w.store.StageQuestions(ctx, bank), w.store.StageUnits(ctx, units),
		w.store.SaveContest(ctx, core.ContestRecord{ID: ct.ID, Contest: *ct, QuestionSet: 1, UnitSet: 1, ActivatedAt: now, ImportedAt: now, Sample: true, Revision: 1}),
		w.catalog.Reload(ctx),
	} {
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// browser is one device: it keeps cookies and follows redirects by hand, so that tests see them.
type browser struct {
	w      *world
	client *http.Client
	head   http.Header
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{w: w, head: http.Header{}, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// page is an answer read whole.
type page struct {
	status int
	to     string // where it leads, for redirects
	body   string
	header http.Header
}

func (b *browser) do(method, path string, body io.Reader, contentType string) page {
	b.w.t.Helper()
	req, err := http.NewRequest(method, b.w.server.URL+path, body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	for k, v := range b.head {
		req.Header[k] = v
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return page{status: res.StatusCode, to: res.Header.Get("Location"), body: html.UnescapeString(string(text)), header: res.Header}
}

func (b *browser) get(path string) page { b.w.t.Helper(); return b.do("GET", path, nil, "") }

func (b *browser) post(path string, pairs ...string) page {
	b.w.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.do("POST", path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded")
}

// save sends one answer as the script does.
func (b *browser) save(attempt, body string) page {
	b.w.t.Helper()
	b.head.Set("Accept", "application/json")
	defer b.head.Del("Accept")
	return b.do("POST", "/thi/"+attempt+"/luu", strings.NewReader(body), "application/json")
}

// leads fails the test unless a page redirects to path.
func (b *browser) leads(p page, path string) {
	b.w.t.Helper()
	if p.status != http.StatusSeeOther || p.to != path {
		b.w.t.Fatalf("status %d to %q, want 303 to %q\n%s", p.status, p.to, path, mainOf(p.body))
	}
}

// shows fails the test unless a page has the status and holds every fragment.
func (b *browser) shows(p page, status int, fragments ...string) {
	b.w.t.Helper()
	if p.status != status {
		b.w.t.Fatalf("status %d (to %q), want %d\n%s", p.status, p.to, status, mainOf(p.body))
	}
	for _, f := range fragments {
		if !strings.Contains(p.body, f) {
			b.w.t.Errorf("page has no %q:\n%s", f, mainOf(p.body))
		}
	}
}

var mainPart = regexp.MustCompile(`(?s)<main.*</main>`)

func mainOf(body string) string {
	if m := mainPart.FindString(body); m != "" {
		return m
	}
	return body[:min(len(body), 2000)]
}

var codeInInbox = regexp.MustCompile(`class="code">([0-9]{6})<`)

// register goes the whole way to an account, page by page without script; serial makes phone and number.
func (b *browser) register(serial int) {
	b.w.t.Helper()
	b.leads(b.post("/dang-ky"), "/dang-ky/lien-he")
	b.leads(b.post("/dang-ky/lien-he", "so_dien_thoai", fmt.Sprintf("09123%05d", serial)), "/dang-ky/ho-ten")
	b.leads(b.post("/dang-ky/ho-ten", "ho_ten", "Nguyễn Thị An", "ngay_sinh", "31/12/1990"), "/dang-ky/dinh-danh")
	b.leads(b.post("/dang-ky/dinh-danh", "so_dinh_danh", fmt.Sprintf("0490900%05d", serial)), "/dang-ky/don-vi")
	b.leads(b.post("/dang-ky/don-vi", "don_vi_cap_1", "NTM"), "/dang-ky/don-vi?cap=2")
	b.leads(b.post("/dang-ky/don-vi", "don_vi_cap_1", "NTM/NTM-TM"), "/dang-ky/mat-khau")
	b.leads(b.post("/dang-ky/mat-khau", "mat_khau", examplePassword), "/dang-ky/dong-y")
	b.leads(b.post("/dang-ky/dong-y", "dong_y", "1"), "/dang-ky/xac-nhan")
	b.leads(b.post("/dang-ky/xac-nhan", "ma", b.code()), "/thi")
}

const examplePassword = "trời hôm nay trong xanh"

// code reads the newest one-time code from the sample inbox.
func (b *browser) code() string {
	b.w.t.Helper()
	m := codeInInbox.FindStringSubmatch(b.get("/hop-thu-mau").body)
	if m == nil {
		b.w.t.Fatal("no code in the inbox")
	}
	return m[1]
}

// start begins an attempt and gives its id.
func (b *browser) start() string {
	b.w.t.Helper()
	p := b.post("/thi")
	id, ok := strings.CutPrefix(p.to, "/thi/")
	if !ok {
		b.w.t.Fatalf("start: status %d to %q\n%s", p.status, p.to, mainOf(p.body))
	}
	return id
}
