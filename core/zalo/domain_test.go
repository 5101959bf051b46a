package zalo

import (
	"strings"
	"testing"

	"duthi/core"
)

func TestDomainProof(t *testing.T) {
	t.Parallel()
	d, err := DomainProof("FzI2Bx0_9WDIi8-1")
	if err != nil || d.Path != "/zalo_verifierFzI2Bx0_9WDIi8-1.html" || !strings.Contains(d.Page, `<meta name="zalo-platform-site-verification" content="FzI2Bx0_9WDIi8-1">`) {
		t.Errorf("%+v, %v", d, err)
	}
	for _, bad := range []string{"", `a"b`, "a/b", "<a>", "á"} {
		if _, err := DomainProof(bad); !core.Is(err, core.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
