package outreach

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"duthi/core"
)

// Placeholders are the names a text may hold in braces, with what they stand for.
var placeholders = map[string]string{
	"ho_ten":       "họ tên người nhận",
	"don_vi":       "đơn vị của người nhận",
	"don_vi_cap_1": "đơn vị cấp 1 của người nhận, là đơn vị tính tỉ lệ",
	"con_luot":     "số lượt thi còn lại trong đợt",
	"lien_ket":     "liên kết vào thi của người nhận",
	"ti_le":        "tỉ lệ tham gia của đơn vị cấp 1, ví dụ 41%",
	"da_thi":       "số người đã dự thi của đơn vị cấp 1",
	"tong_so":      "tổng số người của đơn vị cấp 1",
	"con_thieu":    "số người đơn vị cấp 1 còn thiếu để đạt mục tiêu",
	"cuoc_thi":     "tên ngắn của cuộc thi",
	"dot":          "tên đợt thi",
	"mo_luc":       "lúc mở đợt, ví dụ 08:00 ngày 01/11",
	"dong_luc":     "lúc đóng đợt, ví dụ 23:59 ngày 15/11",
	"muc_tieu":     "mục tiêu tham gia, ví dụ 80%",
	"hotline":      "số điện thoại hỗ trợ",
}

// ofRound are the placeholders that need a round.
var ofRound = []string{"dot", "mo_luc", "dong_luc", "con_luot"}

// Placeholders gives the names a text may hold in braces, with what they stand for, for the page that composes.
func Placeholders() map[string]string { return maps.Clone(placeholders) }

// fault is a mistake in a text, in words for its author.
type fault string

func (f fault) Error() string { return string(f) }

// namesIn gives the placeholders of a text in their order.
func namesIn(text string) ([]string, error) {
	var names []string
	_, err := fill(text, func(name string) (string, error) {
		names = append(names, name)
		return "", nil
	})
	return names, err
}

// fill puts a value in the place of each placeholder of a text.
func fill(text string, value func(name string) (string, error)) (string, error) {
	var out strings.Builder
	for {
		open := strings.IndexAny(text, "{}")
		if open < 0 {
			out.WriteString(text)
			return out.String(), nil
		}
		end := strings.IndexAny(text[open+1:], "{}")
		if text[open] == '}' || end < 0 || text[open+1+end] == '{' {
			return "", fault("Dấu { và } chỉ dùng cho chỗ điền, ví dụ {ho_ten}.")
		}
		name := text[open+1 : open+1+end]
		if _, known := placeholders[name]; !known {
			return "", fault(fmt.Sprintf("Không có chỗ điền {%s}. Có thể dùng: %s.", name, allNames()))
		}
		v, err := value(name)
		if err != nil {
			return "", err
		}
		out.WriteString(text[:open])
		out.WriteString(v)
		text = text[open+end+2:]
	}
}

func allNames() string {
	names := slices.Sorted(maps.Keys(placeholders))
	return "{" + strings.Join(names, "}, {") + "}"
}

// Render gives a text with the values of a person, or of the contest where the person has none. Invalid when a
// placeholder is unknown or has no value: a gap is never sent.
func Render(text string, person, contest map[string]string) (string, error) {
	out, err := fill(text, func(name string) (string, error) {
		for _, values := range []map[string]string{person, contest} {
			if v := values[name]; v != "" {
				return v, nil
			}
		}
		return "", fault(fmt.Sprintf("Chỗ điền {%s} không có giá trị cho người này.", name))
	})
	if err != nil {
		return "", core.Errorf(core.Invalid, "%s", err.Error())
	}
	return out, nil
}

// ContestValues gives the placeholders that are the same for everybody. roundID "" is none.
func ContestValues(c core.Contest, roundID string, loc *time.Location) map[string]string {
	v := map[string]string{"cuoc_thi": c.ShortTitle, "hotline": c.Contacts.Hotline}
	if v["cuoc_thi"] == "" {
		v["cuoc_thi"] = c.Title
	}
	if c.TargetPercent > 0 {
		v["muc_tieu"] = strconv.Itoa(c.TargetPercent) + "%"
	}
	for _, r := range c.Rounds {
		if r.ID == roundID {
			v["dot"], v["mo_luc"], v["dong_luc"] = r.Name, moment(r.Start.Time(loc)), Closing(r.End, loc)
		}
	}
	return v
}

// Closing names an exclusive end as people say it: midnight is 23:59 of the day before.
func Closing(end core.Instant, loc *time.Location) string {
	t := end.Time(loc)
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		t = t.Add(-time.Minute)
	}
	return moment(t)
}

func moment(t time.Time) string { return t.Format("15:04 ngày 02/01") }
