package webapp

import (
	"html/template"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
)

// unitForm is the page that asks for the unit, in two steps: the level-1 unit, then its part where it has
// any. Each unit is a button, so that choosing works without script and is one tap.
type unitForm struct {
	Heading string
	Search  searchBox
	Rows    []unitRow
	More    int      // units that fit but are not listed
	Other   bool     // "Không thấy đơn vị của tôi" is offered
	Typing  bool     // the name of a unit that is not listed is asked for
	Top     *unitRow // the level-1 unit chosen, when its part is asked for
	Chosen  string   // the unit chosen so far, with its parents
	Wrong   string
	Typed   string
	Value   string // of the buttons' common field, for "not listed"
}

type unitRow struct {
	Value string // "CODE" or "CODE/PART"
	Name  template.HTML
	Sub   string
}

// unitRowsLimit keeps the list short enough to scroll with a thumb; searching narrows it.
const unitRowsLimit = 120

func newUnitForm(v *visitor, d account.Draft, c *gin.Context) *unitForm {
	one, two := d.Values[account.FieldUnit1], d.Values[account.FieldUnit2]
	q := core.CleanText(c.Query("q"))
	f := &unitForm{Heading: "Đơn vị công tác", Search: searchBox{q, "Tìm đơn vị"}, Other: v.ed.Contest.Registration.UnitOther,
		Typed: d.Values[account.FieldUnitOther], Wrong: d.Errors[account.FieldUnit1] + d.Errors[account.FieldUnitOther]}
	if two != "" { // a page from before the units changed
		f.Wrong += d.Errors[account.FieldUnit2]
	}
	f.Chosen = v.ed.Units.FullName(two)
	if f.Chosen == "" {
		f.Chosen = v.ed.Units.FullName(one)
	}
	top, ok := v.ed.Units.Unit(one)
	switch {
	case c.Query("khac") != "" || one == core.OtherUnit && c.Query("cap") == "" && q == "":
		f.Typing, f.Value, f.Heading = true, core.OtherUnit, "Tên đơn vị"
	case c.Query("cap") == "2" && ok:
		f.Heading, f.Top = "Phòng, ban hoặc đơn vị trực thuộc", &unitRow{Value: top.Code, Name: highlight(top.Name, "")}
		f.parts(v.ed.Units, top, core.Fold(q))
	default:
		f.search(v.ed.Units, core.Fold(q))
	}
	return f
}

// search lists level-1 units; with a query also the parts whose name fits.
func (f *unitForm) search(tree *core.UnitTree, q string) {
	for _, u := range tree.All() {
		if u.ParentCode != "" && q == "" || !holds(core.Fold(u.Name), q) {
			continue
		}
		top, _ := tree.Top(u.Code)
		row := unitRow{Value: top.Code, Name: highlight(u.Name, q)}
		if block, ok := tree.Block(u.Code); ok && u.ParentCode == "" {
			row.Sub = block.Name
		}
		if u.ParentCode != "" {
			row.Value += "/" + u.Code
			_, row.Sub, _ = strings.Cut(tree.FullName(u.Code), ", ")
		}
		f.Rows = append(f.Rows, row)
	}
	f.cut(tree, q)
}

// cut puts units whose name holds the query as it was typed first, level 1 before parts, and keeps the list
// short.
func (f *unitForm) cut(tree *core.UnitTree, q string) {
	if q != "" {
		rank := func(r unitRow) int {
			one, two, part := strings.Cut(r.Value, "/")
			if part {
				one = two
			}
			u, _ := tree.Unit(one)
			n := 0
			if !strings.Contains(core.Fold(u.Name), q) {
				n = 2
			}
			if part {
				n++
			}
			return n
		}
		slices.SortStableFunc(f.Rows, func(a, b unitRow) int { return rank(a) - rank(b) })
	}
	if len(f.Rows) > unitRowsLimit {
		f.More = len(f.Rows) - unitRowsLimit
		f.Rows = f.Rows[:unitRowsLimit]
	}
}

func (f *unitForm) parts(tree *core.UnitTree, top core.Unit, q string) {
	for _, u := range tree.All() {
		if above, ok := tree.Top(u.Code); !ok || above.Code != top.Code || u.Code == top.Code || !holds(core.Fold(u.Name), q) {
			continue
		}
		row := unitRow{Value: top.Code + "/" + u.Code, Name: highlight(u.Name, q)}
		if u.ParentCode != top.Code {
			parent, _ := tree.Unit(u.ParentCode)
			row.Sub = parent.Name
		}
		f.Rows = append(f.Rows, row)
	}
	f.cut(tree, q)
}

// splitUnit reads the button "CODE/PART" into the two fields.
func splitUnit(typed map[string]string) {
	one, two, both := strings.Cut(typed[account.FieldUnit1], "/")
	if typed[account.FieldUnit1] = one; both {
		typed[account.FieldUnit2] = two
	} else if _, given := typed[account.FieldUnit2]; !given {
		typed[account.FieldUnit2] = ""
	}
}

// asksPart reports whether only the part of a level-1 unit just chosen is missing: that is the next step, not
// a mistake.
func asksPart(typed map[string]string, err error) bool {
	wrong := fields(err)
	return len(wrong) == 1 && wrong[account.FieldUnit2] != "" && typed[account.FieldUnit2] == ""
}
