package catalog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"

	"duthi/core"
	"duthi/core/contestfile"
)

// Bounds of a contest's files.
const (
	MaxAttachment      = 20 << 20  // bytes of one
	maxAttachmentsSize = 200 << 20 // bytes of all
)

// Attached opens a file that a contest file names; an error of code NotFound says that it did not come along.
type Attached func(path string) (io.ReadCloser, error)

// attachmentTypes are the media types by file name. Nothing among them is run by a browser.
var attachmentTypes = map[string]string{
	".pdf":  "application/pdf",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".png":  "image/png",
	".jpg":  "image/jpeg",
	".jpeg": "image/jpeg",
}

// officeParts are the names of what only that kind of office document holds: the list of a ZIP's files is plain text.
var officeParts = map[string]string{
	attachmentTypes[".docx"]: "word/document.xml",
	attachmentTypes[".xlsx"]: "xl/workbook.xml",
	attachmentTypes[".pptx"]: "ppt/presentation.xml",
}

// attachments reads, checks and, unless how says to look only, stores the files a contest names, and gives their list
// in the order of paths. One that did not come along stays as it is stored. Faults are contestfile.Faults.
func (f *Files) attachments(ctx context.Context, t *turn, rec core.ContestRecord, c *core.Contest, how How, r *Result) ([]core.Attachment, error) {
	var faults contestfile.FaultList
	var out []core.Attachment
	var total int64
	for _, d := range named(c) {
		old, stored := rec.Attachment(d.path)
		a, content, err := readAttachment(d.path, how.Attached)
		switch {
		case core.Is(err, core.NotFound) && stored:
			r.note("Giữ tệp đã có: %s.", d.path)
			a = old
		case core.CodeOf(err) == core.Internal || core.Is(err, core.Unavailable):
			return nil, err
		case err != nil:
			faults.Add(contestfile.Fault{Field: d.field, Value: d.path, Problem: wordsOf(err), Mend: mendOf(err)})
			continue
		}
		if total += a.Size; total > maxAttachmentsSize {
			faults.Add(contestfile.Fault{Field: d.field, Value: d.path, Problem: fmt.Sprintf("các tệp đính kèm vượt %d MB", maxAttachmentsSize>>20), Mend: "Bớt tệp hoặc thu nhỏ tệp"})
			break
		}
		out = append(out, a)
		if content != nil && !how.DryRun && faults.Count() == 0 && !slices.ContainsFunc(rec.Attachments, func(x core.Attachment) bool { return x.Digest == a.Digest }) {
			if err := f.putAttachment(ctx, c.ID, a, content, t.renew); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(out, func(a, b core.Attachment) int { return strings.Compare(a.Path, b.Path) })
	return out, faults.Err()
}

// namedFile is a file a contest names, and where.
type namedFile struct{ path, field string }

// named gives each file a contest names once.
func named(c *core.Contest) []namedFile {
	var out []namedFile
	for _, l := range []struct {
		name string
		docs []core.Document
	}{{"materials", c.Materials}, {"notices", c.Notices}, {"documents", c.Documents}} {
		for i, d := range l.docs {
			if d.File != "" && !slices.ContainsFunc(out, func(n namedFile) bool { return n.path == d.File }) {
				out = append(out, namedFile{d.File, fmt.Sprintf("%s[%d].file", l.name, i+1)})
			}
		}
	}
	return out
}

// readAttachment reads a file and makes sure that it is what its name says.
func readAttachment(name string, open Attached) (core.Attachment, []byte, error) {
	a := core.Attachment{Path: name, Type: attachmentTypes[strings.ToLower(path.Ext(name))]}
	if open == nil {
		return a, nil, missing(nil)
	}
	file, err := open(name)
	if core.Is(err, core.NotFound) {
		return a, nil, missing(err)
	}
	if err != nil {
		return a, nil, fault{"không đọc được tệp", "Kiểm tra quyền đọc; tệp phải nằm trong thư mục của tệp cuộc thi", err}
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, MaxAttachment+1))
	switch {
	case err != nil:
		return a, nil, fault{"không đọc được tệp", "Kiểm tra tệp rồi nhập lại", err}
	case len(content) > MaxAttachment:
		return a, nil, fault{fmt.Sprintf("tệp lớn hơn %d MB", MaxAttachment>>20), "Thu nhỏ tệp, hoặc đặt ở nơi khác và ghi url", nil}
	case len(content) == 0:
		return a, nil, fault{"tệp rỗng", "Kiểm tra tệp rồi nhập lại", nil}
	case !looksLike(a.Type, content):
		return a, nil, fault{"nội dung không đúng loại tệp theo phần mở rộng", "Đổi lại đúng phần mở rộng, hoặc lưu lại tệp", nil}
	}
	sum := sha256.Sum256(content)
	a.Digest, a.Size = hex.EncodeToString(sum[:]), int64(len(content))
	return a, content, nil
}

// looksLike reports whether content begins as files of a media type do.
func looksLike(kind string, content []byte) bool {
	switch {
	case kind == attachmentTypes[".pdf"]:
		return bytes.HasPrefix(content, []byte("%PDF-"))
	case strings.HasPrefix(kind, "image/"):
		return http.DetectContentType(content) == kind
	}
	return bytes.HasPrefix(content, []byte("PK\x03\x04")) && bytes.Contains(content, []byte("[Content_Types].xml")) && bytes.Contains(content, []byte(officeParts[kind]))
}

// fault is what is wrong with a file, in words, and how to mend it.
type fault struct {
	problem, mend string
	err           error
}

func (f fault) Error() string { return f.problem }
func (f fault) Unwrap() error {
	code := core.Invalid
	if core.Is(f.err, core.NotFound) {
		code = core.NotFound
	}
	return &core.Error{Code: code, Msg: f.problem, Err: f.err}
}

func missing(err error) error {
	if err == nil {
		err = core.Errorf(core.NotFound, "Không có tệp.")
	}
	return fault{"không có tệp này", "Đặt tệp cạnh tệp cuộc thi, hoặc chọn kèm khi nhập ở trang Ban Tổ chức", err}
}

func wordsOf(err error) string { return err.Error() }

func mendOf(err error) string {
	var f fault
	if errors.As(err, &f) {
		return f.mend
	}
	return ""
}

// putAttachment writes the parts of a file, calling before each time; nobody sees them until the contest's record names its digest.
func (f *Files) putAttachment(ctx context.Context, contestID string, a core.Attachment, content []byte, before func(ctx context.Context) error) error {
	part := 0
	for chunk := range slices.Chunk(content, core.AttachmentPart) {
		if err := before(ctx); err != nil {
			return err
		}
		if err := f.cfg.Store.PutAttachmentPart(ctx, contestID, a.Digest, part, chunk); err != nil {
			return err
		}
		part++
	}
	return nil
}

// keepAttachments removes the files of a contest that its record doesn't name.
func (f *Files) keepAttachments(ctx context.Context, rec core.ContestRecord) error {
	var digests []string
	for _, a := range rec.Attachments {
		digests = append(digests, a.Digest)
	}
	return f.cfg.Store.KeepAttachments(ctx, rec.ID, digests)
}

// unstage removes what a failed import staged, and gives its error.
func (f *Files) unstage(ctx context.Context, rec core.ContestRecord, how How, err error) error {
	if how.DryRun {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	return errors.Join(err, f.keepAttachments(ctx, rec))
}

// HoldAttachment stores a file for an import that is to be confirmed; the next import of the contest that does not
// name it removes it.
func (f *Files) HoldAttachment(ctx context.Context, contestID, path string, open Attached) (core.Attachment, error) {
	a, content, err := readAttachment(path, open)
	if err != nil {
		return a, err
	}
	return a, f.putAttachment(ctx, contestID, a, content, func(context.Context) error { return nil })
}

// OpenAttachment gives the content of a stored file. It holds one part at a time.
func (f *Files) OpenAttachment(ctx context.Context, contestID string, a core.Attachment) io.ReadSeeker {
	return &attachmentReader{ctx: ctx, files: f, contestID: contestID, of: a, part: -1}
}

// attachmentReader reads a file part by part.
type attachmentReader struct {
	ctx       context.Context
	files     *Files
	contestID string
	of        core.Attachment
	at        int64
	part      int // the one in data; -1: none
	data      []byte
}

// Read implements io.Reader.
func (r *attachmentReader) Read(p []byte) (int, error) {
	if r.at >= r.of.Size {
		return 0, io.EOF
	}
	if n := int(r.at / core.AttachmentPart); n != r.part {
		data, err := r.files.cfg.Store.AttachmentPart(r.ctx, r.contestID, r.of.Digest, n)
		if err != nil {
			return 0, err
		}
		r.part, r.data = n, data
	}
	from := r.at % core.AttachmentPart
	if from >= int64(len(r.data)) {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(p, r.data[from:])
	r.at += int64(n)
	return n, nil
}

// Seek implements io.Seeker.
func (r *attachmentReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.of.Size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	r.at = offset
	return offset, nil
}

// SealUpload seals a file that waits for its confirmation; OpenUpload opens it.
func (f *Files) SealUpload(content []byte) core.Sealed {
	box := f.cfg.Sealer.Seal("", "upload", string(content))
	box.Last = ""
	return box
}

// OpenUpload opens what SealUpload sealed.
func (f *Files) OpenUpload(box core.Sealed) ([]byte, error) {
	content, err := f.cfg.Sealer.Open(box)
	return []byte(content), err
}

// ExportAttachments writes the files of a contest into a folder, under the paths its file names them by.
func (f *Files) ExportAttachments(ctx context.Context, contestID, folder string) error {
	rec, err := f.cfg.Store.ContestRecord(ctx, contestID)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, a := range rec.Attachments {
		if err := root.MkdirAll(path.Dir(a.Path), 0o750); err != nil {
			return err
		}
		file, err := root.Create(a.Path)
		if err != nil {
			return err
		}
		_, err = io.Copy(file, f.OpenAttachment(ctx, contestID, a))
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}
