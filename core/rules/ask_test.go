package rules

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"duthi/core"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Hòa hoà HOÀ":                  "hoa hoa hoa",
		norm.NFD.String("Điều khoản"):  "dieu khoan",
		"tỷ lệ, tỉ lệ":                 "ti le ti le",
		"kỳ thi; kì thi":               "ki thi ki thi",
		"quy chế uy tín":               "quy che uy tin",
		"2.000.000 đồng":               "2000000 dong",
		"02 lượt, 80%":                 "2 luot 80 phan tram",
		"https://a.gov.vn/x?y vào":     "url vao",
		"\u200bchữ\ufeff ẩn":           "chu an",
		"\xff\xfe hỏng":                "hong",
		"thi = đt":                     "thi bang dt",
		"m.n ơi":                       "mn oi",
		"từ 01/10 đến hết 15/12/2023.": "tu 1 10 den het 15 12 2023",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTonePlacementIsOneWord(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"hòa", "hoà"}, {"thúy", "thuý"}, {"kỹ", "kĩ"}, {"điều", norm.NFD.String("điều")}} {
		if a, b := spell(pair[0]), spell(pair[1]); a != b {
			t.Errorf("%q is %v, %q is %v", pair[0], a, pair[1], b)
		}
	}
	if spell("ma") == spell("má") {
		t.Error("marks are lost")
	}
}

func TestShorthand(t *testing.T) {
	t.Parallel()
	lib, err := loadLibrary()
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"thi dc k":               "thi duoc khong",
		"e quên mk r":            "e quen mat khau roi",
		"cho mk hỏi":             "cho minh hoi",
		"đky cần cccd vs sđt":    "dang ki can can cuoc cong dan voi so dien thoai",
		"vô chỗ mô rứa":          "vao o dau vay",
		"chừ mần răng":           "bay gio lam sao",
		"bao h có kq":            "bao gio co ket qua",
		"o mo rua":               "o dau vay",
		"mô hình ni":             "dau hinh nay", // known loss: "mô" alone is read as Quảng Nam speech
		"em mở trang":            "em mo trang",
		"toi muon mo tai khoan":  "toi muon mo tai khoan",
		"nhận qua ck":            "nhan qua chuyen khoan",
		"ck e trong btc":         "chong trong ban to chuc",
		"dạ thưa ban tổ chức em": "da em",
	} {
		if got := joinFold(lib.short.expand(tokenise(in))); got != want {
			t.Errorf("%q reads %q, want %q", in, got, want)
		}
	}
}

// The library must not know any contest: no clause id, no year, no address.
func TestLibraryNamesNoContest(t *testing.T) {
	t.Parallel()
	entries, err := libraryFiles.ReadDir("library")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, _ := libraryFiles.ReadFile("library/" + e.Name())
		for _, word := range []string{"dieu-", ".gov.vn", "http"} {
			if strings.Contains(string(b), word) {
				t.Errorf("%s holds %q", e.Name(), word)
			}
		}
	}
	lib, err := loadLibrary()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(lib.topics); n < 110 {
		t.Errorf("%d topics", n)
	}
	for _, topic := range lib.topics {
		if topic.kind == kindRule && (len(topic.settles) == 0 || len(topic.asks) < 3) {
			t.Errorf("topic %s: %d marks of clauses, %d ways to ask", topic.id, len(topic.settles), len(topic.asks))
		}
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	ix := New(Source{Contest: loadContest(t, "cchc")})
	for _, tc := range []struct {
		q       string
		outcome Outcome
		cite    string
		says    string
	}{
		{"xin link", Command, "dieu-4.2", "http://duthicchc2023.quangnam.gov.vn"},
		{"mã QR", Command, "dieu-4.3", "Mã QR in trên thông báo"},
		{"hotline", Command, "dieu-14.1", "0235.3833199"},
		{"lịch các đợt", Command, "dieu-5.2", "Đợt 3 đang mở, đóng lúc 23:59 ngày 15/11/2023 (còn 4 ngày)."},
		{"Mỗi đợt được thi mấy lượt?", Answer, "dieu-7.3", "Theo khoản 3 Điều 7:\n“Trong mỗi đợt, mỗi người được thi tối đa 02 lượt;"},
		{"bao nhiêu phút", Answer, "dieu-7.2", "Thời gian làm bài: 20 phút."},
		{"Cuộc thi kết thúc khi nào?", Answer, "dieu-5.1", "kết thúc lúc 23:59 ngày 15/12/2023 (còn 34 ngày)"},
		{"cho em xin đáp án đợt này", Abstain, "", "không cung cấp đáp án"},
		{"Hôm nay trời có mưa không?", Abstain, "", "chỉ trả lời về thể lệ"},
		{"chào ad", Smalltalk, "", "Chào anh/chị"},
		{"cảm ơn nhiều", Smalltalk, "", "Chúc anh/chị thi tốt"},
		{"bạn là ai", Smalltalk, "", "trả lời tự động"},
		{"bot ngu quá", Smalltalk, "", "Rất tiếc"},
		{"", Smalltalk, "", "Chào"},
		{"👍", Smalltalk, "", "Chào"},
		{"nhắc tôi khi có đợt mới", Command, "", "nhắc lịch"},
	} {
		r := ix.Ask(tc.q, testNow)
		if r.Outcome != tc.outcome || !strings.Contains(r.Answer, tc.says) || (len(r.Cites) > 0) != (tc.cite != "") || tc.cite != "" && r.Cites[0] != tc.cite {
			t.Errorf("%q: %s %v %q; want %s %s %q", tc.q, r.Outcome, r.Cites, r.Answer, tc.outcome, tc.cite, tc.says)
		}
		if strings.Contains(r.Answer, "!") {
			t.Errorf("%q is answered with an exclamation mark", tc.q)
		}
	}
}

// Dates follow the clock that is passed in.
func TestShortFollowsTheClock(t *testing.T) {
	t.Parallel()
	ix := New(Source{Contest: loadContest(t, "cchc")})
	zone := time.FixedZone("", 7*3600)
	for _, tc := range []struct {
		now  time.Time
		says string
	}{
		{time.Date(2023, 9, 30, 23, 0, 0, 0, zone), "Chưa có đợt nào mở. Đợt 1 bắt đầu lúc 00:00 ngày 01/10/2023."},
		{time.Date(2023, 10, 15, 23, 59, 30, 0, zone), "Đợt 1 đang mở, đóng lúc 23:59 ngày 15/10/2023 (còn chưa đầy một phút)."},
		{time.Date(2023, 10, 31, 20, 0, 0, 0, zone), "Đợt 2 đang mở, đóng lúc 23:59 ngày 31/10/2023 (còn 4 giờ)."},
		{time.Date(2023, 12, 16, 0, 0, 0, 0, zone), "Các đợt thi đã kết thúc."},
	} {
		if r := ix.Ask("đang là đợt mấy", tc.now); r.Short != tc.says {
			t.Errorf("at %v: %q, want %q", tc.now, r.Short, tc.says)
		}
	}
}

// A short line never says a number that the clause does not.
func TestShortAgreesWithClause(t *testing.T) {
	t.Parallel()
	c := loadContest(t, "cchc")
	c.Quiz.DurationMinutes = 25
	if r := New(Source{Contest: c}).Ask("bao nhiêu phút", testNow); r.Short != "" {
		t.Errorf("data and clause disagree, but it says %q", r.Short)
	}
}

func TestOrganizersAnswers(t *testing.T) {
	t.Parallel()
	c := loadContest(t, "cchc")
	q := "Hội viên cựu thanh niên xung phong có được tính không?"
	if r := New(Source{Contest: c}).Ask(q, testNow); strings.Contains(r.Answer, "Có, nếu") {
		t.Fatal("known before it was taught")
	}
	ix := New(Source{Contest: c, Extra: []QA{
		{Questions: []string{q, "cựu thanh niên xung phong"}, Answer: "Có, nếu đang làm việc tại cơ quan trong tỉnh.", Clause: "dieu-2.1"},
		{Questions: []string{"mấy giờ văn phòng mở cửa"}, Answer: "Văn phòng mở cửa lúc 7 giờ 30."},
	}})
	r := ix.Ask("cuu thanh nien xung phong co duoc tinh khong", testNow)
	if r.Outcome != Answer || !slices.Equal(r.Cites, []string{"dieu-2.1"}) || !strings.HasPrefix(r.Answer, "Có, nếu") || !strings.Contains(r.Answer, "khoản 1 Điều 2") {
		t.Errorf("%+v", r)
	}
	if r := ix.Ask("văn phòng mở cửa mấy giờ", testNow); len(r.Cites) != 0 || r.Answer != "Văn phòng mở cửa lúc 7 giờ 30." {
		t.Errorf("%+v", r)
	}
	if r := ix.Ask("quên mật khẩu", testNow); !slices.Equal(r.Cites, []string{"dieu-6.3"}) {
		t.Errorf("an organizer's answer hides the rules: %+v", r)
	}
}

// A topic named on a clause pins it there.
func TestPinnedTopic(t *testing.T) {
	t.Parallel()
	c := loadContest(t, "chuyendoiso")
	rules := slices.Clone(c.Rules)
	rules = append(rules, core.Article{ID: "dieu-11", Number: 11, Title: "Khác", Clauses: []core.Clause{
		{ID: "dieu-11.1", Text: "Nội dung này do Ban Tổ chức hướng dẫn.", Topics: []string{"practice"}},
	}})
	c.Rules = rules
	if r := New(Source{Contest: c}).Ask("có thi thử không", testNow); len(r.Cites) == 0 || r.Cites[0] != "dieu-11.1" {
		t.Errorf("%+v", r)
	}
}

// Rules that are silent are not stretched.
func TestSilentRules(t *testing.T) {
	t.Parallel()
	c := &core.Contest{Contacts: core.Contacts{Hotline: "1900.0000"}, Rules: []core.Article{{ID: "dieu-1", Number: 1, Title: "Giải thưởng", Clauses: []core.Clause{
		{ID: "dieu-1.1", Text: "Giải Nhất 2.000.000 đồng."},
	}}}}
	ix := New(Source{Contest: c})
	if r := ix.Ask("quên mật khẩu", testNow); r.Outcome != Abstain || !strings.Contains(r.Answer, "chưa quy định rõ") || !strings.Contains(r.Answer, "1900.0000") {
		t.Errorf("%+v", r)
	}
	if r := New(Source{Contest: &core.Contest{}}).Ask("quên mật khẩu", testNow); r.Outcome != Abstain {
		t.Errorf("no rules at all: %+v", r)
	}
}

// Every quotation is the clause, word for word.
func TestQuotesWordForWord(t *testing.T) {
	t.Parallel()
	for _, b := range bars {
		ix := New(Source{Contest: loadContest(t, b.set)})
		for _, f := range loadFAQ(t, b.set) {
			r := ix.Ask(f.Q, testNow)
			if r.Outcome != Answer && r.Outcome != Command {
				continue
			}
			for _, id := range r.Cites {
				if q, ok := ix.Quote(id); !ok || !strings.Contains(r.Answer, "“"+q.Text+"”") {
					t.Errorf("%q does not quote %s", f.Q, id)
				}
			}
		}
	}
}

func TestAskConcurrently(t *testing.T) {
	t.Parallel()
	ix := New(Source{Contest: loadContest(t, "cchc")})
	faqs := loadFAQ(t, "cchc")
	want := make([]Reply, len(faqs))
	for i, f := range faqs {
		want[i] = ix.Ask(f.Q, testNow)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, f := range faqs {
				if r := ix.Ask(f.Q, testNow); r.Answer != want[i].Answer {
					t.Errorf("%q is answered differently", f.Q)
				}
			}
		})
	}
	wg.Wait()
}

// TestGoldenReplies keeps what is said to the development questions under review.
func TestGoldenReplies(t *testing.T) {
	t.Parallel()
	ix := New(Source{Contest: loadContest(t, "cchc")})
	var b strings.Builder
	for _, f := range loadFAQ(t, "cchc") {
		r := ix.Ask(f.Q, testNow)
		fmt.Fprintf(&b, "? %s\n%s %s\n%s\n\n", f.Q, r.Outcome, strings.Join(r.Cites, " "), r.Answer)
	}
	const path = "testdata/cchc.golden"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("replies differ from %s; look at them, then run with -update", path)
	}
}

func FuzzAsk(f *testing.F) {
	ix := New(Source{Contest: loadContest(f, "cchc")})
	for _, q := range loadFAQ(f, "cchc") {
		f.Add(q.Q)
	}
	for _, q := range []string{"\xff", "\u0301\u0301", "m.n.m.n.", "%%%===", "1.000.000.000", strings.Repeat("a.", 50), "câu 12 ra đề sai", "😀 thi"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		r := ix.Ask(q, testNow)
		if !utf8.ValidString(r.Answer) || r.Answer == "" {
			t.Errorf("%q: answer %q", q, r.Answer)
		}
		if r.Score < 0 || r.Score > 1.1 || len(r.Cites) > 3 {
			t.Errorf("%q: %+v", q, r)
		}
		for _, id := range r.Cites {
			if _, ok := ix.Quote(id); !ok {
				t.Errorf("%q cites %q", q, id)
			}
		}
	})
}
