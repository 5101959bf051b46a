package contestfile

import (
	"fmt"
	"iter"
	"strconv"
	"strings"

	"duthi/core"
)

var unitColumns = []column{
	{name: "code", aliases: []string{"ma", "ma don vi"}, required: true},
	{name: "name", aliases: []string{"ten", "ten don vi", "don vi"}, required: true},
	{name: "parent_code", aliases: []string{"ma cap tren", "ma don vi cap tren", "cap tren", "truc thuoc"}, required: true},
	{name: "kind", aliases: []string{"loai", "loai don vi", "khoi"}, required: true},
	{name: "headcount", aliases: []string{"so nguoi", "tong so", "tong so nguoi", "bien che"}, required: true},
	serialColumn,
}

// maxUnits is the number of units one file may have: they are kept in memory as a tree.
const maxUnits = 50_000

// Units reads an organisation: every row first, as parents may stand below their children, then the tree is
// checked. Faults go to l; an error is the reader's. Set is not set.
func (t *Table) Units(l *FaultList) iter.Seq2[Row[core.Unit], error] {
	return func(yield func(Row[core.Unit], error) bool) {
		rows, err := t.readUnits(l)
		if err != nil {
			yield(Row[core.Unit]{}, err)
			return
		}
		checkTree(rows, l)
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (t *Table) readUnits(l *FaultList) ([]Row[core.Unit], error) {
	var rows []Row[core.Unit]
	codes, names := seenRows{}, seenRows{}
	for ln, err := range t.lines(unitColumns, l) {
		if err != nil {
			return nil, err
		}
		u := ln.unit()
		if row, twice := codes.add(strings.ToLower(u.Code), ln.rec.row); twice {
			ln.fault("code", u.Code, fmt.Sprintf("trùng mã với hàng %d", row), "Đặt mã khác; chữ hoa và chữ thường coi như nhau")
		}
		if row, twice := names.add(u.ParentCode+"\x00"+sameText(u.Name), ln.rec.row); twice && u.Name != "" {
			ln.fault("name", u.Name, fmt.Sprintf("trùng tên với hàng %d trong cùng đơn vị cấp trên", row), "Viết tên đầy đủ để phân biệt")
		}
		if len(rows) == maxUnits {
			l.Add(rowOf(ln, u).Fault("", "", fmt.Sprintf("quá %d đơn vị", maxUnits), "Chỉ nhập các đơn vị dự thi"))
			break
		}
		rows = append(rows, rowOf(ln, u)) // also faulty ones: their children must find them
	}
	return rows, nil
}

func (ln *line) unit() core.Unit {
	u := core.Unit{Code: ln.plain("code"), Name: ln.text("name"), ParentCode: ln.plain("parent_code"), Kind: ln.text("kind")}
	ln.need("code", u.Code, "Mỗi đơn vị cần một mã riêng, ví dụ SNV")
	switch {
	case strings.EqualFold(u.Code, core.OtherUnit):
		ln.fault("code", u.Code, "mã dành cho mục Đơn vị khác", "Đặt mã khác")
	case u.Code != "" && (!idForm.MatchString(u.Code) || strings.Contains(u.Code, "/")):
		ln.fault("code", u.Code, "mã không hợp lệ", "Chỉ dùng chữ, số và các dấu . _ -, tối đa 64 ký tự")
	}
	ln.need("name", u.Name, "Điền tên đơn vị")
	if len([]rune(u.Name)) > 300 {
		ln.fault("name", u.Name, "tên dài quá 300 ký tự", "Viết ngắn lại")
	}
	if u.ParentCode == "" {
		ln.need("kind", u.Kind, "Đơn vị cấp 1 cần loại để xếp khối, ví dụ so-nganh")
	}
	if u.Kind != "" && !kindForm.MatchString(u.Kind) {
		ln.fault("kind", u.Kind, "loại không hợp lệ", "Viết thường không dấu, nối bằng gạch giữa, ví dụ so-nganh")
	}
	u.Headcount = ln.headcount(u.ParentCode == "")
	return u
}

// headcount reads a number of people; level-1 units must have some, as they are the denominator.
func (ln *line) headcount(top bool) int {
	s := ln.plain("headcount")
	digits := s
	if !ln.typedAsNumber("headcount") { // 1.864 and 1,864 as people type them
		digits = strings.NewReplacer(" ", "", "\u00a0", "").Replace(s)
		if whole, group, ok := strings.Cut(strings.ReplaceAll(digits, ",", "."), "."); ok && len(group) == 3 && len(whole) <= 3 {
			digits = whole + group
		}
	}
	n, err := strconv.Atoi(digits)
	switch {
	case s == "" && !top:
		return 0
	case s == "" && top:
		ln.fault("headcount", "", "để trống", "Đơn vị cấp 1 cần tổng số người để tính tỷ lệ tham gia")
	case err != nil || n < 0 || n > 10_000_000:
		ln.fault("headcount", s, "không phải số người", "Viết số nguyên, ví dụ 86")
	case n == 0 && top:
		ln.fault("headcount", s, "đơn vị cấp 1 có 0 người", "Điền tổng số người để tính tỷ lệ tham gia")
	default:
		return n
	}
	return 0
}

// checkTree finds missing parents, cycles and children who outnumber their parent.
func checkTree(rows []Row[core.Unit], l *FaultList) {
	at := make(map[string]int, len(rows))
	for i, r := range rows {
		if _, twice := at[r.Value.Code]; !twice {
			at[r.Value.Code] = i
		}
	}
	sum := make([]int, len(rows))
	state := make([]byte, len(rows)) // 0 not seen, 1 on the way up, 2 done
	for i, r := range rows {
		u := r.Value
		if u.ParentCode == "" {
			continue
		}
		p, ok := at[u.ParentCode]
		if !ok {
			l.Add(r.Fault("parent_code", u.ParentCode, "không có đơn vị nào mang mã này", missingParent(u.ParentCode, at)))
			continue
		}
		sum[p] += u.Headcount
		climb(rows, at, state, i, l)
	}
	for i, r := range rows {
		if u := r.Value; sum[i] > u.Headcount {
			l.Add(r.Fault("headcount", strconv.Itoa(u.Headcount), fmt.Sprintf("các đơn vị con có tổng %d người, nhiều hơn cấp trên", sum[i]), "Số người của cấp trên phải gồm cả các đơn vị con"))
		}
	}
}

func missingParent(code string, at map[string]int) string {
	for known := range at {
		if strings.EqualFold(known, code) {
			return "Có phải là " + known + "?"
		}
	}
	return "Thêm đơn vị này vào bảng hoặc sửa mã"
}

// climb goes from unit i towards the root and reports each cycle once, at the unit where it closes.
func climb(rows []Row[core.Unit], at map[string]int, state []byte, i int, l *FaultList) {
	var path []int
	for state[i] == 0 {
		state[i] = 1
		path = append(path, i)
		p, ok := at[rows[i].Value.ParentCode]
		if rows[i].Value.ParentCode == "" || !ok {
			break
		}
		if state[p] == 1 {
			u := rows[i].Value
			l.Add(rows[i].Fault("parent_code", u.ParentCode, "các đơn vị trực thuộc nhau thành vòng", "Sửa mã cấp trên của "+u.Code+" hoặc của "+rows[p].Value.Code))
			break
		}
		i = p
	}
	for _, j := range path {
		state[j] = 2
	}
}
