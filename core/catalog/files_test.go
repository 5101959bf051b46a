package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/audit"
	"duthi/core/catalog"
	"duthi/core/contestfile"
	"duthi/core/store"
	"duthi/core/store/sqlitestore"
)

// world is Files over a real store with the contest of contestfile's test data.
type world struct {
	*catalog.Files
	store  *brittleStore
	sealer *core.Sealer
	mu     sync.Mutex
	now    time.Time
}

// brittleStore is the real store, which fails when told to.
type brittleStore struct {
	store.Store
	failSave  error
	failStage int // the nth staging of questions fails
	stages    int
}

func (s *brittleStore) SaveContest(ctx context.Context, rec core.ContestRecord) error {
	if s.failSave != nil {
		return s.failSave
	}
	return s.Store.SaveContest(ctx, rec)
}

func (s *brittleStore) StageQuestions(ctx context.Context, rows []core.Question) error {
	if s.stages++; s.failStage > 0 && s.stages == s.failStage {
		return errors.New("the disk is full")
	}
	return s.Store.StageQuestions(ctx, rows)
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db, err := sqlitestore.Open(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return newWorldOn(t, db)
}

func newWorldOn(t testing.TB, db store.Store) *world {
	t.Helper()
	var err error
	w := &world{store: &brittleStore{Store: db}, now: time.Date(2023, 9, 1, 8, 0, 0, 0, time.UTC)}
	if w.sealer, err = core.NewSealer(bytes.Repeat([]byte{7}, core.KeySize)); err != nil {
		t.Fatal(err)
	}
	w.Files = catalog.NewFiles(catalog.FilesConfig{Store: w.store, Claims: db, Sealer: w.sealer, Clock: w.clock, Audit: audit.New(db, w.clock).Append})
	return w
}

var by = catalog.How{By: "command"}

const contestID = "cchc-quangnam-2023"

func (w *world) file(t *testing.T, what, content string) (catalog.Result, error) {
	t.Helper()
	tab, err := contestfile.OpenTable(strings.NewReader(content), int64(len(content)), what+".csv")
	if err != nil {
		return catalog.Result{}, err
	}
	return w.ImportTable(t.Context(), what, contestID, tab, by)
}

func (w *world) must(t *testing.T, what, content string) catalog.Result {
	t.Helper()
	r, err := w.file(t, what, content)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return r
}

func data(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("../contestfile/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (w *world) contest(t *testing.T, changes ...string) catalog.Result {
	t.Helper()
	r, err := w.tryContest(t, changes...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *world) tryContest(t *testing.T, changes ...string) (catalog.Result, error) {
	t.Helper()
	c, err := contestfile.ParseContest(strings.NewReader(strings.NewReplacer(changes...).Replace(data(t, "contest.yaml"))), "c.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return w.ImportContest(t.Context(), c, by)
}

// full is a world with contest, units and questions imported.
func full(t *testing.T) *world {
	w := newWorld(t)
	w.contest(t)
	w.must(t, "units", data(t, "units.csv"))
	w.must(t, "questions", data(t, "questions.csv"))
	return w
}

func (w *world) record(t *testing.T) core.ContestRecord {
	t.Helper()
	rec, err := w.store.ContestRecord(t.Context(), contestID)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestImportsAreRepeatable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if r := w.contest(t); r.Added != 1 || w.record(t).ActivatedAt == 0 {
		t.Errorf("first contest: %+v", r)
	}
	if r := w.must(t, "units", data(t, "units.csv")); r.Added != 161 || r.Same() {
		t.Errorf("units: %+v", r)
	}
	if r := w.must(t, "questions", data(t, "questions.csv")); r.Added != 197 {
		t.Errorf("questions: %+v", r)
	}
	if r := w.must(t, "roster", rosterFile); r.Added != 3 {
		t.Errorf("roster: %+v", r)
	}
	before := w.record(t)
	again := []catalog.Result{w.contest(t), w.must(t, "units", data(t, "units.csv")), w.must(t, "questions", data(t, "questions.csv")), w.must(t, "roster", rosterFile)}
	for _, r := range again {
		if !r.Same() || !strings.HasPrefix(r.String(), "Không có gì thay đổi") {
			t.Errorf("again: %s %+v", r, r)
		}
	}
	if d := cmp.Diff(before, w.record(t)); d != "" {
		t.Errorf("a second import changed the record\n%s", d)
	}
}

const rosterFile = "unit_code,full_name,birth_date,national_id,staff_code,phone\n" +
	"SNV,Nguyễn Văn An,31/12/1990,049090001234,CB1,0912345678\nSNV-VP,Trần Thị Bình,,,,\nSTC,Lê Ánh,1985-02-01,049085000001,,\n"

// TestQuestionVersions follows one question through changes, removal and return.
func TestQuestionVersions(t *testing.T) {
	t.Parallel()
	w := full(t)
	first := data(t, "questions.csv")
	changed := strings.Replace(first, "áp dụng cho giai đoạn nào?", "áp dụng cho những năm nào?", 1)
	_, line, _ := strings.Cut(first, "\ncchc-004,")
	line = "cchc-004," + line[:strings.Index(line, "\n")+1]
	if r := w.must(t, "questions", changed); r.Changed != 1 || r.Unchanged != 196 || r.Added+r.Removed != 0 {
		t.Errorf("changed: %+v", r)
	}
	if r := w.must(t, "questions", strings.Replace(first, line, "", 1)); r.Removed != 1 || r.Unchanged != 196 {
		t.Errorf("removed: %+v", r)
	}
	version := func(n int) core.Question {
		t.Helper()
		q, err := w.store.QuestionVersion(t.Context(), contestID, core.QuestionRef{ID: "cchc-004", Version: n})
		if err != nil {
			t.Fatalf("version %d: %v", n, err)
		}
		return q
	}
	if !strings.Contains(version(1).Text, "giai đoạn nào") || !strings.Contains(version(2).Text, "những năm nào") {
		t.Error("versions of a removed question are gone or mixed up")
	}
	if r := w.must(t, "questions", strings.Replace(first, "áp dụng cho giai đoạn nào?", "áp dụng bao lâu?", 1)); r.Added != 1 {
		t.Errorf("returned: %+v", r)
	}
	if !strings.Contains(version(3).Text, "bao lâu") || !strings.Contains(version(2).Text, "những năm nào") {
		t.Error("a returned question took an old version's number")
	}
	w.must(t, "questions", strings.Replace(first, line, "", 1))
	w.must(t, "questions", changed)
	bank, err := w.store.Questions(t.Context(), contestID, w.record(t).QuestionSet)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range bank {
		if q.ID == "cchc-004" && q.Version != 2 {
			t.Errorf("a question that returned as it was has version %d", q.Version)
		}
		if q.ID != "cchc-004" && q.Version != 1 {
			t.Errorf("%s was never changed and has version %d", q.ID, q.Version)
		}
	}
}

func TestExportIsInverse(t *testing.T) {
	t.Parallel()
	w := full(t)
	for _, what := range []string{"questions", "units"} {
		for _, format := range []string{contestfile.CSV, contestfile.XLSX} {
			var out bytes.Buffer
			if err := w.Export(t.Context(), &out, contestID, what, format, "command"); err != nil {
				t.Fatal(err)
			}
			if r := w.must(t, what, out.String()); !r.Same() {
				t.Errorf("%s as %s: %+v", what, format, r)
			}
		}
	}
	var out bytes.Buffer
	if err := w.Export(t.Context(), &out, contestID, "contest", "", "command"); err != nil {
		t.Fatal(err)
	}
	c, err := contestfile.ParseContest(&out, "c.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := w.ImportContest(t.Context(), c, by); err != nil || !r.Same() {
		t.Errorf("%+v %v", r, err)
	}
	if err := w.Export(t.Context(), io.Discard, contestID, "questions", "pdf", "command"); !core.Is(err, core.Invalid) {
		t.Errorf("unknown format: %v", err)
	}
}

func TestActivateAndRemove(t *testing.T) {
	t.Parallel()
	w := full(t)
	w.contest(t, "id: cchc-quangnam-2023", "id: hai")
	heads := func() []core.ContestHead {
		h, err := w.store.ContestHeads(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	if heads()[0].ID != contestID {
		t.Error("a second contest took the place of the first")
	}
	if _, err := w.Which(t.Context(), ""); !core.Is(err, core.Invalid) || !strings.Contains(err.Error(), "--contest") {
		t.Errorf("two contests: %v", err)
	}
	if err := w.Activate(t.Context(), "hai", "command"); err != nil || heads()[0].ID != "hai" {
		t.Errorf("activate: %v", err)
	}
	if err := w.Remove(t.Context(), "hai", "command"); err != nil || len(heads()) != 1 {
		t.Errorf("remove: %v", err)
	}
	if id, err := w.Which(t.Context(), ""); err != nil || id != contestID {
		t.Errorf("%q %v", id, err)
	}
	if err := w.Remove(t.Context(), "hai", "command"); !core.Is(err, core.NotFound) {
		t.Errorf("removing what isn't there: %v", err)
	}
	var actions []string
	log, err := w.store.AuditAfter(t.Context(), "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range log {
		actions = append(actions, e.Action)
	}
	if got := strings.Join(actions, " "); got != "import.contest import.units import.questions import.contest contest.activate contest.remove" {
		t.Errorf("log: %s", got)
	}
}

func TestImportFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := t.TempDir()
	put := func(name, content string) string {
		if err := os.WriteFile(dir+"/"+name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir + "/" + name
	}
	path := put("c.yaml", strings.Replace(data(t, "contest.yaml"), "\nurls:", "\ntheme: {logo: logo.svg}\nurls:", 1))
	if _, err := w.ImportFile(t.Context(), "contest", "", path, by); !core.Is(err, core.NotFound) {
		t.Errorf("no logo: %v", err)
	}
	put("logo.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`)
	if _, err := w.ImportFile(t.Context(), "contest", "", path, by); err != nil {
		t.Fatal(err)
	}
	if logo := w.record(t).Contest.Theme.Logo; !strings.HasPrefix(logo, "data:image/svg+xml;base64,") {
		t.Errorf("logo %q", logo)
	}
	if r, err := w.ImportFile(t.Context(), "units", "", put("u.csv", data(t, "units.csv")), by); err != nil || r.Added != 161 {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := w.ImportFile(t.Context(), "units", "", dir+"/none.csv", by); !core.Is(err, core.NotFound) {
		t.Errorf("no file: %v", err)
	}
	if _, err := w.ImportFile(t.Context(), "contest", "other", path, by); !core.Is(err, core.Invalid) {
		t.Errorf("another contest's file: %v", err)
	}
	if err := os.Remove(dir + "/logo.svg"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/hostname", dir+"/logo.svg"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.ImportFile(t.Context(), "contest", "", path, by); err == nil {
		t.Error("a link out of the folder was followed")
	}
}
