package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// mountTimeout leaves room for answers that wait for news.
const mountTimeout = 20 * time.Second

// Mount serves everything below prefix ("/gia-lap-zalo") with a handler of its own, which sees addresses without
// the prefix and guards itself against other sites.
func (s *Server) Mount(prefix string, h http.Handler, maxBody int64) {
	h = http.StripPrefix(strings.TrimSuffix(prefix, "/"), h)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		s.Add(Route{Method: method, Path: strings.TrimSuffix(prefix, "/") + "/*path", Quiet: true, CrossOrigin: true, Files: true, MaxBody: maxBody, Timeout: mountTimeout,
			Handler: func(c *gin.Context) error {
				h.ServeHTTP(c.Writer, c.Request)
				return nil
			}})
	}
}
