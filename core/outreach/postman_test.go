package outreach_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/outreach"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

const (
	sendPath     = "/v3.0/oa/message/cs"
	uploadPath   = "/v2.0/oa/upload/image"
	templatePath = "/v3.0/oa/message/template"
)

// post is a Postman with a Zalo of its own.
type post struct {
	*outreach.Postman
	sim   *zalosim.Sim
	clock *zalosim.Clock
	user  string // who wrote to the OA just now
}

func newPost(t *testing.T, sim *zalosim.Sim) *post {
	t.Helper()
	p := &post{sim: sim, clock: zalosim.NewClock(noon.Time(vietnam))}
	sim.Clock = p.clock
	api := httptest.NewServer(sim.API())
	t.Cleanup(api.Close)
	p.user = sim.AddPerson("An", "84912345678")
	sim.Follow(p.user)
	sim.Say(p.user, "xin chào")
	token := func(context.Context, string) (string, error) { return sim.Tokens().Access, nil }
	client := zalo.NewClient(zalo.ClientConfig{Token: token, APIURL: api.URL, BusinessURL: api.URL, Clock: p.clock.Now})
	var dot bytes.Buffer
	if err := png.Encode(&dot, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	p.Postman = outreach.NewPostman(client, func(string) ([]byte, error) { return dot.Bytes(), nil })
	return p
}

// calls counts the calls of a path.
func (p *post) calls(path string) int {
	n := 0
	for _, e := range p.sim.Journal() {
		if e.Name == "POST "+path {
			n++
		}
	}
	return n
}

func (p *post) text() outreach.Message {
	return outreach.Message{Channel: core.ChannelFree, UserID: p.user, Text: "Đợt 3 đóng lúc 23:59 ngày 15/11.", ButtonTitle: "Vào thi", ButtonURL: "https://thi.example/"}
}

func (p *post) picture() outreach.Message {
	m := p.text()
	m.QR = true
	return m
}

func TestReminderHasItsButtons(t *testing.T) {
	t.Parallel()
	p := newPost(t, &zalosim.Sim{})
	r, err := p.Send(t.Context(), p.text())
	if err != nil || r.MessageID == "" || r.Billed || r.Channel != core.ChannelFree {
		t.Fatalf("%+v, %v", r, err)
	}
	got := p.sim.Sent(p.user)[0]
	if len(got.Buttons) != 2 || got.Buttons[0].Link != "https://thi.example/" || got.Buttons[1].Title != "Tắt nhắc" || got.Buttons[1].Payload != outreach.StopReminders {
		t.Errorf("%+v", got.Buttons)
	}
	m := p.text()
	m.ButtonTitle, m.ButtonURL = "", ""
	if _, err := p.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := p.sim.Sent(p.user)[1]; len(got.Buttons) != 1 || got.Buttons[0].Title != "Tắt nhắc" {
		t.Errorf("a message without a button of its own: %+v", got.Buttons)
	}
}

// TestCodeIsUploadedOnce: many messages with the same code need one upload, until Zalo forgets it.
func TestCodeIsUploadedOnce(t *testing.T) {
	t.Parallel()
	p := newPost(t, &zalosim.Sim{Limits: zalosim.Limits{AccessLife: 365 * 24 * time.Hour}})
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if _, err := p.Send(t.Context(), p.picture()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if up, sent := p.calls(uploadPath), len(p.sim.Sent(p.user)); up != 1 || sent != 5 {
		t.Errorf("%d uploads, %d messages", up, sent)
	}
	p.clock.Advance(8 * 24 * time.Hour)
	p.sim.Say(p.user, "xin chào") // within the window again
	if _, err := p.Send(t.Context(), p.picture()); err != nil {
		t.Error(err)
	}
	if up, sent := p.calls(uploadPath), len(p.sim.Sent(p.user)); up != 2 || sent != 6 {
		t.Errorf("after Zalo forgot it: %d uploads, %d messages", up, sent)
	}
}

// TestDoubtIsTheMessagesOwn: an upload of unknown fate is made again, a message of unknown fate never.
func TestDoubtIsTheMessagesOwn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault zalosim.Fault
		want  zalo.Action
		sent  int
	}{
		"upload lost":          {zalosim.Fault{Path: uploadPath, Lose: zalosim.LoseAfter, Times: 9}, zalo.Retry, 0},
		"upload error page":    {zalosim.Fault{Path: uploadPath, Page: 502, Times: 9}, zalo.Retry, 0},
		"upload refused":       {zalosim.Fault{Path: uploadPath, Code: -210}, zalo.Fix, 0},
		"message lost":         {zalosim.Fault{Path: sendPath, Lose: zalosim.LoseAfter}, zalo.Reconcile, 1},
		"message error page":   {zalosim.Fault{Path: sendPath, Page: 502}, zalo.Reconcile, 0},
		"too fast":             {zalosim.Fault{Path: sendPath, Code: -32}, zalo.Retry, 0},
		"no quota":             {zalosim.Fault{Path: sendPath, Code: -211}, zalo.Wait, 0},
		"window closed":        {zalosim.Fault{Path: sendPath, Code: -230}, zalo.Stop, 0},
		"image unknown, twice": {zalosim.Fault{Path: sendPath, Code: -100, Times: 2}, zalo.Fix, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPost(t, &zalosim.Sim{})
			p.sim.Inject(c.fault)
			_, err := p.Send(t.Context(), p.picture())
			if got := zalo.ActionOf(err); got != c.want {
				t.Errorf("%q, want %q: %v", got, c.want, err)
			}
			if n := len(p.sim.Sent(p.user)); n != c.sent {
				t.Errorf("%d messages", n)
			}
		})
	}
}

// TestTemplateFallsBackToThePhone only where the template can't go by user and a fallback was planned for.
func TestTemplateFallsBackToThePhone(t *testing.T) {
	t.Parallel()
	newSim := func() *zalosim.Sim {
		return &zalosim.Sim{Templates: map[string]zalosim.Template{"u1": {Params: []string{"ten"}}, "p1": {Params: []string{"ten"}, PhoneOnly: true}}}
	}
	message := func(p *post, template string) outreach.Message {
		params := map[string]string{"ten": "An"}
		return outreach.Message{Channel: core.ChannelUserTemplate, UserID: p.user, Template: template, Parameters: params,
			Fallback: &outreach.Message{Channel: core.ChannelPhoneTemplate, Phone: "0912345678", Template: "p1", Parameters: params, TrackingID: "t1"}}
	}
	p := newPost(t, newSim())
	if r, err := p.Send(t.Context(), message(p, "u1")); err != nil || r.Channel != core.ChannelUserTemplate || len(p.sim.Sent(p.user)) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := p.Send(t.Context(), message(p, "p1")); err != nil || r.Channel != core.ChannelPhoneTemplate || len(p.sim.Sent(p.user)) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	alone := message(p, "p1")
	alone.Fallback = nil
	var api *zalo.APIError
	if _, err := p.Send(t.Context(), alone); !errors.As(err, &api) || api.Code != zalo.CodeNoUserTemplate {
		t.Error(err)
	}
	p.sim.Inject(zalosim.Fault{Path: templatePath, Lose: zalosim.LoseAfter})
	if _, err := p.Send(t.Context(), message(p, "u1")); !zalo.IsUnknown(err) || p.calls("/message/template") != 1 {
		t.Errorf("a template of unknown fate must not go by phone as well: %v", err)
	}
}
