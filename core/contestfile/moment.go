package contestfile

import (
	"reflect"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"duthi/core"
)

const momentMend = `Viết theo mẫu "2023-10-15T23:59:59+07:00", hoặc "2023-10-15 23:59:59" theo giờ của cuộc thi`

// momentLayouts are the ways a moment may be written; without an offset it is in the contest's zone.
var momentLayouts = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"}

// instant reads a moment. An end whose seconds are 59 stands for the whole minute: it is exclusive at the
// next second.
func (d *decoder) instant(n ast.Node, v reflect.Value, path string) {
	text, ok := n.(*ast.StringNode)
	if !ok {
		d.fault(path, source(n), "không phải thời điểm", momentMend)
		return
	}
	if d.loc == nil { // the zone's own fault is enough
		d.failed[path] = true
		return
	}
	t, problem := parseMoment(strings.TrimSpace(text.Value), d.loc)
	if problem != "" {
		d.fault(path, text.Value, problem, momentMend)
		return
	}
	if strings.HasSuffix(path, ".end") && t.Second() == 59 {
		t = t.Add(time.Second)
	}
	v.SetInt(int64(core.At(t)))
}

func parseMoment(s string, loc *time.Location) (t time.Time, problem string) {
	t, err := time.Parse(time.RFC3339, s)
	if err == nil {
		_, given := t.Zone()
		t = t.In(loc)
		if _, want := t.Zone(); given != want {
			return t, "lệch múi giờ với timezone (" + loc.String() + ", lúc đó là " + t.Format("-07:00") + ")"
		}
	}
	for _, layout := range momentLayouts {
		if err == nil {
			break
		}
		t, err = time.ParseInLocation(layout, s, loc)
	}
	switch {
	case err != nil:
		return t, "không phải thời điểm"
	case t.Nanosecond() != 0:
		return t, "có phần lẻ của giây"
	case t.Year() < 2000 || t.Year() > 2199:
		return t, "có năm ngoài khoảng 2000 đến 2199"
	}
	return t, ""
}

// formatMoment is the inverse: midnight as an end is the last second of the day before.
func formatMoment(i core.Instant, loc *time.Location, end bool) string {
	t := i.Time(loc)
	if h, m, s := t.Clock(); end && h == 0 && m == 0 && s == 0 {
		t = t.Add(-time.Second)
	}
	return t.Format(time.RFC3339)
}

// validDate reports whether s is a date written 2023-07-06.
func validDate(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Year() >= 1800 && t.Year() <= 2199
}
