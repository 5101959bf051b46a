package zalo

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"duthi/core"
)

// The documented tables, written out by hand: a code that loses its row must fail here.
func TestEveryCodeHasItsAction(t *testing.T) {
	t.Parallel()
	for host, rows := range map[Host]map[Action]string{
		HostOA: {
			Retry: "-32 -200 -214", Refresh: "-216 -220 -401 401 216 -124", Wait: "-211 -218 -234",
			Stop:  "-207 -213 -217 -227 -230 -232 -244 -305 -311 -215 -222",
			Fix:   "-100 -201 -210 -233 -240 -242 -248 -249 -1340 -1341 -99999 12345",
			Human: "-204 -205 -209 -212 -219 -221 -223 -224 -235 -237 -238 -241 -403 -320 -321",
		},
		HostZNS: {
			Retry: "-100", Refresh: "-124", Wait: "-133 -144 -147 -1441 -1471 -1472 -160", Stop: "-108 -118 -110 -114 -119 -139 -140 -141",
			Fix:   "-1241 -106 -107 -109 -111 -112 -1121 -1122 -1124 -113 -1131 -116 -121 -122 -130 -132 -161 -162 -126 -127 -77777",
			Human: "-101 -102 -103 -104 -105 -135 -1351 -136 -137 -138 -1381 -120 -117 -145 -115 -131 -146",
		},
		HostOAuth: {Retry: "-32", Human: "-14002 -14003 -14012 -14024 -14014 -14029 -118 -14444 0"},
	} {
		for action, codes := range rows {
			for _, field := range strings.Fields(codes) {
				var code int
				fmt.Sscan(field, &code)
				if got := actionFor(host, code, ""); got != action {
					t.Errorf("%s %d: %s, want %s", host, code, got, action)
				}
			}
		}
	}
}

func TestCodesWithTwoMeanings(t *testing.T) {
	t.Parallel()
	if a := actionFor(HostOA, -201, "user_id is invalid!"); a != Stop {
		t.Errorf("bad user id: %s", a)
	}
	if a := actionFor(HostOA, -223, "Article quota is reached"); a != Wait {
		t.Errorf("article quota: %s", a)
	}
}

func TestErrorsAtTheEdges(t *testing.T) {
	t.Parallel()
	for action, code := range map[Action]core.Code{Retry: core.Unavailable, Refresh: core.Unavailable, Wait: core.Limited, Stop: core.Closed,
		Fix: core.Internal, Human: core.Unavailable, Reconcile: core.Unavailable} {
		err := fmt.Errorf("sending: %w", &APIError{Action: action, Message: "Zalo's words", Status: http.StatusOK})
		if core.CodeOf(err) != code || ActionOf(err) != action {
			t.Errorf("%s: code %s, action %s", action, core.CodeOf(err), ActionOf(err))
		}
		var shown *core.Error
		if !errors.As(err, &shown) || shown.Msg == "" || strings.Contains(shown.Msg, "Zalo's words") {
			t.Errorf("%s: message %+v", action, shown)
		}
	}
	if !IsUnknown(&APIError{Action: Reconcile}) || IsUnknown(nil) || ActionOf(nil) != "" || ActionOf(needsConsent("x")) != Human {
		t.Error("unknown outcome, nil or consent misjudged")
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()
	if got := challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"); got != "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" {
		t.Errorf("challenge %s", got)
	}
	if got := appSecretProof("appSecretExample", "accessTokenExample"); got != "0960db423f12c085d681bb4f873680bd8558c6fdc8df405766ddce515f6f17f7" {
		t.Errorf("proof %s", got)
	}
	if v := NewVerifier(); len(v) != 43 {
		t.Errorf("verifier has %d characters", len(v))
	}
}

func TestPhone(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"0912345678": "84912345678", "+84 912 345 678": "84912345678", "84912345678": "84912345678", "0912.345.678": "84912345678",
		"0084912345678": "84912345678", "0235.3833199": "", "091234567": "", "abc": "", "": "", "09123456789": "", "0812345678": "84812345678"} {
		if got, ok := Phone(in); got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", in, got, ok, want)
		}
	}
}

func TestTokensAreReadOnlyWhenWhole(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]Action{
		`{"access_token":"a","refresh_token":"r","expires_in":"90000"}`:           "",
		`{"access_token":"a","refresh_token":"r","expires_in":90000}`:             "",
		`{"error":-14014,"error_name":"Invalid refresh token","error_reason":""}`: Human,
		`{"error_name":"Invalid grant","error_description":"x"}`:                  Human,
		`{"access_token":"a"}`:            Human,
		`{}`:                              Human,
		`<html>502</html>`:                Retry,
		`{"error":-32,"message":"limit"}`: Retry,
		`{"error":-118,"error_name":"Invalid grant","access_token":"undefined","refresh_token":"x"}`: Human,
	} {
		tok, err := readTokens(&APIError{Host: HostOAuth, Status: 200, Action: Retry}, []byte(body))
		if ActionOf(err) != want {
			t.Errorf("%s: %v", body, err)
		}
		if (want == "") != (tok.Access == "a") {
			t.Errorf("%s: tokens %+v", body, tok)
		}
	}
	if _, err := readTokens(&APIError{Status: 503, Action: Retry}, []byte(`{"error":-1}`)); ActionOf(err) != Retry {
		t.Errorf("503: %v", err)
	}
}
