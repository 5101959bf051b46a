package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"duthi/core"
	"duthi/core/qr"
)

// TestWayInTheBrowser goes the whole way of a contestant in a real browser: from the address in a unit's QR
// code to the check of the receipt, on a phone and on a desktop, with script and without.
func TestWayInTheBrowser(t *testing.T) {
	b := startChromium(t)
	w := newWorld(t, nil, nil)
	n := 0
	for _, script := range []bool{true, false} {
		for _, width := range []int{phone, desktop} {
			n++
			t.Run(fmt.Sprintf("script=%t/%d", script, width), func(t *testing.T) {
				way := &way{t: t, w: w, b: b, tab: b.open(t, w.base, width, script), phone: phoneOf(3000 + n), id: fmt.Sprintf("0490900%05d", 3000+n)}
				way.comeByCode()
				way.register()
				if script {
					way.answerWithScript()
				} else {
					way.answerByForms()
				}
				way.handIn()
			})
		}
	}
}

// way is one person going it.
type way struct {
	t         *testing.T
	w         *world
	b         *chromium
	tab       *tab
	phone, id string
	attempt   string // address of the attempt
	person    core.Contestant
}

// comeByCode opens what the QR code of a unit says.
func (y *way) comeByCode() {
	ed, err := y.w.edition(context.Background(), "")
	must(y.t, err)
	link, err := y.w.links.Ensure(context.Background(), ed.Contest.ID, qr.ToUnit, "SNV-TTR")
	must(y.t, err)
	p := y.tab
	p.visit(y.w.links.Address(link))
	p.sees("Thanh tra Sở")
	p.inspect("way-01-home")
	p.follow(`.hero a.gold`)
	p.sees("Đăng nhập")
	p.follow(`main a[href^="/dang-ky"]`)
	p.sees("Thanh tra Sở")
	p.inspect("way-02-register")
	p.follow(`main form button[type=submit]`)
}

// register fills in one thing a page, with the one-time code from the sample inbox.
func (y *way) register() {
	p := y.tab
	const next = `main form button.main[type=submit]`
	for seen := 3; strings.HasPrefix(p.path(), "/dang-ky/"); seen++ {
		step := strings.TrimPrefix(p.path(), "/dang-ky/")
		if seen > 12 {
			y.t.Fatalf("registration goes round in circles at %s\n%s", step, p.text("body"))
		}
		switch step {
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
		case "xac-nhan":
			p.fill("#ma", y.codeFromInbox())
		default:
			y.t.Fatalf("step %s was not expected: the unit is known from the code", step)
		}
		p.inspect(fmt.Sprintf("way-%02d-%s", seen, step))
		p.follow(next)
	}
	if p.path() != "/thi" {
		y.t.Fatalf("registration ends at %s\n%s", p.path(), p.text("body"))
	}
	p.sees("Trước khi bắt đầu", "Đồng hồ không dừng")
	p.inspect("way-20-before")
	p.follow(`main form button[type=submit]`)
	y.attempt = strings.TrimSuffix(regexp.MustCompile(`^/thi/[^/]+`).FindString(p.path()), "/")
	if y.attempt == "" {
		y.t.Fatalf("the attempt is at %s", p.path())
	}
	y.person = y.registered()
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

func (y *way) codeFromInbox() string {
	inbox := y.tab.twin()
	inbox.visit("/hop-thu-mau")
	inbox.inspect("way-19-inbox")
	code := sixDigits.FindString(inbox.text("main article"))
	if code == "" {
		y.t.Fatalf("no code in the inbox:\n%s", inbox.text("body"))
	}
	return code
}

// registered looks up what the store holds of the person.
func (y *way) registered() core.Contestant {
	ed, err := y.w.edition(context.Background(), "")
	must(y.t, err)
	c, err := y.w.store.ContestantBy(context.Background(), ed.Contest.ID, "phone", y.w.sealer.Hash(ed.Contest.ID, "phone", "+84"+y.phone[1:]))
	must(y.t, err)
	if c.UnitCode != "SNV-TTR" || c.FullName != "Trần Thị Bích Hạnh" || c.BirthDate != "1990-11-20" || len(c.Consents) == 0 {
		y.t.Errorf("registered as %+v", c)
	}
	return c
}

// stored gives the attempt as the store holds it.
func (y *way) stored() core.Attempt {
	a, err := y.w.store.Attempt(context.Background(), y.person.ID, strings.TrimPrefix(y.attempt, "/thi/"))
	must(y.t, err)
	return a
}

const savedState = `document.querySelector(".saving").dataset.saving === "saved"`

// choose clicks on an option and waits until the page says that it is saved.
func (y *way) choose(p *tab, place int) {
	p.click(fmt.Sprintf("#phuong-an label:nth-child(%d)", place+1))
	p.until(savedState)
}

// onward goes to the next question.
func onward(p *tab, n int) {
	p.click("#sau")
	p.until(fmt.Sprintf(`document.getElementById("q-no").textContent.startsWith("Câu %d /")`, n))
}

// answerWithScript answers 20 questions, marks one, loses the network at the eighth and goes on at the twelfth
// on another device.
func (y *way) answerWithScript() {
	p := y.tab
	p.inspect("way-21-question")
	for n := 1; n <= 7; n++ {
		y.choose(p, n%2)
		if n == 3 {
			p.click("label.flag")
			p.until(savedState)
		}
		onward(p, n+1)
	}
	y.cutNetwork()
	p.inspect("way-23-resumed")
	for n := 10; n <= 11; n++ {
		onward(p, n)
		y.choose(p, 0)
	}
	second := y.b.open(y.t, y.w.base, p.width, true)
	y.resume(second, 12)
	for n := 12; n <= 20; n++ {
		y.choose(second, 1)
		if n < 20 {
			onward(second, n+1)
		}
	}
	for i, a := range y.stored().Answers {
		if a.Choice == 0 {
			y.t.Errorf("question %d was shown as saved and is not stored", i+1)
		}
	}
	y.staleDevice(second)
	p = second
	y.tab = p
	if p.width == phone {
		p.follow("button.submit-top")
	} else {
		p.follow("aside button[value=nop]")
	}
}

// cutNetwork answers two questions without network: they stay on the page, which says so, and are saved by
// themselves when it is back.
func (y *way) cutNetwork() {
	p := y.tab
	before := y.stored()
	p.offline(true)
	p.click("#phuong-an label:nth-child(1)")
	p.until(`document.querySelector(".saving").dataset.saving === "unsaved"`)
	p.sees("Chưa lưu", "Mất mạng")
	p.click("#sau")
	p.until(`document.getElementById("q-no").textContent.startsWith("Câu 9 /")`)
	p.click("#phuong-an label:nth-child(2)")
	p.shot("way-22-offline")
	if got := y.stored(); got.Writes != before.Writes {
		y.t.Errorf("%d writes came through a network that is cut", got.Writes-before.Writes)
	}
	p.offline(false)
	p.until(savedState)
	got := y.stored()
	for _, i := range []int{7, 8} {
		if got.Answers[i].Choice == 0 || got.Answers[i].Rev != 1 {
			y.t.Errorf("question %d after the network came back: %+v", i+1, got.Answers[i])
		}
	}
	p.forgive() // the browser said that it was offline
}

// resume signs in on another device, which goes on at the first question without an answer.
func (y *way) resume(p *tab, n int) {
	p.visit(y.attempt)
	p.fill("#so_dien_thoai", y.phone)
	p.fill("#mat_khau", testPassword)
	p.follow("main form button.main[type=submit]")
	p.until(fmt.Sprintf("location.pathname === %q", fmt.Sprintf("%s/cau/%d", y.attempt, n)))
	p.sees(fmt.Sprintf("Câu %d /", n), "11 / 20")
}

// staleDevice changes an answer on the device that has seen an older one: the newer one stays and is shown.
func (y *way) staleDevice(second *tab) {
	second.click(".map li:nth-child(1) button")
	second.until(`document.getElementById("q-no").textContent.startsWith("Câu 1 /")`)
	y.choose(second, 0)
	first := y.tab
	first.click(".map li:nth-child(1) button")
	first.until(`document.getElementById("q-no").textContent.startsWith("Câu 1 /")`)
	first.click("#phuong-an label:nth-child(3)")
	first.until(`document.getElementById("bao").textContent.includes("máy khác")`)
	if !eval[bool](first, `document.querySelector("#phuong-an label:nth-child(1) input").checked`) {
		y.t.Error("the older device does not show the newer answer")
	}
}

// answerByForms answers page by page, with a network that is cut once.
func (y *way) answerByForms() {
	p := y.tab
	p.inspect("way-21-question")
	for n := 1; n <= 20; n++ {
		p.click(fmt.Sprintf("#phuong-an label:nth-child(%d)", n%2+1))
		if n == 3 {
			p.click("label.flag")
		}
		if n == 8 {
			p.offline(true)
			p.click("#sau")
			p.until(`!document.getElementById("bai-lam")`) // the browser's own page says that there is no network
			p.offline(false)
			p.visit(fmt.Sprintf("%s/cau/%d", y.attempt, n))
			p.click(fmt.Sprintf("#phuong-an label:nth-child(%d)", n%2+1))
			p.forgive()
		}
		p.follow("#sau")
	}
	second := y.b.open(y.t, y.w.base, p.width, false)
	second.visit(y.attempt + "/cau/5")
	second.fill("#so_dien_thoai", y.phone)
	second.fill("#mat_khau", testPassword)
	second.follow("main form button.main[type=submit]")
	if !strings.HasPrefix(second.path(), y.attempt) || !eval[bool](second, `document.querySelector("#phuong-an label:nth-child(2) input").checked`) {
		y.t.Errorf("another device does not show the answer of question 5: %s", second.path())
	}
}

var receiptText = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

// handIn confirms, reads the result and has the receipt checked by a stranger.
func (y *way) handIn() {
	p := y.tab
	if p.path() != y.attempt+"/nop" {
		y.t.Fatalf("before handing in at %s", p.path())
	}
	p.sees("20 / 20", "Câu 3")
	p.fill("#prediction", "4.120")
	p.inspect("way-30-confirm")
	p.follow("main form button.main[type=submit]")
	p.until(fmt.Sprintf("location.pathname === %q", y.attempt+"/ket-qua"))
	p.inspect("way-31-result")
	p.sees("Đã nộp bài", "4.120", "Trần Thị Bích Hạnh")
	code := receiptText.FindString(p.text(".code"))
	if a := y.stored(); !a.Final() || a.Answered != 20 || a.Receipt != strings.ReplaceAll(code, "-", "") {
		y.t.Errorf("stored: %s, %d answered, receipt %s; shown %s", a.Status, a.Answered, a.Receipt, code)
	}
	stranger := y.b.open(y.t, y.w.base, p.width, p.script)
	stranger.visit("/kiem-tra")
	stranger.fill("#ma", strings.ToLower(code))
	stranger.follow("main form button[type=submit]")
	stranger.sees("Còn hiệu lực", code)
	if strings.Contains(stranger.text("body"), "Hạnh") {
		y.t.Error("the receipt shows a name to strangers")
	}
	stranger.inspect("way-32-receipt")
}
