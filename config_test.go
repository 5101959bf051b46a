package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func read(t *testing.T, env environment, args ...string) (*Config, string) {
	t.Helper()
	c, _, err := readConfig("serve", args, env, nil, nil, io.Discard)
	if err != nil {
		return c, err.Error()
	}
	return c, ""
}

func TestConfigDefaults(t *testing.T) {
	t.Parallel()
	c, faults := read(t, environment{"PATH": "/bin", "DUTHI_TEST_ANYTHING": "x"})
	if faults != "" {
		t.Fatal(faults)
	}
	if c.Addr != "127.0.0.1:8080" || c.OpsAddr != "127.0.0.1:8081" || c.Data != "./data" || len(c.Roles) != 3 || c.Sample != "auto" {
		t.Errorf("%+v", c)
	}
}

func TestFlagsWinOverEnvironment(t *testing.T) {
	t.Parallel()
	c, faults := read(t, environment{"DUTHI_ADDR": ":1"}, "--addr", ":2", "--public-url", "https://a.vn/")
	if faults != "" || c.Addr != ":2" || c.PublicURL != "https://a.vn" {
		t.Errorf("%q %q %q", faults, c.Addr, c.PublicURL)
	}
}

func TestEveryFaultIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, faults := read(t, environment{
		"DUTHI_ADR": ":1", "DUTHI_SAMPLE": "maybe", "DUTHI_ROLES": "web", "DUTHI_TRUSTED_PROXIES": "10.0.0.0/8, nonsense",
		"DUTHI_OTP_CHANNEL": "http", "DUTHI_ZALO_APP_SECRET": "s", "DUTHI_PUBLIC_URL": "a.vn", "DUTHI_SECRET_KEY": "x", "DUTHI_SECRET_KEY_FILE": "/nowhere",
	})
	for _, want := range []string{"DUTHI_ADR is not a setting", "auto, on, off", "needs a database that the other parts share", `"nonsense"`,
		"DUTHI_OTP_HTTP_URL", "DUTHI_ZALO_APP_ID is not", "https://duthi.example", "both set"} {
		if !strings.Contains(faults, want) {
			t.Errorf("missing %q in:\n%s", want, faults)
		}
	}
	_, faults = read(t, environment{"DUTHI_ZALO_PKCE": "static", "DUTHI_ZALO_APPSECRET_PROOF": "on"})
	for _, want := range []string{"DUTHI_ZALO_PKCE_VERIFIER go together", "DUTHI_ZALO_APPSECRET_PROOF need DUTHI_ZALO_APP_ID"} {
		if !strings.Contains(faults, want) {
			t.Errorf("missing %q in:\n%s", want, faults)
		}
	}
	_, faults = read(t, environment{"DUTHI_MONGODB_URI": "mongodb://a", "DUTHI_ROLES": "jobs"})
	for _, want := range []string{"DUTHI_REDIS_URL", "DUTHI_SECRET_KEY_FILE"} {
		if !strings.Contains(faults, want) {
			t.Errorf("missing %q in:\n%s", want, faults)
		}
	}
}

func TestSecretsComeFromFilesAndAreMasked(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "uri")
	if err := os.WriteFile(file, []byte("mongodb://u:geheim@h/duthi\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, faults := read(t, environment{"DUTHI_MONGODB_URI_FILE": file, "DUTHI_SECRET_KEY": strings.Repeat("ab", 32)}, "--print-config")
	if faults != "" || c.MongoURI != "mongodb://u:geheim@h/duthi" {
		t.Fatalf("%q %q", faults, c.MongoURI)
	}
	var out strings.Builder
	c.print(&out)
	if strings.Contains(out.String(), "geheim") || strings.Contains(out.String(), "abab") || !strings.Contains(out.String(), "DUTHI_MONGODB_URI=********\n") {
		t.Error(out.String())
	}
	if !strings.Contains(out.String(), "DUTHI_ADDR=127.0.0.1:8080\n") {
		t.Error("settings that are no secret are shown")
	}
}
