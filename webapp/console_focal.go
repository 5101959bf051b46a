package webapp

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/outreach"
)

// focalField is the form's field of what the focal points of units below the target get.
func focalField(focal *core.Content) field {
	f := field{Name: "tin_dau_moi", Label: "Tin cho đầu mối của đơn vị dưới mục tiêu", Optional: true,
		Hint: "Gửi tới đầu mối đã bật nhận nhắc, kèm nút Xem trang đơn vị. Số liệu {da_thi}, {tong_so}, {con_thieu}, {ti_le} là của đơn vị đó. Để trống thì đầu mối không nhận."}
	if focal != nil {
		f.Value = focal.Text
	}
	return f
}

// readFocal takes what was typed for focal points: nothing typed is nothing sent; a form without the field leaves it.
func readFocal(c *gin.Context, before *core.Content) *core.Content {
	text, there := c.GetPostForm("tin_dau_moi")
	if !there {
		return before
	}
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if text == "" {
		return &core.Content{}
	}
	return outreach.FocalContent(text)
}

// focalReach words how many focal points a broadcast reaches; "" when they get nothing.
func (a *App) focalReach(ctx context.Context, b core.Broadcast) (string, error) {
	if b.Focal == nil || b.Focal.Empty() {
		return "", nil
	}
	n, err := a.opt.Outreach.FocalPoints(ctx, b)
	if err != nil {
		return "", err
	}
	if n == (outreach.FocalReach{}) {
		return "Không đơn vị nào dưới mục tiêu trong nhóm này có tài khoản đầu mối.", nil
	}
	words := number(n.Reached) + " đầu mối nhận tin về đơn vị mình"
	if n.Unlinked > 0 {
		words += ", " + number(n.Unlinked) + " đầu mối chưa bật nhận nhắc qua Zalo"
	}
	if n.Missed > 0 {
		words += ", " + number(n.Missed) + " đầu mối không gửi được vì lý do khác"
	}
	return words + ".", nil
}
