package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"duthi/core/account"
)

// talkPage is the chat page of the simulator in a browser, with the real bot on the other side.
type talkPage struct {
	*tab
	w *world
}

// oa gives how many messages of the OA a phone shows.
func (p talkPage) oa(user string) int {
	p.t.Helper()
	return eval[int](p.tab, fmt.Sprintf(`document.querySelectorAll("#phone-%s .msg.oa").length`, user))
}

// answered waits for one more message of the OA than before and checks that it says all words.
func (p talkPage) answered(user string, before int, words ...string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelectorAll("#phone-%s .msg.oa").length > %d`, user, before))
	p.until(`document.getAnimations().every((a) => a.playState !== "running")`) // a message fades in; half of it has no contrast
	last := eval[string](p.tab, fmt.Sprintf(`[...document.querySelectorAll("#phone-%s .msg.oa")].pop().innerText`, user))
	for _, w := range words {
		if !strings.Contains(last, w) {
			p.t.Errorf("the bot does not say %q:\n%s", w, last)
		}
	}
}

// say types a message and waits for the answer.
func (p talkPage) say(user, text string, words ...string) {
	p.t.Helper()
	n := p.oa(user)
	p.do(chromedp.SendKeys(chromedp.CSS("#phone-"+user+" .say input[name=text]"), text+"\r"))
	p.answered(user, n, words...)
}

// press presses the newest button of a name and waits for the answer.
func (p talkPage) press(user, title string, words ...string) {
	p.t.Helper()
	n := p.oa(user)
	if !eval[bool](p.tab, fmt.Sprintf(`(() => { const b = [...document.querySelectorAll("#phone-%s button.act")].filter((b) => b.textContent === %q).pop(); if (b) b.click(); return Boolean(b); })()`, user, title)) {
		p.t.Fatalf("no button %q:\n%s", title, p.text("#phone-"+user))
	}
	p.answered(user, n, words...)
}

// TestChatWithTheBotInTheBrowser is a person who tries the bot without a Zalo account, through the real webhook,
// signatures and API: follows, asks, chooses, gets the link and the QR image, links an account with the code of the
// web page, asks for the own status, is handed to a person and comes back; with a second person beside.
func TestChatWithTheBotInTheBrowser(t *testing.T) {
	b := startChromium(t)
	for _, width := range []int{phone, desktop} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			w := newWorld(t, nil, nil)
			sim := w.zalo.sim
			an, binh := sim.People()[0].ID, sim.People()[1].ID
			p := talkPage{b.open(t, w.base, width, true), w}
			p.visit(simPrefix + "/?u=" + an)
			p.click("#phone-" + an + " .strip button")
			p.answered(an, 0, "trợ lý tự động")
			p.say(an, "dang lam bai bi rot mang thi sao a", "Khoản 7 Điều 7", "đồng hồ không dừng")
			p.say(an, "may gio dong dot 3", "Đợt 3 đang mở")
			p.inspect("chat-asked")
			p.say(an, "thi sao", "Anh/chị hỏi về")
			p.inspect("chat-choice")
			p.press(an, eval[string](p.tab, fmt.Sprintf(`[...document.querySelectorAll("#phone-%s .msg.oa")].pop().querySelector("button.act").textContent`, an)), "Khoản", "Điều")

			p.say(an, "link", w.base)
			p.say(an, "mã QR")
			p.qrOpensTheContest(an)
			p.inspect("chat-qr")

			who := w.people(1)[0]
			web := b.open(t, w.base, width, true)
			web.remember(w.signIn(0))
			web.visit("/lien-ket-zalo")
			web.fill("#mat_khau", "không phải nó")
			web.click(`main form button[type=submit]`)
			web.until(`document.querySelector("#mat_khau[aria-invalid=true]")`)
			web.sees("Mật khẩu chưa đúng")
			web.forgive() // refused with 422
			web.inspect("chat-link-wrong")
			web.fill("#mat_khau", testPassword)
			web.click(`main form button[type=submit]`)
			web.until(`document.querySelector(".big-code")`)
			code := web.text(".big-code")
			if account.ParseZaloCode(code) == "" {
				t.Fatalf("no code: %q\n%s", code, web.text("body"))
			}
			web.inspect("chat-link-code")
			p.say(an, code, "Đã liên kết", who.FullName)
			p.press(an, "Tình trạng của tôi", who.FullName, "đã dùng 0/")
			web.visit("/lien-ket-zalo")
			web.sees("đã liên kết với một Zalo")
			p.inspect("chat-linked")

			p.visit(simPrefix + "/?u=" + an + "&u=" + binh)
			p.say(binh, code, "không đúng hoặc đã hết hạn")
			p.say(binh, "của tôi", "chưa liên kết")
			if strings.Contains(p.text("#phone-"+binh), who.FullName) {
				t.Error("one person sees the other's name")
			}
			p.say(an, "gặp người", "cán bộ sẽ trả lời")
			sim.StaffSay(an, "Chào anh, em nghe đây.")
			p.until(fmt.Sprintf(`document.querySelector("#phone-%s .msg.staff")`, an))
			before := p.oa(an)
			p.do(chromedp.SendKeys(chromedp.CSS("#phone-"+an+" .say input[name=text]"), "lịch\r"))
			must(t, sim.AwaitDelivered(t.Context()))
			p.say(binh, "lịch", "Đợt 3") // answered after An's message was read
			if now := p.oa(an); now != before {
				t.Errorf("the bot spoke beside a person: %d messages, then %d\n%s", before, now, p.text("#phone-"+an))
			}
			p.press(an, "Hỏi bot tiếp", "Bot trả lời tiếp")
			p.say(an, "lịch", "Đợt 3")
			p.inspect("chat-two")
		})
	}
}

// qrOpensTheContest reads the code in the newest picture of a phone.
func (p talkPage) qrOpensTheContest(user string) {
	p.t.Helper()
	const newest = `[...document.querySelectorAll("#phone-%s .msg.oa .pic img")].pop()`
	p.until(fmt.Sprintf(newest+`?.naturalWidth > 100`, user))
	res, err := http.Get(eval[string](p.tab, fmt.Sprintf(newest+`.src`, user)))
	must(p.t, err)
	defer res.Body.Close()
	picture, err := io.ReadAll(res.Body)
	must(p.t, err)
	if got := codeIn(p.t, picture); !strings.HasPrefix(got, p.w.base) {
		p.t.Errorf("the picture says %q, not an address of %s", got, p.w.base)
	}
}
