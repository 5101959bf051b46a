package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Widths of the screens pages are looked at on.
const (
	phone   = 360
	desktop = 1280
)

// patience is how long a page may take to do what a test waits for, on a machine that does other things too.
const patience = 25 * time.Second

// chromium is a real browser.
type chromium struct {
	t   *testing.T
	ctx context.Context
	axe string // axe-core, "" when there is none
}

// startChromium starts the browser named by DUTHI_TEST_CHROMIUM; without one the test is skipped.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	if testing.Short() {
		t.Skip("drives a browser: left out with -short")
	}
	path := os.Getenv("DUTHI_TEST_CHROMIUM")
	if path == "" {
		t.Skip("DUTHI_TEST_CHROMIUM is not set: no browser to test in")
	}
	b := &chromium{t: t}
	if file := os.Getenv("DUTHI_TEST_AXE"); file != "" {
		data, err := os.ReadFile(file)
		must(t, err)
		b.axe = string(data)
	}
	folder := t.TempDir()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(folder),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "vi"))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() { cancel(); stop() })
	must(t, chromedp.Do(ctx))
	b.ctx = ctx
	return b
}

// tab is a page of one person's browser: cookies and storage are shared with its twins only.
type tab struct {
	t      *testing.T
	ctx    context.Context
	axe    string
	base   string
	width  int
	script bool

	mu     sync.Mutex
	faults []string // what the browser complained about
	asked  string   // the address opened last
}

// open opens the browser of one more person.
func (b *chromium) open(t *testing.T, base string, width int, script bool) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return newTab(t, ctx, b.axe, base, width, script)
}

// twin opens another tab of the same person.
func (p *tab) twin() *tab {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	return newTab(p.t, ctx, p.axe, p.base, p.width, p.script)
}

func newTab(t *testing.T, ctx context.Context, axe, base string, width int, script bool) *tab {
	t.Helper()
	p := &tab{t: t, ctx: ctx, axe: axe, base: base, width: width, script: script}
	must(t, chromedp.Do(ctx))
	go func() {
		for m, err := range chromedp.Console(ctx) {
			if err != nil {
				return
			}
			p.mu.Lock()
			// A page that is answered with 404 is noted by the browser as well.
			if m.IsException() || m.Type == "error" && !(m.Source == "network" && strings.HasSuffix(m.URL, p.asked)) {
				p.faults = append(p.faults, m.String())
			}
			p.mu.Unlock()
		}
	}()
	height, options := int64(900), []chromedp.EmulateViewportOption{}
	if width == phone {
		height, options = 780, append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	p.do(chromedp.EmulateViewport(int64(width), height, options...))
	if !script {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		must(t, err)
	}
	return p
}

// forgive forgets what the browser complained about: the test made it happen.
func (p *tab) forgive() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("at %s: %v", p.where(), err)
	}
}

// visit opens an address and waits until it is loaded.
func (p *tab) visit(path string) {
	p.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = p.base + path
	}
	p.mu.Lock()
	p.asked = path
	p.mu.Unlock()
	p.do(chromedp.Navigate(path))
}

// follow clicks on what leads to another page, and waits for that page.
func (p *tab) follow(selector string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	p.reach(selector)
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		p.t.Fatalf("at %s: %s leads nowhere: %v\n%s", p.where(), selector, err, p.text("body"))
	}
}

// click clicks on something that stays on the page.
func (p *tab) click(selector string) {
	p.t.Helper()
	p.reach(selector)
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// reach brings what is to be clicked to the middle of the window: the browser scrolls only to what is outside the
// window, and a bar that stays at its edge may lie over the rest.
func (p *tab) reach(selector string) {
	p.t.Helper()
	p.do(chromedp.WaitVisible(chromedp.CSS(selector)))
	eval[bool](p, fmt.Sprintf("document.querySelector(%q).scrollIntoView({block: 'center', behavior: 'instant'}) === undefined", selector))
}

// fill types into a field, replacing what is there.
func (p *tab) fill(selector, text string) {
	p.t.Helper()
	p.do(chromedp.Clear(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// eval asks the page.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for a condition of the page. A page that is just being replaced is asked again.
func (p *tab) until(condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+condition+")"))
		if err == nil && ok {
			return
		}
		select {
		case <-ctx.Done():
			p.t.Fatalf("at %s: never came true: %s (%v)\n%s", p.where(), condition, err, p.text("body"))
		case <-again.C:
		}
	}
}

func (p *tab) text(selector string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf("(document.querySelector(%q) || {innerText: ''}).innerText", selector))
}

// sees checks that the page says something.
func (p *tab) sees(words ...string) {
	p.t.Helper()
	all := p.text("body")
	for _, w := range words {
		if !strings.Contains(all, w) {
			p.t.Errorf("at %s: %q is not said:\n%s", p.where(), w, all)
		}
	}
}

func (p *tab) path() string {
	p.t.Helper()
	return eval[string](p, "location.pathname")
}

func (p *tab) where() string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	where, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		return "?"
	}
	return strings.TrimPrefix(where, p.base)
}

// network is what the browser's network does.
type networkState struct {
	Offline  bool    `json:"offline"`
	Latency  float64 `json:"latency"`
	Download float64 `json:"downloadThroughput"`
	Upload   float64 `json:"uploadThroughput"`
}

var emulateNetwork = cdp.Command[networkState, cdp.Empty]{Method: "Network.emulateNetworkConditions"}

// offline cuts the network, or mends it.
func (p *tab) offline(cut bool) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulateNetwork, networkState{Offline: cut, Download: -1, Upload: -1})
	must(p.t, err)
}

// remember sets a cookie given as name=value.
func (p *tab) remember(cookie string) {
	p.t.Helper()
	for one := range strings.SplitSeq(cookie, "; ") {
		name, value, _ := strings.Cut(one, "=")
		_, err := chromedp.Call(p.ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: p.base + "/"})
		must(p.t, err)
	}
}

// inspect looks at the page as it is: nothing beside the screen, no complaint of the browser, nothing axe-core
// finds. With DUTHI_TEST_SHOTS its picture is kept as NAME-WIDTH.png in that folder.
func (p *tab) inspect(name string) {
	p.t.Helper()
	if wide := eval[int](p, "document.documentElement.scrollWidth"); wide > p.width {
		p.t.Errorf("%s at %d px is %d px wide: %s", name, p.width, wide, eval[string](p, tooWide))
	}
	p.mu.Lock()
	faults := p.faults
	p.mu.Unlock()
	p.forgive()
	for _, fault := range faults {
		p.t.Errorf("%s at %d px: the browser says: %s", name, p.width, fault)
	}
	p.shot(name)
	if p.axe != "" && p.script {
		p.accessible(name)
	}
}

// tooWide names what stands out of the page.
const tooWide = `[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 5).map((e) => e.tagName + "." + e.className).join(", ")`

func (p *tab) shot(name string) {
	p.t.Helper()
	folder := os.Getenv("DUTHI_TEST_SHOTS")
	if folder == "" {
		return
	}
	must(p.t, os.MkdirAll(folder, 0o755))
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	must(p.t, err)
	if !p.script {
		name += "-noscript"
	}
	must(p.t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%d.png", name, p.width)), picture, 0o644))
}

// violation is what axe-core finds.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

func (p *tab) accessible(name string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	must(p.t, chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](p.axe)))
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations"]}).then((r) => JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise))
	must(p.t, err)
	var all []violation
	must(p.t, json.Unmarshal([]byte(found), &all))
	for _, v := range all {
		p.t.Errorf("%s at %d px: axe-core %s: %s: %d times, first %s\n%s", name, p.width, v.ID, v.Help, len(v.Nodes), v.Nodes[0].HTML, v.Nodes[0].Summary)
	}
}
