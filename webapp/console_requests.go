package webapp

import (
	"net/http"
	"sort"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
)

type requestsPage struct {
	consoleFrame
	Open  bool
	Rows  []requestRow
	Error string // why the last decision could not be taken
	Wrong string // id of the request whose reason is missing
}

type requestRow struct {
	ID, Kind, Person, Href, Unit, Note, When string
	Changes                                  []change
	State                                    chip
	Reason, By                               string
	Open                                     bool
}

type change struct{ Field, Old, New string }

var requestKinds = map[string]string{"correction": "Sửa thông tin", "lost_phone": "Mất hoặc đổi số điện thoại", "erase": "Xóa dữ liệu cá nhân"}

// fieldNames are the fields of a registration as people know them.
var fieldNames = map[string]string{"ho_ten": "Họ và tên", "ngay_sinh": "Ngày sinh", "gioi_tinh": "Giới tính", "so_dinh_danh": "Số định danh",
	"so_dien_thoai": "Số điện thoại", "don_vi": "Đơn vị", "don_vi_cap_1": "Đơn vị cấp 1", "don_vi_cap_2": "Đơn vị cấp 2", "don_vi_khac": "Tên đơn vị tự khai", "email": "Email", "ma_can_bo": "Mã cán bộ"}

func (a *App) requests(c *gin.Context, d *desk) error {
	return a.showRequests(c, d, http.StatusOK, "", "")
}

func (a *App) showRequests(c *gin.Context, d *desk, status int, problem, wrong string) error {
	p := requestsPage{consoleFrame: a.consoleFrame(c, d, "Yêu cầu của thí sinh", "/console/yeu-cau"), Open: c.Query("xem") != "tat-ca", Error: problem, Wrong: wrong}
	state := ""
	if p.Open {
		state = core.RequestOpen
	}
	views, err := a.opt.Account.Requests(c.Request.Context(), d.person, d.ed.Contest.ID, state, 200)
	if err != nil {
		return err
	}
	for _, v := range views {
		p.Rows = append(p.Rows, a.requestRow(d, v))
	}
	return a.showSecret(c, status, "console-requests", p)
}

func (a *App) requestRow(d *desk, v account.RequestView) requestRow {
	r := requestRow{ID: v.ID, Kind: requestKinds[v.Kind], Person: v.Person.FullName, Unit: personUnit(d.ed, v.Person), Note: v.Note,
		When: hour(d.at(v.CreatedAt)) + ", " + date(d.at(v.CreatedAt)), Open: v.Status == core.RequestOpen, Reason: v.Reason, By: v.DecidedBy}
	if v.ContestantID != "" {
		r.Href = "/console/thi-sinh/" + v.ContestantID
	}
	switch v.Status {
	case core.RequestAccepted:
		r.State = chip{"Đã chấp nhận", "good"}
	case core.RequestRefused:
		r.State = chip{"Đã từ chối", "bad"}
	default:
		r.State = chip{"Chờ quyết định", "warn"}
	}
	for name, value := range v.New {
		label := fieldNames[name]
		if label == "" {
			label = name
		}
		r.Changes = append(r.Changes, change{label, v.Old[name], value})
	}
	sort.Slice(r.Changes, func(i, j int) bool { return r.Changes[i].Field < r.Changes[j].Field })
	return r
}

func (a *App) decideRequest(c *gin.Context, d *desk) error {
	accept := c.PostForm("quyet_dinh") == "chap-nhan"
	why, err := reason(c)
	if err != nil {
		return a.showRequests(c, d, http.StatusUnprocessableEntity, fields(err)["ly_do"], c.Param("id"))
	}
	err = a.opt.Account.DecideRequest(c.Request.Context(), d.person, c.Param("id"), accept, why)
	if core.Is(err, core.Conflict) || core.Is(err, core.Invalid) {
		return a.showRequests(c, d, http.StatusConflict, message(err), "")
	}
	if err != nil {
		return err
	}
	if accept {
		return done(c, "/console/yeu-cau", "chap-nhan")
	}
	return done(c, "/console/yeu-cau", "tu-choi")
}
