package catalog

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"duthi/core"
)

// ImportContest adds a contest or replaces its file; units, questions and people stay. A round that has begun
// can't be taken away. The first contest, and the first beside the sample, becomes the active one.
func (f *Files) ImportContest(ctx context.Context, c *core.Contest, how How) (r Result, err error) {
	r = Result{Kind: "contest", ContestID: c.ID, DryRun: how.DryRun}
	if c.Theme != nil && c.Theme.Logo != "" && !strings.HasPrefix(c.Theme.Logo, "data:") {
		return r, core.Errorf(core.Invalid, "Tệp cuộc thi nhắc tới ảnh %q nhưng chỉ có tệp cuộc thi được gửi lên. Nhập bằng lệnh duthi import contest, hoặc ghi ảnh dưới dạng data:.", c.Theme.Logo)
	}
	ctx, t, err := f.take(ctx, c.ID)
	if err != nil {
		return r, err
	}
	defer func() { err = t.giveBack(ctx, err) }()
	rec, err := f.cfg.Store.ContestRecord(ctx, c.ID)
	switch {
	case core.Is(err, core.NotFound):
		r.Added = 1
		rec = core.ContestRecord{ID: c.ID, CreatedAt: f.cfg.Clock.Now()}
		if rec.ActivatedAt, err = f.firstActivation(ctx); err != nil {
			return r, err
		}
		if rec.ActivatedAt != 0 {
			r.note("Cuộc thi này là cuộc thi đang chạy tại trang chủ.")
		}
	case err != nil:
		return r, err
	}
	if f.cfg.Accepts != nil {
		if err := f.cfg.Accepts(c, rec.Sample); err != nil && how.Serving {
			return r, err
		} else if err != nil {
			r.note("Lưu ý, theo thiết lập ở đây: %s", messageOf(err))
		}
	}
	files, err := f.attachments(ctx, t, rec, c, how, &r)
	if err != nil {
		return r, f.unstage(ctx, rec, how, err)
	}
	if r.Added == 0 {
		if reflect.DeepEqual(rec.Contest, *c) && slices.Equal(rec.Attachments, files) {
			r.Unchanged = 1
			return r, nil
		}
		r.Changed = 1
		if err := f.checkChange(ctx, rec, c, &r); err != nil {
			return r, f.unstage(ctx, rec, how, err)
		}
	}
	if how.DryRun {
		return r, nil
	}
	old := rec
	rec.Contest, rec.Attachments = *c, files
	if err := f.save(ctx, rec); err != nil {
		return r, f.unstage(ctx, old, how, err)
	}
	if err := f.keepAttachments(ctx, rec); err != nil {
		return r, err
	}
	return r, f.imported(ctx, r, how.By, c.ID)
}

// firstActivation gives when a new contest becomes the active one: now, unless a real contest is.
func (f *Files) firstActivation(ctx context.Context) (core.Instant, error) {
	heads, err := f.cfg.Store.ContestHeads(ctx)
	if err != nil {
		return 0, err
	}
	if len(heads) == 0 {
		return f.cfg.Clock.Now(), nil
	}
	active, err := f.cfg.Store.ContestRecord(ctx, heads[0].ID)
	if err != nil || !active.Sample {
		return 0, err
	}
	return max(f.cfg.Clock.Now(), heads[0].ActivatedAt+1), nil
}

// checkChange refuses what would leave attempts without their round, and notes what touches a running contest.
func (f *Files) checkChange(ctx context.Context, rec core.ContestRecord, c *core.Contest, r *Result) error {
	now := f.cfg.Clock.Now()
	for _, old := range rec.Contest.Rounds {
		if now < old.Start {
			continue
		}
		round, ok := c.Round(old.ID)
		if !ok {
			return core.Errorf(core.Invalid, "Đợt %s (%s) đã bắt đầu nên không thể bỏ khỏi tệp.", old.ID, old.Name)
		}
		if round != old && now >= old.End {
			r.note("Lưu ý: %s đã kết thúc mà thời gian hoặc tên bị sửa.", old.Name)
		}
		if !reflect.DeepEqual(rec.Contest.Quiz, c.Quiz) && now < old.End {
			r.note("Lưu ý: %s đang mở mà cách làm bài hoặc xếp hạng bị sửa. Lượt đang làm giữ đề và hạn đã có.", old.Name)
		}
	}
	if rec.QuestionSet == 0 {
		return nil
	}
	bank, err := f.cfg.Store.Questions(ctx, rec.ID, rec.QuestionSet)
	if err != nil {
		return err
	}
	known := topicsOf(c)
	missing := map[string]int{}
	for _, q := range bank {
		if known != nil && q.Topic != "" && !known[q.Topic] {
			missing[q.Topic]++
		}
	}
	for topic, n := range missing {
		return core.Errorf(core.Invalid, "Ngân hàng đang có %d câu thuộc chủ đề %q, không có trong topics của tệp mới.", n, topic)
	}
	return bankFits(c, bank, r)
}

// topicsOf gives the topics a question may have; nil when any will do.
func topicsOf(c *core.Contest) map[string]bool {
	if len(c.Topics) == 0 {
		return nil
	}
	known := make(map[string]bool, len(c.Topics))
	for _, t := range c.Topics {
		known[t.ID] = true
	}
	return known
}

// bankFits refuses a bank too small for one paper, and notes quotas and practice questions it can't give.
func bankFits(c *core.Contest, bank []core.Question, r *Result) error {
	round, _ := core.SplitPractice(bank, c.Quiz)
	if len(round) < c.Quiz.Questions {
		return core.Errorf(core.Invalid, "Ngân hàng chỉ có %d câu cho các đợt thi, mỗi đề cần %d câu.", len(round), c.Quiz.Questions)
	}
	for _, q := range c.Quiz.Quotas {
		n := 0
		for _, x := range round {
			if (q.Topic == "" || x.Topic == q.Topic) && (q.Level == 0 || x.Level == q.Level) {
				n++
			}
		}
		if n < q.Count {
			r.note("Lưu ý: cần %d câu %s, ngân hàng có %d; phần thiếu lấy từ các câu khác.", q.Count, quotaWords(q), n)
		}
	}
	if c.Quiz.Practice == nil {
		return nil
	}
	ids := make(map[string]bool, len(bank))
	for _, q := range bank {
		ids[q.ID] = true
	}
	for _, id := range c.Quiz.Practice.IDs {
		if !ids[id] {
			r.note("Lưu ý: câu thi thử %s không có trong ngân hàng.", id)
		}
	}
	return nil
}

func quotaWords(q core.Quota) string {
	s := "mọi chủ đề"
	if q.Topic != "" {
		s = "chủ đề " + q.Topic
	}
	if q.Level > 0 {
		s += fmt.Sprintf(", mức %d", q.Level)
	}
	return s
}

// Activate makes a contest the one at "/".
func (f *Files) Activate(ctx context.Context, id, by string) error {
	heads, err := f.cfg.Store.ContestHeads(ctx)
	if err != nil {
		return err
	}
	rec, err := f.cfg.Store.ContestRecord(ctx, id)
	if err != nil || heads[0].ID == id {
		return err
	}
	rec.ActivatedAt = max(f.cfg.Clock.Now(), heads[0].ActivatedAt+1)
	rec.Revision++
	if err := f.cfg.Store.SaveContest(ctx, rec); err != nil {
		return movedOn(err)
	}
	return f.record(ctx, "contest.activate", id, id, by, map[string]string{"before": heads[0].ID})
}

// Remove deletes a contest with everything that belongs to it; the log stays.
func (f *Files) Remove(ctx context.Context, id, by string) (err error) {
	if _, err := f.cfg.Store.ContestRecord(ctx, id); err != nil {
		return err
	}
	ctx, t, err := f.take(ctx, id)
	if err != nil {
		return err
	}
	defer func() { err = t.giveBack(ctx, err) }()
	if err := f.cfg.Store.RemoveContest(ctx, id); err != nil {
		return err
	}
	return f.record(ctx, "contest.remove", id, id, by, nil)
}

// messageOf gives the words of an error that people may read.
func messageOf(err error) string {
	var e *core.Error
	if errors.As(err, &e) {
		return e.Msg
	}
	return err.Error()
}
