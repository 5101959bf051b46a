package groupkit

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"duthi/core"
	"duthi/core/contestfile"
)

// nameRunes bounds the readable part of a file's name.
const nameRunes = 60

// FileName gives the name of a unit's files without ending: its code and its name in plain letters, which every
// system can store ("SNV-VP_van-phong-so").
func FileName(code, name string) string {
	words := []rune(strings.ReplaceAll(core.Fold(name), " ", "-"))
	if len(words) > nameRunes {
		words = words[:nameRunes]
	}
	plain := func(s string) string {
		return strings.Trim(strings.Map(func(r rune) rune {
			if r < 128 {
				return r
			}
			return -1
		}, s), "-")
	}
	code = strings.ToUpper(plain(strings.ReplaceAll(core.Fold(code), " ", "-")))
	return strings.Trim(code+"_"+plain(string(words)), "_")
}

// archive is a ZIP being written.
type archive struct {
	*zip.Writer
	painter *Painter
	taken   map[string]bool
	at      time.Time
	index   bytes.Buffer
	rows    *csv.Writer
}

// Archive writes a ZIP of kits, one after the other, each with its picture and its text, and a table of them. It
// holds one picture in memory at a time and ends at the first error of kits.
func (p *Painter) Archive(w io.Writer, kits iter.Seq2[Kit, error]) error {
	a := &archive{Writer: zip.NewWriter(w), painter: p, taken: map[string]bool{}}
	a.index.WriteString("\ufeff") // Excel takes it for UTF-8 then
	a.rows = csv.NewWriter(&a.index)
	_ = a.rows.Write([]string{"ma_don_vi", "don_vi", "nguoi_du_thi", "tong_so", "ti_le", "con_thieu", "lien_ket", "anh", "noi_dung"})
	for k, err := range kits {
		if err != nil {
			return err
		}
		if err := a.add(k); err != nil {
			return err
		}
	}
	a.rows.Flush()
	if err := a.file("danh-sach.csv", zip.Deflate, a.index.Bytes()); err != nil {
		return err
	}
	return a.Close()
}

// add writes the files of one unit.
func (a *archive) add(k Kit) error {
	name := FileName(k.Figures.Code, k.Figures.Name)
	for n := 2; a.taken[strings.ToLower(name)]; n++ {
		name = FileName(k.Figures.Code, k.Figures.Name) + "_" + strconv.Itoa(n)
	}
	a.taken[strings.ToLower(name)] = true
	a.at = k.now.Time(k.loc)
	w, err := a.CreateHeader(&zip.FileHeader{Name: name + ".png", Method: zip.Store, Modified: a.at}) // a PNG is compressed
	if err != nil {
		return err
	}
	if err := a.painter.PNG(w, k); err != nil {
		return err
	}
	a.row(k, name)
	return a.file(name+".txt", zip.Deflate, []byte("\ufeff"+strings.ReplaceAll(k.Text(), "\n", "\r\n")+"\r\n")) // Notepad's habits
}

func (a *archive) row(k Kit, name string) {
	f, head, share, needed := k.Figures, "", "", ""
	if f.Headcount > 0 {
		head, share, needed = strconv.FormatInt(f.Headcount, 10), percent(f.Percent), strconv.FormatInt(max(f.Needed, 0), 10)
	}
	_ = a.rows.Write([]string{contestfile.EscapeFormula(f.Code), contestfile.EscapeFormula(f.Name), strconv.FormatInt(f.People, 10),
		head, share, needed, k.Link, name + ".png", name + ".txt"}) // a Buffer does not fail
}

func (a *archive) file(name string, method uint16, data []byte) error {
	w, err := a.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: a.at})
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}
