package webapp

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromium starts a browser with a profile of its own, or skips the test when there is none. The width is
// that of a phone or a desk.
func chromium(t *testing.T, width int64) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no chromium: the browser's side of the quiz is not tested")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.UserDataDir(t.TempDir()))
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() { cancel(); cancelAlloc() })
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 780)); err != nil {
		t.Fatal(err)
	}
	limited, cancelLimit := context.WithTimeout(ctx, 2*time.Minute) // only when something never comes
	t.Cleanup(cancelLimit)
	return limited
}

// signInBrowser signs somebody who registered over HTTP in, by the page.
func (w *world) signInBrowser(t *testing.T, ctx context.Context, serial int) {
	t.Helper()
	steps(t, ctx, chromedp.Navigate(w.server.URL+"/dang-nhap"), chromedp.WaitVisible(chromedp.CSS("#so_dien_thoai")),
		chromedp.SendKeys(chromedp.CSS("#so_dien_thoai"), fmt.Sprintf("09123%05d", serial)), chromedp.SendKeys(chromedp.CSS("#mat_khau"), examplePassword),
		chromedp.Click(chromedp.CSS("main .button.main")), chromedp.WaitVisible(chromedp.CSS("form[action='/dang-xuat']")))
}

// steps does one thing after the other and shows the page when one of them fails.
func steps(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		look, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		html, _ := chromedp.Run(look, chromedp.OuterHTML(chromedp.CSS("body")))
		t.Fatalf("%v\n%s", err, html)
	}
}

// value gives what an expression of the page's script is.
func value[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}

const (
	savedState   = chromedp.CSS(`.saving[data-saving="saved"]`)
	unsavedState = chromedp.CSS(`.saving[data-saving="unsaved"]`)
	question     = chromedp.CSS("#q-no")
	next         = chromedp.CSS("#sau")
)

// choose taps the n-th option of the question shown.
func choose(n int) chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS(fmt.Sprintf(".option:nth-child(%d)", n)))
}

const noticeText = `document.getElementById("bao").textContent`

// TestQuizKeepsAnswersWhileTheNetworkIsGone answers in a real browser, cuts the network, goes on, opens the
// page anew, and finds everything saved.
func TestQuizKeepsAnswersWhileTheNetworkIsGone(t *testing.T) {
	t.Parallel()
	for i, width := range []int64{360, 1280} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			ctx := chromium(t, width)
			w := newWorld(t)
			b := w.browser()
			b.register(40_000 + i)
			id := b.start()
			w.signInBrowser(t, ctx, 40_000+i)
			url, kept := w.server.URL+"/thi/"+id, `String(localStorage.getItem("/thi/`+id+`"))`
			steps(t, ctx, chromedp.Navigate(url), chromedp.WaitVisible(question), choose(2), chromedp.WaitVisible(savedState))
			w.cut.Store(true)
			steps(t, ctx, chromedp.Click(next), choose(1), chromedp.WaitVisible(unsavedState), chromedp.Click(next), choose(3))
			if notice := value[string](t, ctx, noticeText); !strings.Contains(notice, "Bài vẫn giữ trên máy này") {
				t.Errorf("offline: notice %q", notice)
			}
			if got := value[string](t, ctx, kept); strings.Count(got, `"r":`) != 2 {
				t.Errorf("offline: kept %s", got)
			}
			w.cut.Store(false)
			steps(t, ctx, chromedp.Navigate(url+"/cau/3"), chromedp.WaitVisible(savedState))
			if got := value[string](t, ctx, `document.getElementById("da-lam").textContent + " " + `+kept); got != "3 / 20 null" {
				t.Errorf("online again: %s", got)
			}
			b.head.Set("Accept", "application/json")
			if state := b.get("/thi/" + id + "/trang-thai").body; strings.Count(state, `"r":1`) != 3 {
				t.Errorf("the store has %s", state)
			}
		})
	}
}

// TestQuizShowsTheNewerAnswerOfAnotherDevice has another device answer the same question first.
func TestQuizShowsTheNewerAnswerOfAnotherDevice(t *testing.T) {
	t.Parallel()
	ctx := chromium(t, 360)
	w := newWorld(t)
	b := w.browser()
	b.register(41_000)
	id := b.start()
	w.signInBrowser(t, ctx, 41_000)
	steps(t, ctx, chromedp.Navigate(w.server.URL+"/thi/"+id+"/cau/1"), chromedp.WaitVisible(question))
	if p := b.save(id, `{"i":0,"c":[3],"k":false,"r":0}`); p.status != 200 {
		t.Fatal(p.body)
	}
	steps(t, ctx, choose(1), chromedp.WaitVisible(chromedp.CSS("#bao")))
	if notice := value[string](t, ctx, noticeText); !strings.Contains(notice, "trên máy khác") {
		t.Errorf("notice %q", notice)
	}
	if chosen := value[string](t, ctx, `document.querySelector("[name=chon]:checked").value`); chosen != "3" {
		t.Errorf("option %s is shown as chosen", chosen)
	}
}

// TestQuizEndsByItself lets the time run out with the page open.
func TestQuizEndsByItself(t *testing.T) {
	t.Parallel()
	ctx := chromium(t, 360)
	w := newWorld(t)
	b := w.browser()
	b.register(42_000)
	id := b.start()
	w.signInBrowser(t, ctx, 42_000)
	w.now.Add(int64((20*time.Minute - 3*time.Second) / time.Millisecond))
	steps(t, ctx, chromedp.Navigate(w.server.URL+"/thi/"+id+"/cau/1"), chromedp.WaitVisible(chromedp.CSS("#dong-ho.low")), choose(2), chromedp.WaitVisible(savedState))
	w.now.Add(4000)
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS(".done-head h1")))
	if heading := value[string](t, ctx, `document.querySelector("h1").textContent`); heading != "Hết giờ, bài đã tự nộp" {
		t.Errorf("heading %q", heading)
	}
}

// TestPagesHaveNoAccessibilityFaults runs axe-core, whose script DUTHI_TEST_AXE names, on the pages of every
// kind at both widths.
func TestPagesHaveNoAccessibilityFaults(t *testing.T) {
	t.Parallel()
	file := os.Getenv("DUTHI_TEST_AXE")
	if file == "" {
		t.Skip("DUTHI_TEST_AXE does not name axe.min.js")
	}
	axe, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, withRules)
	b := w.browser()
	b.register(43_000)
	id := b.start()
	paths := append([]string{"/thi/" + id + "/cau/1", "/thi/" + id + "/nop", "/thi", "/bai-thi", "/du-lieu-cua-toi", "/du-lieu-cua-toi/sua", "/hop-thu-mau", "/khong-co"}, publicPages...)
	for _, width := range []int64{360, 1280} {
		ctx := chromium(t, width)
		w.signInBrowser(t, ctx, 43_000)
		for _, path := range paths {
			if strings.Contains(path, ".") {
				continue // not a page
			}
			steps(t, ctx, chromedp.Navigate(w.server.URL+path))
			value[chromedp.Void](t, ctx, string(axe)+";0")
			faults := value[string](t, ctx, `axe.run().then(r => r.violations.map(v => v.id + " " + v.nodes.map(n => n.target.join(" ")).join(", ")).join("; "))`)
			if wide := value[bool](t, ctx, `document.documentElement.scrollWidth > innerWidth`); faults != "" || wide {
				t.Errorf("%s at %d px: %s, wider than the window: %t", path, width, faults, wide)
			}
		}
	}
}
