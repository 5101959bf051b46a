package web

import (
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"
)

// policy allows what the pages use and nothing else: no inline script or style, no third party. data: images
// are a contest's own logo; blob: is the receipt picture the page draws for saving.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secure sets the headers every answer carries.
func (s *Server) secure(c *gin.Context) {
	h := c.Writer.Header()
	h["Content-Security-Policy"] = headerPolicy
	h["X-Content-Type-Options"] = headerNosniff
	h["Referrer-Policy"] = headerReferrer
	h["Permissions-Policy"] = headerPermissions
	h["Cross-Origin-Opener-Policy"] = headerOpener
	if s.Secure(c) {
		h["Strict-Transport-Security"] = headerTransport
	}
}

// Header values are shared between answers: net/http only reads them.
var (
	headerPolicy      = []string{policy}
	headerNosniff     = []string{"nosniff"}
	headerReferrer    = []string{"same-origin"}
	headerPermissions = []string{"camera=(), microphone=(), geolocation=(), payment=(), usb=()"}
	headerOpener      = []string{"same-origin"}
	headerTransport   = []string{"max-age=31536000"}
)

// Secure reports whether the client speaks TLS with us or with the proxy in front of us.
func (s *Server) Secure(c *gin.Context) bool {
	return s.settings.PublicURL.Scheme == "https" || c.Request.TLS != nil ||
		len(s.settings.TrustedProxies) > 0 && c.GetHeader("X-Forwarded-Proto") == "https" && s.fromProxy(c.Request)
}

// fromProxy reports whether the connection comes from a trusted proxy.
func (s *Server) fromProxy(r *http.Request) bool {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, p := range s.settings.TrustedProxies {
		if p.Contains(remote.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// SetCookie sets a cookie that scripts can't read and other sites can't send with their forms. life 0 ends
// with the browser's session; below 0 removes it.
func (s *Server) SetCookie(c *gin.Context, name, value string, life time.Duration) {
	cookie := &http.Cookie{
		Name: name, Value: value, Path: "/",
		HttpOnly: true, Secure: s.Secure(c), SameSite: http.SameSiteLaxMode,
	}
	switch {
	case life > 0:
		cookie.MaxAge = int(life / time.Second)
	case life < 0:
		cookie.MaxAge = -1
	}
	http.SetCookie(c.Writer, cookie)
}
