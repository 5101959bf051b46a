package main

import (
	"fmt"
	"testing"
)

// TestGroupKitInTheBrowser copies the text, sees the picture, and with script off still finds both.
func TestGroupKitInTheBrowser(t *testing.T) {
	b := startChromium(t)
	w := newWorld(t, anyHour, nil)
	people := w.people(2)
	w.linkZalo(people[0])
	cookie := w.focal("SNV")
	for _, script := range []bool{true, false} {
		for _, width := range []int{phone, desktop} {
			t.Run(fmt.Sprintf("script=%t/%d", script, width), func(t *testing.T) {
				p := b.open(t, w.base, width, script)
				p.remember(cookie)
				p.visit("/dau-moi/tin-nhom")
				p.sees("Cần thêm", "Đợt 3 đóng lúc", "Tải ảnh")
				if script {
					p.click("button[data-copy]")
					p.until(`document.querySelector("button[data-copy]").textContent === "Đã chép"`)
					p.until(`document.querySelector(".kit-picture img").naturalWidth === 1080`)
				}
				p.visit("/dau-moi")
				p.follow(`a[href="/dau-moi/nhac"]`)
				p.sees("1 người sẽ nhận tin Zalo")
				p.inspect(fmt.Sprintf("focal-nhac-%t", script))
			})
		}
	}
	p := b.open(t, w.base, phone, false)
	p.remember(cookie)
	p.visit("/dau-moi/nhac")
	p.click("main form button.main")
	p.until(`location.pathname === "/dau-moi"`)
	p.sees("Đã nhận. Tin nhắc đi trong vài phút")
	p.inspect("focal-reminded")
	p.visit("/dau-moi/nhac")
	p.sees("Hôm nay đơn vị đã nhắc rồi", "Đã nhắc trong đợt")
	p.inspect("focal-nhac-again")
}
