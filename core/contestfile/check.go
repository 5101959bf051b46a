package contestfile

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"duthi/core"
)

// MinContrast is the least contrast of theme.primary against white (WCAG 2.1 AA for text).
const MinContrast = 4.5

const (
	maxText = 20_000     // characters of one text
	maxLogo = 300 * 1024 // bytes of a logo as a data: URL
)

var (
	slugForm  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	colorForm = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	digitForm = regexp.MustCompile(`^[0-9]{5,30}$`)
)

// check looks at what the decoder read. A path that could not be read has its fault already and is skipped.
type check struct {
	*decoder
	c *core.Contest
}

// bad notes a fault unless the path has one.
func (k *check) bad(when bool, path, value, problem, mend string) {
	if when && !k.failed[path] {
		k.fault(path, value, problem, mend)
	}
}

func checkContest(k *check) {
	c := k.c
	k.bad(c.SchemaVersion != 1, "schema_version", fmt.Sprint(c.SchemaVersion), "phiên bản cấu trúc chưa hỗ trợ", "Viết 1")
	k.slug("id", c.ID)
	k.bad(c.Lang != "vi", "lang", c.Lang, "ngôn ngữ chưa hỗ trợ", "Viết vi")
	k.line("title", c.Title, true)
	if c.ShortTitle == "" {
		c.ShortTitle = c.Title
	}
	k.line("short_title", c.ShortTitle, true)
	k.line("topic", c.Topic, false)
	k.theme()
	k.host()
	k.bad(k.loc == nil, "timezone", c.Timezone, "không phải múi giờ", "Viết Asia/Ho_Chi_Minh")
	k.percent("participation_target_percent", c.TargetPercent)
	k.texts("audience", c.Audience)
	k.texts("exclusions", c.Exclusions)
	k.link("urls.contest", c.URLs.Contest)
	k.link("urls.organizer", c.URLs.Organizer)
	for i, a := range c.URLs.Aliases {
		k.link(item("urls.aliases", i), a)
	}
	k.unique("urls.aliases", c.URLs.Aliases)
	k.contacts()
	k.rounds()
	k.quiz()
	k.registration()
	k.prizes()
	k.dataAndComplaints()
	k.topics()
	k.documents("materials", c.Materials)
	k.documents("notices", c.Notices)
	k.documents("documents", c.Documents)
	k.rules()
}

func item(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i+1) }

func (k *check) slug(path, s string) {
	k.bad(s == "" && k.present(path), path, "", "để trống", "Điền mã viết thường không dấu, ví dụ dot-1")
	k.bad(s != "" && (!slugForm.MatchString(s) || len(s) > 63), path, s, "không phải mã",
		"Chỉ dùng chữ thường không dấu, chữ số và dấu gạch giữa, tối đa 63 ký tự, ví dụ dot-1")
}

// present reports whether the file has the path; what it lacks was found by the decoder.
func (k *check) present(path string) bool { _, ok := k.places[path]; return ok }

// line checks a text of one line.
func (k *check) line(path, s string, required bool) {
	k.bad(s == "" && required && k.present(path), path, "", "để trống", "Điền nội dung hoặc bỏ mục này")
	k.bad(strings.ContainsAny(s, "\n\t"), path, s, "có xuống dòng", "Viết trên một dòng")
	k.bad(len([]rune(s)) > 500, path, s, "dài quá 500 ký tự", "Viết ngắn lại")
}

// text checks a text that may have several lines.
func (k *check) text(path, s string) {
	k.bad(s == "" && k.present(path), path, "", "để trống", "Điền nội dung hoặc bỏ mục này")
	k.bad(len(s) > 4*maxText, path, s, fmt.Sprintf("dài quá %d ký tự", maxText), "Chia thành nhiều mục")
}

func (k *check) texts(path string, list []string) {
	for i, s := range list {
		k.line(item(path, i), s, true)
	}
	k.unique(path, list)
}

func (k *check) unique(path string, list []string) {
	for i, s := range list {
		j := slices.Index(list, s)
		k.bad(s != "" && j < i, item(path, i), s, fmt.Sprintf("trùng với phần tử thứ %d", j+1), "Bỏ một trong hai")
	}
}

func (k *check) percent(path string, n int) {
	k.bad(n < 0 || n > 100, path, fmt.Sprint(n), "ngoài khoảng 0 đến 100", "Viết số phần trăm, ví dụ 80")
}

func (k *check) between(path string, n, low, high int64) {
	k.bad((n < low || n > high) && k.present(path), path, fmt.Sprint(n), fmt.Sprintf("ngoài khoảng %d đến %d", low, high), "Viết số trong khoảng này")
}

func (k *check) oneOf(path, s string, known ...string) {
	mend := "Dùng một trong: " + strings.Join(known, ", ")
	if n := nearestName(s, known); n != "" {
		mend = "Có phải là " + n + "? " + mend
	}
	k.bad(!slices.Contains(known, s) && (s != "" || k.present(path)), path, s, "giá trị chưa hỗ trợ", mend)
}

func (k *check) link(path, s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	k.bad(err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.ContainsAny(s, " \n\t\"<>"),
		path, s, "không phải địa chỉ web", "Viết đủ, ví dụ https://duthi.quangnam.gov.vn")
}

func (k *check) date(path, s string) {
	k.bad(s != "" && !validDate(s), path, s, "không phải ngày", `Viết năm-tháng-ngày, ví dụ "2023-07-06"`)
}

// localFile checks the name of a file beside the contest file.
func (k *check) localFile(p, s string, extensions ...string) {
	clean := path.Clean(s)
	outside := path.IsAbs(s) || clean == ".." || strings.HasPrefix(clean, "../") || strings.ContainsAny(s, "\\:\x00")
	k.bad(outside, p, s, "trỏ ra ngoài thư mục của tệp cuộc thi", "Viết đường dẫn tương đối, dùng dấu /, ví dụ tai-lieu/de-cuong.pdf")
	ext := strings.ToLower(path.Ext(s))
	k.bad(len(extensions) > 0 && !slices.Contains(extensions, ext), p, s, "không phải loại tệp dùng được", "Dùng tệp "+strings.Join(extensions, " hoặc "))
}

func (k *check) theme() {
	t := k.c.Theme
	if t == nil {
		return
	}
	if t.Primary != "" {
		ok := colorForm.MatchString(t.Primary)
		k.bad(!ok, "theme.primary", t.Primary, "không phải màu", `Viết "#" và 6 chữ số thập lục phân, trong dấu ngoặc kép, ví dụ "#b3141b"`)
		if ok {
			ratio := Contrast(t.Primary)
			k.bad(ratio < MinContrast, "theme.primary", t.Primary, fmt.Sprintf("màu nhạt, tương phản với nền trắng chỉ %.1f", ratio),
				fmt.Sprintf("Chọn màu đậm hơn, tương phản từ %.1f trở lên, để chữ đọc được", MinContrast))
		}
	}
	if data, ok := strings.CutPrefix(t.Logo, "data:"); ok {
		k.bad(len(t.Logo) > maxLogo, "theme.logo", t.Logo, fmt.Sprintf("ảnh lớn hơn %d KB", maxLogo>>10), "Thu nhỏ ảnh")
		k.bad(!strings.HasPrefix(data, "image/png;base64,") && !strings.HasPrefix(data, "image/svg+xml;base64,"),
			"theme.logo", t.Logo, "không phải ảnh PNG hoặc SVG", "Ghi tên tệp ảnh nằm cạnh tệp cuộc thi, ví dụ logo.png")
	} else if t.Logo != "" {
		k.localFile("theme.logo", t.Logo, ".png", ".svg")
	}
}

func (k *check) host() {
	h := k.c.Organizer
	k.line("organizer.authority", h.Authority, true)
	k.line("organizer.standing_body", h.StandingBody, false)
	k.line("organizer.contact_unit", h.ContactUnit, false)
	if h.Plan != nil {
		k.line("organizer.plan.number", h.Plan.Number, true)
		k.date("organizer.plan.date", h.Plan.Date)
	}
}

func (k *check) contacts() {
	c := k.c.Contacts
	k.line("contacts.hotline", c.Hotline, true)
	k.line("contacts.hotline_owner", c.HotlineOwner, false)
	k.line("contacts.hotline_hours", c.HotlineHours, false)
	k.line("contacts.zalo_oa", c.ZaloOA, false)
	k.bad(c.ZaloOAID != "" && !digitForm.MatchString(c.ZaloOAID), "contacts.zalo_oa_id", c.ZaloOAID, "không phải mã số OA",
		`Chép dãy chữ số ở trang quản lý OA, đặt trong dấu ngoặc kép, ví dụ "2147483647001122334"`)
}

// rounds checks the period and that the rounds lie in it, in order, apart from each other.
func (k *check) rounds() {
	c := k.c
	k.span("period", c.Period.Start, c.Period.End)
	k.bad(len(c.Rounds) == 0 && k.present("rounds"), "rounds", "", "chưa có đợt thi nào", "Thêm ít nhất một đợt")
	k.bad(len(c.Rounds) > 100, "rounds", fmt.Sprint(len(c.Rounds)), "quá 100 đợt thi", "Chia thành nhiều cuộc thi")
	ids := make([]string, len(c.Rounds))
	names := make([]string, len(c.Rounds))
	for i, r := range c.Rounds {
		p := item("rounds", i)
		ids[i], names[i] = r.ID, r.Name
		k.slug(p+".id", r.ID)
		k.line(p+".name", r.Name, true)
		k.span(p, r.Start, r.End)
		if period := c.Period; period.Start != 0 && period.End != 0 {
			k.bad(r.Start != 0 && r.Start < period.Start, p+".start", k.when(r.Start, false), "trước khi cuộc thi bắt đầu", "Sửa đợt này hoặc period.start")
			k.bad(r.End > period.End, p+".end", k.when(r.End, true), "sau khi cuộc thi kết thúc", "Sửa đợt này hoặc period.end")
		}
		if i > 0 && r.Start != 0 {
			last := c.Rounds[i-1]
			k.bad(r.Start < last.End && r.Start >= last.Start, p+".start", k.when(r.Start, false), "chồng lên đợt trước ("+last.ID+")", "Cho bắt đầu khi đợt trước đã kết thúc")
			k.bad(r.Start < last.Start, p+".start", k.when(r.Start, false), "đứng sau đợt "+last.ID+" nhưng bắt đầu trước", "Xếp các đợt theo thời gian")
		}
	}
	k.uniqueIn("rounds", "id", ids)
	k.uniqueIn("rounds", "name", names)
}

func (k *check) uniqueIn(list, key string, values []string) {
	for i, s := range values {
		j := slices.Index(values, s)
		k.bad(s != "" && j < i, item(list, i)+"."+key, s, fmt.Sprintf("trùng với %s", item(list, j)), "Đặt tên khác")
	}
}

func (k *check) span(path string, start, end core.Instant) {
	k.bad(start != 0 && end != 0 && end <= start, path+".end", k.when(end, true), "không sau thời điểm bắt đầu", "Kiểm tra lại ngày và giờ")
}

func (k *check) when(i core.Instant, end bool) string {
	loc := k.loc
	if loc == nil {
		loc = time.UTC
	}
	return formatMoment(i, loc, end)
}
