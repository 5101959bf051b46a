package contestfile

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Limits of what an XLSX file may unfold to. The sheet is read as a stream; the table of shared strings is
// kept in memory.
const (
	maxSheetBytes   = 512 << 20
	maxStringsBytes = 64 << 20
	maxPartBytes    = 4 << 20 // of the small parts: workbook, relations, styles
)

// book is what must be known of a workbook before its first sheet is read. The library that writes our files
// isn't used to read them: it keeps a row, a cell or the strings in memory whatever their size, copies a shared
// string for each cell that names it, and takes damaged XML for the end of the sheet.
type book struct {
	parts   map[string]*zip.File
	sheet   string // name of the first visible sheet's part
	date04  bool   // days are counted from 1904
	formats []numberFormat
	strings stringTable
}

// xlsxRecords reads the first visible sheet.
func (t *Table) xlsxRecords(yield func(record) error) error {
	b, err := t.openBook()
	if err != nil {
		return t.xlsxFault(err)
	}
	in, err := b.open(b.sheet, maxSheetBytes)
	if err != nil {
		return t.xlsxFault(err)
	}
	defer in.Close()
	s := &sheetReader{book: b, xml: newXMLScanner(in), table: t, yield: yield}
	return t.xlsxFault(s.read())
}

// xlsxFault turns what is wrong with the file into a fault and leaves other errors.
func (t *Table) xlsxFault(err error) error {
	var damaged *damagedError
	switch {
	case errors.As(err, &damaged):
		return t.fileFault(record{}, "", damaged.problem, "Mở bằng Excel, chép bảng sang một tệp mới rồi lưu thành .xlsx")
	case errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) || errors.Is(err, zip.ErrChecksum) || errors.Is(err, io.ErrUnexpectedEOF):
		return t.fileFault(record{}, "", "tệp XLSX bị hỏng", "Mở bằng Excel rồi lưu lại thành .xlsx")
	}
	return err
}

// damagedError is a workbook that can't or shouldn't be read on.
type damagedError struct{ problem string }

func (e *damagedError) Error() string { return e.problem }

func damaged(format string, args ...any) error {
	return &damagedError{"tệp XLSX " + fmt.Sprintf(format, args...)}
}

func (t *Table) openBook() (*book, error) {
	z, err := zip.NewReader(t.r, t.size)
	if err != nil {
		return nil, err
	}
	if len(z.File) > 2000 {
		return nil, damaged("có quá nhiều phần")
	}
	b := &book{parts: map[string]*zip.File{}}
	for _, f := range z.File {
		b.parts[partName(f.Name)] = f
	}
	if err := b.findSheet(); err != nil {
		return nil, err
	}
	if err := b.readFormats(); err != nil {
		return nil, err
	}
	return b, b.readStrings()
}

func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(s, "\\", "/"), "/"))
}

// open gives a part's content; reading more than limit is an error, whatever the archive says its size is.
func (b *book) open(name string, limit int64) (io.ReadCloser, error) {
	f, ok := b.parts[partName(name)]
	if !ok {
		return nil, damaged("thiếu phần %s", name)
	}
	if f.UncompressedSize64 > uint64(limit) {
		return nil, damaged("bung ra quá lớn (%s)", f.Name)
	}
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	return &limitedPart{ReadCloser: in, name: f.Name, left: limit}, nil
}

type limitedPart struct {
	io.ReadCloser
	name string
	left int64
}

func (p *limitedPart) Read(buf []byte) (int, error) {
	n, err := p.ReadCloser.Read(buf)
	if p.left -= int64(n); p.left < 0 {
		return 0, damaged("bung ra quá lớn (%s)", p.name)
	}
	return n, err
}

// decodePart reads a small part.
func (b *book) decodePart(name string, into any) error {
	in, err := b.open(name, maxPartBytes)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := xml.NewDecoder(in).Decode(into); err != nil {
		return damaged("có phần %s không đọc được", name)
	}
	return nil
}

func (b *book) findSheet() error {
	var wb struct {
		Pr struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			State string `xml:"state,attr"`
			RID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			RID2  string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.decodePart("xl/workbook.xml", &wb); err != nil {
		return err
	}
	b.date04 = wb.Pr.Date1904 == "1" || wb.Pr.Date1904 == "true"
	var rels struct {
		Items []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := b.decodePart("xl/_rels/workbook.xml.rels", &rels); err != nil {
		return err
	}
	for _, s := range wb.Sheets {
		for _, r := range rels.Items {
			if s.State == "" && (r.ID == s.RID || r.ID == s.RID2) {
				b.sheet = r.Target
				if !strings.HasPrefix(r.Target, "/") {
					b.sheet = path.Join("xl", r.Target)
				}
				return nil
			}
		}
	}
	return damaged("không có trang tính nào")
}
