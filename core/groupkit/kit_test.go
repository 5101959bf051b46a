package groupkit

import (
	"strings"
	"testing"
	"time"

	"duthi/core"
)

var saigon = time.FixedZone("GMT+7", 7*3600)

func at(s string) core.Instant {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, saigon)
	if err != nil {
		panic(err)
	}
	return core.At(t)
}

const link = "https://duthi.example.gov.vn/q/k7vd234"

func contest() *core.Contest {
	return &core.Contest{
		ID: "c", Title: "Cuộc thi trực tuyến tìm hiểu, tuyên truyền cải cách hành chính năm 2023", ShortTitle: "Tìm hiểu CCHC Quảng Nam 2023",
		Organizer: core.Host{Authority: "Ủy ban nhân dân tỉnh Quảng Nam"}, Timezone: "Asia/Ho_Chi_Minh", TargetPercent: 80,
		Contacts: core.Contacts{Hotline: "0235.3833199", HotlineOwner: "Phòng Cải cách hành chính, Sở Nội vụ"},
		Rounds: []core.Round{{ID: "d3", Name: "Đợt 3", Start: at("2023-11-01 00:00"), End: at("2023-11-16 00:00")},
			{ID: "d4", Name: "Đợt 4", Start: at("2023-11-20 07:30"), End: at("2023-12-01 17:00")}},
	}
}

func figures() Figures {
	return Figures{Code: "NTM", Name: "UBND huyện Nam Trà My", People: 471, Attempts: 630, Headcount: 1122, Percent: 41.9, Needed: 427, At: at("2023-11-11 20:14")}
}

func TestTextOfTheDay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		now  string
		f    func(*Figures)
		want []string
		not  []string
	}{
		"before":            {"2023-10-20 08:00", nil, []string{"Đợt 3 mở lúc 00:00 ngày 01/11.", "Cần thêm 427 người để đạt 80%.", "đăng ký và thi thử trước"}, []string{"đóng"}},
		"open":              {"2023-11-11 20:20", nil, []string{"Đợt 3 đóng lúc 23:59 ngày 15/11.", "Đã dự thi: 471/1.122 người, đạt 41,9%. Cần thêm 427 người để đạt 80%."}, []string{"mở lúc"}},
		"last minute":       {"2023-11-15 23:59", nil, []string{"Đợt 3 đóng lúc 23:59 ngày 15/11."}, nil},
		"between":           {"2023-11-16 00:00", nil, []string{"Đợt 3 đã đóng. Đợt 4 mở lúc 07:30 ngày 20/11."}, []string{"đóng lúc"}},
		"closes in the day": {"2023-11-25 00:00", nil, []string{"Đợt 4 đóng lúc 17:00 ngày 01/12."}, nil},
		"over":              {"2023-12-01 17:00", nil, []string{"Cuộc thi đã kết thúc lúc 17:00 ngày 01/12.", "Mục tiêu 80%.", "Trang cuộc thi:"}, []string{"Cần thêm", "chưa thi"}},
		"reached":           {"2023-11-11 20:20", func(f *Figures) { f.People, f.Percent, f.Needed = 900, 80.2, 0 }, []string{"900/1.122 người, đạt 80,2%. Đã đạt mục tiêu 80%."}, []string{"Cần thêm"}},
		"no headcount":      {"2023-11-11 20:20", func(f *Figures) { f.Headcount, f.Percent, f.Needed = 0, 0, 0 }, []string{"Đã dự thi: 471 người."}, []string{"%", "Cần thêm", "Đã đạt"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := figures()
			if c.f != nil {
				c.f(&f)
			}
			got := New(contest(), f, link, at(c.now)).Text()
			for _, w := range append(c.want, "UBND huyện Nam Trà My\n", link, "Số liệu lúc 20:14 ngày 11/11.", "Hỗ trợ: 0235.3833199 (Phòng Cải cách hành chính, Sở Nội vụ)") {
				if !strings.Contains(got, w) {
					t.Errorf("%q is missing in\n%s", w, got)
				}
			}
			for _, w := range c.not {
				if strings.Contains(got, w) {
					t.Errorf("%q does not belong in\n%s", w, got)
				}
			}
		})
	}
}

func TestMadeUpFiguresAreMarked(t *testing.T) {
	t.Parallel()
	k := kits()["sample"]
	if !strings.HasPrefix(k.Text(), "[Dữ liệu mẫu]\n") || strings.Contains(kits()["open"].Text(), "mẫu") {
		t.Errorf("%s", k.Text())
	}
}
