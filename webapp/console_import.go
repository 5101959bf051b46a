package webapp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/catalog"
	"duthi/core/contestfile"
	"duthi/core/web"
)

// Limits of an uploaded file. A bank of 50,000 questions is about 8 MB as XLSX; larger files go by the command
// line. A file waits for its confirmation in the store, so that any process can take it up.
const (
	uploadLimit   = 10 << 20 // bytes
	uploadTime    = 2 * time.Minute
	uploadWaits   = 30 * time.Minute
	tokenUpload   = "upload"
	faultsOnAPage = 200
)

// importKinds are what can be imported, in the order a new contest needs them.
var importKinds = []struct{ kind, name, hint string }{
	{"contest", "Cuộc thi", "Tệp YAML: đợt thi, cách thi, thể lệ; kèm các tệp mà nó nhắc tới."},
	{"questions", "Câu hỏi", "Tệp XLSX hoặc CSV. Câu sửa lại có phiên bản mới; lượt thi cũ giữ câu cũ."},
	{"units", "Đơn vị", "Tệp XLSX hoặc CSV: mã, tên, đơn vị cấp trên, loại, tổng số người."},
	{"roster", "Danh sách cán bộ", "Tệp XLSX hoặc CSV. Không bắt buộc; có thì đăng ký được đối chiếu và biết ai chưa thi."},
}

type importPage struct {
	consoleFrame
	Kinds    []importKind
	Contests []contestRow
	Kind     string // being checked
	File     string
	Faults   []contestfile.Fault
	More     int // faults beyond those shown
	Total    int
	Problem  string
	Checked  string   // what the import would do
	Notes    []string // what the organizer should know
	Token    string   // confirms the import; empty when there is nothing to do
}

type importKind struct {
	Kind, Name, Hint, Now string
	Exports               []action
}

type contestRow struct {
	ID, Name string
	Active   bool
	Sample   bool
	Chosen   bool
}

func (a *App) importPage(c *gin.Context, d *desk) error {
	return a.showImport(c, d, http.StatusOK, func(*importPage) {})
}

func (a *App) showImport(c *gin.Context, d *desk, status int, more func(*importPage)) error {
	p := importPage{consoleFrame: a.consoleFrame(c, d, "Nhập dữ liệu", "/console/nhap")}
	ed, err := a.opt.Catalog.Edition(d.ed.Contest.ID)
	if err != nil {
		return err
	}
	now := map[string]string{"contest": ed.Contest.Title, "questions": number(len(ed.Bank)+len(ed.Practice)) + " câu", "units": number(ed.Units.Len()) + " đơn vị", "roster": "Chưa có"}
	if ed.Record.RosterSet != 0 {
		now["roster"] = "Đã có danh sách"
	}
	for _, k := range importKinds {
		row := importKind{Kind: k.kind, Name: k.name, Hint: k.hint, Now: now[k.kind]}
		base := "/console/nhap/xuat?loai=" + k.kind
		if k.kind == "contest" {
			row.Exports = []action{{"YAML", base}}
		} else {
			row.Exports = []action{{"XLSX", base + "&dang=xlsx"}, {"CSV", base + "&dang=csv"}}
		}
		p.Kinds = append(p.Kinds, row)
	}
	for i, e := range a.opt.Catalog.All() {
		p.Contests = append(p.Contests, contestRow{ID: e.Record.ID, Name: e.Contest.Title, Active: i == 0, Sample: e.Record.Sample, Chosen: e.Record.ID == d.ed.Contest.ID})
	}
	more(&p)
	return a.show(c, status, "console-import", p)
}

// upload is a checked file that waits for its confirmation. Its content is sealed: a roster is people's data.
type upload struct {
	Kind, Name, ContestID string
	Content               []byte `json:"-"`
	Sealed                core.Sealed
	Attached              []core.Attachment // what came along with a contest file, stored already
}

// checkImport looks at an uploaded file, lists every fault or what its import would change, and keeps the file
// for the confirmation. Nothing is imported yet.
func (a *App) checkImport(c *gin.Context, d *desk) error {
	kind := c.PostForm("loai")
	header, err := c.FormFile("tep")
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return a.showTooBig(c, d, kind, "Tệp")
	}
	if err != nil {
		return a.showImport(c, d, http.StatusUnprocessableEntity, func(p *importPage) { p.Kind, p.Problem = kind, "Chọn một tệp rồi bấm Kiểm tra." })
	}
	file, err := header.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, uploadLimit+1))
	if err != nil {
		return err
	}
	name := filepath.Base(header.Filename)
	if len(content) > uploadLimit {
		return a.showTooBig(c, d, kind, name)
	}
	u := upload{Kind: kind, Name: name, ContestID: d.ed.Contest.ID, Content: content}
	result, err := a.runImport(c.Request.Context(), u, catalog.How{By: d.person.Subject(), DryRun: true, Serving: true, Attached: cameAlong(c.Request)})
	if err != nil {
		return a.showFaults(c, d, u, err)
	}
	if kind == "contest" && !result.Same() {
		if u.Attached, err = a.holdAttached(c.Request.Context(), content, cameAlong(c.Request)); err != nil {
			return a.showFaults(c, d, u, err)
		}
	}
	return a.offerImport(c, d, u, result)
}

// showTooBig says how a file that is too large for a page is imported.
func (a *App) showTooBig(c *gin.Context, d *desk, kind, name string) error {
	return a.showImport(c, d, http.StatusRequestEntityTooLarge, func(p *importPage) {
		if kind == "" { // the form was cut off before it
			kind = "questions|units|roster"
		}
		p.Kind, p.File, p.Problem = kind, name, "Tệp lớn hơn 10 MB. Nhập bằng lệnh duthi import "+kind+" TỆP."
	})
}

// showFaults lists what is wrong with a file; other errors go on to the error page.
func (a *App) showFaults(c *gin.Context, d *desk, u upload, err error) error {
	var faults contestfile.Faults
	switch {
	case errors.As(err, &faults):
	case core.Is(err, core.Invalid), core.Is(err, core.Conflict), core.Is(err, core.NotFound), core.Is(err, core.Closed):
		return a.showImport(c, d, http.StatusUnprocessableEntity, func(p *importPage) { p.Kind, p.File, p.Problem = u.Kind, u.Name, message(err) })
	default:
		return err
	}
	return a.showImport(c, d, http.StatusUnprocessableEntity, func(p *importPage) {
		p.Kind, p.File, p.Total = u.Kind, u.Name, faults.Count()
		p.Faults = faults[:min(len(faults), faultsOnAPage)]
		p.More = p.Total - len(p.Faults)
	})
}

// offerImport keeps the file and shows what confirming would change.
func (a *App) offerImport(c *gin.Context, d *desk, u upload, r catalog.Result) error {
	token := ""
	if !r.Same() {
		u.Sealed = a.opt.Files.SealUpload(u.Content)
		data, err := json.Marshal(u)
		if err != nil {
			return err
		}
		now := a.clock.Now()
		token = core.NewID(now)
		err = a.opt.Tokens.PutToken(c.Request.Context(), core.Token{ID: tokenUpload + ":" + token, Kind: tokenUpload, Subject: d.person.Subject(),
			Data: string(data), CreatedAt: now, ExpiresAt: now.Add(uploadWaits), Revision: 1})
		if err != nil {
			return err
		}
	}
	lines := strings.Split(r.String(), "\n")
	return a.showImport(c, d, http.StatusOK, func(p *importPage) {
		p.Kind, p.File, p.Token, p.Checked, p.Notes = u.Kind, u.Name, token, lines[0], lines[1:]
	})
}

// confirmImport imports a file that was checked before; it is checked again, as the contest may have changed.
func (a *App) confirmImport(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	id := tokenUpload + ":" + c.PostForm("ma")
	t, err := a.opt.Tokens.Token(ctx, id, a.clock.Now())
	if core.Is(err, core.NotFound) || err == nil && t.Subject != d.person.Subject() {
		return a.showImport(c, d, http.StatusConflict, func(p *importPage) {
			p.Problem = "Tệp đã kiểm tra quá 30 phút nên không còn giữ. Chọn lại tệp."
		})
	}
	if err != nil {
		return err
	}
	var u upload
	if err := json.Unmarshal([]byte(t.Data), &u); err != nil {
		return err
	}
	if u.Content, err = a.opt.Files.OpenUpload(u.Sealed); err != nil {
		return err
	}
	if _, err := a.runImport(ctx, u, catalog.How{By: d.person.Subject(), Serving: true, Attached: a.heldFiles(ctx, u)}); err != nil {
		return a.showFaults(c, d, u, err)
	}
	if err := a.opt.Tokens.DeleteToken(ctx, id); err != nil {
		a.log.Warn("confirmed upload not removed", "err", err)
	}
	if err := a.opt.Catalog.Reload(ctx); err != nil {
		return err
	}
	return done(c, "/console/nhap", "nhap")
}

func (a *App) runImport(ctx context.Context, u upload, how catalog.How) (catalog.Result, error) {
	if u.Kind == "contest" {
		contest, err := contestfile.ParseContest(bytes.NewReader(u.Content), u.Name)
		if err != nil {
			return catalog.Result{}, err
		}
		return a.opt.Files.ImportContest(ctx, contest, how)
	}
	table, err := contestfile.OpenTable(bytes.NewReader(u.Content), int64(len(u.Content)), u.Name)
	if err != nil {
		return catalog.Result{}, err
	}
	return a.opt.Files.ImportTable(ctx, u.Kind, u.ContestID, table, how)
}

// exportFile gives what is stored as the file that imports back to the same.
func (a *App) exportFile(c *gin.Context, d *desk) error {
	kind, format := c.Query("loai"), c.DefaultQuery("dang", contestfile.CSV)
	var b bytes.Buffer
	if err := a.opt.Files.Export(c.Request.Context(), &b, d.ed.Contest.ID, kind, format, d.person.Subject()); err != nil {
		return err
	}
	if kind == "contest" {
		format = "yaml"
	}
	return sendFile(c, strings.ReplaceAll(core.Fold(d.ed.Contest.ID+" "+kind), " ", "-")+"."+format, "application/octet-stream", b.Bytes())
}

// chooseContest sets which contest the console works on; activateContest which one stands at "/".
func (a *App) chooseContest(c *gin.Context, _ *desk) error {
	e, err := a.opt.Catalog.Edition(c.PostForm("cuoc_thi"))
	if err != nil {
		return err
	}
	a.server.SetCookie(c, contestCookie, e.Record.ID, 30*24*time.Hour)
	return web.SeeOther(c, "/console")
}

func (a *App) activateContest(c *gin.Context, d *desk) error {
	if err := a.opt.Files.Activate(c.Request.Context(), c.PostForm("cuoc_thi"), d.person.Subject()); err != nil {
		return err
	}
	if err := a.opt.Catalog.Reload(c.Request.Context()); err != nil {
		return err
	}
	return done(c, "/console/nhap", "kich-hoat")
}
