package catalog_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duthi/core"
	"duthi/core/catalog"
)

// folder is a contest file with a plan in two parts beside it.
func folder(t *testing.T) (dir, yaml string, plan []byte) {
	t.Helper()
	dir = t.TempDir()
	plan = append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("kế hoạch "), core.AttachmentPart/8)...)
	text := strings.Replace(data(t, "contest.yaml"), "urls:", "materials:\n- {title: Kế hoạch, file: tai-lieu/Kế hoạch.pdf}\nurls:", 1)
	write(t, dir, "tai-lieu/Kế hoạch.pdf", plan)
	return dir, write(t, dir, "c.yaml", []byte(text)), plan
}

func write(t *testing.T, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (w *world) fromDisk(t *testing.T, yaml string) (catalog.Result, error) {
	t.Helper()
	return w.ImportFile(t.Context(), "contest", "", yaml, by)
}

func (w *world) stored(t *testing.T) core.ContestRecord {
	t.Helper()
	rec, err := w.store.ContestRecord(t.Context(), contestID)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir, yaml, plan := folder(t)
	if r, err := w.fromDisk(t, yaml); err != nil || r.Added != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	first := w.stored(t).Attachments
	if len(first) != 1 || first[0].Path != "tai-lieu/Kế hoạch.pdf" || first[0].Size != int64(len(plan)) || first[0].Type != "application/pdf" || first[0].Parts() != 2 {
		t.Fatalf("%+v", first)
	}
	file := w.OpenAttachment(t.Context(), contestID, first[0])
	if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, plan) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := file.Seek(-5, io.SeekEnd); err != nil {
		t.Error(err)
	}
	if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, plan[len(plan)-5:]) {
		t.Errorf("%q, %v", got, err)
	}

	if r, err := w.fromDisk(t, yaml); err != nil || !r.Same() {
		t.Errorf("the same again: %+v, %v", r, err)
	}
	out := filepath.Join(t.TempDir(), "ra")
	if err := w.ExportAttachments(t.Context(), contestID, out); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(filepath.Join(out, first[0].Path)); err != nil || !bytes.Equal(got, plan) {
		t.Errorf("exported: %d bytes, %v", len(got), err)
	}

	write(t, dir, "tai-lieu/Kế hoạch.pdf", []byte("%PDF-1.7 mới"))
	if r, err := w.fromDisk(t, yaml); err != nil || r.Changed != 1 {
		t.Errorf("another content: %+v, %v", r, err)
	}
	if now := w.stored(t).Attachments; now[0].Digest == first[0].Digest {
		t.Error("the content is the old one")
	}
	if _, err := w.store.AttachmentPart(t.Context(), contestID, first[0].Digest, 0); !core.Is(err, core.NotFound) {
		t.Errorf("the old content is still kept: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, first[0].Path)); err != nil {
		t.Fatal(err)
	}
	if r, err := w.fromDisk(t, yaml); err != nil || !r.Same() || len(r.Notes) != 1 {
		t.Errorf("without the file, which is stored: %+v, %v", r, err)
	}
}

// TestAttachmentFaults: everything wrong with files is listed at once, nothing is stored, and no file outside the
// contest's folder is read.
func TestAttachmentFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir, _, _ := folder(t)
	secret := write(t, t.TempDir(), "mat.pdf", []byte("%PDF-1.4 bí mật"))
	if err := os.Symlink(secret, filepath.Join(dir, "lien-ket.pdf")); err != nil {
		t.Skip(err)
	}
	write(t, dir, "gia.pdf", []byte("<html><script>alert(1)</script>"))
	write(t, dir, "gia.docx", []byte("PK\x03\x04 không phải Word"))
	write(t, dir, "bang.docx", office(t, "xl/workbook.xml"))
	write(t, dir, "bang.xlsx", office(t, "xl/workbook.xml"))
	write(t, dir, "rong.png", nil)
	write(t, dir, "to.pdf", append([]byte("%PDF-"), make([]byte, catalog.MaxAttachment)...))
	var list strings.Builder
	for _, name := range []string{"tai-lieu/Kế hoạch.pdf", "khong-co.pdf", "lien-ket.pdf", "gia.pdf", "gia.docx", "rong.png", "to.pdf", "bang.docx", "bang.xlsx"} {
		list.WriteString("- {title: " + name + ", file: " + name + "}\n")
	}
	yaml := write(t, dir, "c.yaml", []byte(strings.Replace(data(t, "contest.yaml"), "urls:", "documents:\n"+list.String()+"urls:", 1)))
	_, err := w.fromDisk(t, yaml)
	if err == nil {
		t.Fatal("imported")
	}
	for i, want := range []string{"documents[2].file: “khong-co.pdf” không có tệp này", "documents[3].file: “lien-ket.pdf” không đọc được tệp",
		"documents[8].file: “bang.docx” nội dung không đúng loại",
		"documents[4].file: “gia.pdf” nội dung không đúng loại", "documents[5].file: “gia.docx” nội dung không đúng loại",
		"documents[6].file: “rong.png” tệp rỗng", "documents[7].file: “to.pdf” tệp lớn hơn 20 MB"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %q is not in\n%v", i, want, err)
		}
	}
	if strings.Contains(err.Error(), "documents[9]") {
		t.Errorf("a good workbook is refused: %v", err)
	}
	if _, err := w.store.ContestRecord(t.Context(), contestID); !core.Is(err, core.NotFound) {
		t.Errorf("stored: %v", err)
	}
}

// TestAttachmentsOfFailedImport: an import that fails at its last write leaves no part behind and the old file there.
func TestAttachmentsOfFailedImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir, yaml, plan := folder(t)
	if _, err := w.fromDisk(t, yaml); err != nil {
		t.Fatal(err)
	}
	old := w.stored(t).Attachments[0]
	write(t, dir, old.Path, []byte("%PDF-1.7 mới"))
	w.store.failSave = errors.New("the disk is full")
	if _, err := w.fromDisk(t, yaml); err == nil {
		t.Fatal("imported")
	}
	w.store.failSave = nil
	if got, err := io.ReadAll(w.OpenAttachment(t.Context(), contestID, w.stored(t).Attachments[0])); err != nil || !bytes.Equal(got, plan) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if err := w.store.KeepAttachments(t.Context(), contestID, []string{old.Digest}); err != nil {
		t.Error(err)
	}
}

// office is an office document that holds one part.
func office(t *testing.T, part string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", part} {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
