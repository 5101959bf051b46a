package webapp

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

type receiptPage struct {
	frame
	Typed string
	Wrong string // what is wrong with the code typed
	Found *receiptView
}

type receiptView struct {
	Code, Round, At, Correct string
	Valid                    bool
	Why                      string // when it no longer counts
}

// receipt tells anyone who holds a receipt code when that attempt was handed in and whether it still counts,
// without a name.
func (a *App) receipt(c *gin.Context, v *visitor) error {
	p := receiptPage{frame: a.frame(c, v, "Kiểm tra mã xác nhận", "kiem-tra"), Typed: core.CleanText(c.Query("ma"))}
	if p.Typed == "" {
		return a.show(c, http.StatusOK, "receipt", p)
	}
	r, err := a.opt.Exam.CheckReceipt(c.Request.Context(), v.ed, p.Typed)
	switch core.CodeOf(err) {
	case "":
		at := v.at(r.SubmittedAt)
		p.Found = &receiptView{Code: r.Receipt, Round: r.RoundName + ", lượt " + number(r.Ordinal), At: second(at) + ", " + date(at),
			Correct: number(r.Correct) + " / " + number(r.Questions) + " câu", Valid: r.StillValid()}
		if r.Void {
			p.Found.Why = "Bài thi đã bị Ban Tổ chức hủy kết quả."
		} else if !r.StillValid() {
			p.Found.Why = "Bài thi đã thay đổi sau khi cấp mã, hoặc không có câu nào được trả lời."
		}
	case core.Invalid, core.NotFound:
		p.Wrong = message(err)
		return a.show(c, http.StatusNotFound, "receipt", p)
	default:
		return err
	}
	return a.show(c, http.StatusOK, "receipt", p)
}
