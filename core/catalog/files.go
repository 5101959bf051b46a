package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"duthi/core"
	"duthi/core/contestfile"
)

// Claims lets one import of a contest run at a time, whatever process it runs in.
type Claims interface {
	// Claim takes the work named key for holder until lease: Conflict when another's lease runs.
	Claim(ctx context.Context, key, holder string, now, lease core.Instant) error
	// ReleaseClaim gives the work back.
	ReleaseClaim(ctx context.Context, key, holder string) error
}

// FilesConfig is what imports and exports need.
type FilesConfig struct {
	Store  Store
	Claims Claims
	Sealer *core.Sealer
	Clock  core.Clock
	// Accepts says why a contest could not be run as it is set up here, nil when it can; nil accepts any.
	Accepts func(c *core.Contest, sample bool) error
	// Audit appends to the log of changes.
	Audit func(ctx context.Context, e core.AuditEntry) error
}

// Files imports and exports what a contest is made of. An import reads its file twice: first all of it is
// checked and compared with what is there, then, when there is no fault and something differs, it is written
// under the next set number and switched to by one guarded write. Until then nobody sees any of it.
type Files struct{ cfg FilesConfig }

// NewFiles makes a Files.
func NewFiles(cfg FilesConfig) *Files { return &Files{cfg: cfg} }

// How to import: who does it, as the log names actors ("organizer:NAME", "command"), and whether to stop after
// looking.
type How struct {
	By     string
	DryRun bool
	// Serving says that this process also runs the contest: what its settings can't run is refused. A command only
	// notes it, as the server's settings may be others.
	Serving bool
	// Attached opens the files a contest file names; nil: none came along.
	Attached Attached
}

// Result says what an import did, or with DryRun would do. Counts are rows.
type Result struct {
	Kind      string   `json:"kind"` // contest, questions, units, roster
	ContestID string   `json:"contest_id"`
	Added     int      `json:"added"`
	Changed   int      `json:"changed"`
	Removed   int      `json:"removed"`
	Unchanged int      `json:"unchanged"`
	Moved     bool     `json:"moved,omitempty"` // only the order changed
	DryRun    bool     `json:"dry_run,omitempty"`
	Notes     []string `json:"notes,omitempty"` // what an organizer should know, in Vietnamese
}

// Same reports whether the file says what is there already.
func (r Result) Same() bool { return r.Added+r.Changed+r.Removed == 0 && !r.Moved }

// words name the kinds in sentences.
var words = map[string]string{"contest": "cuộc thi", "questions": "câu hỏi", "units": "đơn vị", "roster": "người"}

// String gives the result in Vietnamese, a line for each note.
func (r Result) String() string {
	var s string
	switch {
	case r.Same():
		s = fmt.Sprintf("Không có gì thay đổi (%d %s).", r.Unchanged, words[r.Kind])
	case r.Kind == "contest":
		s = map[bool]string{true: "Thêm cuộc thi ", false: "Sửa cuộc thi "}[r.Added > 0] + r.ContestID + "."
	default:
		s = fmt.Sprintf("Thêm %d, sửa %d, bỏ %d, giữ nguyên %d %s.", r.Added, r.Changed, r.Removed, r.Unchanged, words[r.Kind])
	}
	if r.DryRun && !r.Same() {
		s = "Xem trước, chưa nhập. " + s
	}
	for _, n := range r.Notes {
		s += "\n" + n
	}
	return s
}

func (r *Result) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// set is one kind of rows of a contest.
type set struct {
	kind    string
	current func(*core.ContestRecord) *int64
	keep    bool // old sets stay: attempts refer to their rows
}

var (
	questionSet = set{kind: "questions", current: func(r *core.ContestRecord) *int64 { return &r.QuestionSet }, keep: true}
	unitSet     = set{kind: "units", current: func(r *core.ContestRecord) *int64 { return &r.UnitSet }}
	rosterSet   = set{kind: "roster", current: func(r *core.ContestRecord) *int64 { return &r.RosterSet }}
)

// plan is what reading a table for the first time found out.
type plan interface {
	// look reads the table, lists every fault and compares it with what is there.
	look(ctx context.Context, tab *contestfile.Table) error
	// stage reads it again and writes it under the next set number.
	stage(ctx context.Context, t *turn, tab *contestfile.Table, next int64) error
}

// importSet replaces a set of rows by those of a table; open begins the plan of its kind.
func (f *Files) importSet(ctx context.Context, s set, contestID string, tab *contestfile.Table, how How, open func(core.ContestRecord, *Result) (plan, error)) (r Result, err error) {
	r = Result{Kind: s.kind, ContestID: contestID, DryRun: how.DryRun}
	ctx, t, err := f.take(ctx, contestID)
	if err != nil {
		return r, err
	}
	defer func() { err = t.giveBack(ctx, err) }()
	rec, err := f.cfg.Store.ContestRecord(ctx, contestID)
	if err != nil {
		return r, err
	}
	p, err := open(rec, &r)
	if err != nil {
		return r, err
	}
	if err := p.look(ctx, tab); err != nil {
		return r, err
	}
	if how.DryRun || r.Same() {
		return r, nil
	}
	if err := f.replace(ctx, t, rec, s, func(next int64) error { return p.stage(ctx, t, tab, next) }); err != nil {
		return r, err
	}
	return r, f.imported(ctx, r, how.By, tab.Name())
}

// replace writes the next set of rec by stage and switches to it. When anything fails, what was written is
// dropped and the contest stays as it was.
func (f *Files) replace(ctx context.Context, t *turn, rec core.ContestRecord, s set, stage func(next int64) error) (err error) {
	old := *s.current(&rec)
	next := old + 1
	// What an import left that was killed before it switched stands under the same number.
	if err := f.cfg.Store.DropSet(ctx, rec.ID, s.kind, next); err != nil {
		return err
	}
	switched := false
	defer func() {
		if switched {
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
		defer cancel()
		err = errors.Join(err, f.cfg.Store.DropSet(ctx, rec.ID, s.kind, next))
	}()
	if err := stage(next); err != nil {
		return err
	}
	if err := t.renew(ctx); err != nil {
		return err
	}
	*s.current(&rec) = next
	if err := f.save(ctx, rec); err != nil {
		return err
	}
	switched = true
	if s.keep || old < 2 {
		return nil
	}
	// The set before stays for a while: running processes read it until they notice the switch.
	return f.cfg.Store.DropSet(ctx, rec.ID, s.kind, old-1)
}

// save writes the next revision of a record that something was imported into.
func (f *Files) save(ctx context.Context, rec core.ContestRecord) error {
	rec.Revision++
	rec.ImportedAt = f.cfg.Clock.Now()
	return movedOn(f.cfg.Store.SaveContest(ctx, rec))
}

func movedOn(err error) error {
	if core.Is(err, core.Conflict) {
		return core.Wrap(core.Conflict, "Cuộc thi vừa được người khác sửa. Hãy nhập lại.", err)
	}
	return err
}

// record notes an import in the log.
func (f *Files) record(ctx context.Context, action, contestID, subject, by string, data any) error {
	doc, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return f.cfg.Audit(ctx, core.AuditEntry{ContestID: contestID, Actor: by, Action: action, Subject: subject, Data: string(doc)})
}

// imported notes a finished import.
func (f *Files) imported(ctx context.Context, r Result, by, file string) error {
	return f.record(ctx, "import."+r.Kind, r.ContestID, file, by, r)
}

// stageChunk is the number of rows written at a time.
const stageChunk = 500
