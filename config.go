package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"duthi/core/zalo"
)

// Config is every setting of the program, checked.
type Config struct {
	Addr, OpsAddr  string
	Data           string
	Retention      string // auto, off
	Backups        int    // daily copies of the embedded database that are kept; 0: none are made
	MongoURI       string
	RedisURL       string
	PublicURL      string // without a slash at its end; empty: from the listener
	Roles          []string
	Sample         string // auto, on, off
	TrustedProxies []netip.Prefix
	SecretKey      string // hex or base64, 32 bytes; empty: the data folder's
	SecretKeyOld   string
	OTPChannel     string // "", sample, http, zalo-chat, zalo-template
	OTPHTTP        OTPHTTP
	OTPZalo        OTPZalo
	LogLevel       slog.Level
	LogFormat      string // text, json
	Zalo           ZaloConfig
	Sending        SendingConfig
	PrintConfig    bool

	loopback string // how this process reaches its own listener, set when it listens

	values map[string]string // as read, by environment name
}

// OTPHTTP is the generic SMS gateway of the channel http.
type OTPHTTP struct{ Method, URL, Headers, Body, Success string }

// OTPZalo is the template of the channel zalo-template: its id at Zalo and the parameter that takes the code.
type OTPZalo struct{ Template, Param string }

// ZaloConfig is the Zalo app; without AppID the simulator stands in.
type ZaloConfig struct {
	AppID, AppSecret, OASecretKey string
	WebhookMode                   string
	APIURL, OAuthURL              string
	Verification                  string // code of the proof of the domain
	PKCE                          string // none, static, per-request
	PKCEVerifier                  string // with static
	Proof                         string // on: send appsecret_proof
}

// setting is one line of the table of settings: a flag, an environment variable, or both.
type setting struct {
	flag, env, def, help string
	secret               bool // masked by --print-config; the variable also exists with _FILE at its end
	set                  func(c *Config, v string) error
}

func settings() []setting {
	text := func(f func(*Config) *string) func(*Config, string) error {
		return func(c *Config, v string) error { *f(c) = v; return nil }
	}
	oneOf := func(f func(*Config) *string, allowed ...string) func(*Config, string) error {
		return func(c *Config, v string) error {
			if !slices.Contains(allowed, v) {
				return fmt.Errorf("must be one of %s", strings.Join(allowed, ", "))
			}
			*f(c) = v
			return nil
		}
	}
	return append([]setting{
		{"addr", "DUTHI_ADDR", "127.0.0.1:8080", "public listener: pages, webhook, /livez, /readyz", false, hostPort(func(c *Config) *string { return &c.Addr }, false)},
		{"ops-addr", "DUTHI_OPS_ADDR", "127.0.0.1:8081", "listener of /metrics and pprof; off to have none", false, hostPort(func(c *Config) *string { return &c.OpsAddr }, true)},
		{"data", "DUTHI_DATA", "./data", "folder of the embedded database and files", false, text(func(c *Config) *string { return &c.Data })},
		{"backups", "DUTHI_BACKUPS", "7", "daily copies of the embedded database kept in the data folder's backups; 0 to make none", false, backupsKept},
		{"retention", "DUTHI_RETENTION", "auto", "anonymise a contest when its file's time to keep personal data is over: auto, or off (duthi retention does it)", false, oneOf(func(c *Config) *string { return &c.Retention }, "auto", "off")},
		{"mongodb-uri", "DUTHI_MONGODB_URI", "", "MongoDB; empty: the embedded SQLite", true, mongoURI},
		{"redis-url", "DUTHI_REDIS_URL", "", "Redis; empty: in this process", true, redisURL},
		{"public-url", "DUTHI_PUBLIC_URL", "", "what links and QR codes lead to; empty: from the listener", false, publicURL},
		{"roles", "DUTHI_ROLES", "web,bot,jobs", "what this process does", false, roles},
		{"sample", "DUTHI_SAMPLE", "auto", "load the sample contest: auto (when the store has no contest), on, off", false, oneOf(func(c *Config) *string { return &c.Sample }, "auto", "on", "off")},
		{"trusted-proxies", "DUTHI_TRUSTED_PROXIES", "", "addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed, with commas", false, proxies},
		{"", "DUTHI_SECRET_KEY", "", "32 bytes in hex or base64: seals identity numbers and phones, signs receipts", true, text(func(c *Config) *string { return &c.SecretKey })},
		{"", "DUTHI_SECRET_KEY_OLD", "", "the key before, while records are sealed anew", true, text(func(c *Config) *string { return &c.SecretKeyOld })},
		{"otp-channel", "DUTHI_OTP_CHANNEL", "", "how one-time codes travel: sample, http, zalo-chat, zalo-template", false, oneOf(func(c *Config) *string { return &c.OTPChannel }, "", "sample", "http", "zalo-chat", "zalo-template")},
		{"", "DUTHI_OTP_HTTP_METHOD", "POST", "gateway of the channel http: method", false, oneOf(func(c *Config) *string { return &c.OTPHTTP.Method }, "POST", "PUT", "GET")},
		{"", "DUTHI_OTP_HTTP_URL", "", "its address; {{phone}}, {{code}} and {{text}} are filled in", true, text(func(c *Config) *string { return &c.OTPHTTP.URL })},
		{"", "DUTHI_OTP_HTTP_HEADERS", "", "its headers, one a line: Name: value", true, text(func(c *Config) *string { return &c.OTPHTTP.Headers })},
		{"", "DUTHI_OTP_HTTP_BODY", "", "its body", true, text(func(c *Config) *string { return &c.OTPHTTP.Body })},
		{"", "DUTHI_OTP_HTTP_SUCCESS", "", "text its answer must hold to count as sent; empty: any answer of status 2xx", false, text(func(c *Config) *string { return &c.OTPHTTP.Success })},
		{"", "DUTHI_OTP_ZALO_TEMPLATE", "", "approved template of the channel zalo-template: its id", false, text(func(c *Config) *string { return &c.OTPZalo.Template })},
		{"", "DUTHI_OTP_ZALO_PARAM", "otp", "its parameter that takes the code", false, text(func(c *Config) *string { return &c.OTPZalo.Param })},
		{"log-level", "DUTHI_LOG_LEVEL", "info", "debug, info, warn, error", false, logLevel},
		{"log-format", "DUTHI_LOG_FORMAT", "text", "text or json", false, oneOf(func(c *Config) *string { return &c.LogFormat }, "text", "json")},
		{"", "DUTHI_ZALO_APP_ID", "", "Zalo app; empty: the simulator", false, text(func(c *Config) *string { return &c.Zalo.AppID })},
		{"", "DUTHI_ZALO_APP_SECRET", "", "its secret key", true, text(func(c *Config) *string { return &c.Zalo.AppSecret })},
		{"", "DUTHI_ZALO_OA_SECRET_KEY", "", "the OA secret key of the app's webhook page", true, text(func(c *Config) *string { return &c.Zalo.OASecretKey })},
		{"", "DUTHI_ZALO_WEBHOOK_MODE", "enforce", "bootstrap, log, enforce", false, oneOf(func(c *Config) *string { return &c.Zalo.WebhookMode }, "bootstrap", "log", "enforce")},
		{"", "DUTHI_ZALO_VERIFICATION", "", "code that Zalo asks for as a proof of the domain: served as a file and in the home page", false, text(func(c *Config) *string { return &c.Zalo.Verification })},
		{"", "DUTHI_ZALO_PKCE", "none", "PKCE of the consent link, as the app's console wants it: none, static (one verifier, its challenge saved in the console), per-request", false,
			oneOf(func(c *Config) *string { return &c.Zalo.PKCE }, "none", "static", "per-request")},
		{"", "DUTHI_ZALO_PKCE_VERIFIER", "", "with static: the verifier, 43 to 128 letters, digits, - . _ ~", true, text(func(c *Config) *string { return &c.Zalo.PKCEVerifier })},
		{"", "DUTHI_ZALO_APPSECRET_PROOF", "off", "send appsecret_proof with each call, when that switch of the app is on: on, off", false, oneOf(func(c *Config) *string { return &c.Zalo.Proof }, "on", "off")},
		{"", "DUTHI_ZALO_API_URL", "", "another base of the API, for tests", false, text(func(c *Config) *string { return &c.Zalo.APIURL })},
		{"", "DUTHI_ZALO_OAUTH_URL", "", "another base of the sign-in, for tests", false, text(func(c *Config) *string { return &c.Zalo.OAuthURL })},
	}, sendingSettings()...)
}

// storeFlags are the settings that commands beside serve take too.
func storeFlags() []string { return []string{"data", "mongodb-uri", "redis-url", "public-url"} }

// environment gives variables by name.
type environment map[string]string

func environ() environment {
	env := environment{}
	for _, kv := range os.Environ() {
		k, v, _ := strings.Cut(kv, "=")
		env[k] = v
	}
	return env
}

// values reads the environment into the table's order of precedence below flags: the variable, else the file
// its _FILE twin names, else the default. Unknown DUTHI_ variables are errors: a typo must not go unnoticed.
func (env environment) values(table []setting) (map[string]string, []error) {
	known, out := map[string]bool{}, map[string]string{}
	var faults []error
	for _, s := range table {
		known[s.env] = true
		out[s.env] = s.def
		v, set := env[s.env]
		if set {
			out[s.env] = v
		}
		if !s.secret {
			continue
		}
		known[s.env+"_FILE"] = true
		file, fromFile := env[s.env+"_FILE"]
		if !fromFile {
			continue
		}
		if set {
			faults = append(faults, fmt.Errorf("%s and %[1]s_FILE are both set", s.env))
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s_FILE: %w", s.env, err))
		}
		out[s.env] = strings.TrimRight(string(content), "\r\n")
	}
	for name := range env {
		if strings.HasPrefix(name, "DUTHI_") && !strings.HasPrefix(name, "DUTHI_TEST_") && !known[name] {
			faults = append(faults, fmt.Errorf("%s is not a setting of duthi", name))
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return out, faults
}

// readConfig reads flags and environment; only names the flags the command takes (nil: all). Every fault is
// reported at once. What is left of args is returned.
func readConfig(command string, args []string, env environment, only []string, more func(*flag.FlagSet), stderr io.Writer) (*Config, []string, error) {
	table := settings()
	values, faults := env.values(table)
	fs := flag.NewFlagSet("duthi "+command, flag.ContinueOnError)
	fs.SetOutput(stderr)
	for _, s := range table {
		if s.flag != "" && (only == nil || slices.Contains(only, s.flag)) {
			fs.Func(s.flag, fmt.Sprintf("%s (%s, default %q)", s.help, s.env, s.def), func(v string) error { values[s.env] = v; return nil })
		}
	}
	fs.Usage = func() { printUsage(command, fs) }
	c := &Config{values: values}
	if only == nil {
		fs.BoolVar(&c.PrintConfig, "print-config", false, "print the settings, secrets masked, and stop")
	}
	if more != nil {
		more(fs)
	}
	if err := fs.Parse(args); err != nil {
		return nil, nil, err
	}
	for _, s := range table {
		if err := s.set(c, values[s.env]); err != nil {
			name := s.env
			if s.flag != "" {
				name = "--" + s.flag + " (" + s.env + ")"
			}
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
	}
	faults = append(faults, c.contradictions()...)
	return c, fs.Args(), errors.Join(faults...)
}

// contradictions gives what cannot be meant together.
func (c *Config) contradictions() []error {
	var faults []error
	say := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	say(c.MongoURI == "" && len(c.Roles) > 0 && len(c.Roles) < 3,
		"--roles %s: a part of the roles needs a database that the other parts share: set DUTHI_MONGODB_URI, or run all roles in one process", strings.Join(c.Roles, ","))
	say(c.MongoURI != "" && len(c.Roles) > 0 && len(c.Roles) < 3 && c.RedisURL == "",
		"--roles %s: processes that share MongoDB also share a Redis: set DUTHI_REDIS_URL", strings.Join(c.Roles, ","))
	say(c.MongoURI != "" && c.SecretKey == "", "DUTHI_SECRET_KEY_FILE: required with MongoDB, the same for every process (openssl rand -hex 32)")
	say(c.OTPChannel == "http" && c.OTPHTTP.URL == "", "DUTHI_OTP_CHANNEL=http needs DUTHI_OTP_HTTP_URL")
	say(c.OTPChannel != "http" && (c.OTPHTTP.URL != "" || c.OTPHTTP.Success != ""), "DUTHI_OTP_HTTP_… is set, but DUTHI_OTP_CHANNEL is not http")
	say(c.OTPChannel == "zalo-template" && (c.OTPZalo.Template == "" || c.OTPZalo.Param == ""), "DUTHI_OTP_CHANNEL=zalo-template needs DUTHI_OTP_ZALO_TEMPLATE and DUTHI_OTP_ZALO_PARAM")
	say(c.OTPChannel == "sample" && c.Sample == "off", "DUTHI_OTP_CHANNEL=sample works in sample mode only, and DUTHI_SAMPLE is off")
	say(c.Zalo.AppID == "" && (c.Zalo.AppSecret != "" || c.Zalo.OASecretKey != ""), "a Zalo secret is set, but DUTHI_ZALO_APP_ID is not")
	say(c.Zalo.AppID != "" && c.Zalo.AppSecret == "", "DUTHI_ZALO_APP_ID needs DUTHI_ZALO_APP_SECRET")
	say(c.Zalo.AppID != "" && c.Zalo.OASecretKey == "" && c.Zalo.WebhookMode == "enforce", "DUTHI_ZALO_WEBHOOK_MODE=enforce needs DUTHI_ZALO_OA_SECRET_KEY")
	say((c.Zalo.PKCE == "static") != (c.Zalo.PKCEVerifier != ""), "DUTHI_ZALO_PKCE=static and DUTHI_ZALO_PKCE_VERIFIER go together")
	say(c.Zalo.PKCEVerifier != "" && !zalo.IsVerifier(c.Zalo.PKCEVerifier), "DUTHI_ZALO_PKCE_VERIFIER: 43 to 128 letters, digits, - . _ ~")
	say(c.Zalo.AppID == "" && (c.Zalo.PKCE != "none" || c.Zalo.Proof == "on"), "DUTHI_ZALO_PKCE and DUTHI_ZALO_APPSECRET_PROOF need DUTHI_ZALO_APP_ID")
	say(c.Zalo.AppID == "" && (c.OTPChannel == "zalo-chat" || c.OTPChannel == "zalo-template") && c.Sample == "off",
		"DUTHI_OTP_CHANNEL=%s needs a Zalo app", c.OTPChannel)
	return faults
}

// print writes the settings as environment lines, secrets masked.
func (c *Config) print(w io.Writer) {
	for _, s := range settings() {
		v := c.values[s.env]
		if s.secret && v != "" {
			v = "********"
		}
		fmt.Fprintf(w, "%s=%s\n", s.env, v)
	}
}

func hostPort(f func(*Config) *string, mayBeOff bool) func(*Config, string) error {
	return func(c *Config, v string) error {
		if v != "off" || !mayBeOff {
			if _, _, err := net.SplitHostPort(v); err != nil {
				return errors.New("must be host:port, such as 127.0.0.1:8080 or :8080")
			}
		}
		*f(c) = v
		return nil
	}
}

func publicURL(c *Config, v string) error {
	v = strings.TrimRight(v, "/")
	u, err := url.Parse(v)
	if v != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "") {
		return errors.New("must be like https://duthi.example.gov.vn, without a path")
	}
	c.PublicURL = v
	return nil
}

func mongoURI(c *Config, v string) error {
	if v != "" && !strings.HasPrefix(v, "mongodb://") && !strings.HasPrefix(v, "mongodb+srv://") {
		return errors.New("must begin with mongodb:// or mongodb+srv://")
	}
	c.MongoURI = v
	return nil
}

func redisURL(c *Config, v string) error {
	if v != "" && !strings.HasPrefix(v, "redis://") && !strings.HasPrefix(v, "rediss://") {
		return errors.New("must begin with redis:// or rediss://")
	}
	c.RedisURL = v
	return nil
}

func roles(c *Config, v string) error {
	for r := range strings.SplitSeq(v, ",") {
		r = strings.TrimSpace(r)
		if !slices.Contains([]string{"web", "bot", "jobs"}, r) {
			return fmt.Errorf("%q is none of web, bot, jobs", r)
		}
		if !slices.Contains(c.Roles, r) {
			c.Roles = append(c.Roles, r)
		}
	}
	return nil
}

func proxies(c *Config, v string) error {
	for p := range strings.SplitSeq(v, ",") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(p)
		if addr, addrErr := netip.ParseAddr(p); addrErr == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("%q is neither an address nor a network", p)
		}
		c.TrustedProxies = append(c.TrustedProxies, prefix)
	}
	return nil
}

func logLevel(c *Config, v string) error {
	if err := c.LogLevel.UnmarshalText([]byte(v)); err != nil {
		return errors.New("must be debug, info, warn or error")
	}
	return nil
}
