package webapp

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"duthi/core"
)

var receiptCode = regexp.MustCompile(`class="code">([0-9A-Z-]{14})<`)

// TestWholeWayWithoutScript goes from registration to the receipt by forms alone.
func TestWholeWayWithoutScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.leads(b.get("/thi"), "/dang-nhap?ve=%2Fthi")
	b.register(1)
	b.shows(b.get("/thi"), 200, "Trước khi bắt đầu", "1 trong 2", "20 và 1 câu dự đoán", "20 phút", "Đồng hồ không dừng")
	id := b.start()
	b.leads(b.get("/thi/"+id), "/thi/"+id+"/cau/1")
	for n := 1; n <= 18; n++ {
		p := b.get(fmt.Sprintf("/thi/%s/cau/%d", id, n))
		b.shows(p, 200, fmt.Sprintf("Câu %d / 20", n))
		b.leads(b.post(fmt.Sprintf("/thi/%s/cau/%d", id, n), "chon", "0", "rev", "0", "di", "sau"), fmt.Sprintf("/thi/%s/cau/%d", id, n+1))
	}
	b.leads(b.post("/thi/"+id+"/cau/19", "danh_dau", "1", "rev", "0", "di", "nop"), "/thi/"+id+"/nop")
	b.shows(b.get("/thi/"+id+"/nop"), 200, "18 / 20", ">Câu 19</a>", ">Câu 20</a>", "Theo bạn, có bao nhiêu người")
	b.shows(b.post("/thi/"+id+"/nop", "prediction", "nhiều", "rev", "0"), 422, "nhiều", `href="#prediction"`)
	w.now.Add(int64(3 * time.Minute / time.Millisecond))
	b.leads(b.post("/thi/"+id+"/nop", "prediction", "4.120", "rev", "0"), "/thi/"+id+"/ket-qua")
	p := b.get("/thi/" + id + "/ket-qua")
	b.shows(p, 200, "Đã nộp bài", "Nguyễn Thị An · Trường THCS Trà Mai", "/ 20 câu đúng", "3 phút", "4.120", "Mã xác nhận")
	b.leads(b.post("/thi/"+id+"/nop", "prediction", "1", "rev", "0"), "/thi/"+id+"/ket-qua")
	b.leads(b.get("/thi/"+id+"/cau/3"), "/thi/"+id+"/ket-qua")
	b.shows(b.get("/bai-thi"), 200, "Đợt 3, lượt 1", "Lượt tốt hơn")
	code := receiptCode.FindStringSubmatch(p.body)
	if code == nil {
		t.Fatal("no receipt")
	}
	stranger := w.browser()
	found := stranger.get("/kiem-tra?ma=" + strings.ToLower(strings.ReplaceAll(code[1], "-", "")))
	stranger.shows(found, 200, "Còn hiệu lực", "Đợt 3, lượt 1")
	if strings.Contains(found.body, "Nguyễn") {
		t.Error("the receipt page shows a name")
	}
	stranger.shows(stranger.get("/kiem-tra?ma=7KQ2-M9XD-4HTA"), 404, `aria-invalid="true"`)
}

func TestSavingByScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.register(2)
	id := b.start()
	saved := b.save(id, `{"i":3,"c":[1],"k":false,"r":0}`)
	if saved.status != 200 || saved.body != `{"r":1,"ms":1200000}` {
		t.Fatalf("save: %d %s", saved.status, saved.body)
	}
	if again := b.save(id, `{"i":3,"c":[1],"k":false,"r":0}`); again.body != saved.body {
		t.Errorf("the same again: %d %s", again.status, again.body)
	}
	if stale := b.save(id, `{"i":3,"c":[2],"k":true,"r":0}`); stale.body != `{"r":1,"ms":1200000,"s":true,"c":[1],"k":false}` {
		t.Errorf("stale: %d %s", stale.status, stale.body)
	}
	for body, status := range map[string]int{
		`{"i":3,"c":[9],"r":1}`: 422, `{"i":99,"c":[0],"r":0}`: 422, `{"i":`: 422, ``: 422, strings.Repeat(" ", 600): 422,
		`{"i":4,"c":[0,1,2,3],"r":0}`: 0, `{"i":6,"c":[null],"r":0}`: 422,
	} {
		if p := b.save(id, body); status != 0 && p.status != status || p.status >= 500 {
			t.Errorf("%q: status %d %s", body, p.status, p.body)
		}
	}
	if p := w.browser().save(id, `{"i":3,"c":[1],"r":0}`); p.status != http.StatusUnauthorized || !strings.Contains(p.body, `"code":"unauthenticated"`) {
		t.Errorf("signed out: %d %s", p.status, p.body)
	}
	b.head.Set("Accept", "application/json")
	b.shows(b.get("/thi/"+id+"/trang-thai"), 200, `"over":false`, `"ms":1200000`, `{"c":[1],"k":false,"r":1}`)
	b.head.Del("Accept")
	w.now.Add(int64(20 * time.Minute / time.Millisecond))
	if late := b.save(id, `{"i":5,"c":[1],"k":false,"r":0}`); late.status != http.StatusConflict {
		t.Errorf("late: %d %s", late.status, late.body)
	}
	b.leads(b.get("/thi/"+id+"/cau/4"), "/thi/"+id+"/ket-qua")
	b.shows(b.get("/thi/"+id+"/ket-qua"), 200, "Hết giờ, bài đã tự nộp", "20 phút", "Lượt còn lại trong đợt")
}

func TestStaleAnswerOfTwoDevicesWithoutScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.register(3)
	id := b.start()
	b.leads(b.post("/thi/"+id+"/cau/1", "chon", "2", "rev", "0", "di", "sau"), "/thi/"+id+"/cau/2")
	b.leads(b.post("/thi/"+id+"/cau/1", "chon", "1", "rev", "0", "di", "sau"), "/thi/"+id+"/cau/1?moi=1")
	b.shows(b.get("/thi/"+id+"/cau/1?moi=1"), 200, "trên máy khác", `value="2" checked`)
}

func TestAnswersOpenAfterTheRound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.register(4)
	id := b.start()
	b.leads(b.post("/thi/"+id+"/nop", "rev", "0"), "/thi/"+id+"/ket-qua")
	b.shows(b.get("/thi/"+id+"/ket-qua"), 200, "Đáp án và giải thích mở sau khi đợt 3 kết thúc, 23:59 ngày 15/11/2023")
	b.shows(b.get("/thi/"+id+"/dap-an"), 409)
	w.now.Store(int64(at("16/11/2023", "00:00:00")))
	b.shows(b.get("/thi/"+id+"/dap-an"), 200, "Đáp án đúng", "Vì văn bản quy định như vậy.")
}

// TestOthersAttemptsAreNotFound asks for everything of an attempt as somebody else.
func TestOthersAttemptsAreNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, other := w.browser(), w.browser()
	owner.register(5)
	other.register(6)
	id := owner.start()
	for _, path := range []string{"", "/cau/1", "/nop", "/ket-qua", "/dap-an", "/trang-thai"} {
		if p := other.get("/thi/" + id + path); p.status != 404 {
			t.Errorf("GET %s: %d to %q", path, p.status, p.to)
		}
	}
	for _, path := range []string{"/cau/1", "/nop"} {
		if p := other.post("/thi/"+id+path, "chon", "1", "rev", "0"); p.status != 404 {
			t.Errorf("POST %s: %d to %q", path, p.status, p.to)
		}
	}
	if p := other.save(id, `{"i":0,"c":[1],"k":false,"r":0}`); p.status != 404 {
		t.Errorf("save: %d", p.status)
	}
	owner.shows(owner.get("/thi/"+id+"/nop"), 200, "0 / 20")
	for _, path := range []string{"/thi/" + id, "/thi/" + id + "/ket-qua", "/bai-thi", "/du-lieu-cua-toi", "/du-lieu-cua-toi/tai-ve", "/du-lieu-cua-toi/sua"} {
		if p := w.browser().get(path); p.status != http.StatusSeeOther || !strings.HasPrefix(p.to, "/dang-nhap?ve=") {
			t.Errorf("signed out, GET %s: %d to %q", path, p.status, p.to)
		}
	}
}

func TestNoAttemptLeftSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.register(7)
	for range 2 {
		id := b.start()
		b.leads(b.post("/thi/"+id+"/nop", "rev", "0"), "/thi/"+id+"/ket-qua")
	}
	b.leads(b.post("/thi"), "/thi")
	b.shows(b.get("/thi"), 200, "Chưa thi được", "2 lượt")
}

func TestBetweenRoundsNothingStarts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(ct *core.Contest) { ct.Rounds[3].Start = at("18/11/2023", "00:00:00") })
	b := w.browser()
	b.register(8)
	w.now.Store(int64(at("16/11/2023", "09:00:00")))
	b.leads(b.post("/thi"), "/thi")
	b.shows(b.get("/thi"), 200, "Chưa có đợt thi nào đang mở", "Đợt 4 mở lúc 00:00, thứ\u00a0Bảy")
	b.shows(b.get("/lich-thi.ics"), 200, "DTSTART:20231117T170000Z", "BEGIN:VALARM")
}

// TestShortTimeBeforeTheRoundEnds is decision 14: 23:55 gives four whole minutes to who reads the page first.
func TestShortTimeBeforeTheRoundEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	w.now.Store(int64(at("15/11/2023", "23:55:00")))
	b.register(9)
	b.shows(b.get("/thi"), 200, "4 phút", "Ít thời gian hơn thường lệ", "Đợt 3 đóng lúc 23:59")
	id := b.start()
	b.shows(b.get("/thi/"+id+"/cau/1"), 200, ">05:00<")
}
