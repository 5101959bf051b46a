package webapp

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestFormsAreSentAgainOnlyWhenThatHelps types wrong passwords until the account is slowed down: the page says so and
// stands still, rather than trying the wrong password for ever under "Đang đông". A lost network is waited for.
func TestFormsAreSentAgainOnlyWhenThatHelps(t *testing.T) {
	t.Parallel()
	ctx := chromium(t, 360)
	w := newWorld(t)
	b := w.browser()
	const serial = 44_200
	b.register(serial)
	phone := fmt.Sprintf("09123%05d", serial)
	for range 5 {
		b.shows(b.post("/dang-nhap", "so_dien_thoai", phone, "mat_khau", "sai hết cả rồi"), 422)
	}
	send, password := chromedp.CSS("main .button.main"), chromedp.CSS("#mat_khau")
	steps(t, ctx, chromedp.Navigate(w.server.URL+"/dang-nhap"), chromedp.WaitVisible(password), chromedp.SendKeys(chromedp.CSS("#so_dien_thoai"), phone),
		chromedp.SendKeys(password, "sai hết cả rồi"), chromedp.Click(send), chromedp.WaitVisible(chromedp.CSS("#loi")))
	if text := value[string](t, ctx, `document.getElementById("loi").textContent + document.querySelector("main .button.main").textContent`); !strings.Contains(text, "Đã thử nhiều lần") || !strings.Contains(text, "Đăng nhập") {
		t.Errorf("the page says %q", text)
	}
	steps(t, ctx, chromedp.Navigate(w.server.URL+"/dang-ky"), chromedp.WaitVisible(send))
	w.cut.Store(true)
	steps(t, ctx, chromedp.Click(send), chromedp.PollFunction[chromedp.Void](`() => document.querySelector("main .button.main").textContent.startsWith("Mất mạng")`))
	w.cut.Store(false)
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS("#so_dien_thoai")))
	// Back, to a page that may come out of the browser's memory as it was left: its button works.
	asks := func(want, script string) {
		state := ""
		for n := 0; n < 200 && state != want; n++ { // the page goes away while it is asked: ask again
			state, _ = chromedp.Run(ctx, chromedp.Evaluate[string](`new Promise((done) => setTimeout(() => done(`+script+`), 50))`, chromedp.EvalAwaitPromise))
		}
		if state != want {
			t.Fatalf("%s is %q, want %q", script, state, want)
		}
	}
	value[bool](t, ctx, `setTimeout(() => history.back()) > 0`)
	const button = `document.querySelector("main .button.main")`
	asks("/dang-ky false Bắt đầu đăng ký", `location.pathname + " " + `+button+`.disabled + " " + `+button+`.textContent`)
	value[bool](t, ctx, `setTimeout(() => `+button+`.click()) > 0`)
	asks("/dang-ky/lien-he", `location.pathname`)
}
