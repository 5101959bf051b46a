package zalosim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"duthi/core/zalo/zalosim"
)

func TestDesk(t *testing.T) {
	t.Parallel()
	sim := &zalosim.Sim{Webhook: &inbox{t: t}}
	desk := httptest.NewServer(http.StripPrefix("/sim", sim.Desk()))
	t.Cleanup(desk.Close)
	post := func(action, form, accept string) *http.Response {
		req, err := http.NewRequest(http.MethodPost, desk.URL+"/sim/do/"+action, strings.NewReader(form))
		check(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept", accept)
		resp, err := http.DefaultTransport.RoundTrip(req)
		check(t, err)
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	resp := post("add", "name=An", "text/html")
	an := sim.People()[0].ID
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "../?u="+an {
		t.Errorf("%d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
	if resp = post("say", "user="+an+"&text=chao&view="+an, "application/json"); resp.StatusCode != 200 {
		t.Errorf("say: %d", resp.StatusCode)
	}
	for _, c := range []struct {
		action, form string
		status       int
	}{{"say", "user=1&text=a", 422}, {"nothing", "", 404}, {"say", "user=" + an + "&words=a", 400}, {"trouble", "key=none&on=1", 422}} {
		if resp := post(c.action, c.form, "application/json"); resp.StatusCode != c.status {
			t.Errorf("%s %s: %d, want %d", c.action, c.form, resp.StatusCode, c.status)
		}
	}
	req, err := http.NewRequest(http.MethodPost, desk.URL+"/sim/do/add", nil)
	check(t, err)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if resp, err := http.DefaultClient.Do(req); err != nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %v %v", resp.StatusCode, err)
	}
	check(t, sim.AwaitDelivered(within(t)))
	var state zalosim.State
	get, err := http.Get(desk.URL + "/sim/state")
	check(t, err)
	defer get.Body.Close()
	check(t, json.NewDecoder(get.Body).Decode(&state))
	if len(state.People) != 1 || state.People[0].Chat[0].Text != "chao" || state.Stats.Acknowledged != 1 {
		t.Errorf("state %+v", state)
	}
}

func TestPageEscapesWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	sim := &zalosim.Sim{Webhook: &inbox{t: t}, OAName: `<img src=x>`}
	an := sim.AddPerson(`<script>alert(1)</script>`, "")
	sim.Say(an, `<script>alert(2)</script> https://x/"onclick=alert(3)`)
	sim.SendImage(an, "javascript:alert(4)")
	w := httptest.NewRecorder()
	sim.Desk().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	body, err := io.ReadAll(w.Body)
	check(t, err)
	page := string(body)
	for _, bad := range []string{"<script>alert", "<img src=x>", `"onclick`, `href="javascript`, "style=", "<script>\n"} {
		if strings.Contains(page, bad) {
			t.Errorf("page contains %q", bad)
		}
	}
}
