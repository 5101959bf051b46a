package main

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"duthi/core"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

// TestAppOfEachKind grants a real app (the simulator over HTTP, as strict as the settings say) from the console:
// each kind of PKCE, with and without appsecret_proof.
func TestAppOfEachKind(t *testing.T) {
	t.Parallel()
	for _, kind := range []environment{
		{},
		{"DUTHI_ZALO_PKCE": "static", "DUTHI_ZALO_PKCE_VERIFIER": zalo.NewVerifier()},
		{"DUTHI_ZALO_PKCE": "per-request", "DUTHI_ZALO_APPSECRET_PROOF": "on"},
	} {
		sim := &zalosim.Sim{Ungranted: true, RequirePKCE: kind["DUTHI_ZALO_PKCE"] != "", RequireProof: kind["DUTHI_ZALO_APPSECRET_PROOF"] == "on"}
		sim.Stats() // fills in the ids
		api := httptest.NewServer(sim.API())
		t.Cleanup(api.Close)
		env := environment{"DUTHI_ZALO_APP_ID": sim.AppID, "DUTHI_ZALO_APP_SECRET": sim.AppSecret, "DUTHI_ZALO_OA_SECRET_KEY": sim.OASecretKey,
			"DUTHI_ZALO_API_URL": api.URL, "DUTHI_ZALO_OAUTH_URL": api.URL}
		for k, v := range kind {
			env[k] = v
		}
		w := newWorld(t, env, nil)
		owner := w.organizer(t, "chu-tri", core.Owner, nil)
		w.grantFromConsole(t, owner)
		if a, err := w.zalo.client.Account(t.Context()); err != nil || a.OAID != sim.OAID {
			t.Errorf("%v: %+v, %v", kind, a, err)
		}
		if refused := sim.Refused(); len(refused) > 0 {
			t.Errorf("%v: %q", kind, refused)
		}
		for _, path := range []string{simPrefix, simPrefix + "/do/add"} {
			if status, _ := w.get(path, ""); status != http.StatusNotFound {
				t.Errorf("with an app the simulator answers at %s: %d", path, status)
			}
		}
		w.stop()
	}
}

// grantFromConsole makes the consent link, allows it at Zalo and opens the callback as the organizer's browser does.
func (w *world) grantFromConsole(t *testing.T, owner string) {
	t.Helper()
	_, page := w.post("/console/zalo/cap-quyen", owner, url.Values{})
	link := regexp.MustCompile(`href="(http[^"]*/v4/oa/permission[^"]*)"`).FindStringSubmatch(page)
	if link == nil {
		t.Fatalf("no consent link:\n%.2000s", page)
	}
	resp, err := zalo.NewHTTPClient().Post(html.UnescapeString(link[1]), "application/x-www-form-urlencoded", nil)
	must(t, err)
	defer resp.Body.Close()
	back, err := resp.Location()
	must(t, err)
	if !strings.HasPrefix(back.String(), w.base) {
		t.Fatalf("Zalo sends back to %s", back)
	}
	if status, to := w.get(back.RequestURI(), owner); status != http.StatusSeeOther {
		t.Fatalf("callback: %d %.1000s", status, to)
	}
	if _, page := w.get(back.RequestURI(), owner); !strings.Contains(page, "không còn dùng được") {
		t.Errorf("the callback worked a second time:\n%.1000s", page)
	}
}
