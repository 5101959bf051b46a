package webapp

import "duthi/core/account"

// codeWords are the sentences that depend on how one-time codes of the visitor's contest travel: nobody should wait
// for a message that is never sent.
type codeWords struct {
	Sent    string // "gửi tới", before a number
	Phone   string // what the phone number is for, beside its field
	Need    string // beside what one has to have for registering; "" for nothing
	Missing helpItem
	Forgot  helpItem
	Reset   string // leads the page of a forgotten password
}

func (a *App) codeWords(v *visitor) codeWords {
	reset := &action{"Đặt lại mật khẩu", v.base + "quen-mat-khau"}
	w := codeWords{Sent: "gửi tới", Phone: "Dùng để đăng nhập."}
	channel := a.opt.Account.CodeChannel(v.ed.Contest.ID)
	switch channel {
	case "":
		w.Reset = "Cuộc thi này không gửi mã. Quên mật khẩu thì gọi đường dây nóng; Ban Tổ chức xác minh rồi cấp liên kết đặt mật khẩu mới."
		w.Forgot = helpItem{"Quên mật khẩu?", "Gọi đường dây nóng. Ban Tổ chức xác minh rồi cấp liên kết đặt mật khẩu mới.", nil}
		return w
	case account.ChannelZaloChat:
		w.Reset = "Trang sau hiện một mã để gửi từ Zalo đã liên kết với tài khoản dự thi. Chưa liên kết Zalo thì gọi đường dây hỗ trợ."
		w.Missing = helpItem{"Không thấy mã xác thực?", "Không có tin nhắn nào tới điện thoại. Mã hiện ngay trên trang: anh/chị gửi mã đó cho Zalo OA của cuộc thi, bot trả lời thì quay lại trang để làm tiếp. Mã hết hạn thì bấm Lấy mã khác.", nil}
		w.Forgot = helpItem{"Quên mật khẩu?", "Đặt lại bằng mã hiện trên trang, gửi từ Zalo đã liên kết với tài khoản dự thi. Chưa liên kết Zalo thì gọi đường dây nóng.", reset}
		if v.ed.Contest.Registration.OTP {
			w.Need = "Zalo, để gửi mã xác thực cho Zalo OA của cuộc thi"
		}
		return w
	case account.ChannelZaloTemplate:
		w.Sent = "gửi qua Zalo tới"
	}
	w.Phone = "Dùng để đăng nhập và nhận mã xác thực."
	w.Reset = "Mã xác thực được " + w.Sent + " số điện thoại nếu số này đã có tài khoản."
	where := "Kiểm tra số điện thoại đã khai"
	if channel == account.ChannelZaloTemplate {
		where = "Mã tới bằng tin Zalo của số điện thoại đã khai. Kiểm tra số này và mở Zalo"
	}
	w.Missing = helpItem{"Không nhận được mã xác thực?", where + ", đợi một phút rồi bấm Gửi lại mã. Vẫn không có thì gọi đường dây nóng.", nil}
	w.Forgot = helpItem{"Quên mật khẩu?", "Đặt lại bằng mã " + w.Sent + " số điện thoại đã đăng ký.", reset}
	return w
}
