package account_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

// TestCodesByTemplate sends codes as an approved template to the simulator: Zalo gets the number and the code in the
// template's parameter; a number that Zalo does not reach and an OA whose token is dead are said as what they are, and
// neither number nor code is in the log (the world checks that).
func TestCodesByTemplate(t *testing.T) {
	t.Parallel()
	sim := &zalosim.Sim{Templates: map[string]zalosim.Template{"301": {Name: "Mã xác thực", Text: "Mã dự thi của anh/chị: <ma>", Params: []string{"ma"}, PhoneOnly: true}}}
	api := httptest.NewServer(sim.API())
	t.Cleanup(api.Close)
	sim.AddPerson("Bình", "84912345678")
	token := sim.Tokens().Access
	client := zalo.NewClient(zalo.ClientConfig{APIURL: api.URL, BusinessURL: api.URL, Token: zalo.FixedToken(token)})
	ch, err := account.NewZaloTemplateChannel(client, "301", "ma")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(w *world) { w.cfg.Channel = ch })
	draft := w.fill(goodForm())
	if _, err := w.SendRegistrationCode(t.Context(), draft, addr); err != nil {
		t.Fatal(err)
	}
	sent := sim.Sent("")
	if len(sent) != 1 || sent[0].Template != "301" || sent[0].Phone != "84912345678" || sent[0].Kind != "phone" {
		t.Fatalf("sent %+v", sent)
	}
	_, code, _ := strings.Cut(sent[0].Text, ": ")
	if _, err := w.FinishRegistration(t.Context(), draft, code, addr); err != nil {
		t.Errorf("with the code Zalo showed (%q): %v", sent[0].Text, err)
	}

	sim.Inject(zalosim.Fault{Path: "/message/template", Code: -118, Words: "Zalo account not existed"})
	stranger := w.fill(goodForm().with(account.FieldPhone, "0987000111").with(account.FieldNationalID, "049085009999"))
	_, err = w.SendRegistrationCode(t.Context(), stranger, addr)
	wantCode(t, err, core.Closed)
	if err == nil || !strings.Contains(err.Error(), "không nhận được mã qua Zalo") {
		t.Errorf("no Zalo on the number: %v", err)
	}
	sim.ExpireToken()
	other := w.fill(goodForm().with(account.FieldPhone, "0977000111").with(account.FieldNationalID, "049085008888"))
	_, err = w.SendRegistrationCode(t.Context(), other, addr)
	wantCode(t, err, core.Unavailable)
	wrong, err := account.NewZaloTemplateChannel(client, "301", "otp")
	if err != nil {
		t.Fatal(err)
	}
	if err := wrong.Send(t.Context(), account.Message{Phone: "+84912345678", Code: "123456"}); err == nil {
		t.Error("a parameter the template does not have was taken")
	}
	if n := len(sim.Sent("")); n != 1 {
		t.Errorf("%d templates went out", n)
	}
}
