package webapp

import (
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/exam"
	"duthi/core/web"
)

// Names of the console's cookies.
const (
	consoleCookie = "phien_btc" // an organizer's sign-in; apart from a contestant's, as one person may be both
	contestCookie = "cuoc_thi"  // which contest the console works on; absent: the active one
)

// desk is an organizer at the console and the contest being worked on.
type desk struct {
	ed     *exam.Edition
	person account.Person
	now    core.Instant
}

// at gives a moment in the contest's zone.
func (d *desk) at(i core.Instant) time.Time { return i.Time(d.ed.Loc) }

// consoleRoute is one line of the console's table.
type consoleRoute struct {
	method, path string
	right        account.Right // "" asks for a sign-in only
	page         func(c *gin.Context, d *desk) error
	focal        bool // for focal points too, who have no other page of the console
	maxBody      int64
	timeout      time.Duration
}

// anyOrganizer is the right every organizer has whose own password is set.
const anyOrganizer = account.SeeFigures

// consoleRoutes is the table of the console's addresses with the right each one needs.
func (a *App) consoleRoutes() []consoleRoute {
	return []consoleRoute{
		{method: "GET", path: "/console", right: account.SeeFigures, page: a.overview},
		{method: "GET", path: "/console/thi-sinh", right: account.SeePeople, page: a.people},
		{method: "GET", path: "/console/thi-sinh/:id", right: account.SeePeople, page: a.personPage},
		{method: "POST", path: "/console/thi-sinh/:id/khoa", right: account.EditPeople, page: a.personLock},
		{method: "POST", path: "/console/thi-sinh/:id/them-gio", right: account.EditPeople, page: a.personExtraTime},
		{method: "POST", path: "/console/thi-sinh/:id/don-vi", right: account.EditPeople, page: a.personUnit},
		{method: "POST", path: "/console/thi-sinh/:id/dien-thoai", right: account.RevealContacts, page: a.personPhone},
		{method: "POST", path: "/console/thi-sinh/:id/mat-khau", right: account.DecideRequests, page: a.personReset},
		{method: "POST", path: "/console/thi-sinh/:id/xoa", right: account.EditPeople, page: a.personErase},
		{method: "GET", path: "/console/yeu-cau", right: account.DecideRequests, page: a.requests},
		{method: "POST", path: "/console/yeu-cau/:id", right: account.DecideRequests, page: a.decideRequest},
		{method: "GET", path: "/console/don-vi", right: account.SeeFigures, page: a.consoleUnits},
		{method: "POST", path: "/console/don-vi/dau-moi", right: account.ManageFocal, page: a.addFocal},
		{method: "POST", path: "/console/dau-moi", right: account.ManageFocal, page: a.addFocals, timeout: uploadTime},
		{method: "GET", path: "/console/nhap", right: account.EditContent, page: a.importPage},
		{method: "POST", path: "/console/nhap/kiem-tra", right: account.EditContent, page: a.checkImport, maxBody: uploadLimit + attachedLimit + 1<<20, timeout: uploadTime},
		{method: "POST", path: "/console/nhap", right: account.EditContent, page: a.confirmImport, timeout: uploadTime},
		{method: "GET", path: "/console/nhap/xuat", right: account.EditContent, page: a.exportFile, timeout: uploadTime},
		{method: "POST", path: "/console/cuoc-thi", right: account.SeeFigures, page: a.chooseContest},
		{method: "POST", path: "/console/cuoc-thi/kich-hoat", right: account.EditContent, page: a.activateContest},
		{method: "GET", path: "/console/ma-qr", right: anyOrganizer, page: a.codes},
		{method: "POST", path: "/console/ma-qr", right: account.EditContent, page: a.addPlace},
		{method: "GET", path: "/console/ma-qr/tai", right: anyOrganizer, page: a.downloadCode},
		{method: "GET", path: "/console/tai-khoan", right: account.ManageOrganizers, page: a.organizers},
		{method: "POST", path: "/console/tai-khoan", right: account.ManageOrganizers, page: a.addOrganizer},
		{method: "POST", path: "/console/tai-khoan/:name/dat-lai", right: account.ManageOrganizers, page: a.resetOrganizer},
		{method: "POST", path: "/console/tai-khoan/:name/khoa", right: account.ManageOrganizers, page: a.disableOrganizer},
		{method: "GET", path: "/console/nhat-ky", right: account.ReviewResults, page: a.auditLog},
		{method: "GET", path: "/console/doi-mat-khau", page: a.consolePassword, focal: true},
		{method: "POST", path: "/console/doi-mat-khau", page: a.changeConsolePassword, focal: true},
		{method: "POST", path: "/console/dang-xuat", page: a.consoleSignOut, focal: true},
	}
}

// registerConsole adds the console to the server. Its two open pages are the sign-in form and its target.
func (a *App) registerConsole(s *web.Server) {
	s.Add(web.Route{Method: "GET", Path: "/console/dang-nhap", Handler: a.consoleSignIn},
		web.Route{Method: "POST", Path: "/console/dang-nhap", Handler: a.consoleSignInPost, Timeout: 20 * time.Second})
	s.Add(a.activationRoutes()...)
	for _, r := range slices.Concat(a.consoleRoutes(), a.focalRoutes(), a.kitRoutes(), a.focalRemindRoutes(), a.focalZaloRoutes(), a.talkRoutes(), a.outreachRoutes()) {
		s.Add(web.Route{Method: r.method, Path: r.path, MaxBody: r.maxBody, Files: r.maxBody > 0, Timeout: r.timeout, Handler: func(c *gin.Context) error {
			d, err := a.desk(c)
			if core.Is(err, core.Unauthenticated) {
				return web.SeeOther(c, "/console/dang-nhap")
			}
			if err != nil {
				return err
			}
			if d.person.MustChange && r.path != "/console/doi-mat-khau" && r.path != "/console/dang-xuat" {
				return web.SeeOther(c, "/console/doi-mat-khau")
			}
			focal := d.person.Role == core.FocalPoint
			if focal && !r.focal {
				return core.Errorf(core.Forbidden, "Tài khoản đầu mối xem số liệu của đơn vị mình tại %s/dau-moi.", a.opt.PublicURL)
			}
			if r.right != "" && !d.person.May(r.right) || !focal && strings.HasPrefix(r.path, "/dau-moi") {
				return core.Errorf(core.Forbidden, "Tài khoản %s không có quyền mở phần này. Người giữ vai trò Chủ trì có thể cấp quyền.", d.person.Name)
			}
			c.Header("Cache-Control", "no-store")
			return r.page(c, d)
		}})
	}
}

// desk finds out who is at the console and on which contest.
func (a *App) desk(c *gin.Context) (*desk, error) {
	token, err := c.Cookie(consoleCookie)
	if err != nil || token == "" {
		return nil, core.Errorf(core.Unauthenticated, "Vui lòng đăng nhập.")
	}
	p, err := a.opt.Account.Authenticate(c.Request.Context(), token)
	if err != nil {
		return nil, err
	}
	if p.Kind != account.KindOrganizer {
		return nil, core.Errorf(core.Unauthenticated, "Vui lòng đăng nhập.")
	}
	id, _ := c.Cookie(contestCookie)
	if p.Role == core.FocalPoint {
		id = p.ContestID // a focal point belongs to one contest
	}
	ed, err := a.opt.Edition(c.Request.Context(), id)
	if core.Is(err, core.NotFound) && id != "" {
		ed, err = a.opt.Edition(c.Request.Context(), "")
	}
	if err != nil {
		return nil, err
	}
	return &desk{ed: ed, person: p, now: a.clock.Now()}, nil
}

// consoleFrame is what the console's layout shows around a page.
type consoleFrame struct {
	frame
	Groups []consoleGroup
	Who    string
	Role   string
	Flash  string // what the last action did
}

type consoleGroup struct {
	Name  string
	Links []navLink
}

// consoleNav is the side navigation, by the organizer's task.
var consoleNav = []struct {
	group, text, href string
	right             account.Right
}{
	{"", "Tổng quan", "/console", account.SeeFigures},
	{"", "Nhắc và thông báo", outreachPath, account.SeePeople},
	{"", "Thí sinh", "/console/thi-sinh", account.SeePeople},
	{"", "Yêu cầu", "/console/yeu-cau", account.DecideRequests},
	{"", "Đơn vị", "/console/don-vi", account.SeeFigures},
	{"Zalo", "Hỏi đáp", questionsPath, account.SeeFigures},
	{"Zalo", "Kết nối Zalo", zaloPath, account.SeePeople},
	{"Nội dung", "Nhập dữ liệu", "/console/nhap", account.EditContent},
	{"Nội dung", "Mã QR", "/console/ma-qr", anyOrganizer},
	{"Nội dung", "Tin cho nhóm", kitPath, account.SeeFigures},
	{"Hệ thống", "Tài khoản", "/console/tai-khoan", account.ManageOrganizers},
	{"Hệ thống", "Nhật ký", "/console/nhat-ky", account.ReviewResults},
}

// roleNames are the roles as people know them.
var roleNames = map[core.Role]string{
	core.Owner: "Chủ trì", core.Editor: "Biên tập", core.Reviewer: "Thẩm định", core.Viewer: "Chỉ xem", core.FocalPoint: "Đầu mối",
}

func (a *App) consoleFrame(c *gin.Context, d *desk, title, current string) consoleFrame {
	f := consoleFrame{Who: d.person.FullName, Role: roleNames[d.person.Role]}
	if f.Who == "" {
		f.Who = d.person.Name
	}
	f.frame = frame{Sheet: "console.css", Title: title, Base: "/", Contest: a.heading(d.ed.Contest), Sample: d.ed.Sample}
	for _, n := range consoleNav {
		if !d.person.May(n.right) || n.group == "Zalo" && (a.opt.Zalo == nil || a.opt.Talk == nil) || n.href == outreachPath && (a.opt.Outreach == nil || a.opt.Zalo == nil) {
			continue
		}
		if len(f.Groups) == 0 || f.Groups[len(f.Groups)-1].Name != n.group {
			f.Groups = append(f.Groups, consoleGroup{Name: n.group})
		}
		g := &f.Groups[len(f.Groups)-1]
		g.Links = append(g.Links, navLink{Text: n.text, Href: n.href, Current: n.href == current})
	}
	f.Flash = flashes[c.Query("xong")]
	return f
}

// flashes are the words said after a Post/Redirect/Get, by the value of "xong": the address carries a key,
// never the words, which anyone could put there.
var flashes = map[string]string{
	"mat-khau": "Đã đổi mật khẩu. Các máy khác đã được đăng xuất.", "khoa": "Đã khóa tài khoản.", "mo-khoa": "Đã mở khóa tài khoản.",
	"them-gio": "Đã ghi thời gian thêm. Áp dụng từ lượt thi sau.", "don-vi": "Đã chuyển đơn vị. Lượt thi cũ vẫn tính cho đơn vị cũ.",
	"xoa": "Đã xóa dữ liệu cá nhân. Lượt thi còn lại dưới dạng số liệu.", "chap-nhan": "Đã chấp nhận yêu cầu.", "tu-choi": "Đã từ chối yêu cầu.",
	"noi-dat": "Đã tạo mã cho nơi đặt.", "dung": "Đã ngừng tài khoản và kết thúc các phiên của tài khoản đó.", "nhap": "Đã nhập. Trang công khai cập nhật trong 2 giây.",
	"tra-loi": "Đã lưu. Bot dùng từ tin nhắn kế tiếp.", "bo-tra-loi": "Đã bỏ câu trả lời. Các lần sửa vẫn được giữ.", "bo-qua": "Đã bỏ qua câu hỏi.",
	"zalo": "OA đã cấp quyền.", "nha": "Bot trả lời tiếp cho người này.", "da-xem": "Đã đánh dấu là đã xem.",
	"nhac-gui": "Đã nhận lệnh gửi.", "nhac-dung": "Đã tạm dừng.", "nhac-tiep": "Đang gửi tiếp.", "nhac-huy": "Đã hủy. Phần chưa gửi sẽ không gửi nữa.",
	"nhac-sua": "Đây là bản nháp mới. Kế hoạch cũ đã hủy.", "nhac-ket-qua": "Đã ghi kết quả.", "nhac-quy-tac": "Đã lưu. Áp dụng cho các lần nhắc từ bây giờ.",
	"nhac-bat": "Đã bật.", "nhac-tat": "Đã tắt. Thông báo đã tạo trước đó vẫn giữ nguyên.", "nhac-thu-ai": "Đã ghi. Bấm Gửi thử cho tôi để nhận tin.",
	"kich-hoat": "Đã chuyển cuộc thi hiển thị ở trang chủ.",
}

// done goes back to a page of the console and says there what was done.
func done(c *gin.Context, path, key string) error {
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return web.SeeOther(c, path+sep+"xong="+key)
}

// reason reads the reason an action needs; it stands in the audit log.
func reason(c *gin.Context) (string, error) {
	r := core.CleanText(c.PostForm("ly_do"))
	if len([]rune(r)) < 3 || len([]rune(r)) > 500 {
		return "", core.FieldErrors(map[string]string{"ly_do": "Ghi lý do (3 đến 500 ký tự). Lý do được lưu trong nhật ký."})
	}
	return r, nil
}
