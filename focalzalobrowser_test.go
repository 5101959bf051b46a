package main

import (
	"testing"

	"duthi/core"
)

// TestFocalZaloInTheBrowser switches a focal point's reminders on at both widths, with the password and the code sent in
// the chat, and looks at what the plan of a broadcast to units below the target says of focal points and of its budget.
func TestFocalZaloInTheBrowser(t *testing.T) {
	b := startChromium(t)
	w := newWorld(t, environment{"DUTHI_QUIET_HOURS": "off"}, nil)
	owner := w.organizer(t, "chu-tri", core.Owner, nil)
	w.focal("STC") // never asks
	for i, p := range w.people(3) {
		if i < 2 {
			w.linkZalo(p)
		}
	}
	for _, on := range []struct {
		width int
		unit  string
	}{{phone, "SNV"}, {desktop, "SYT"}} {
		p := b.open(t, w.base, on.width, true)
		p.remember(w.focal(on.unit))
		p.visit("/dau-moi")
		p.inspect("focal-zalo-0")
		p.follow(`a[href="/dau-moi/zalo"]`)
		p.inspect("focal-zalo-1")
		p.fill("#mat_khau", "khong phai no")
		p.follow(`form[action="/dau-moi/zalo"] .main`)
		p.sees("Mật khẩu chưa đúng")
		p.forgive() // answered with 422
		p.inspect("focal-zalo-1-mistake")
		p.fill("#mat_khau", testPassword)
		p.follow(`form[action="/dau-moi/zalo"] .main`)
		p.inspect("focal-zalo-2")
		user := w.zalo.sim.AddPerson("Đầu mối "+on.unit, "")
		w.answerTo(t, user, func() { w.zalo.sim.Follow(user) }) // a greeting
		w.says(t, user, "LK "+p.text(".big-code"))
		p.follow(`.back-line a`)
		p.sees("Đang bật", "Nhận được tin đến")
		p.inspect("focal-zalo-3")
		p.visit("/dau-moi")
		p.inspect("focal-zalo-4")

		p = b.open(t, w.base, on.width, true)
		p.remember(owner)
		p.visit("/console/nhac/quy-tac/sua?id=" + w.contestID() + "." + core.RemindUnitBelow)
		p.inspect("focal-rule")
		p.visit("/console/nhac/soan?mau=duoi-muc-tieu")
		typeInto(p, "#han_muc", "hai nghìn")
		p.follow("#soan .main")
		p.sees("Hạn mức là số đồng, hoặc để trống.")
		p.forgive()
		p.inspect("focal-compose-mistake")
		typeInto(p, "#han_muc", "50.000")
		p.follow("#soan .main")
		p.follow("#soan .main, main form .main")
		p.sees("đầu mối nhận tin về đơn vị mình", "đầu mối chưa bật nhận nhắc qua Zalo", "Hạn mức của thông báo 50.000")
		p.inspect("focal-plan")
	}
}
