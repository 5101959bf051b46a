package zalosim_test

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core/zalo/zalosim"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "folder for pictures of the chat page")

// browser starts Chromium, or skips the test where there is none. problems collects what the console complains
// about: errors of scripts and breaches of the content security policy.
func browser(t *testing.T, width, height int) (ctx context.Context, problems func() []string) {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("chromium is not installed: the chat page was not tried in a browser")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.WindowSize(width, height),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "vi"))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	var mu sync.Mutex
	var list []string
	err := chromedp.Listen(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			list = append(list, e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError {
				list = append(list, e.Entry.Text)
			}
		}
	})
	if err == nil {
		err = chromedp.Do(ctx, chromedp.EmulateViewport(int64(width), int64(height)))
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	return ctx, func() []string { mu.Lock(); defer mu.Unlock(); return list }
}

// do runs steps and says which one did not come to an end. A node that the page just drew anew is looked for
// again.
func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	for i, step := range steps {
		err := once(ctx, step)
		for range 3 {
			if err == nil || !strings.Contains(err.Error(), "Could not find node") {
				break
			}
			err = once(ctx, step)
		}
		if err != nil {
			shoot(t, ctx, "failed")
			t.Fatalf("step %d: %v; see failed.png with -shots", i+1, err)
		}
	}
}

func once(ctx context.Context, step chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	return chromedp.Do(ctx, step)
}

func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if *shots == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// parrot is a bot that answers a text with the same text and a button, by plain HTTP: the page is under test here,
// not the client.
func parrot(t *testing.T, sim *zalosim.Sim, api string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := decode(t, r)
		if e.Name != "user_send_text" {
			return
		}
		body := `{"recipient":{"user_id":"` + e.Sender.ID + `"},"message":{"text":"Bot: ` + e.Message.Text + `\nKhoản 2 Điều 5. Mỗi đợt thi một lượt.","attachment":{"type":"template","payload":{"buttons":[` +
			`{"title":"Xem Điều 5","type":"oa.query.show","payload":"#dieu-5"},{"title":"Vào thi","type":"oa.open.url","payload":{"url":"https://thi.example/"}}]}}}}`
		if e.Message.Text == "ảnh" {
			body = `{"recipient":{"user_id":"` + e.Sender.ID + `"},"message":{"text":"Mã QR","attachment":{"type":"template","payload":{"template_type":"media","elements":[{"media_type":"image","url":"` + api + `/qr.png"}]}}}}`
		}
		go call(sim, api, "/v3.0/oa/message/cs", body)
	})
}

func TestChatPageInChromium(t *testing.T) {
	t.Parallel()
	sim := &zalosim.Sim{OAName: "Sở Nội vụ Quảng Nam"}
	api := httptest.NewServer(sim.API())
	t.Cleanup(api.Close)
	sim.Webhook = parrot(t, sim, api.URL)
	mux := http.NewServeMux()
	mux.Handle("/gia-lap-zalo/", http.StripPrefix("/gia-lap-zalo", sim.Desk()))
	desk := httptest.NewServer(mux)
	t.Cleanup(desk.Close)
	an, binh := sim.AddPerson("An", "84912345678"), sim.AddPerson("Bình", "")
	ctx, problems := browser(t, 1280, 800)
	a, b := "#phone-"+an, "#phone-"+binh
	do(t, ctx,
		chromedp.Navigate(desk.URL+"/gia-lap-zalo/"),
		chromedp.Click(chromedp.CSS(a+" .strip button")),
		chromedp.WaitNotPresent(chromedp.CSS(a+" .strip")),
		chromedp.SendKeys(chromedp.CSS(a+" .say input[name=text]"), "mấy giờ đóng <b>đợt 3</b>\r"),
		chromedp.WaitVisible(chromedp.CSS(a+" .msg.oa .act")),
		chromedp.Click(chromedp.CSS(a+" .msg.oa button.act")),
		chromedp.WaitVisible(chromedp.CSS(a+" .msg.oa ~ .msg.person ~ .msg.oa")),
		chromedp.Click(chromedp.CSS(`.people li:nth-child(2) .beside`)),
		chromedp.WaitVisible(chromedp.CSS(b+" .strip")),
		chromedp.SendKeys(chromedp.CSS(b+" .say input[name=text]"), "chào\r"),
		chromedp.WaitVisible(chromedp.CSS(b+" .msg.oa")),
		chromedp.WaitVisible(chromedp.CSS(a+" .owner")),
		chromedp.Click(chromedp.CSS(b+" .more summary")),
		chromedp.Click(chromedp.CSS(b+` .menu form[action="do/photo"] button`)),
		chromedp.WaitVisible(chromedp.CSS(b+" .msg.person .pic img")),
	)
	shoot(t, ctx, "parrot-1280")
	keyboardStays(t, ctx)
	// Without a hand on the page: what staff write appears by itself, and what is shown counts as seen.
	sim.StaffSay(binh, "Chào anh Bình, em là nhân viên.")
	do(t, ctx, chromedp.WaitVisible(chromedp.CSS(b+" .msg.staff")))
	if err := sim.AwaitCall(ctx, "user_seen_message", 1); err != nil {
		t.Error(err)
	}
	p, _ := sim.Person(an)
	if !p.Follows || texts(p)[1] != "mấy giờ đóng <b>đợt 3</b>" || !strings.Contains(strings.Join(texts(p), "|"), "|#dieu-5|Bot: #dieu-5") {
		t.Errorf("An's chat: %q", texts(p))
	}
	if list := problems(); len(list) > 0 {
		t.Errorf("console: %q", list)
	}
}

// keyboardStays goes by keyboard: the first stop leads to the chat, a control whose part of the page was replaced keeps
// the focus, and after following one can type at once.
func keyboardStays(t *testing.T, ctx context.Context) {
	t.Helper()
	here := func(step, want string) {
		t.Helper()
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.activeElement.closest(".people, .rows, .say, .strip, .back, .stage")?.className + ""`))
		if err != nil || got != want {
			t.Errorf("%s: the focus is in %q, want %q (%v)", step, got, want, err)
		}
	}
	do(t, ctx, chromedp.Click(chromedp.CSS(`.rows form[action="do/trouble"] button`)), chromedp.WaitVisible(chromedp.CSS(".switch.on")))
	here("a switch pressed", "rows")
	do(t, ctx, chromedp.Click(chromedp.CSS(`.rows form[action="do/trouble"] button`)), chromedp.WaitNotPresent(chromedp.CSS(".switch.on")),
		chromedp.Click(chromedp.CSS(".strip button")), chromedp.WaitNotPresent(chromedp.CSS(".strip")))
	here("followed", "say")
	do(t, ctx, chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS(".phone")), chromedp.KeyEvent("\t"))
	here("the first stop", "back")
	do(t, ctx, chromedp.KeyEvent("\r"))
	here("the chat", "stage")
}

func texts(p zalosim.Person) []string {
	var list []string
	for _, b := range p.Chat {
		list = append(list, b.Text)
	}
	return list
}

func TestChatPageOnAPhone(t *testing.T) {
	t.Parallel()
	sim := &zalosim.Sim{OAName: "Sở Nội vụ Quảng Nam"}
	api := httptest.NewServer(sim.API())
	t.Cleanup(api.Close)
	sim.Webhook = parrot(t, sim, api.URL)
	desk := httptest.NewServer(sim.Desk())
	t.Cleanup(desk.Close)
	an := sim.AddPerson("An", "")
	ctx, problems := browser(t, 360, 780)
	do(t, ctx,
		chromedp.Navigate(desk.URL+"/"),
		chromedp.SendKeys(chromedp.CSS("#phone-"+an+" .say input[name=text]"), "một câu hỏi dài để xem chữ có xuống dòng đúng trên màn hình hẹp không\r"),
		chromedp.WaitVisible(chromedp.CSS(".msg.oa .act")),
	)
	shoot(t, ctx, "parrot-360")
	got, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](`[document.documentElement.scrollWidth,
		document.querySelector(".composer").getBoundingClientRect().bottom,
		Math.min(...Array.from(document.querySelectorAll(".phone button, .phone a.act, .phone summary")).filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height))]`))
	if err != nil {
		t.Fatal(err)
	}
	if got[0] > 360 || got[1] > 780 || got[2] < 40 {
		t.Errorf("page is %v px wide, composer ends at %v, the smallest control is %v px high", got[0], got[1], got[2])
	}
	if list := problems(); len(list) > 0 {
		t.Errorf("console: %q", list)
	}
}
