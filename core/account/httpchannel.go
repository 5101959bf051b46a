package account

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duthi/core"
)

const (
	gatewayTimeout = 8 * time.Second // a gateway that needs longer is not going to answer
	gatewayAnswer  = 64 << 10        // bytes read of its answer
)

// Gateway describes a generic SMS gateway. URL and Body are templates with {{phone}} (+84912345678),
// {{phone84}} (84912345678), {{phone0}} (0912345678), {{code}}, {{text}} and {{text_ascii}} (without
// diacritics, one message instead of two); values are escaped for the URL and for the body's content type:
// application/json, application/x-www-form-urlencoded, application/xml, text/xml or text/plain.
type Gateway struct {
	Method  string            // POST unless set
	URL     string            // https; http only to this machine
	Headers map[string]string // e.g. Content-Type, Authorization; no placeholders
	Body    string
	Success string // when set, the answer must contain it: many gateways say 200 to everything
}

// HTTPChannel sends through a Gateway.
type HTTPChannel struct {
	gateway Gateway
	escape  func(string) string
	client  *http.Client
}

// NewHTTPChannel checks the description; Invalid says what is wrong with it.
func NewHTTPChannel(g Gateway) (*HTTPChannel, error) {
	if g.Method == "" {
		g.Method = http.MethodPost
	}
	if g.Method != http.MethodPost && g.Method != http.MethodGet && g.Method != http.MethodPut {
		return nil, core.Errorf(core.Invalid, "Cổng tin nhắn: phương thức là GET, POST hoặc PUT.")
	}
	c := &HTTPChannel{gateway: g, client: &http.Client{Timeout: gatewayTimeout, CheckRedirect: sameHost}}
	if err := c.checkURL(); err != nil {
		return nil, err
	}
	if !strings.Contains(g.URL+g.Body, "{{code}}") && !strings.Contains(g.URL+g.Body, "{{text") ||
		!strings.Contains(g.URL+g.Body, "{{phone") {
		return nil, core.Errorf(core.Invalid, "Cổng tin nhắn: mẫu cần có {{phone}} và {{code}} hoặc {{text}}.")
	}
	return c, c.checkBody()
}

// sameHost refuses to carry a code and the gateway's credentials to another place.
func sameHost(req *http.Request, via []*http.Request) error {
	if len(via) > 3 || req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return errors.New("gateway redirects elsewhere")
	}
	return nil
}

func (c *HTTPChannel) checkURL() error {
	u, err := url.Parse(fill(c.gateway.URL, sampleMessage, url.QueryEscape))
	if err != nil || u.Host == "" || u.User != nil {
		return core.Errorf(core.Invalid, "Cổng tin nhắn: địa chỉ chưa đúng.")
	}
	host := u.Hostname()
	here := host == "localhost" || net.ParseIP(host).IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !here) {
		return core.Errorf(core.Invalid, "Cổng tin nhắn: địa chỉ phải là https.")
	}
	if plain, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(c.gateway.URL)); err != nil || plain.Host != u.Host {
		return core.Errorf(core.Invalid, "Cổng tin nhắn: tên máy chủ không thể chứa chỗ điền.")
	}
	return nil
}

// sampleMessage tries templates out: it holds what must be escaped.
var sampleMessage = Message{Phone: "+84912345678", Code: "123456", Text: "Mã \"123456\" & <b>\n"}

func (c *HTTPChannel) checkBody() error {
	kind := ""
	for k, v := range c.gateway.Headers {
		if strings.Contains(v, "{{") || strings.ContainsAny(k+v, "\r\n") {
			return core.Errorf(core.Invalid, "Cổng tin nhắn: tiêu đề %q không thể chứa chỗ điền.", k)
		}
		if http.CanonicalHeaderKey(k) == "Content-Type" {
			kind, _, _ = mime.ParseMediaType(v)
		}
	}
	var ok bool
	if c.escape, ok = bodyEscapes[kind]; !ok && c.gateway.Body != "" {
		return core.Errorf(core.Invalid, "Cổng tin nhắn: đặt Content-Type là application/json, application/x-www-form-urlencoded, application/xml, text/xml hoặc text/plain.")
	}
	if kind == "application/json" && !json.Valid([]byte(fill(c.gateway.Body, sampleMessage, c.escape))) {
		return core.Errorf(core.Invalid, "Cổng tin nhắn: nội dung không phải JSON; chỗ điền phải nằm trong dấu ngoặc kép.")
	}
	return nil
}

var bodyEscapes = map[string]func(string) string{
	"application/json": func(s string) string {
		doc, _ := json.Marshal(s) // a string always encodes
		return string(doc[1 : len(doc)-1])
	},
	"application/x-www-form-urlencoded": url.QueryEscape,
	"application/xml":                   escapeXML,
	"text/xml":                          escapeXML,
	"text/plain":                        core.CleanText,
}

func escapeXML(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer always takes it
	return b.String()
}

// fill puts the message into a template. All places are filled in one pass, so that a value can't make a new one.
func fill(template string, m Message, escape func(string) string) string {
	return strings.NewReplacer(
		"{{phone}}", escape(m.Phone),
		"{{phone84}}", escape(strings.TrimPrefix(m.Phone, "+")),
		"{{phone0}}", escape("0"+strings.TrimPrefix(m.Phone, "+84")),
		"{{code}}", escape(m.Code),
		"{{text}}", escape(m.Text),
		"{{text_ascii}}", escape(withoutDiacritics(m.Text)),
	).Replace(template)
}

// Name gives "http".
func (c *HTTPChannel) Name() string { return "http" }

// Send asks the gateway once; Unavailable when it doesn't take the message within its time. It is not repeated:
// two codes would arrive.
func (c *HTTPChannel) Send(ctx context.Context, m Message) error {
	var body io.Reader
	if c.gateway.Body != "" {
		body = strings.NewReader(fill(c.gateway.Body, m, c.escape))
	}
	req, err := http.NewRequestWithContext(ctx, c.gateway.Method, fill(c.gateway.URL, m, url.QueryEscape), body)
	if err != nil {
		return gatewayFailed(errors.New("request could not be made"))
	}
	for k, v := range c.gateway.Headers {
		req.Header.Set(k, v)
	}
	res, err := c.client.Do(req)
	if err != nil {
		return gatewayFailed(withoutURL(err))
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, gatewayAnswer))
	if err != nil {
		return gatewayFailed(withoutURL(err))
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return gatewayFailed(fmt.Errorf("gateway answered %d", res.StatusCode))
	}
	if !bytes.Contains(answer, []byte(c.gateway.Success)) {
		return gatewayFailed(errors.New("gateway's answer does not say that it took the message"))
	}
	return nil
}

func gatewayFailed(err error) error {
	return core.Wrap(core.Unavailable, "Cổng tin nhắn chưa nhận tin.", err)
}

// withoutURL drops the address from an error of the HTTP client: it may hold the phone and the code.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
