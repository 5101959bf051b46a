package exam

import (
	"context"
	"strings"
	"testing"

	"duthi/core"
)

func TestPractice(t *testing.T) {
	t.Parallel()
	ctx, s, ed := context.Background(), storeless(t), testEdition()
	paper, err := s.Practice(ctx, ed, firstDay)
	if err != nil || len(paper.Items) != 10 {
		t.Fatalf("%d questions, %v", len(paper.Items), err)
	}
	right := map[string]core.Question{}
	for _, q := range ed.Practice {
		right[q.Text] = q
	}
	shown := map[int][]int{}
	for i, it := range paper.Items {
		q, ok := right[it.Text]
		if !ok {
			t.Fatalf("%q is not of the practice pool", it.Text)
		}
		for place, o := range it.Options {
			for own, text := range q.Options {
				if text == o.Text && q.Correct.Has(own) && i > 0 { // the first is left empty
					shown[i] = append(shown[i], place)
				}
			}
		}
	}
	again, err := s.OpenPractice(ctx, ed, paper.Token, shown, firstDay+minute)
	if err != nil {
		t.Fatal(err)
	}
	for i, it := range again.Items {
		if it.Text != paper.Items[i].Text || it.Options[0].Text != paper.Items[i].Options[0].Text || it.Answered != (i > 0) {
			t.Fatalf("question %d came back otherwise: %+v", i, it)
		}
	}
	r, err := s.ScorePractice(ctx, ed, paper.Token, shown, firstDay+minute)
	if err != nil || r.Correct != 9 || r.Answered != 9 || r.Points != 45 {
		t.Fatalf("%d of %d right, %d points, %v", r.Correct, r.Answered, r.Points, err)
	}
	for i, it := range r.Items {
		if it.Right != (i > 0) || it.Explanation == "" {
			t.Fatalf("question %d: %+v", i, it)
		}
	}
}

func TestPracticeToken(t *testing.T) {
	t.Parallel()
	ctx, s, ed := context.Background(), storeless(t), testEdition()
	paper, err := s.Practice(ctx, ed, firstDay)
	if err != nil {
		t.Fatal(err)
	}
	open := func(s *Service, ed *Edition, token string, shown map[int][]int, at core.Instant) error {
		_, err := s.ScorePractice(ctx, ed, token, shown, at)
		return err
	}
	wantCode(t, open(s, ed, paper.Token, nil, firstDay+day-1), "")
	wantCode(t, open(s, ed, paper.Token, nil, firstDay+day), core.Closed)
	wantCode(t, open(s, ed, paper.Token, map[int][]int{10: {0}}, firstDay), core.Invalid)
	wantCode(t, open(s, ed, paper.Token, map[int][]int{0: {9}}, firstDay), core.Invalid)
	for i := range paper.Token {
		other := "A"
		if paper.Token[i] == 'A' {
			other = "B"
		}
		forged := paper.Token[:i] + other + paper.Token[i+1:]
		if err := open(s, ed, forged, nil, firstDay); !core.Is(err, core.Invalid) {
			t.Fatalf("changed at %d: %v", i, err)
		}
	}
	for _, bad := range []string{"", "x", paper.Token[1:], paper.Token + "A", strings.Repeat("A", 54)} {
		wantCode(t, open(s, ed, bad, nil, firstDay), core.Invalid)
	}
	changed := testEdition()
	changed.Practice[3].Version++
	wantCode(t, open(s, changed, paper.Token, nil, firstDay), core.Closed)
	elsewhere := testEdition()
	elsewhere.Contest.ID = "khac"
	wantCode(t, open(s, elsewhere, paper.Token, nil, firstDay), core.Closed)
	rotated, err := New(Config{Secret: []byte("the next key, also of good length"), PreviousSecret: []byte("an unguessable key of 32 bytes..")})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, open(rotated, ed, paper.Token, nil, firstDay), "")
	stranger, err := New(Config{Secret: []byte("the next key, also of good length")})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, open(stranger, ed, paper.Token, nil, firstDay), core.Invalid)

	none := testEdition()
	none.Practice = nil
	_, err = s.Practice(ctx, none, firstDay)
	wantCode(t, err, core.NotFound)
}

func FuzzPracticeToken(f *testing.F) {
	s, err := New(Config{Secret: []byte("an unguessable key of 32 bytes..")})
	if err != nil {
		f.Fatal(err)
	}
	ed := testEdition()
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := s.OpenPractice(context.Background(), ed, token, nil, firstDay); err == nil {
			t.Fatalf("%q was taken", token)
		}
	})
}
