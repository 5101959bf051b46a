package webapp

import (
	"testing"
	"time"

	"duthi/core"
)

func TestNumbersAndTimesAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		number(0): "0", number(999): "999", number(1000): "1.000", number(12846): "12.846", number(-1234567): "−1.234.567",
		percent(83.4): "83,4%", percent(100): "100,0%", duration(43): "43 giây", duration(720): "12 phút", duration(763): "12 phút 43 giây",
		initials("Ủy ban nhân dân tỉnh Quảng Nam"): "QN", initials("Đà Nẵng"): "ĐN", initials(""): "",
		moment(time.Date(2023, 11, 15, 23, 59, 0, 0, saigon)):             "23:59, thứ\u00a0Tư\u00a015/11/2023",
		date(workingDays(time.Date(2023, 11, 15, 0, 0, 0, 0, saigon), 7)): "24/11/2023",
		mix("#7a1f3d", 255, 1): "#ffffff", mix("#7a1f3d", 0, 0): "#7a1f3d", lowerFirst("Đợt 3"): "đợt 3",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestHeadingsBreakBetweenCompounds(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"Cuộc thi tìm hiểu, tuyên truyền cải cách hành chính năm 2023": `Cuộc thi <span class="keep">tìm hiểu,</span> <span class="keep">tuyên truyền</span> <span class="keep">cải cách hành chính</span> <span class="keep">năm 2023</span>`,
		"<b> Pháp luật & đời sống":                                     `&lt;b&gt; <span class="keep">Pháp luật</span> &amp; đời sống`, "": "",
	} {
		if got := string(kept(s)); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func TestLogIsWrittenForPeople(t *testing.T) {
	t.Parallel()
	for action, want := range map[string]string{"organizer.add owner": "Thêm tài khoản, vai trò chủ trì", "contestant.unit SNV": "Chuyển đơn vị sang SNV",
		"import.units": "Nhập đơn vị", "broadcast.create": "Soạn thông báo", "some.thing": "some.thing"} {
		if got, _ := actionInWords(action); got != want {
			t.Errorf("%s: %q, want %q", action, got, want)
		}
	}
	for subject, want := range map[string]string{"organizer:an unit:SNV": "tài khoản an, đơn vị SNV", "tep don vi.csv": "tep don vi.csv"} {
		if got := inWords(subject); got != want {
			t.Errorf("%s: %q, want %q", subject, got, want)
		}
	}
}

func TestRoundsEndTheMinuteBeforeMidnight(t *testing.T) {
	t.Parallel()
	for end, want := range map[core.Instant]string{at("16/11/2023", "00:00:00"): "23:59 15/11/2023", at("15/11/2023", "17:00:00"): "17:00 15/11/2023"} {
		if c := closing(end, saigon); hour(c)+" "+date(c) != want {
			t.Errorf("%s %s, want %s", hour(c), date(c), want)
		}
	}
}

func TestHighlightKeepsTextSafe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, query, want string }{
		{"UBND huyện Nam Trà My", "nam tra", "UBND huyện <mark>Nam Trà</mark> My"},
		{"Sở Nội vụ", "", "Sở Nội vụ"},
		{"a<b> nam", "nam", "a&lt;b&gt; <mark>nam</mark>"},
		{"Đại Lộc", "dai", "<mark>Đại</mark> Lộc"},
	} {
		if got := string(highlight(c.text, c.query)); got != c.want {
			t.Errorf("highlight(%q, %q) = %q, want %q", c.text, c.query, got, c.want)
		}
	}
}

func TestEveryButtonLeadsSomewhere(t *testing.T) {
	t.Parallel()
	for button, want := range map[string]string{"sau": "/cau/8", "": "/cau/8", "truoc": "/cau/6", "nop": "/nop", "12": "/cau/12", "-3": "/cau/7", "x": "/cau/7"} {
		if got := onward(button, 7); got != want {
			t.Errorf("%q leads to %s, want %s", button, got, want)
		}
	}
	if got := onward("truoc", 1); got != "/cau/1" {
		t.Errorf("before the first: %s", got)
	}
}

func TestResultsArePromisedForDaysAheadOnly(t *testing.T) {
	t.Parallel()
	ct := &core.Contest{Complaints: &core.Complaints{PublishWithin: 7}}
	r := core.Round{Name: "Đợt 3", End: at("16/11/2023", "00:00:00")}
	for now, want := range map[string]string{"20/11/2023": "Kết quả đợt 3 công bố chậm nhất 24/11/2023 (7 ngày làm việc).", "24/11/2023": "Kết quả đợt 3 công bố chậm nhất 24/11/2023 (7 ngày làm việc).",
		"26/11/2023": "Kết quả đợt 3 chưa đăng ở đây. Xem mục Thông báo hoặc gọi đường dây nóng."} {
		if got := resultsBy(ct, r, at(now, "09:00:00").Time(saigon)); got != want {
			t.Errorf("%s: %q", now, got)
		}
	}
}
