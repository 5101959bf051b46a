package account_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/audit"
	"duthi/core/cache"
	"duthi/core/store"
	"duthi/core/store/mongostore"
	"duthi/core/store/sqlitestore"
)

const (
	contestID = "thi-thu-2023"
	addr      = "203.0.113.7"
	goodPhone = "0912 345 678"
	goodPass  = "trời hôm nay trong xanh"
)

// phoneBox is a channel that keeps what it was given, as a phone would.
type phoneBox struct {
	mu   sync.Mutex
	got  []account.Message
	fail error
	came chan account.Message // for messages sent in the background
}

func (b *phoneBox) Name() string { return "test" }

func (b *phoneBox) Send(_ context.Context, m account.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return b.fail
	}
	b.got = append(b.got, m)
	select {
	case b.came <- m:
	default:
	}
	return nil
}

// last gives the newest message.
func (b *phoneBox) last(t testing.TB) account.Message {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.got) == 0 {
		t.Fatal("no message came")
	}
	return b.got[len(b.got)-1]
}

func (b *phoneBox) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.got)
}

// world is the service on real parts, with a clock that stands still.
type world struct {
	*account.Service
	t        testing.TB
	cfg      account.Config
	dir      string
	store    store.Store
	phone    *phoneBox
	contest  *core.Contest
	roster   int64
	attempts sync.Map // contestant ids that have one
	logs     *lockedBuffer

	mu      sync.Mutex
	now     time.Time
	secrets []string // must appear neither in logs nor, readable, in the database's files
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// eachStore runs a test on SQLite, and on MongoDB when DUTHI_TEST_MONGODB_URI names one.
func eachStore(t *testing.T, test func(t *testing.T)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t)
	})
	t.Run("mongodb", func(t *testing.T) {
		t.Parallel()
		if os.Getenv("DUTHI_TEST_MONGODB_URI") == "" {
			t.Skip("DUTHI_TEST_MONGODB_URI is not set: no MongoDB to test on")
		}
		test(t)
	})
}

// openStore opens SQLite in dir, or for a test that eachStore runs on MongoDB a new database there.
func openStore(t testing.TB, dir string, log *slog.Logger) (store.Store, error) {
	if !strings.HasSuffix(t.Name(), "/mongodb") {
		return sqlitestore.Open(t.Context(), dir, log)
	}
	head, query, _ := strings.Cut(os.Getenv("DUTHI_TEST_MONGODB_URI"), "?")
	scheme, rest, _ := strings.Cut(head, "://")
	hosts, _, _ := strings.Cut(rest, "/")
	return mongostore.Open(t.Context(), scheme+"://"+hosts+"/duthi_test_"+strings.ToLower(rand.Text()[:12])+"?"+query)
}

// newWorld starts the service; change may adjust the contest or the settings before.
func newWorld(t testing.TB, change ...func(*world)) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), phone: &phoneBox{came: make(chan account.Message, 100)}, logs: &lockedBuffer{},
		contest: sampleContest(), now: time.Date(2023, 11, 5, 8, 0, 0, 0, time.UTC)}
	log := slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if w.store, err = openStore(t, w.dir, log); err != nil {
		t.Fatal(err)
	}
	mem, err := cache.Open(t.Context(), "", log)
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := core.NewSealer(bytes.Repeat([]byte{7}, core.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	units := core.NewUnitTree(sampleUnits(), nil)
	trail := audit.New(w.store, w.clock)
	w.cfg = account.Config{People: w.store, Organizers: w.store, Tokens: w.store, Cache: mem, Sealer: sealer, Clock: w.clock,
		Log: log, Channel: w.phone, Audit: trail.Append,
		Hashing: account.Hashing{MemoryKiB: 64, Passes: 1, Workers: 2, Queue: 100},
		Contest: func(_ context.Context, id string) (account.Contest, error) {
			if id != contestID {
				return account.Contest{}, core.Errorf(core.NotFound, "Không có cuộc thi này.")
			}
			return account.Contest{File: w.contest, Units: units, RosterSet: w.roster}, nil
		},
		HasAttempt: func(_ context.Context, id string) (bool, error) {
			_, has := w.attempts.Load(id)
			return has, nil
		}}
	for _, f := range change {
		f(w)
	}
	w.Service = account.New(w.cfg)
	t.Cleanup(func() {
		w.Close()
		w.cfg.Cache.Close()
		mem.Close()
		if strings.HasSuffix(t.Name(), "/mongodb") { // the server is shared; SQLite's files are read for secrets
			if err := w.store.RemoveContest(context.Background(), contestID); err != nil && !core.Is(err, core.NotFound) {
				t.Error(err)
			}
		}
		w.store.Close()
		w.checkSecrets()
	})
	return w
}

func sampleContest() *core.Contest {
	return &core.Contest{ID: contestID, Title: "Cuộc thi thử", Timezone: "Asia/Ho_Chi_Minh",
		Organizer: core.Host{Authority: "UBND tỉnh", StandingBody: "Sở Nội vụ"}, Contacts: core.Contacts{Hotline: "0235.3833199"},
		DataProtection: &core.Protection{RetentionMonths: 6, LegalBasis: "Nghị định 13/2023/NĐ-CP"},
		Registration: core.Registration{OTP: true, UnitOther: true, Optional: []string{"email"},
			Required: []string{"ho_ten", "ngay_sinh", "so_dinh_danh", "so_dien_thoai", "don_vi_cap_1", "don_vi_cap_2"},
			Unique:   []string{"so_dinh_danh", "so_dien_thoai"}}}
}

func sampleUnits() []core.Unit {
	return []core.Unit{
		{ContestID: contestID, Code: "SNV", Name: "Sở Nội vụ", Kind: "so-nganh", Headcount: 60},
		{ContestID: contestID, Code: "DL", Name: "UBND huyện Đại Lộc", Kind: "huyen", Headcount: 300},
		{ContestID: contestID, Code: "DL-NV", Name: "Phòng Nội vụ", ParentCode: "DL", Kind: "phong", Headcount: 12},
		{ContestID: contestID, Code: "DL-TC", Name: "Phòng Tài chính", ParentCode: "DL", Kind: "phong", Headcount: 10},
	}
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) secret(s ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets = append(w.secrets, s...)
}

// checkSecrets reads the whole log and every file of the database for what must not be there.
func (w *world) checkSecrets() {
	texts := map[string]string{"the log": w.logs.b.String()}
	fs.WalkDir(os.DirFS(w.dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			b, _ := os.ReadFile(filepath.Join(w.dir, path))
			texts[path] = string(b)
		}
		return nil
	})
	for _, secret := range w.secrets {
		for where, text := range texts {
			if secret != "" && strings.Contains(text, secret) {
				w.t.Errorf("%q stands readable in %s", secret, where)
			}
		}
	}
	if log := texts["the log"]; strings.Contains(log, "Nguyễn") {
		w.t.Errorf("a name is in the log: %s", log)
	}
}

// form is a whole registration's fields by page.
// with gives the form with one field changed.
// fill saves every page and gives the draft's token.
// register goes the whole way.
// owner gives a signed-in owner who may do everything.
// wantCode fails unless err carries code.
// fieldOf gives the message of a field in an error.
