package main

import (
	"net/http"
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
		sim := &zalosim.Sim{RequirePKCE: kind["DUTHI_ZALO_PKCE"] != "", RequireProof: kind["DUTHI_ZALO_APPSECRET_PROOF"] == "on"}
		w := appWorld(t, sim, kind, nil)
		owner := w.organizer(t, "chu-tri", core.Owner, nil)
		if status, to := w.callback(t, w.allowed(t, w.consentLink(t, owner)), owner); status != http.StatusSeeOther {
			t.Fatalf("%v: callback: %d %.1000s", kind, status, to)
		}
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
