package sqlitestore

import (
	"context"
	"encoding/json"
	"strconv"

	"duthi/core"
	"duthi/core/exam"
)

// saveSheet is the guarded write of an answer (?2 is its path in the document, ?3 the path of its revision) or
// of the prediction. Parameters: new value, path, revision's path, attempt, contestant, now, revision seen.
const saveSheet = `UPDATE sheets SET doc = jsonb_set(doc, ?2, jsonb(?1), '$.writes', doc->>'$.writes' + 1)
	WHERE attempt_id = ?4 AND contestant_id = ?5 AND running = 1 AND deadline > ?6 AND json_extract(doc, ?3) = ?7`

// saved is what a guarded write met.
type saved struct {
	outcome exam.SaveOutcome
	doc     string // the stored value when the guard failed
}

// save writes value at path of a sheet, or says why not. same reports whether the stored value is what the
// caller wants to save.
func (s *Store) save(ctx context.Context, w exam.AnswerWrite, path, value string, same func(stored string) bool) (saved, error) {
	var out saved
	err := s.writer.one(ctx, func(c *writeConn) error {
		n, err := c.exec(saveSheet, value, path, path+".r", w.AttemptID, w.ContestantID, w.Now, w.Seen)
		if err != nil || n > 0 {
			return err
		}
		row, err := c.row(`SELECT json_extract(doc, ?1), running = 1 AND deadline > ?2 FROM sheets WHERE attempt_id = ?3 AND contestant_id = ?4`,
			path, w.Now, w.AttemptID, w.ContestantID)
		if err != nil {
			return err
		}
		if row == nil || row[0] == nil {
			return notFound
		}
		out.doc = row[0].(string)
		switch {
		case same(out.doc):
			out.outcome = exam.Saved
		case row[1].(int64) == 0:
			out.outcome = exam.Over
		default:
			out.outcome = exam.Stale
		}
		return nil
	})
	return out, err
}

// SaveAnswer is one guarded write of one answer.
func (s *Store) SaveAnswer(ctx context.Context, w exam.AnswerWrite) (exam.AnswerResult, error) {
	if w.Index < 0 {
		return exam.AnswerResult{}, notFound
	}
	next := core.Answer{Choice: w.Choice, Marked: w.Marked, Rev: w.Seen + 1, At: w.Now}
	stored := next
	got, err := s.save(ctx, w, answerPath(w.Index), answerJSON(next), func(doc string) bool {
		stored = core.Answer{}
		err := json.Unmarshal([]byte(doc), &stored)
		return err == nil && stored.Rev == next.Rev && stored.Choice == next.Choice && stored.Marked == next.Marked
	})
	if err != nil {
		return exam.AnswerResult{}, err
	}
	return exam.AnswerResult{Outcome: got.outcome, Answer: stored}, nil
}

// SavePrediction is the same for the prediction.
func (s *Store) SavePrediction(ctx context.Context, w exam.AnswerWrite, value *int64) (exam.PredictionResult, error) {
	next := core.Prediction{Value: value, Rev: w.Seen + 1}
	stored := next
	got, err := s.save(ctx, w, "$.prediction", encode(next), func(doc string) bool {
		stored = core.Prediction{}
		err := json.Unmarshal([]byte(doc), &stored)
		equal := (stored.Value == nil) == (value == nil) && (value == nil || stored.Value == nil || *stored.Value == *value)
		return err == nil && stored.Rev == next.Rev && equal
	})
	if err != nil {
		return exam.PredictionResult{}, err
	}
	return exam.PredictionResult{Outcome: got.outcome, Prediction: stored}, nil
}

func answerPath(index int) string { return "$.answers[" + strconv.Itoa(index) + "]" }

// answerJSON is encode without reflection: it runs for every answer.
func answerJSON(a core.Answer) string {
	b := make([]byte, 0, 64)
	b = append(b, `{"c":`...)
	b = strconv.AppendUint(b, uint64(a.Choice), 10)
	if a.Marked {
		b = append(b, `,"m":true`...)
	}
	b = append(b, `,"r":`...)
	b = strconv.AppendInt(b, int64(a.Rev), 10)
	b = append(b, `,"t":`...)
	b = strconv.AppendInt(b, int64(a.At), 10)
	return string(append(b, '}'))
}
