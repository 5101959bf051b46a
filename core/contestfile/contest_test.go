package contestfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/contestfile"
)

func contestText(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/contest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func parse(s string) (*core.Contest, contestfile.Faults) {
	c, err := contestfile.ParseContest(strings.NewReader(s), "ch.yaml")
	var f contestfile.Faults
	if err != nil && !errors.As(err, &f) {
		panic(err)
	}
	return c, f
}

func TestParseContest(t *testing.T) {
	t.Parallel()
	c, faults := parse(contestText(t))
	if faults != nil {
		t.Fatal(faults)
	}
	loc := time.FixedZone("", 7*3600)
	if got, want := c.Rounds[0].End, core.At(time.Date(2023, 10, 16, 0, 0, 0, 0, loc)); got != want {
		t.Errorf("a round's end is %v, want the next second %v", got.Time(loc), want.Time(loc))
	}
	if len(c.Rules) != 14 || len(c.Rounds) != 5 || c.Quiz.Ranking[1] != core.ByPrediction || c.TargetPercent != 80 {
		t.Errorf("read %d articles, %d rounds, %v", len(c.Rules), len(c.Rounds), c.Quiz.Ranking)
	}
	if n := len(c.Blocks()); n != 4 || c.Blocks()[3].Kinds[1] != "doanh-nghiep" {
		t.Errorf("blocks: %+v", c.Blocks())
	}
}

func TestFormatContestIsInverse(t *testing.T) {
	t.Parallel()
	c, _ := parse(contestText(t))
	c.Theme = &core.Theme{Primary: "#B3141B", Logo: "logo.png"}
	c.Topics = []core.Topic{{ID: "yes", Name: "true"}, {ID: "1", Name: "- \"x\": \\ # y"}}
	c.Notices = []core.Document{{Title: "Thông báo", Date: "2023-10-01", Text: "Dòng một\n\n  dòng hai: [a]"}}
	var b bytes.Buffer
	if err := contestfile.FormatContest(&b, c); err != nil {
		t.Fatal(err)
	}
	again, faults := parse(b.String())
	if faults != nil {
		t.Fatalf("%v\n%s", faults, b.String())
	}
	if d := cmp.Diff(c, again); d != "" {
		t.Errorf("(-before +after)\n%s", d)
	}
	for _, want := range []string{`end: "2023-10-15T23:59:59+07:00"`, "\nrounds:\n  - id: dot-1\n    name: \"Đợt 1\"\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	var second bytes.Buffer
	if contestfile.FormatContest(&second, again); !bytes.Equal(b.Bytes(), second.Bytes()) {
		t.Error("writing twice gives two texts")
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	s := contestText(t)
	for _, line := range []string{"lang: vi\n", "timezone: Asia/Ho_Chi_Minh\n", "  max_points: 100\n", "  autosave: true\n", "  counted_attempt: best\n", "    scored: false\n", "  shuffle_options: true\n"} {
		if !strings.Contains(s, line) {
			t.Fatalf("no %q", line)
		}
		s = strings.Replace(s, line, "", 1)
	}
	c, faults := parse(s)
	if faults != nil {
		t.Fatal(faults)
	}
	want, _ := parse(contestText(t))
	if d := cmp.Diff(want, c); d != "" {
		t.Errorf("(-with +without)\n%s", d)
	}
}

// TestContestFaults changes one thing of a good file and looks for the one fault it makes.
func TestContestFaults(t *testing.T) {
	t.Parallel()
	base := contestText(t)
	for _, x := range []struct{ old, new, want string }{
		{"duration_minutes: 20", "duration_minuts: 20", "dòng %d, cột 3: quiz.duration_minuts: mục không có trong cấu trúc tệp. Có phải là duration_minutes?"},
		{"duration_minutes: 20", `duration_minutes: "20"`, "dòng %d, cột 21: quiz.duration_minutes: “20” không phải số nguyên"},
		{"duration_minutes: 20", "duration_minutes: 0x14", "quiz.duration_minutes: “0x14” không phải số nguyên"},
		{"duration_minutes: 20", "duration_minutes: 601", "quiz.duration_minutes: “601” ngoài khoảng 1 đến 600"},
		{"duration_minutes: 20", "duration_minutes: 20\n  duration_minutes: 30", "quiz.duration_minutes: viết hai lần"},
		{"  duration_minutes: 20\n", "", "quiz.duration_minutes: thiếu"},
		{"schema_version: 1", "schema_version: 2", "schema_version: “2” phiên bản cấu trúc chưa hỗ trợ"},
		{"id: cchc-quangnam-2023", "id: CCHC", "id: “CCHC” không phải mã"},
		{"id: cchc-quangnam-2023", "id: 2023", "id: “2023” phải là chữ"},
		{"lang: vi", "lang: en", "lang: “en” ngôn ngữ chưa hỗ trợ"},
		{"timezone: Asia/Ho_Chi_Minh", "timezone: Asia/Saigo", "timezone: “Asia/Saigo” không phải múi giờ"},
		{`start: "2023-10-16T00:00:00+07:00"`, `start: "2023-10-16T00:00:00Z"`, "rounds[2].start: “2023-10-16T00:00:00Z” lệch múi giờ"},
		{`start: "2023-10-16T00:00:00+07:00"`, `start: "16/10/2023"`, "rounds[2].start: “16/10/2023” không phải thời điểm"},
		{`start: "2023-10-16T00:00:00+07:00"`, `start: "2023-10-15T12:00:00+07:00"`, "dòng %d, cột 12: rounds[2].start: “2023-10-15T12:00:00+07:00” chồng lên đợt trước (dot-1)"},
		{`end: "2023-10-31T23:59:59+07:00"`, `end: "2023-10-11T23:59:59+07:00"`, "rounds[2].end: “2023-10-11T23:59:59+07:00” không sau thời điểm bắt đầu"},
		{"end: \"2023-12-15T23:59:59+07:00\"\n\nq", "end: \"2023-12-16T00:00:01+07:00\"\n\nq", "rounds[5].end: “2023-12-16T00:00:01+07:00” sau khi cuộc thi kết thúc"},
		{"id: dot-2", "id: dot-1", "rounds[2].id: “dot-1” trùng với rounds[1]"},
		{"participation_target_percent: 80", "participation_target_percent: 180", "participation_target_percent: “180” ngoài khoảng"},
		{`hotline: "0235.3833199"`, `hotline: 19001234`, "contacts.hotline: “19001234” phải là chữ. Đặt trong dấu ngoặc kép: \"19001234\""},
		{`hotline: "0235.3833199"`, `hotline: ""`, "contacts.hotline: để trống"},
		{`contest: "http://duthi`, `contest: "duthi`, "urls.contest: “duthicchc2023.quangnam.gov.vn” không phải địa chỉ web"},
		{"counted_attempt: best", "counted_attempt: last", "quiz.counted_attempt: “last” giá trị chưa hỗ trợ. Dùng một trong: best"},
		{"negative_marking: false", "negative_marking: true", "quiz.negative_marking: “true” chưa hỗ trợ trừ điểm"},
		{"negative_marking: false", "negative_marking: no", "quiz.negative_marking: “no” không phải true hay false"},
		{"autosave: true", "autosave: false", "quiz.autosave: “false” bài làm luôn được lưu"},
		{"scored: false", "scored: true", "quiz.prediction.scored: “true” chưa hỗ trợ"},
		{"max_points: 100", "max_points: 120", "quiz.max_points: “120” không ai đạt được"},
		{"- prediction_distance_asc", "- prediction_distance", "quiz.ranking[2]: “prediction_distance” giá trị chưa hỗ trợ. Có phải là prediction_distance_asc?"},
		{"- draw_by_lot", "- draw_by_lot\n    - points_desc", "quiz.ranking[5]: “draw_by_lot” bốc thăm không phải tiêu chí cuối"},
		{"- draw_by_lot", "- submitted_at_asc", "quiz.ranking[5]: “submitted_at_asc” trùng với tiêu chí thứ 4"},
		{"    enabled: true\n", "    enabled: false\n", "quiz.ranking[2]: “prediction_distance_asc” dùng câu dự đoán nhưng câu dự đoán đang tắt"},
		{"  prediction:\n", "  quotas: [{topic: a, count: 5}, {level: 1, count: 4}]\n  prediction:\n", "quiz.quotas: “9” tổng số câu nhỏ hơn questions_per_attempt (20). Thêm dòng - {count: 11}"},
		{"  prediction:\n", "  quotas: [{topic: a, count: 21}]\n  prediction:\n", "quiz.quotas: “21” tổng số câu lớn hơn questions_per_attempt (20)"},
		{"urls:", "topics: [{id: nq76, name: X}]\nurls:", ""},
		{"  prediction:\n", "  practice: {topics: [nq77]}\n  prediction:\n", ""},
		{"  prediction:\n", "  practice: {ids: [a, a]}\n  prediction:\n", "quiz.practice.ids[2]: “a” trùng với phần tử thứ 1"},
		{"organizer:", "theme: {primary: \"#ffcc00\"}\norganizer:", "theme.primary: “#ffcc00” màu nhạt, tương phản với nền trắng chỉ 1.5"},
		{"organizer:", "theme: {primary: red}\norganizer:", "theme.primary: “red” không phải màu"},
		{"organizer:", "theme: {logo: ../../etc/logo.png}\norganizer:", "theme.logo: “../../etc/logo.png” trỏ ra ngoài thư mục"},
		{"optional: [email]", "optional: [email, tuoi]", "registration.optional[2]: “tuoi” giá trị chưa hỗ trợ"},
		{"required: [ho_ten, ngay", "required: [ngay", "registration.required: thiếu ho_ten"},
		{"unique: [so_dinh_danh,", "unique: [email, so_dinh_danh,", "registration.unique[1]: “email” giá trị chưa hỗ trợ"},
		{"id: huyen,", "id: so-nganh,", "groups[3].id: “so-nganh” trùng với prizes.collective_per_group.groups[1]"},
		{"kinds: [huyen]", "kinds: [huyen, so-nganh]", "groups[3].kinds[2]: “so-nganh” loại đơn vị đã thuộc khối so-nganh"},
		{"participation_weight: 60", "participation_weight: 50", "score: “50 + 40” tổng hai trọng số khác 100"},
		{"- id: dieu-5.2", "- id: dieu-5.1", "rules[5].clauses[2].id: “dieu-5.1” trùng với khoản ở trên. Viết dieu-5.2"},
		{"- id: dieu-5.2", "- id: khoan-2", "rules[5].clauses[2].id: “khoan-2” không phải mã khoản của Điều 5"},
		{"- id: dieu-6\n", "- id: dieu-66\n", "rules[6].id: “dieu-66” không khớp với number. Viết dieu-6"},
		{"number: 6\n", "number: 5\n", "rules[6].number: “5” trùng với rules[5]"},
		{"urls:", "materials: [{title: X}]\nurls:", "materials[1]: “X” phải có đúng một trong url, file, text"},
		{"urls:", "materials: [{title: X, file: ../a.pdf}]\nurls:", "materials[1].file: “../a.pdf” không phải tên tệp nằm cạnh tệp cuộc thi"},
		{"urls:", "documents: [{title: X, file: /etc/a.pdf}]\nurls:", "documents[1].file: “/etc/a.pdf” không phải tên tệp nằm cạnh tệp cuộc thi"},
		{"urls:", "notices: [{title: X, file: a.html}]\nurls:", "notices[1].file: “a.html” không phải loại tệp đính kèm được"},
		{"urls:", "notices: [{title: X, file: a.pdf, text: b}]\nurls:", "notices[1]: “X” phải có đúng một trong url, file, text"},
		{"urls:", "notices: [{title: X, text: y, date: 31/2/2023}]\nurls:", "notices[1].date: “31/2/2023” không phải ngày"},
		{"lang: vi", "lang: &a vi", "“&” dùng neo (&), bí danh (*)"},
		{"lang: vi", "lang: !!str vi", "“!!str” dùng neo"},
		{"lang: vi", "lang: \"v\\u0000i\"", "lang: “v i” có ký tự điều khiển"},
		{"lang: vi", "lang: [vi]", "lang: “danh sách” phải là chữ"},
		{"\naudience: ", "\naudience: moi nguoi\nxxx: ", "audience: “moi nguoi” phải là danh sách"},
		{"lang: vi", "lang: \"vi", "sai cú pháp YAML"},
		{"lang: vi", "---\nlang: vi", "tệp có nhiều hơn một cuộc thi"},
	} {
		if !strings.Contains(base, x.old) {
			t.Errorf("the good file has no %q", x.old)
			continue
		}
		before, _, _ := strings.Cut(base, x.old)
		_, faults := parse(strings.Replace(base, x.old, x.new, 1))
		if x.want == "" {
			if faults != nil {
				t.Errorf("%q: %v", x.new, faults)
			}
			continue
		}
		want := x.want
		if strings.Contains(want, "%d") {
			want = fmt.Sprintf(want, 1+strings.Count(before, "\n"))
		}
		if !strings.Contains(faults.Error(), want) {
			t.Errorf("%q:\ngot  %v\nwant %s", x.new, faults, want)
		}
		if core.CodeOf(faults) != core.Invalid {
			t.Errorf("code %q", core.CodeOf(faults))
		}
	}
}

func TestEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	s := contestText(t)
	for old, repl := range map[string]string{"lang: vi": "lang: en", "duration_minutes: 20": "duration_minutes: x", "id: dot-3": "id: dot-2",
		"- id: dieu-9.2": "- id: dieu-9.1", `hotline: "0235.3833199"`: "hotlines: x"} {
		s = strings.Replace(s, old, repl, 1)
	}
	_, faults := parse(s)
	if len(faults) != 6 { // hotlines is unknown and hotline missing
		t.Errorf("%d faults, want 6:\n%v", len(faults), faults)
	}
	var e *core.Error
	if !errors.As(error(faults), &e) || !strings.HasPrefix(e.Msg, "Tệp có 6 lỗi") {
		t.Errorf("as core.Error: %v", e)
	}
}

// TestContestBombs feeds what has made YAML readers hang or fall over.
func TestContestBombs(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"size":        strings.Repeat("# x\n", 1<<19),
		"flow depth":  strings.Repeat("[", 1<<19),
		"map depth":   strings.Repeat("{a: ", 1<<17),
		"block depth": strings.Repeat("- ", 1<<18),
		"keys depth":  strings.Repeat("? ", 1<<18),
		"keys":        manyKeys(200_000),
		"laughs":      "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
		"merge":       "a: &a {b: c}\nd: {<<: *a}\n",
		"noise":       "\x00\xff\xfe",
		"empty":       "",
		"comment":     "# only\n",
		"scalar":      "hello",
		"indent":      indented(1300),
	} {
		start := time.Now()
		if c, faults := parse(s); c != nil || len(faults) == 0 {
			t.Errorf("%s: taken", name)
		}
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s: took %v", name, d)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%x:\n", i)
	}
	return b.String()
}

func indented(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func FuzzParseContest(f *testing.F) {
	s := contestText(f)
	f.Add(s)
	f.Add("a: [")
	f.Add("rounds:\n  - id: x\n    end: \"2023-10-15T23:59:59+07:00\"\ntimezone: UTC\n")
	f.Add("quiz: {quotas: [{topic: 1}], ranking: [a]}")
	f.Add("rules: [{id: dieu-1, number: 1, clauses: [{id: dieu-1.1, text: |}]}]")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := contestfile.ParseContest(strings.NewReader(s), "f")
		if err != nil {
			_ = err.Error()
			return
		}
		var b bytes.Buffer
		if err := contestfile.FormatContest(&b, c); err != nil {
			t.Fatal(err)
		}
		again, err := contestfile.ParseContest(&b, "g")
		if err != nil {
			t.Fatalf("what was written can't be read: %v", err)
		}
		if d := cmp.Diff(c, again); d != "" {
			t.Fatal(d)
		}
	})
}
