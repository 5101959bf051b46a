package exam

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"duthi/core"
)

// AnswerInput is an answer as a page sends it.
type AnswerInput struct {
	AttemptID    string
	ContestantID string
	Index        int   // place in the paper, from 0
	Shown        []int // places of the chosen options as shown, from 0; empty clears the answer
	Marked       bool
	Seen         int // the Rev the page last saw for this question
}

// SaveResult is what is stored now. Exactly when Stale is false, what was sent is durable.
type SaveResult struct {
	Stale           bool // another device saved first: show the answer below in place of one's own
	Shown           []int
	Marked          bool
	Rev             int
	At              core.Instant // when it was saved
	RemainingMillis int64
}

// Save stores one answer by one guarded write. Sending the same again is harmless. Errors: Closed (time over or
// submitted; the answer was not saved), Invalid (no such question or option, two options of a single choice),
// NotFound (no such attempt of this contestant), Unavailable (not saved, send again).
func (s *Service) Save(ctx context.Context, ed *Edition, in AnswerInput, now core.Instant) (SaveResult, error) {
	sh, err := s.sheetOf(ctx, ed, in.ContestantID, in.AttemptID)
	if err != nil {
		return SaveResult{}, err
	}
	if in.Index < 0 || in.Index >= len(sh.items) || in.Seen < 0 {
		return SaveResult{}, core.Errorf(core.Invalid, "Bài này không có câu hỏi đó.")
	}
	item := &sh.items[in.Index]
	choice, err := item.choice(in.Shown)
	if err != nil {
		return SaveResult{}, err
	}
	r, err := s.attempts.SaveAnswer(ctx, AnswerWrite{
		AttemptID: in.AttemptID, ContestantID: in.ContestantID, Index: in.Index,
		Choice: choice, Marked: in.Marked, Seen: in.Seen, Now: now,
	})
	if err != nil {
		return SaveResult{}, absent(err)
	}
	if r.Outcome == Over {
		return SaveResult{}, tooLate(sh.deadline, now)
	}
	return SaveResult{
		Stale: r.Outcome == Stale, Shown: item.shown(r.Answer.Choice), Marked: r.Answer.Marked,
		Rev: r.Answer.Rev, At: r.Answer.At, RemainingMillis: remaining(sh.deadline, now),
	}, nil
}

// tooLate says why a write was refused.
func tooLate(deadline, now core.Instant) error {
	if now >= deadline {
		return core.Errorf(core.Closed, "Đã hết giờ làm bài. Bài được nộp với các câu đã lưu trước đó.")
	}
	return core.Errorf(core.Closed, "Bài này đã nộp nên không sửa được nữa.")
}

// PredictionInput is the guess as a page sends it; Value nil clears it. See ParsePrediction.
type PredictionInput struct {
	AttemptID    string
	ContestantID string
	Value        *int64
	Seen         int
}

// PredictionSaved is what is stored now, as in SaveResult.
type PredictionSaved struct {
	Stale bool
	core.Prediction
}

// SavePrediction stores the guess with the same guard and errors as Save; Invalid also when it is outside the
// contest's bounds or the contest asks for none.
func (s *Service) SavePrediction(ctx context.Context, ed *Edition, in PredictionInput, now core.Instant) (PredictionSaved, error) {
	sh, err := s.sheetOf(ctx, ed, in.ContestantID, in.AttemptID)
	if err != nil {
		return PredictionSaved{}, err
	}
	rule := ed.Contest.Quiz.Prediction
	if !rule.Enabled || in.Seen < 0 {
		return PredictionSaved{}, core.Errorf(core.Invalid, "Cuộc thi này không có câu dự đoán.")
	}
	if in.Value != nil {
		if err := withinBounds(*in.Value, rule); err != nil {
			return PredictionSaved{}, err
		}
	}
	w := AnswerWrite{AttemptID: in.AttemptID, ContestantID: in.ContestantID, Seen: in.Seen, Now: now}
	r, err := s.attempts.SavePrediction(ctx, w, in.Value)
	if err != nil {
		return PredictionSaved{}, absent(err)
	}
	if r.Outcome == Over {
		return PredictionSaved{}, tooLate(sh.deadline, now)
	}
	return PredictionSaved{Stale: r.Outcome == Stale, Prediction: r.Prediction}, nil
}

// predictionLimit bounds a guess where the contest gives no maximum: more people than there are, and a number
// every part of the program holds exactly.
const predictionLimit = 999_999_999

func withinBounds(v int64, rule core.PredictionRule) error {
	top := rule.Max
	if top == 0 {
		top = predictionLimit
	}
	if v < rule.Min || v > top {
		return predictionError(fmt.Sprintf("Số dự đoán phải từ %s đến %s.", core.Number(rule.Min), core.Number(top)))
	}
	return nil
}

func predictionError(msg string) error {
	return &core.Error{Code: core.Invalid, Msg: msg, Fields: map[string]string{"prediction": msg}}
}

// grouped is a whole number with its thousands apart: 4.120, 4,120, 4 120.
var grouped = regexp.MustCompile(`^[0-9]{1,3}([., \x{00a0}\x{202f}][0-9]{3})+$`)

// ParsePrediction reads what people type for a whole number ("4120", "4.120", "4 120"); an empty text gives nil.
// Invalid otherwise or outside rule's bounds, with a message for the field "prediction".
func ParsePrediction(text string, rule core.PredictionRule) (*int64, error) {
	text = strings.Trim(text, " \t\r\n\u00a0")
	if text == "" {
		return nil, nil
	}
	if grouped.MatchString(text) {
		text = strings.NewReplacer(".", "", ",", "", " ", "", "\u00a0", "", "\u202f", "").Replace(text)
	}
	v, err := strconv.ParseUint(text, 10, 62)
	if errors.Is(err, strconv.ErrRange) {
		v = 1 << 62
	} else if err != nil {
		return nil, predictionError("Số dự đoán phải là số nguyên, ví dụ 4.120.")
	}
	n := int64(v)
	if err := withinBounds(n, rule); err != nil {
		return nil, err
	}
	return &n, nil
}
