package zalosim_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"duthi/core/zalo/zalosim"
)

// received is what a plain bot reads of an event.
type received struct {
	AppID     string `json:"app_id"`
	Name      string `json:"event_name"`
	Timestamp string `json:"timestamp"`
	Sender    struct {
		ID      string `json:"id"`
		AdminID string `json:"admin_id"`
	} `json:"sender"`
	Message struct {
		Text   string   `json:"text"`
		MsgID  string   `json:"msg_id"`
		MsgIDs []string `json:"msg_ids"`
	} `json:"message"`
	raw   []byte
	retry string
}

// decode reads an event and checks its signature by itself, without the client's code.
func decode(t *testing.T, r *http.Request) received {
	t.Helper()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	e := received{raw: raw, retry: r.Header.Get("num_retry")}
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Errorf("%v in %s", err, raw)
	}
	sum := sha256.Sum256([]byte(e.AppID + string(raw) + e.Timestamp + "khoa-webhook-mo-phong"))
	if r.Header.Get("X-ZEvent-Signature") != "mac="+hex.EncodeToString(sum[:]) {
		t.Errorf("signature of %s is wrong", e.Name)
	}
	return e
}

// call posts JSON to the API with the live token and gives status and body.
func call(sim *zalosim.Sim, api, path, body string) (int, string) {
	req, err := http.NewRequest(http.MethodPost, api+path, strings.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("access_token", sim.Tokens().Access)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, err.Error()
	}
	return resp.StatusCode, string(b)
}
