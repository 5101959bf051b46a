package contestfile

import (
	"fmt"
	"iter"
	"regexp"
	"strings"
	"time"

	"duthi/core"
)

// RosterRow is one person of the staff list as the file has it. BirthDate is "1990-12-31", Phone "+84912345678",
// NationalID 9 or 12 digits, StaffCode in capitals; all four may be empty.
type RosterRow struct {
	UnitCode   string
	FullName   string
	BirthDate  string
	NationalID string
	StaffCode  string
	Phone      string
}

var rosterColumns = []column{
	{name: "unit_code", aliases: []string{"ma don vi", "don vi", "ma dv"}, required: true},
	{name: "full_name", aliases: []string{"ho va ten", "ho ten", "ten"}, required: true},
	{name: "birth_date", aliases: []string{"ngay sinh", "ngay thang nam sinh", "sinh ngay"}},
	{name: "national_id", aliases: []string{"so dinh danh", "so dinh danh ca nhan", "cccd", "so cccd", "can cuoc", "so can cuoc", "can cuoc cong dan", "so can cuoc cong dan", "cccd cmnd"}},
	{name: "staff_code", aliases: []string{"ma can bo", "ma cong chuc", "ma so can bo", "ma nhan vien", "ma cbccvc"}},
	{name: "phone", aliases: []string{"so dien thoai", "dien thoai", "sdt", "di dong"}},
	serialColumn,
}

// Roster reads a staff list row by row; today is the newest birth date there can be. Faults go to l, and rows
// that have one are not given; an error is the reader's.
func (t *Table) Roster(l *FaultList, today time.Time) iter.Seq2[Row[RosterRow], error] {
	return func(yield func(Row[RosterRow], error) bool) {
		staff, nationals, people := seenRows{}, seenRows{}, seenRows{}
		for ln, err := range t.lines(rosterColumns, l) {
			if err != nil {
				yield(Row[RosterRow]{}, err)
				return
			}
			p := ln.person(today)
			row := ln.rec.row
			if first, twice := staff.add(strings.ToLower(p.StaffCode), row); twice {
				ln.fault("staff_code", p.StaffCode, fmt.Sprintf("trùng mã cán bộ với hàng %d", first), "Mỗi người một mã")
			}
			if first, twice := nationals.add(p.NationalID, row); twice {
				ln.fault("national_id", "", fmt.Sprintf("trùng số định danh với hàng %d", first), "Mỗi người một dòng")
			}
			if first, twice := people.add(p.samePerson(), row); twice {
				ln.fault("full_name", p.FullName, fmt.Sprintf("trùng người với hàng %d (cùng đơn vị, họ tên, ngày sinh)", first), "Bỏ một dòng, hoặc thêm ngày sinh, mã cán bộ hay số định danh để phân biệt")
			}
			if !ln.bad && !yield(rowOf(ln, p), nil) {
				return
			}
		}
	}
}

// samePerson tells people apart who have neither staff code nor national id.
func (p RosterRow) samePerson() string {
	if p.FullName == "" {
		return ""
	}
	return p.UnitCode + "\x00" + core.Fold(p.FullName) + "\x00" + p.BirthDate + "\x00" + p.StaffCode + "\x00" + p.NationalID
}

var (
	nameForm     = regexp.MustCompile(`^[\p{L}\p{M}][\p{L}\p{M} .'’-]*$`)
	nationalForm = regexp.MustCompile(`^([0-9]{9}|[0-9]{12})$`)
)

func (ln *line) person(today time.Time) RosterRow {
	p := RosterRow{UnitCode: ln.plain("unit_code"), FullName: ln.text("full_name"), StaffCode: strings.ToUpper(ln.plain("staff_code"))}
	ln.need("unit_code", p.UnitCode, "Ghi mã đơn vị như trong bảng đơn vị")
	ln.need("full_name", p.FullName, "Ghi đủ họ và tên")
	if p.FullName != "" && (!nameForm.MatchString(p.FullName) || len([]rune(p.FullName)) > 100) {
		ln.fault("full_name", p.FullName, "không phải họ tên", "Chỉ dùng chữ cái, tối đa 100 ký tự")
	}
	if p.StaffCode != "" && !idForm.MatchString(p.StaffCode) {
		ln.fault("staff_code", p.StaffCode, "mã không hợp lệ", "Chỉ dùng chữ, số và các dấu . _ - /, tối đa 64 ký tự")
	}
	p.BirthDate = ln.birthDate(today)
	p.NationalID = ln.nationalID()
	p.Phone = ln.phone()
	return p
}

// birthLayouts are the ways people write a date; the day always comes before the month.
var birthLayouts = []string{time.DateOnly, "2/1/2006", "2-1-2006", "2.1.2006"}

func (ln *line) birthDate(today time.Time) string {
	s := ln.plain("birth_date")
	if s == "" {
		return ""
	}
	for _, layout := range birthLayouts {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if t.Year() < 1900 || t.After(today) {
			ln.fault("birth_date", s, "ngày sinh không thể có", "Kiểm tra lại năm")
			return ""
		}
		return t.Format(time.DateOnly)
	}
	ln.fault("birth_date", s, "không phải ngày sinh", "Viết ngày/tháng/năm, ví dụ 31/12/1990, hoặc để trống")
	return ""
}

// nationalID reads a national id; a number cell has lost the zero it began with. Values are not put into
// faults: they are personal data.
func (ln *line) nationalID() string {
	s := strings.NewReplacer(" ", "", ".", "").Replace(ln.plain("national_id"))
	if ln.typedAsNumber("national_id") {
		switch len(s) {
		case 10, 11:
			s = strings.Repeat("0", 12-len(s)) + s
		case 8:
			s = "0" + s
		}
	}
	if s != "" && !nationalForm.MatchString(s) {
		ln.fault("national_id", "", "số định danh không hợp lệ", "Viết đủ 12 chữ số (hoặc 9 chữ số của CMND), cả số 0 ở đầu")
		return ""
	}
	return s
}

func (ln *line) phone() string {
	s := ln.plain("phone")
	if s == "" {
		return ""
	}
	if ln.typedAsNumber("phone") && !strings.HasPrefix(s, "84") {
		s = "0" + s
	}
	p, err := core.NormalizePhone(s)
	if err != nil {
		ln.fault("phone", "", "số điện thoại không hợp lệ", "Viết đủ số, ví dụ 0912345678")
	}
	return p
}
