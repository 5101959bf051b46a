package contestfile_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"duthi/core"
	"duthi/core/contestfile"
)

// workbook makes a file the way Excel users do: shared strings, number and date cells, formats.
func workbook(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	return bytesOf(t, f)
}

func bytesOf(t testing.TB, f *excelize.File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestXLSXFromExcel(t *testing.T) {
	t.Parallel()
	people, faults := roster(t, workbook(t,
		[]any{"STT", "Mã đơn vị", "Họ và tên", "Ngày sinh", "CCCD", "Điện thoại"},
		[]any{1, "SNV", "Nguyễn Văn A", time.Date(1990, 12, 31, 0, 0, 0, 0, time.UTC), 49190001234, 912345678},
		[]any{},
		[]any{2, "SNV", "Trần Thị B", "1/2/1985", "049190001235", "'+84 912 345 679"},
	))
	want := []contestfile.RosterRow{
		{UnitCode: "SNV", FullName: "Nguyễn Văn A", BirthDate: "1990-12-31", NationalID: "049190001234", Phone: "+84912345678"},
		{UnitCode: "SNV", FullName: "Trần Thị B", BirthDate: "1985-02-01", NationalID: "049190001235", Phone: "+84912345679"},
	}
	if d := cmp.Diff(want, people); d != "" || faults != nil {
		t.Errorf("%s%v", d, faults)
	}
	_, faults = roster(t, workbook(t, []any{"unit_code", "full_name", "birth_date"}, []any{"S", "A", nil}, []any{}, []any{"S", "B", "31/2/1990"}))
	if got := faults.Error(); !strings.Contains(got, "hàng 4, ô C4: birth_date: “31/2/1990” không phải ngày sinh") {
		t.Errorf("place: %s", got)
	}
}

// TestXLSXFormats reads options that Excel has turned into numbers, as people see them.
func TestXLSXFormats(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	defer f.Close()
	head := []any{"id", "question", "option_a", "option_b", "option_c", "option_d", "correct"}
	row := []any{"q1", "Tỷ lệ?", 0.8, 1864, time.Date(2021, 7, 15, 0, 0, 0, 0, time.UTC), 0.1 + 0.2, "A"}
	for i, r := range [][]any{head, row} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	for cell, format := range map[string]int{"C2": 9, "D2": 3} {
		style, _ := f.NewStyle(&excelize.Style{NumFmt: format})
		if err := f.SetCellStyle("Sheet1", cell, cell, style); err != nil {
			t.Fatal(err)
		}
	}
	date := `dd\/mm\/yyyy`
	style, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &date})
	if err := f.SetCellStyle("Sheet1", "E2", "E2", style); err != nil {
		t.Fatal(err)
	}
	qs, faults := questions(t, bytesOf(t, f))
	if faults != nil || len(qs) != 1 {
		t.Fatal(faults)
	}
	if d := cmp.Diff([]string{"80%", "1.864", "15/07/2021", "0.3"}, qs[0].Options); d != "" {
		t.Error(d)
	}
}

// TestXLSXFirstVisibleSheet skips hidden sheets and reads the one people see first.
func TestXLSXFirstVisibleSheet(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	defer f.Close()
	f.SetCellValue("Sheet1", "A1", "không phải bảng")
	f.NewSheet("Hai")
	for i, r := range [][]any{{"code", "name", "parent_code", "kind", "headcount"}, {"A", "Một", "", "x", 5}} {
		f.SetSheetRow("Hai", fmt.Sprintf("A%d", i+1), &r)
	}
	f.SetActiveSheet(1)
	f.SetSheetVisible("Sheet1", false)
	us, faults := units(t, bytesOf(t, f))
	if faults != nil || len(us) != 1 || us[0].Headcount != 5 {
		t.Errorf("%v %v", us, faults)
	}
}

// parts makes a workbook of raw XML, to say what no library would.
func parts(t testing.TB, sheet, strs io.Reader) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name string, r io.Reader) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.Copy(w, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put("xl/workbook.xml", strings.NewReader(`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`))
	put("xl/_rels/workbook.xml.rels", strings.NewReader(`<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`))
	put("xl/worksheets/sheet1.xml", sheet)
	if strs != nil {
		put("xl/sharedStrings.xml", strs)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repeat is n times s without holding it.
func repeat(before, s string, n int, after string) io.Reader {
	block := strings.Repeat(s, max(1, 1<<16/len(s)))
	rs := []io.Reader{strings.NewReader(before)}
	for left := n * len(s); left > 0; left -= len(block) {
		rs = append(rs, strings.NewReader(block[:min(left, len(block))]))
	}
	return io.MultiReader(append(rs, strings.NewReader(after))...)
}

const (
	sheetHead = `<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>code</v></c><c t="str"><v>name</v></c><c t="str"><v>parent_code</v></c><c t="str"><v>kind</v></c><c t="str"><v>headcount</v></c></row>`
	sheetTail = `</sheetData></worksheet>`
)

// TestXLSXBombs makes real bombs: small files that unfold to much, cells and rows without end, one long string
// named by a million cells, entities, damaged XML.
func TestXLSXBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("unfolds a gigabyte")
	}
	text := strings.NewReader
	long := strings.Repeat("x", 30_000)
	for name, x := range map[string]struct {
		sheet, strs func() io.Reader
		want        string
	}{
		"sheet unfolds to 600 MB": {sheet: func() io.Reader { return repeat(sheetHead, "<row></row>", 600<<20/11, sheetTail) }, want: "bung ra quá lớn"},
		"strings unfold to 200 MB": {sheet: func() io.Reader { return text(sheetHead + sheetTail) },
			strs: func() io.Reader { return repeat("<sst>", "<si><t>"+long+"</t></si>", 200<<20/30_000, "</sst>") }, want: "bung ra quá lớn"},
		"strings of 70 MB": {sheet: func() io.Reader { return text(sheetHead + sheetTail) },
			strs: func() io.Reader { return repeat("<sst>", "<si><t>"+long+"</t></si>", 70<<20/30_000, "</sst>") }, want: "quá nhiều chữ"},
		"one cell of 100 MB": {sheet: func() io.Reader {
			return repeat(sheetHead+`<row><c t="inlineStr"><is><t>`, "x", 100<<20, `</t></is></c></row>`+sheetTail)
		}, want: "ô dài quá"},
		"one cell of many texts": {sheet: func() io.Reader {
			return repeat(sheetHead+`<row><c t="inlineStr"><is>`, "<t>xxxxxxxx</t>", 1<<22, `</is></c></row>`+sheetTail)
		}, want: "ô dài quá"},
		"one row of ten million cells": {sheet: func() io.Reader {
			return repeat(sheetHead+`<row>`, `<c t="inlineStr"><is><t>x</t></is></c>`, 10_000_000, `</row>`+sheetTail)
		}, want: "quá 64 cột"},
		"a string named by every cell": {sheet: func() io.Reader {
			return repeat(sheetHead, `<row><c t="s"><v>0</v></c></row>`, 1_000_000, sheetTail)
		}, strs: func() io.Reader { return text("<sst><si><t>" + long + "</t></si></sst>") }, want: "ô dài quá"},
		"rows without end":       {sheet: func() io.Reader { return repeat(sheetHead, `<row/>`, 2_000_000, sheetTail) }, want: "quá 1000000 hàng"},
		"one tag of 10 MB":       {sheet: func() io.Reader { return repeat(sheetHead+"<row ", "a", 10<<20, "/>"+sheetTail) }, want: "có XML sai"},
		"entities":               {sheet: func() io.Reader { return text(`<!DOCTYPE a [<!ENTITY b "c">]>` + sheetHead + sheetTail) }, want: "có XML sai"},
		"unknown entity":         {sheet: func() io.Reader { return text(sheetHead + `<row><c t="str"><v>&b;</v></c></row>` + sheetTail) }, want: "có XML sai"},
		"cut off":                {sheet: func() io.Reader { return text(sheetHead + `<row><c t="str"><v>a</v></c></row>`) }, want: "có XML sai"},
		"cut off in a cell":      {sheet: func() io.Reader { return text(sheetHead + `<row><c t="str"><v>a`) }, want: "có XML sai"},
		"rows backwards":         {sheet: func() io.Reader { return text(sheetHead + `<row r="1"/>` + sheetTail) }, want: "có XML sai"},
		"column beyond the last": {sheet: func() io.Reader { return text(sheetHead + `<row><c r="XFD2"><v>1</v></c></row>` + sheetTail) }, want: "quá 64 cột"},
		"string that isn't there": {sheet: func() io.Reader { return text(sheetHead + `<row><c t="s"><v>7</v></c></row>` + sheetTail) },
			strs: func() io.Reader { return text("<sst></sst>") }, want: "có XML sai"},
	} {
		t.Run(name, func(t *testing.T) {
			var strs io.Reader
			if x.strs != nil {
				strs = x.strs()
			}
			file := parts(t, x.sheet(), strs)
			if len(file) > 64<<20 {
				t.Fatalf("the bomb itself is %d bytes", len(file))
			}
			var faults contestfile.Faults
			used := memory(func() { faults = codes(t, file) })
			if !strings.Contains(faults.Error(), x.want) {
				t.Errorf("want %q, got %.300s", x.want, faults.Error())
			}
			if used > 160<<20 {
				t.Errorf("took %d MB for a file of %d KB", used>>20, len(file)>>10)
			}
		})
	}
	if _, faults := units(t, []byte("PK\x03\x04not a zip at all")); !strings.Contains(faults.Error(), "bị hỏng") {
		t.Errorf("damaged: %v", faults)
	}
}

// codes reads the file as far as it goes and drops the rows.
func codes(t testing.TB, file []byte) contestfile.Faults {
	var l contestfile.FaultList
	for _, err := range table(t, "bom.xlsx", file).Units(&l) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return l.Faults()
}

// memory gives how much was asked for from the system at most while f ran, roughly.
func memory(f func()) uint64 {
	runtime.GC()
	var before, m runtime.MemStats
	runtime.ReadMemStats(&before)
	done := make(chan struct{})
	var most uint64
	go func() {
		defer close(done)
		f()
	}()
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case <-done:
			tick.Stop()
			return most
		case <-tick.C:
			if runtime.ReadMemStats(&m); m.HeapInuse > before.HeapInuse {
				most = max(most, m.HeapInuse-before.HeapInuse)
			}
		}
	}
}

// TestFiftyThousandRows reads and writes a large bank in both formats; memory does not grow with the rows.
func TestFiftyThousandRows(t *testing.T) {
	const n = 50_000
	bank := func(yield func(core.Question, error) bool) {
		for i := range n {
			q := core.Question{ID: fmt.Sprintf("q-%05d", i), Topic: "nq76", Level: 1 + i%3, Kind: core.Single, Text: fmt.Sprintf("Câu hỏi số %d: %s?", i, strings.Repeat("nội dung ", 20)),
				Options: []string{"Phương án một", "Phương án hai", "Phương án ba", fmt.Sprintf("Phương án %d", i)}, Correct: 2, Explanation: strings.Repeat("vì ", 10)}
			if !yield(q, nil) {
				return
			}
		}
	}
	for _, format := range []string{contestfile.CSV, contestfile.XLSX} {
		var file bytes.Buffer
		if err := contestfile.WriteQuestions(&file, format, bank); err != nil {
			t.Fatal(err)
		}
		rows := 0
		var l contestfile.FaultList
		start := time.Now()
		used := memory(func() {
			for _, err := range table(t, "ch", file.Bytes()).Questions(&l) {
				if err != nil {
					t.Error(err)
				}
				rows++
			}
		})
		if rows != n || l.Count() > 0 {
			t.Errorf("%s: %d rows, %.300s", format, rows, l.Faults())
		}
		t.Logf("%s: %d KB, read in %v with %d MB more", format, file.Len()>>10, time.Since(start), used>>20)
		if used > 64<<20 {
			t.Errorf("%s: %d MB for %d rows", format, used>>20, n)
		}
	}
}
