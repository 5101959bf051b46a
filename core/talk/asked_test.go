package talk_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/talk"
)

func knowsAll(string) bool { return true }

// TestNearQuestionsAreCountedAsOne: the same words whatever their marks, and nearly the same; what is another matter, or
// another contest's, stands alone; a try repeated counts once.
func TestNearQuestionsAreCountedAsOne(t *testing.T) {
	eachStore(t, func(t *testing.T, w *world) {
		w.missed("gửi xe ở đâu", "1", false)
		w.missed("GUI XE O DAU?", "2", false)
		w.missed("chỗ gửi xe ở đâu vậy ạ", "3", false)
		w.missed("chỗ gửi xe ở đâu vậy ạ", "3", false)
		w.missed("có được mang theo con nhỏ không", "4", true)
		w.missed(" ?! ", "5", false)
		ok(t, w.Missed(t.Context(), "khac", "gửi xe ở đâu", "6", false, w.gist))
		open := w.queued(core.AskedOpen)
		if len(open) != 2 || open[0].Count != 3 || open[0].Disliked != 0 || open[0].Samples[0] != "gửi xe ở đâu" || open[1].Count != 1 || open[1].Disliked != 1 {
			t.Fatalf("%+v", open)
		}
		if got := strings.Join(open[0].Samples, "|"); got != "gửi xe ở đâu|GUI XE O DAU?|chỗ gửi xe ở đâu vậy ạ" {
			t.Errorf("ways of asking: %s", got)
		}
		_, err := w.Asked(t.Context(), "khac", open[0].ID)
		wantCode(t, err, core.NotFound)
		for i := range 12 {
			w.missed(fmt.Sprintf("gửi xe ở đâu%s", strings.Repeat("?", i+2)), fmt.Sprint("k", i), false)
		}
		if q := w.queued(core.AskedOpen)[0]; q.Count != 15 || len(q.Samples) != 8 {
			t.Errorf("%d times, %d ways kept", q.Count, len(q.Samples))
		}
		w.missed(strings.Repeat("dài ", 400), "long", false)
		for _, q := range w.queued(core.AskedOpen) {
			if len([]rune(q.Samples[0])) > 500 {
				t.Errorf("%d characters are kept of a question", len([]rune(q.Samples[0])))
			}
		}
	})
}

// TestManyAskAtOnce: processes that queue the same question together lose none.
func TestManyAskAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, w *world) {
		var all sync.WaitGroup
		for i := range 6 {
			p := w.process()
			all.Go(func() {
				if err := p.Missed(t.Context(), contestID, "gửi xe ở đâu", fmt.Sprint(i), false, w.gist); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if open := w.queued(core.AskedOpen); len(open) != 1 || open[0].Count != 6 {
			t.Errorf("%+v", open)
		}
	})
}

// TestLessonsAreVersions: an answer settles its question for every process, comes back to the queue when it does not do,
// and every version stays with who wrote it and when.
func TestLessonsAreVersions(t *testing.T) {
	eachStore(t, func(t *testing.T, w *world) {
		ctx, other := t.Context(), w.process()
		w.missed("gửi xe ở đâu", "1", false)
		asked := w.queued(core.AskedOpen)[0]
		if taught, n, err := other.TaughtNow(ctx, contestID); len(taught) != 0 || n != 0 || err != nil {
			t.Fatalf("%v %d %v", taught, n, err)
		}
		first, err := w.Teach(ctx, "organizer:lan", contestID, talk.Lesson{AskedID: asked.ID, Questions: []string{" gửi xe ở đâu ", "gửi xe ở đâu", "?"}, Answer: " Ở sân sau. "}, knowsAll)
		if err != nil || first.Version != 1 || len(first.Questions) != 1 || first.Answer != "Ở sân sau." {
			t.Fatalf("%+v %v", first, err)
		}
		if taught, n, err := other.TaughtNow(ctx, contestID); len(taught) != 1 || n != 1 || err != nil || taught[0].Answer != "Ở sân sau." {
			t.Errorf("another process: %v %d %v", taught, n, err)
		}
		if q := w.queued(core.AskedAnswered); len(q) != 1 || q[0].TaughtID != first.ID || len(w.queued(core.AskedOpen)) != 0 {
			t.Errorf("%+v", q)
		}
		w.missed("gửi xe ở đâu", "2", true)
		if q := w.queued(core.AskedOpen); len(q) != 1 || q[0].Disliked != 1 || q[0].TaughtID != first.ID {
			t.Errorf("disliked: %+v", q)
		}
		w.pass(time.Hour)
		_, err = w.Teach(ctx, "organizer:chu", contestID, talk.Lesson{ID: first.ID, AskedID: asked.ID, Questions: []string{"gửi xe ở đâu"}, Answer: "Ở cổng 2.", Clause: "dieu-1.1"}, knowsAll)
		ok(t, err)
		w.pass(time.Hour)
		ok(t, w.Unteach(ctx, "organizer:lan", contestID, first.ID))
		wantCode(t, w.Unteach(ctx, "organizer:lan", contestID, first.ID), core.NotFound)
		if taught, n, err := other.TaughtNow(ctx, contestID); len(taught) != 0 || n != 3 || err != nil {
			t.Errorf("taken away: %v %d %v", taught, n, err)
		}
		w.missed("gửi xe ở đâu", "3", false)
		if q := w.queued(core.AskedOpen); len(q) != 1 {
			t.Errorf("asked in vain after the answer went: %+v", q)
		}
		versions, err := w.Versions(ctx, contestID, first.ID)
		ok(t, err)
		var said []string
		for _, v := range versions {
			said = append(said, fmt.Sprint(v.Version, v.By, v.Answer, v.Clause, v.Removed, v.At == core.At(w.now())))
		}
		want := "[1organizer:lanỞ sân sau.false false 2organizer:chuỞ cổng 2.dieu-1.1false false 3organizer:lanỞ cổng 2.dieu-1.1true true]"
		if fmt.Sprint(said) != want {
			t.Errorf("versions %v", said)
		}
	})
}

// TestLessonsThatAreRefused: nothing of a faulty lesson is stored, not even in the log.
func TestLessonsThatAreRefused(t *testing.T) {
	eachStore(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		ok(t, w.Missed(ctx, "khac", "hỏi gì", "1", false, w.gist))
		foreign, err := w.Queue(ctx, "khac", core.AskedOpen, 9)
		ok(t, err)
		fine := func(change func(*talk.Lesson)) talk.Lesson {
			l := talk.Lesson{Questions: []string{"gửi xe ở đâu"}, Answer: "Ở sân sau.", Clause: "dieu-1.1"}
			change(&l)
			return l
		}
		for what, c := range map[string]struct {
			l    talk.Lesson
			code core.Code
		}{
			"no question":        {fine(func(l *talk.Lesson) { l.Questions = []string{" ", "?"} }), core.Invalid},
			"no answer":          {fine(func(l *talk.Lesson) { l.Answer = " " }), core.Invalid},
			"a long answer":      {fine(func(l *talk.Lesson) { l.Answer = strings.Repeat("à", talk.MaxTaughtAnswer+1) }), core.Invalid},
			"no such clause":     {fine(func(l *talk.Lesson) { l.Clause = "dieu-9.9" }), core.Invalid},
			"no such answer":     {fine(func(l *talk.Lesson) { l.ID = "none" }), core.NotFound},
			"another's question": {fine(func(l *talk.Lesson) { l.AskedID = foreign[0].ID }), core.NotFound},
		} {
			_, err := w.Teach(ctx, "organizer:lan", contestID, c.l, func(id string) bool { return id == "dieu-1.1" })
			if core.CodeOf(err) != c.code {
				t.Errorf("%s: %v", what, err)
			}
		}
		wantCode(t, w.Dismiss(ctx, "organizer:lan", contestID, foreign[0].ID), core.NotFound)
		if _, n, err := w.TaughtNow(ctx, contestID); n != 0 || err != nil || len(w.log) != 0 {
			t.Errorf("%d versions, %v, log %v", n, err, w.log)
		}
		if n, err := w.Forget(ctx, "khac", 9); n != 1 || err != nil {
			t.Errorf("%d questions forgotten, %v", n, err)
		}
	})
}
