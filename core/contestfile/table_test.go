package contestfile_test

import (
	"bytes"
	"fmt"
	"iter"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"duthi/core"
	"duthi/core/contestfile"
)

var today = time.Date(2023, 10, 1, 0, 0, 0, 0, time.UTC)

func table(t testing.TB, name string, content []byte) *contestfile.Table {
	t.Helper()
	tab, err := contestfile.OpenTable(bytes.NewReader(content), int64(len(content)), name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return tab
}

func values[T any](t testing.TB, rows iter.Seq2[contestfile.Row[T], error]) []T {
	t.Helper()
	var out []T
	for r, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r.Value)
	}
	return out
}

func questions(t testing.TB, content []byte) ([]core.Question, contestfile.Faults) {
	var l contestfile.FaultList
	out := values(t, table(t, "ch.csv", content).Questions(&l))
	return out, l.Faults()
}

func units(t testing.TB, content []byte) ([]core.Unit, contestfile.Faults) {
	var l contestfile.FaultList
	out := values(t, table(t, "dv.csv", content).Units(&l))
	return out, l.Faults()
}

func roster(t testing.TB, content []byte) ([]contestfile.RosterRow, contestfile.Faults) {
	var l contestfile.FaultList
	out := values(t, table(t, "cb.csv", content).Roster(&l, today))
	return out, l.Faults()
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	qs, faults := questions(t, file(t, "questions.csv"))
	if faults != nil {
		t.Fatal(faults)
	}
	several := 0
	for _, q := range qs {
		if q.Kind == core.Multiple {
			several++
		}
	}
	if len(qs) != 197 || several != 19 {
		t.Errorf("%d questions, %d with several correct options", len(qs), several)
	}
	want := core.Question{ID: "cchc-003", Topic: "nq76", Level: 1, Kind: "single", Text: "Cơ quan nào ban hành Nghị quyết số 76/NQ-CP ngày 15/7/2021?",
		Options: []string{"Bộ Chính trị", "Bộ Nội vụ", "Quốc hội", "Chính phủ"}, Correct: 8,
		Explanation: "Ký hiệu NQ-CP là nghị quyết của Chính phủ.", Source: "Nghị quyết 76/NQ-CP ngày 15/7/2021 [ĐC]"}
	if d := cmp.Diff(want, qs[2]); d != "" {
		t.Error(d)
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	us, faults := units(t, file(t, "units.csv"))
	if faults != nil {
		t.Fatal(faults)
	}
	tree := core.NewUnitTree(us, nil)
	total := 0
	for _, u := range tree.Children("") {
		total += u.Headcount
	}
	if tree.Len() != 161 || len(tree.Children("")) != 72 || total != 42707 {
		t.Errorf("%d units, %d of level 1, %d people", tree.Len(), len(tree.Children("")), total)
	}
}

// TestEncodings reads one table written in all the ways Vietnamese Excel writes it.
func TestEncodings(t *testing.T) {
	t.Parallel()
	plain := "Mã đơn vị,Tên đơn vị,Mã cấp trên,Loại,Số người\r\nSNV,\"Sở Nội vụ, tỉnh\",,so-nganh,1.864\r\n"
	utf16 := func(e unicode.Endianness, s string) string {
		out, err := unicode.UTF16(e, unicode.UseBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	other := func(sep string) string {
		s := strings.ReplaceAll(strings.ReplaceAll(plain, "Nội vụ, t", "Nội vụ| t"), ",", sep)
		return strings.ReplaceAll(s, "|", ",")
	}
	want := core.Unit{Code: "SNV", Name: "Sở Nội vụ, tỉnh", Kind: "so-nganh", Headcount: 1864}
	for name, s := range map[string]string{
		"utf-8":      plain,
		"mark":       "\ufeff" + plain,
		"semicolon":  "\ufeff" + other(";"),
		"tab":        other("\t"),
		"sep line":   "sep=;\r\n" + other(";"),
		"utf-16 le":  utf16(unicode.LittleEndian, other("\t")),
		"utf-16 be":  utf16(unicode.BigEndian, other("\t")),
		"lf":         strings.ReplaceAll(plain, "\r", ""),
		"decomposed": strings.ReplaceAll(plain, "ở", "o\u031b\u0309"),
		"columns":    "headcount,kind,STT,parent_code,name,code\n1864,so-nganh,1,,\"Sở Nội vụ, tỉnh\",SNV\n",
	} {
		us, faults := units(t, []byte(s))
		if faults != nil || len(us) != 1 || us[0] != want {
			t.Errorf("%s: %+v %v", name, us, faults)
		}
	}
	_, faults := units(t, []byte("code,name,parent_code,kind,headcount\nSNV,S\xf4,,so-nganh,1\n")) // Windows-1258
	if !strings.Contains(faults.Error(), "hàng 2: “S?” cột thứ 2 có ký tự không phải UTF-8") {
		t.Errorf("not UTF-8: %v", faults)
	}
}

func TestQuestionFaults(t *testing.T) {
	t.Parallel()
	const head = "id,topic,level,kind,question,option_a,option_b,option_c,option_d,correct\n"
	for _, x := range []struct{ rows, want string }{
		{"q1,t,1,single,Hỏi?,A,B,,,\n", "ch.csv, hàng 2: correct: chưa có đáp án đúng"},
		{"q1,t,1,single,Hỏi?,A,B,,,C\n", "hàng 2: correct: “C” đáp án đúng là phương án C, nhưng phương án này để trống"},
		{"q1,t,1,single,Hỏi?,A,B,,,G\n", "correct: “G” đáp án không phải các chữ cái A đến F"},
		{"q1,t,1,single,Hỏi?,A,B,,,AA\n", "correct: “AA” phương án A viết hai lần"},
		{"q1,t,1,single,Hỏi?,A,B,,,AB\n", "kind: “single” loại một đáp án nhưng có 2 đáp án đúng"},
		{"q1,t,1,other,Hỏi?,A,B,,,A\n", "kind: “other” loại câu hỏi lạ"},
		{"q1,t,1,single,Hỏi?,Sở  Nội vụ,sở nội vụ,,,A\n", "option_b: “sở nội vụ” trùng với phương án A"},
		{"q1,t,1,single,Hỏi?,A,,C,,A\n", "option_b: phương án B để trống nhưng phương án C có nội dung"},
		{"q1,t,1,single,Hỏi?,A,,,,A\n", "có ít hơn hai phương án"},
		{"q1,t,4,single,Hỏi?,A,B,,,A\n", "level: “4” mức độ không hợp lệ"},
		{",t,1,single,Hỏi?,A,B,,,A\n", "id: để trống"},
		{"q 1,t,1,single,Hỏi?,A,B,,,A\n", "id: “q 1” mã không hợp lệ"},
		{"q1,t,1,single,,A,B,,,A\n", "question: để trống"},
		{"q1,t,1,single,Hỏi?,A,B,,,A\nQ1,t,1,single,Khác?,A,B,,,A\n", "hàng 3: id: “Q1” trùng mã với hàng 2"},
		{"q1,t,1,single,Hỏi  gì?,A,B,,,A\nq2,t,1,single,HỎI gì?,A,B,,,A\n", "hàng 3: question: “HỎI gì?” trùng câu hỏi với hàng 2"},
		{"q1,t,1,single,Hỏi?,A,B,,,A,thừa\n", "“thừa” giá trị ở cột thứ 11, cột này không có tên"},
		{"q1,t,1,single,Hỏi?,A,B,,,A\n\"q2,t\n", "dấu nháy kép sai chỗ"},
		{"q1,t,1,single,\"" + strings.Repeat("x", 10_001) + "\",A,B,,,A\n", "ô dài quá 10000 ký tự"},
		{"", "không có hàng dữ liệu nào"},
	} {
		qs, faults := questions(t, []byte(head+x.rows))
		if !strings.Contains(faults.Error(), x.want) {
			t.Errorf("%q:\ngot  %v\nwant %s", x.rows, faults, x.want)
		}
		if strings.Contains(x.want, "hàng 2: correct") && len(qs) > 0 {
			t.Errorf("%q: a faulty row was given", x.rows)
		}
	}
	for headings, want := range map[string]string{
		"id,question,option_a,option_b":                       "hàng 1: correct: thiếu cột",
		"id,question,option_a,option_b,corect":                "“corect” tên cột lạ. Có phải là correct?",
		"id,question,option_a,option_b,correct,id":            "“id” cột có hai lần",
		"Mã,Câu hỏi,Phương án A,Phương án B,Đáp án,Độ cao":    "“Độ cao” tên cột lạ",
		"Mã,Câu hỏi,Phương án A,Phương án B,Đáp án,Giải thít": "tên cột lạ",
	} {
		if _, faults := questions(t, []byte(headings+"\nq1,Hỏi?,A,B,A\n")); !strings.Contains(faults.Error(), want) {
			t.Errorf("%q: %v", headings, faults)
		}
	}
}

func TestUnitFaults(t *testing.T) {
	t.Parallel()
	const head = "code,name,parent_code,kind,headcount\n"
	for _, x := range []struct{ rows, want string }{
		{"A,Một,,x,10\nB,Hai,C,x,1\n", "hàng 3: parent_code: “C” không có đơn vị nào mang mã này"},
		{"A,Một,,x,10\nB,Hai,a,x,1\n", "parent_code: “a” không có đơn vị nào mang mã này. Có phải là A?"},
		{"A,Một,B,x,10\nB,Hai,A,x,10\n", "hàng 3: parent_code: “A” các đơn vị trực thuộc nhau thành vòng"},
		{"A,Một,A,x,10\n", "các đơn vị trực thuộc nhau thành vòng"},
		{"A,Một,,x,10\nB,Hai,A,x,6\nC,Ba,A,x,5\n", "hàng 2: headcount: “10” các đơn vị con có tổng 11 người, nhiều hơn cấp trên"},
		{"A,Một,,x,10\na,Hai,,x,10\n", "code: “a” trùng mã với hàng 2"},
		{"A,Một,,x,10\nB,một,,x,10\n", "name: “một” trùng tên với hàng 2"},
		{"A,Một,,x,-1\n", "headcount: “-1” không phải số người"},
		{"A,Một,,x,1.5\n", "headcount: “1.5” không phải số người"},
		{"A,Một,,x,\n", "headcount: để trống"},
		{"A,Một,,x,0\n", "đơn vị cấp 1 có 0 người"},
		{"A,Một,,,1\n", "kind: để trống"},
		{"A,Một,,Sở,1\n", "kind: “Sở” loại không hợp lệ"},
		{"KHAC,Một,,x,1\n", "mã dành cho mục Đơn vị khác"},
		{"A/B,Một,,x,1\n", "code: “A/B” mã không hợp lệ"},
	} {
		if _, faults := units(t, []byte(head+x.rows)); !strings.Contains(faults.Error(), x.want) {
			t.Errorf("%q:\ngot  %v\nwant %s", x.rows, faults, x.want)
		}
	}
	_, faults := units(t, []byte(head+"A,Một,B,x,10\nB,Hai,C,x,10\nC,Ba,A,x,10\nD,Bốn,A,x,0\n"))
	if n := strings.Count(faults.Error(), "vòng"); n != 1 {
		t.Errorf("one cycle is reported %d times: %v", n, faults)
	}
}

func TestRoster(t *testing.T) {
	t.Parallel()
	people, faults := roster(t, []byte("STT;Mã đơn vị;Họ và tên;Ngày sinh;Số CCCD;Mã cán bộ;Số điện thoại\n"+
		"1;SNV;Nguyễn Thị  Ánh;31/12/1990;049 190 001 234;CB-1;0912.345.678\n2;SNV;H'Hen Niê;1985-02-01;;;\n"))
	want := []contestfile.RosterRow{
		{UnitCode: "SNV", FullName: "Nguyễn Thị Ánh", BirthDate: "1990-12-31", NationalID: "049190001234", StaffCode: "CB-1", Phone: "+84912345678"},
		{UnitCode: "SNV", FullName: "H'Hen Niê", BirthDate: "1985-02-01"},
	}
	if d := cmp.Diff(want, people); d != "" || faults != nil {
		t.Errorf("%s%v", d, faults)
	}
	const head = "unit_code,full_name,birth_date,national_id,staff_code,phone\n"
	for _, x := range []struct{ rows, want string }{
		{",An,,,,\n", "unit_code: để trống"},
		{"S,,,,,\n", "full_name: để trống"},
		{"S,An 5,,,,\n", "full_name: “An 5” không phải họ tên"},
		{"S,An,31/2/1990,,,\n", "birth_date: “31/2/1990” không phải ngày sinh"},
		{"S,An,1/1/2024,,,\n", "ngày sinh không thể có"},
		{"S,An,,12345,,\n", "national_id: số định danh không hợp lệ"},
		{"S,An,,,,0123\n", "phone: số điện thoại không hợp lệ"},
		{"S,An,,,x,\nS,Bình,,,X,\n", "hàng 3: staff_code: “X” trùng mã cán bộ với hàng 2"},
		{"S,An,,049190001234,,\nS,Bình,,049190001234,,\n", "hàng 3: national_id: trùng số định danh với hàng 2"},
		{"S,An,1/1/1990,,,\nS,AN,01/01/1990,,,\n", "hàng 3: full_name: “AN” trùng người với hàng 2"},
	} {
		_, faults := roster(t, []byte(head+x.rows))
		if !strings.Contains(faults.Error(), x.want) {
			t.Errorf("%q:\ngot  %v\nwant %s", x.rows, faults, x.want)
		}
		if s := faults.Error(); strings.Contains(s, "049190001234") {
			t.Errorf("a fault shows a national id: %s", s)
		}
	}
}

func TestFaultsAreCapped(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("code,name,parent_code,kind,headcount\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "c%d,n%d,,x,-1\n", i, i)
	}
	_, faults := units(t, []byte(b.String()))
	if len(faults) != contestfile.MaxFaults+1 || faults.Count() != 3000 || !strings.Contains(faults.Error(), "còn 2000 lỗi khác") {
		t.Errorf("%d listed, %d counted, last %v", len(faults), faults.Count(), faults[len(faults)-1])
	}
}

func TestNotATable(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{"": "tệp trống", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "Excel đời cũ", "%PDF-1.4": "không phải bảng", "<html>": "không phải bảng"} {
		_, err := contestfile.OpenTable(strings.NewReader(content), int64(len(content)), "x")
		if err == nil || !strings.Contains(err.Error(), want) || core.CodeOf(err) != core.Invalid {
			t.Errorf("%q: %v", content, err)
		}
	}
}
