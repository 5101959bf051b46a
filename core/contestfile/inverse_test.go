package contestfile_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"duthi/core"
	"duthi/core/contestfile"
)

// words draws a clean line of text that may look like a formula, a number, markup or a separator.
func words(t *rapid.T, label string) string {
	s := rapid.OneOf(
		rapid.StringMatching(`['=+@-]{0,3}[a-zđĐ0-9 ,;"'<>&_x#.-]{1,20}`),
		rapid.SampledFrom([]string{"=1+1", "'=1", "''-x", "-5", "@a", "+84912345678", "0123", "80%", "TRUE", "_x0041_", "_x005F_x0041_", "a|b\tc", "Sở Nội vụ", "\"a\"", "']", "null"}),
		rapid.String(),
	).Draw(t, label)
	return core.CleanText(s)
}

func format(t *rapid.T) string {
	return rapid.SampledFrom([]string{contestfile.CSV, contestfile.XLSX}).Draw(t, "format")
}

func TestQuestionsAreInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var want []core.Question
		for i := range rapid.IntRange(1, 5).Draw(t, "n") {
			q := core.Question{ID: fmt.Sprintf("q-%d", i), Topic: words(t, "topic"), Level: rapid.IntRange(0, 3).Draw(t, "level"), Kind: core.Multiple,
				Text: fmt.Sprintf("%s %d", words(t, "text"), i), Explanation: words(t, "why"), Source: words(t, "source")}
			q.Text = core.CleanText(q.Text)
			if rapid.Bool().Draw(t, "lines") {
				q.Text += "\n- ý thứ hai"
			}
			n := rapid.IntRange(2, core.MaxOptions).Draw(t, "options")
			for j := range n {
				q.Options = append(q.Options, core.CleanText(fmt.Sprintf("%s %d", words(t, "option"), j)))
			}
			q.Correct = core.OptionSet(rapid.IntRange(1, 1<<n-1).Draw(t, "correct"))
			if q.Correct.Count() == 1 && rapid.Bool().Draw(t, "single") {
				q.Kind = core.Single
			}
			want = append(want, q)
		}
		var b bytes.Buffer
		if err := contestfile.WriteQuestions(&b, format(t), contestfile.Each(want)); err != nil {
			t.Fatal(err)
		}
		got, faults := read(t, b.Bytes(), func(tab *contestfile.Table, l *contestfile.FaultList) []core.Question {
			var out []core.Question
			for r, err := range tab.Questions(l) {
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, r.Value)
			}
			return out
		})
		if d := cmp.Diff(want, got); d != "" || faults != nil {
			t.Fatalf("%s%v", d, faults)
		}
	})
}

func read[T any](t *rapid.T, content []byte, rows func(*contestfile.Table, *contestfile.FaultList) []T) ([]T, contestfile.Faults) {
	tab, err := contestfile.OpenTable(bytes.NewReader(content), int64(len(content)), "x")
	if err != nil {
		t.Fatal(err)
	}
	var l contestfile.FaultList
	out := rows(tab, &l)
	return out, l.Faults()
}

func TestUnitsAreInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var want []core.Unit
		for i := range rapid.IntRange(1, 8).Draw(t, "n") {
			u := core.Unit{Code: fmt.Sprintf("U.%d", i), Name: core.CleanText(fmt.Sprintf("%s %d", words(t, "name"), i)), Kind: "so-nganh", Headcount: 1000}
			if i > 0 && rapid.Bool().Draw(t, "child") {
				u.ParentCode, u.Headcount, u.Kind = "U.0", i, ""
			}
			want = append(want, u)
		}
		var b bytes.Buffer
		if err := contestfile.WriteUnits(&b, format(t), contestfile.Each(want)); err != nil {
			t.Fatal(err)
		}
		got, faults := read(t, b.Bytes(), func(tab *contestfile.Table, l *contestfile.FaultList) (out []core.Unit) {
			for r, err := range tab.Units(l) {
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, r.Value)
			}
			return out
		})
		if d := cmp.Diff(want, got); d != "" || faults != nil {
			t.Fatalf("%s%v", d, faults)
		}
	})
}

func TestRosterIsInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var want []contestfile.RosterRow
		for i := range rapid.IntRange(1, 5).Draw(t, "n") {
			p := contestfile.RosterRow{UnitCode: "SNV", FullName: rapid.SampledFrom([]string{"Nguyễn Văn An", "Y Ban", "H'Hen Niê"}).Draw(t, "name"), StaffCode: fmt.Sprintf("CB-%d", i)}
			if rapid.Bool().Draw(t, "more") {
				p.BirthDate, p.NationalID, p.Phone = "1990-12-31", fmt.Sprintf("0491900%05d", i), fmt.Sprintf("+84912345%03d", i)
			}
			want = append(want, p)
		}
		var b bytes.Buffer
		if err := contestfile.WriteRoster(&b, format(t), contestfile.Each(want)); err != nil {
			t.Fatal(err)
		}
		got, faults := read(t, b.Bytes(), func(tab *contestfile.Table, l *contestfile.FaultList) (out []contestfile.RosterRow) {
			for r, err := range tab.Roster(l, today) {
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, r.Value)
			}
			return out
		})
		if d := cmp.Diff(want, got); d != "" || faults != nil {
			t.Fatalf("%s%v", d, faults)
		}
	})
}

// TestFormulasAreGuarded looks at the file itself: no cell begins with what a spreadsheet would compute.
func TestFormulasAreGuarded(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	unit := core.Unit{Code: "A", Name: `=HYPERLINK("http://x","y")`, Kind: "x", Headcount: 1}
	if err := contestfile.WriteUnits(&b, contestfile.CSV, contestfile.Each([]core.Unit{unit})); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "\ufeffcode,name,parent_code,kind,headcount\nA,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",,x,1\n"; got != want {
		t.Errorf("got %q", got)
	}
}

func fuzzTable(f *testing.F, seeds []string, rows func(*contestfile.Table, *contestfile.FaultList) error) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	for _, sheet := range []string{sheetHead + sheetTail, `<x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c></x:row></x:sheetData>`} {
		f.Add(append([]byte("SHEET"), sheet...))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if sheet, ok := bytes.CutPrefix(content, []byte("SHEET")); ok { // the archive around it is another's to fuzz
			content = parts(t, bytes.NewReader(sheet), bytes.NewReader(sheet))
		}
		tab, err := contestfile.OpenTable(bytes.NewReader(content), int64(len(content)), "f")
		if err != nil {
			return
		}
		var l contestfile.FaultList
		if err := rows(tab, &l); err != nil {
			t.Fatalf("an error of the reader for bytes in memory: %v", err)
		}
		_ = l.Faults().Error()
	})
}

func FuzzQuestions(f *testing.F) {
	fuzzTable(f, []string{"id,question,option_a,option_b,correct\nq1,Hỏi?,A,B,A\n", "sep=;\nid;question;option_a;option_b;correct\n1;2;3;4;B\n", "\xff\xfei\x00d\x00"},
		func(tab *contestfile.Table, l *contestfile.FaultList) error {
			var qs []core.Question
			for r, err := range tab.Questions(l) {
				if err != nil {
					return err
				}
				qs = append(qs, r.Value)
			}
			if l.Count() > 0 || len(qs) == 0 {
				return nil
			}
			var b bytes.Buffer
			if err := contestfile.WriteQuestions(&b, contestfile.CSV, contestfile.Each(qs)); err != nil {
				return err
			}
			var again contestfile.FaultList
			tab, err := contestfile.OpenTable(bytes.NewReader(b.Bytes()), int64(b.Len()), "g")
			if err != nil {
				return err
			}
			i := 0
			for r, err := range tab.Questions(&again) {
				if err != nil || i >= len(qs) || !r.Value.SameContent(qs[i]) {
					return fmt.Errorf("row %d is not what was written: %+v %+v %v", i, r.Value, qs[min(i, len(qs)-1)], err)
				}
				i++
			}
			if again.Count() > 0 || i != len(qs) {
				return fmt.Errorf("%d of %d rows, %v", i, len(qs), again.Faults())
			}
			return nil
		})
}

func FuzzUnits(f *testing.F) {
	fuzzTable(f, []string{"code,name,parent_code,kind,headcount\nA,Một,,x,10\nB,Hai,A,x,5\n", "code,name,parent_code,kind,headcount\nA,1,B,x,1\nB,2,A,x,1\n"},
		func(tab *contestfile.Table, l *contestfile.FaultList) error {
			var us []core.Unit
			for r, err := range tab.Units(l) {
				if err != nil {
					return err
				}
				us = append(us, r.Value)
			}
			if l.Count() > 0 {
				return nil
			}
			tree := core.NewUnitTree(us, nil)
			for _, u := range us {
				if top, ok := tree.Top(u.Code); !ok || top.ParentCode != "" {
					return fmt.Errorf("%q has no level-1 unit above it", u.Code)
				}
			}
			return nil
		})
}

func FuzzRoster(f *testing.F) {
	fuzzTable(f, []string{"unit_code,full_name,birth_date,national_id,staff_code,phone\nSNV,Nguyễn An,31/12/1990,049190001234,CB1,0912345678\n"},
		func(tab *contestfile.Table, l *contestfile.FaultList) error {
			for r, err := range tab.Roster(l, today) {
				if err != nil {
					return err
				}
				if r.Value.UnitCode == "" || r.Value.FullName == "" {
					return fmt.Errorf("a person without unit or name: %+v", r.Value)
				}
			}
			return nil
		})
}

// TestContestIsInverse writes and reads contests with drawn texts, moments and lists.
func TestContestIsInverse(t *testing.T) {
	t.Parallel()
	base, faults := parse(contestText(t))
	if faults != nil {
		t.Fatal(faults)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := *base
		text := func(label string) string { return core.CleanText("a" + words(t, label)) }
		c.Title, c.ShortTitle, c.Topic = text("title"), text("short"), words(t, "topic")
		c.Timezone = rapid.SampledFrom([]string{"Asia/Ho_Chi_Minh", "UTC", "America/New_York", "Asia/Kolkata"}).Draw(t, "zone")
		c.Audience = []string{text("audience")}
		c.Rules = []core.Article{{ID: "dieu-1", Number: 1, Title: text("article"), Clauses: []core.Clause{{ID: "dieu-1.1", Text: text("clause") + "\n\n " + text("more"), Topics: []string{text("clause topic")}}}}}
		c.Topics = []core.Topic{{ID: text("id"), Name: text("name")}}
		c.Quiz.Quotas = []core.Quota{{Topic: c.Topics[0].ID, Level: 2, Count: 5}, {Count: 15}}
		start := core.Instant(rapid.Int64Range(1_000_000_000, 4_000_000_000).Draw(t, "start")) * 1000
		length := core.Instant(rapid.Int64Range(1, 1_000_000).Draw(t, "minutes")) * 60_000
		start -= start % 60_000
		c.Period = core.Period{Start: start, End: start + 2*length}
		c.Rounds = []core.Round{{ID: "a", Name: text("round"), Start: start, End: start + length}, {ID: "b", Name: "b", Start: start + length, End: start + 2*length}}
		var b bytes.Buffer
		if err := contestfile.FormatContest(&b, &c); err != nil {
			t.Fatal(err)
		}
		again, faults := parse(b.String())
		if d := cmp.Diff(&c, again); d != "" || faults != nil {
			t.Fatalf("%s%v\n%s", d, faults, b.String())
		}
	})
}
