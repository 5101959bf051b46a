package main

import (
	"fmt"
	"strings"
	"testing"

	"duthi/core/account"
)

// TestCodesByChatInTheBrowser registers and chooses a new password with codes that travel to the OA: the pages show a
// code, wait, and go on by themselves once the bot has confirmed it; without script a button does.
func TestCodesByChatInTheBrowser(t *testing.T) {
	b := startChromium(t)
	w := newWorld(t, environment{"DUTHI_OTP_CHANNEL": "zalo-chat"}, nil)
	n := 0
	for _, script := range []bool{true, false} {
		for _, width := range []int{phone, desktop} {
			n++
			t.Run(fmt.Sprintf("script=%t/%d", script, width), func(t *testing.T) {
				p := b.open(t, w.base, width, script)
				user := w.zalo.sim.AddPerson("Hạnh", "")
				who := &way{t: t, w: w, b: b, tab: p, phone: phoneOf(4000 + n), id: fmt.Sprintf("0490900%05d", 4000+n)}
				who.registerByChat(user)
				p.visit("/bai-thi")
				p.sees("Trần Thị Bích Hạnh")
				w.forgotten(b.open(t, w.base, width, script), who.phone, user, w.zalo.sim.AddPerson("Kẻ lạ", ""))
			})
		}
	}
}

// registerByChat goes through the pages of a registration as the Zalo user.
func (y *way) registerByChat(user string) {
	p := y.tab
	p.visit("/dang-ky?don-vi=SNV-TTR")
	p.follow(`main form button[type=submit]`)
	for p.path() != "/dang-ky/xac-nhan" {
		switch step := strings.TrimPrefix(p.path(), "/dang-ky/"); step {
		case "lien-he":
			p.fill("#so_dien_thoai", y.phone)
		case "ho-ten":
			p.fill("#ho_ten", "Trần Thị Bích Hạnh")
			p.fill("#ngay_sinh", "20/11/1990")
		case "dinh-danh":
			p.fill("#so_dinh_danh", y.id)
		case "mat-khau":
			p.fill("#mat_khau", testPassword)
		case "dong-y":
			p.click("#dong_y")
		default:
			y.t.Fatalf("step %s was not expected\n%s", step, p.text("body"))
		}
		p.follow(`main form button.main[type=submit]`)
	}
	code := p.text("#ma-gui")
	if account.ParseZaloCode(code) == "" {
		y.t.Fatalf("no code on the page: %q\n%s", code, p.text("body"))
	}
	p.sees("Gửi mã này cho Zalo OA")
	p.inspect("chatcode-register")
	if !p.script {
		p.follow(`main form button.main[type=submit]`)
		p.sees("Chưa nhận được mã từ Zalo")
		p.forgive() // the form was refused with 422
		p.inspect("chatcode-register-early")
	}
	y.w.zalo.sim.Say(user, code)
	y.w.hears(user, 1, "Đã xác nhận mã đăng ký")
	if !p.script {
		p.follow(`main form button.main[type=submit]`)
	}
	p.until(`location.pathname === "/thi"`)
}

// hears waits for the OA's nth message to a person and checks what it says.
func (w *world) hears(user string, n int, words string) {
	w.tb.Helper()
	got, err := w.zalo.sim.AwaitSent(w.tb.Context(), user, n)
	must(w.tb, err)
	if last := got[len(got)-1].Text; !strings.Contains(last, words) {
		w.tb.Fatalf("the bot says %q, not %q", last, words)
	}
}

// forgotten chooses a new password by chat. A stranger who sends the code gets nowhere.
func (w *world) forgotten(p *tab, number, user, stranger string) {
	p.t.Helper()
	p.visit("/quen-mat-khau")
	p.fill("#so_dien_thoai", number)
	p.inspect("chatcode-reset-phone")
	p.follow(`main form button.main[type=submit]`)
	p.sees("từ đúng Zalo đã liên kết")
	code := p.text("#ma-gui")
	w.zalo.sim.Say(stranger, code)
	w.hears(stranger, 1, "không phải Zalo đã liên kết")
	p.follow(`a[href$="da-gui=1"]`)
	p.sees("Chưa nhận được mã từ Zalo")
	p.inspect("chatcode-reset")
	w.zalo.sim.Say(user, code)
	w.hears(user, 2, "đặt mật khẩu mới cho tài khoản dự thi của Trần Thị Bích Hạnh")
	if !w.zalo.sim.Press(user, "", "Đồng ý") {
		p.t.Fatal("no button")
	}
	w.hears(user, 3, "Đã xác nhận")
	if !p.script {
		p.follow(`a[href$="da-gui=1"]`)
	}
	p.until(`document.querySelector("#mat_khau")`)
	p.inspect("chatcode-password")
	p.fill("#mat_khau", "nắng hạ vàng rực rỡ")
	p.follow(`main form button.main[type=submit]`)
	p.until(`location.pathname === "/bai-thi"`)
	p.sees("Trần Thị Bích Hạnh")
}
