package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"duthi/core"
)

// focal gives the cookie of a unit's focal point.
func (w *world) focal(unit string) string {
	w.tb.Helper()
	ed, err := w.edition(w.tb.Context(), "")
	must(w.tb, err)
	return w.organizer(w.tb, "dau-moi-"+strings.ToLower(unit), core.FocalPoint, func(o *core.Organizer) { o.ContestID, o.UnitCode = ed.Contest.ID, unit })
}

// codeIn reads the code in a PNG.
func codeIn(t *testing.T, picture []byte) string {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(picture))
	must(t, err)
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	must(t, err)
	res, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	must(t, err)
	return res.GetText()
}

var unitAddress = regexp.MustCompile(`https?://[^<"\s]+/q/[a-z0-9]{7}`)

func TestGroupKitOfAUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	ed, err := w.edition(t.Context(), "")
	must(t, err)
	cookie := w.focal("SNV")
	_, before := w.get("/dau-moi/tin-nhom", cookie)
	table, err := w.exam.Participation(t.Context(), ed, "", core.At(time.Now()))
	must(t, err)
	row, _ := table.Unit("SNV")
	end := w.openRound(ed).End.Time(ed.Loc).Add(-time.Minute)
	for _, want := range []string{"Sở Nội vụ", fmt.Sprintf("%d/%d người", row.People, row.Headcount), fmt.Sprintf("Cần thêm %d người để đạt 80%%.", row.Needed),
		"Đợt 3 đóng lúc " + end.Format("15:04 ngày 02/01") + "."} {
		if !strings.Contains(before, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	link := unitAddress.FindString(before)
	status, picture := w.get("/dau-moi/tin-nhom/anh", cookie)
	if status != http.StatusOK || codeIn(t, []byte(picture)) != link {
		t.Errorf("%d: the picture's code is not %s", status, link)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+"/q/"+path.Base(link), nil)
	must(t, err)
	resp, err := http.DefaultTransport.RoundTrip(req)
	must(t, err)
	resp.Body.Close()
	if to := resp.Header.Get("Location"); !strings.HasSuffix(to, "?don-vi=SNV") {
		t.Errorf("the code leads to %q", to)
	}
	owner := w.organizer(t, "xem", core.Viewer, nil)
	if status, body := w.get("/console/tin-nhom?don-vi=SNV", owner); status != http.StatusOK || !strings.Contains(body, link) {
		t.Errorf("the console's kit: %d", status)
	}
	if status, _ := w.get("/console/tin-nhom?don-vi=khong-co", owner); status != http.StatusNotFound {
		t.Errorf("a unit that is not there: %d", status)
	}
	if status, _ := w.get("/console/tin-nhom/anh?don-vi=STC", cookie); status != http.StatusForbidden {
		t.Errorf("another unit's picture for a focal point: %d", status)
	}
}

func TestGroupKitsOfAllUnits(t *testing.T) {
	if testing.Short() {
		t.Skip("draws every unit's picture: too much for the race detector")
	}
	t.Parallel()
	w := newWorld(t, nil, nil)
	ed, err := w.edition(t.Context(), "")
	must(t, err)
	viewer := w.organizer(t, "xem", core.Viewer, nil)
	status, body := w.get("/console/tin-nhom/tai?cap=1", viewer)
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if status != http.StatusOK || err != nil {
		t.Fatalf("%d, %v", status, err)
	}
	units := ed.Units.Children("")
	if len(z.File) != 2*len(units)+1 {
		t.Errorf("%d files for %d units", len(z.File), len(units))
	}
	read := func(f *zip.File) []byte {
		r, err := f.Open()
		must(t, err)
		data, err := io.ReadAll(r)
		must(t, err)
		return data
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(z.File); i += 2 {
		text := string(read(z.File[i+1]))
		if !strings.HasPrefix(z.File[i].Name, strings.ToUpper(units[i/2].Code)+"_") || !strings.Contains(text, units[i/2].Name) || !strings.HasSuffix(z.File[i+1].Name, ".txt") {
			t.Errorf("%s does not belong to %s", z.File[i].Name, units[i/2].Code)
		}
		if link := unitAddress.FindString(text); seen[link] || i < 6 && codeIn(t, read(z.File[i])) != link {
			t.Errorf("%s: the code in the picture is not %q, or it is another unit's", z.File[i].Name, link)
		} else {
			seen[link] = true
		}
	}
	if index := string(read(z.File[len(z.File)-1])); strings.Count(index, "\n") != len(units)+1 {
		t.Errorf("the table: %.200s", index)
	}
}
