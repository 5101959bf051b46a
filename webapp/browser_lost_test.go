package webapp

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const chosenScript = `[...document.querySelectorAll("[name=chon]:checked")].map(x => x.value).join()`

// TestQuizKeepsTheLatestAnswerWhenAnAnswerOfTheServerIsLost saves an answer whose confirmation never arrives and
// changes it meanwhile: what the store holds is the person's own older answer, not another device's, so the
// latest one must end up saved, in the open page and after the page was loaded anew.
func TestQuizKeepsTheLatestAnswerWhenAnAnswerOfTheServerIsLost(t *testing.T) {
	t.Parallel()
	for i, reload := range []bool{false, true} {
		ctx := chromium(t, 360)
		w := newWorld(t)
		b := w.browser()
		b.register(44_000 + i)
		id := b.start()
		w.signInBrowser(t, ctx, 44_000+i)
		url := w.server.URL + "/thi/" + id + "/cau/1"
		steps(t, ctx, chromedp.Navigate(url), chromedp.WaitVisible(question))
		w.deaf.Store(true)
		steps(t, ctx, choose(1), chromedp.WaitVisible(unsavedState), choose(3))
		latest := value[string](t, ctx, chosenScript) // one place, or both where the question takes several
		if reload {
			w.cut.Store(true)
			w.deaf.Store(false)
			steps(t, ctx, chromedp.Navigate("about:blank"))
			w.cut.Store(false)
			steps(t, ctx, chromedp.Navigate(url))
		}
		w.deaf.Store(false)
		steps(t, ctx, chromedp.WaitVisible(savedState))
		if chosen := value[string](t, ctx, chosenScript+" + "+noticeText); chosen != latest {
			t.Errorf("reload %t: the page shows %q, chosen was %s", reload, chosen, latest)
		}
		b.head.Set("Accept", "application/json")
		if state := b.get("/thi/" + id + "/trang-thai").body; !strings.Contains(state, `{"c":[`+latest+`],"k":false,"r":2}`) {
			t.Errorf("reload %t: the store has %s", reload, state)
		}
	}
}

// TestQuizEndsWhileTheNetworkIsGone lets the time run out offline: the page says what happened and opens the
// result by itself when the network is back, in place of the browser's own error page.
func TestQuizEndsWhileTheNetworkIsGone(t *testing.T) {
	t.Parallel()
	ctx := chromium(t, 360)
	w := newWorld(t)
	b := w.browser()
	b.register(44_100)
	id := b.start()
	w.signInBrowser(t, ctx, 44_100)
	w.now.Add(int64((20*time.Minute - 3*time.Second) / time.Millisecond))
	steps(t, ctx, chromedp.Navigate(w.server.URL+"/thi/"+id+"/cau/2"), chromedp.WaitVisible(question), choose(2), chromedp.WaitVisible(savedState))
	w.cut.Store(true)
	steps(t, ctx, chromedp.Click(next), choose(1), chromedp.WaitVisible(chromedp.CSS("fieldset input:disabled")))
	steps(t, ctx, chromedp.PollFunction[chromedp.Void](`() => document.getElementById("bao").textContent.includes("câu 3 chưa kịp lưu")`))
	w.now.Add(4000)
	w.cut.Store(false)
	steps(t, ctx, chromedp.WaitVisible(chromedp.CSS(".done-head h1")))
}

// TestHandingInWaitsForTheNetwork presses the button while the network is gone and nothing is left to save: the paper
// stays, and the same button works when the network is back.
func TestHandingInWaitsForTheNetwork(t *testing.T) {
	t.Parallel()
	ctx := chromium(t, 360)
	w := newWorld(t)
	b := w.browser()
	b.register(44_300)
	id := b.start()
	w.signInBrowser(t, ctx, 44_300)
	handIn := chromedp.CSS(".submit-top")
	steps(t, ctx, chromedp.Navigate(w.server.URL+"/thi/"+id+"/cau/1"), chromedp.WaitVisible(question), choose(1), chromedp.WaitVisible(savedState))
	w.cut.Store(true)
	steps(t, ctx, chromedp.Click(handIn), chromedp.PollFunction[chromedp.Void](`() => document.getElementById("bao").textContent.includes("chưa mở được trang nộp bài")`))
	w.cut.Store(false)
	steps(t, ctx, chromedp.Click(handIn), chromedp.WaitVisible(chromedp.CSS("#prediction")))
}

// TestTwoTabsKeepTheirOwn answers in two tabs of one attempt while the network is gone: what is kept on the device are
// both answers, and both are saved when either tab is back.
func TestTwoTabsKeepTheirOwn(t *testing.T) {
	t.Parallel()
	first := chromium(t, 360)
	w := newWorld(t)
	b := w.browser()
	b.register(44_400)
	id := b.start()
	w.signInBrowser(t, first, 44_400)
	second, cancel := chromedp.NewContext(first)
	t.Cleanup(cancel)
	url := w.server.URL + "/thi/" + id
	steps(t, first, chromedp.Navigate(url+"/cau/1"), chromedp.WaitVisible(question))
	steps(t, second, chromedp.Navigate(url+"/cau/2"), chromedp.WaitVisible(question))
	w.cut.Store(true)
	steps(t, first, choose(1), chromedp.WaitVisible(unsavedState))
	steps(t, second, choose(2), chromedp.WaitVisible(unsavedState))
	if got := value[string](t, first, `Object.keys(JSON.parse(localStorage.getItem("/thi/`+id+`"))).join()`); got != "0,1" {
		t.Errorf("kept on the device: questions %s, want 0,1", got)
	}
	steps(t, second, chromedp.Navigate("about:blank"))
	w.cut.Store(false)
	steps(t, first, chromedp.Navigate(url+"/cau/1"), chromedp.WaitVisible(savedState))
	if got := value[string](t, first, `document.getElementById("da-lam").textContent + " " + String(localStorage.getItem("/thi/`+id+`"))`); got != "2 / 20 null" {
		t.Errorf("back again: %s", got)
	}
}
