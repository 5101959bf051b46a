package main

import (
	"strings"
	"testing"

	"duthi/core"
)

// TestBroadcastInTheBrowser writes, plans and sends a broadcast with a real browser at both widths: the preview and
// the counts follow what is typed, progress moves by itself, and without script the buttons do the same.
func TestBroadcastInTheBrowser(t *testing.T) {
	b := startChromium(t)
	w := newWorld(t, environment{"DUTHI_QUIET_HOURS": "off", "DUTHI_SEND_RATE": "60"}, nil)
	owner := w.organizer(t, "chu-tri", core.Owner, nil)
	for i, p := range w.people(3) {
		if i < 2 {
			w.linkZalo(p)
		}
	}
	for _, width := range []int{phone, desktop} {
		p := b.open(t, w.base, width, true)
		p.remember(owner)
		p.visit("/console/nhac/soan")
		p.fill("#ten", "Nhắc thi đợt 3")
		typeInto(p, "#noi_dung", "Chào {ho_tren}, đợt này đóng lúc {dong_luc}.")
		p.follow("#soan .main")
		p.sees("Không có chỗ điền {ho_tren}")
		p.forgive() // answered with 422
		p.inspect("broadcast-1-mistake")
		typeInto(p, "#noi_dung", "Chào anh/chị {ho_ten}, đợt này đóng lúc {dong_luc}.")
		p.until(`/Chào anh\/chị [^{]+, đợt này đóng lúc 23:59/.test(document.getElementById("xem-truoc").innerText)`)
		before := p.text("#xem-truoc")
		p.click(`[data-preview][value="khac"]`)
		p.until(`document.getElementById("xem-truoc").innerText !== ` + quoted(before))
		p.inspect("broadcast-1")
		p.follow("#soan .main")
		p.click(`[name="ai"][value="registered"]`)
		p.until(`document.getElementById("so-nguoi").innerText.includes("303 người")`)
		p.click(`[name="lien_ket"][value="yes"]`)
		p.until(`document.getElementById("so-nguoi").innerText.includes("2 người")`)
		p.inspect("broadcast-2")
		p.follow("#soan .main")
		p.sees("Gửi 2 tin", "Nhắn Zalo miễn phí", "Dự kiến 0")
		p.inspect("broadcast-3")
		if width == desktop { // the day's one reminder has gone: everybody waits for tomorrow
			p.follow(".send-bar .main")
			p.inspect("broadcast-4-waiting")
			break
		}
		p.follow(".send-bar .main")
		p.inspect("broadcast-4")
		p.until(`document.body.innerText.includes("Đã xong")`) // the stream says so and the page loads itself again
		p.inspect("broadcast-5")
	}
	p := b.open(t, w.base, phone, false)
	p.remember(owner)
	p.visit("/console/nhac/soan")
	p.fill("#ten", "Không có script")
	typeInto(p, "#noi_dung", "Chào anh/chị {ho_ten}.")
	p.follow(`#xem-truoc [value="xem"]`)
	if text := p.text("#xem-truoc"); !strings.Contains(text, "Chào anh/chị") || strings.Contains(text, "{") {
		t.Errorf("preview without script: %s", text)
	}
	p.follow("#soan .main")
	p.follow(`[value="dem"]`)
	p.inspect("broadcast-2")
}

// typeInto puts a text into a field as a whole; chromedp can't clear an empty textarea.
func typeInto(p *tab, selector, text string) {
	p.t.Helper()
	eval[bool](p, `(() => { const f = document.querySelector(`+quoted(selector)+`); f.value = `+quoted(text)+`; f.dispatchEvent(new Event("input", { bubbles: true })); return true; })()`)
}

// quoted writes a text as a literal of a script.
func quoted(s string) string {
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`", "$", "\\$").Replace(s) + "`"
}
