package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Readiness is the answer of /readyz. Degraded means that something does not work but pages are served, from
// a cached copy if need be; Down that nothing useful can be served.
type Readiness struct {
	Status  string   `json:"status"` // ok, degraded, down
	Reasons []string `json:"reasons,omitempty"`
}

// States of readiness.
const (
	Ready    = "ok"
	Degraded = "degraded"
	Down     = "down"
)

func livez(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	c.String(http.StatusOK, "ok\n")
	return nil
}

func (s *Server) readyz(c *gin.Context) error {
	r := Readiness{Status: Ready}
	if s.settings.Ready != nil {
		r = s.settings.Ready()
	}
	if s.stopping.Load() {
		r = Readiness{Status: Down, Reasons: []string{"stopping"}}
	}
	status := http.StatusOK
	if r.Status == Down {
		status = http.StatusServiceUnavailable
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(status, r)
	return nil
}
