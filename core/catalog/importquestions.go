package catalog

import (
	"context"

	"duthi/core"
	"duthi/core/contestfile"
)

// ImportQuestions replaces a contest's bank by the questions of a table. A question that changed gets the next
// version; earlier versions, and questions that are gone, stay for the attempts that were drawn with them. The
// error is contestfile.Faults when the file is faulty.
func (f *Files) ImportQuestions(ctx context.Context, contestID string, tab *contestfile.Table, how How) (Result, error) {
	return f.importSet(ctx, questionSet, contestID, tab, how, func(rec core.ContestRecord, r *Result) (plan, error) {
		return &questionPlan{files: f, rec: rec, result: r}, nil
	})
}

// questionPlan is what the first reading found out.
type questionPlan struct {
	files   *Files
	rec     core.ContestRecord
	result  *Result
	current map[string]core.Question // by id
	version map[string]int           // of each question of the file
}

// look reads the file, lists every fault and compares it with the bank.
func (p *questionPlan) look(ctx context.Context, tab *contestfile.Table) error {
	if err := p.loadCurrent(ctx); err != nil {
		return err
	}
	p.version = map[string]int{}
	known := topicsOf(&p.rec.Contest)
	var faults contestfile.FaultList
	var outline []core.Question // what the paper's rules look at
	for row, err := range tab.Questions(&faults) {
		if err != nil {
			return err
		}
		q := row.Value
		if known != nil && q.Topic != "" && !known[q.Topic] {
			faults.Add(row.Fault("topic", q.Topic, "chủ đề không có trong topics của cuộc thi", "Sửa chủ đề, hoặc thêm vào topics rồi nhập lại tệp cuộc thi"))
		}
		outline = append(outline, core.Question{ID: q.ID, Topic: q.Topic, Level: q.Level})
		if faults.Count() > 0 {
			continue
		}
		if p.version[q.ID], err = p.versionOf(ctx, q); err != nil {
			return err
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	p.result.Removed = len(p.current) - p.result.Unchanged - p.result.Changed
	return bankFits(&p.rec.Contest, outline, p.result)
}

func (p *questionPlan) loadCurrent(ctx context.Context) error {
	p.current = map[string]core.Question{}
	if p.rec.QuestionSet == 0 {
		return nil
	}
	bank, err := p.files.cfg.Store.Questions(ctx, p.rec.ID, p.rec.QuestionSet)
	for _, q := range bank {
		p.current[q.ID] = q
	}
	return err
}

// versionOf counts the question as added, changed or unchanged and gives the version it gets.
func (p *questionPlan) versionOf(ctx context.Context, q core.Question) (int, error) {
	before, ok := p.current[q.ID]
	switch {
	case ok && before.SameContent(q):
		p.result.Unchanged++
		return before.Version, nil
	case ok:
		p.result.Changed++
		return p.freeVersion(ctx, q, before.Version+1)
	}
	p.result.Added++
	if p.rec.QuestionSet < 2 { // nothing was ever taken out of the bank
		return 1, nil
	}
	return p.freeVersion(ctx, q, 1)
}

// freeVersion gives the first version from n on that is not taken, or one that says the same: a question may
// have been in an earlier bank.
func (p *questionPlan) freeVersion(ctx context.Context, q core.Question, n int) (int, error) {
	for {
		old, err := p.files.cfg.Store.QuestionVersion(ctx, p.rec.ID, core.QuestionRef{ID: q.ID, Version: n})
		if core.Is(err, core.NotFound) || err == nil && old.SameContent(q) {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
		n++
	}
}

// stage reads the file again and writes it under the next set number.
func (p *questionPlan) stage(ctx context.Context, t *turn, tab *contestfile.Table, next int64) error {
	var faults contestfile.FaultList
	chunk := make([]core.Question, 0, stageChunk)
	n := 0
	flush := func() error {
		if err := t.renew(ctx); err != nil {
			return err
		}
		err := p.files.cfg.Store.StageQuestions(ctx, chunk)
		n += len(chunk)
		chunk = chunk[:0]
		return err
	}
	for row, err := range tab.Questions(&faults) {
		if err != nil {
			return err
		}
		q := row.Value
		q.ContestID, q.Set, q.Version = p.rec.ID, next, p.version[q.ID]
		if chunk = append(chunk, q); len(chunk) == stageChunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if len(chunk) > 0 {
		if err := flush(); err != nil {
			return err
		}
	}
	return sameFile(faults, n, len(p.version))
}

// sameFile refuses a file that changed between its two readings.
func sameFile(faults contestfile.FaultList, rows, before int) error {
	if faults.Count() > 0 || rows != before {
		return core.Errorf(core.Conflict, "Tệp đã bị sửa trong lúc nhập. Hãy nhập lại.")
	}
	return nil
}
