package core

// Unit is a node of the organisation tree. Level-1 units have no parent; a level-1 headcount is the total
// with its sub-units.
type Unit struct {
	ContestID  string `json:"contest_id"`
	Set        int64  `json:"set"`
	Code       string `json:"code"`
	Name       string `json:"name"`
	ParentCode string `json:"parent_code,omitempty"`
	Kind       string `json:"kind"`
	Headcount  int    `json:"headcount"`
}

// OtherUnit is the code of "Đơn vị khác": people there count for the contest, for no unit's percentage.
const OtherUnit = "khac"

// UnitTree is an immutable view of a contest's units.
type UnitTree struct {
	units    []Unit
	byCode   map[string]int
	children map[string][]int
	block    map[string]Block
}

// NewUnitTree builds the tree; units keep their order. Blocks are given to level-1 units by kind.
func NewUnitTree(units []Unit, blocks []Block) *UnitTree {
	t := &UnitTree{units: units, byCode: make(map[string]int, len(units)), children: map[string][]int{}, block: map[string]Block{}}
	kinds := map[string]Block{}
	for _, b := range blocks {
		for _, k := range b.Kinds {
			kinds[k] = b
		}
	}
	for i, u := range units {
		t.byCode[u.Code] = i
		t.children[u.ParentCode] = append(t.children[u.ParentCode], i)
	}
	for _, u := range units {
		if b, ok := kinds[t.mustTop(u).Kind]; ok {
			t.block[u.Code] = b
		}
	}
	return t
}

// All gives every unit in file order; the slice must not be changed.
func (t *UnitTree) All() []Unit { return t.units }

// Len gives the number of units.
func (t *UnitTree) Len() int { return len(t.units) }

// Unit gives the unit with code.
func (t *UnitTree) Unit(code string) (Unit, bool) {
	i, ok := t.byCode[code]
	if !ok {
		return Unit{}, false
	}
	return t.units[i], true
}

// Top gives the level-1 unit above code, or the unit itself.
func (t *UnitTree) Top(code string) (Unit, bool) {
	u, ok := t.Unit(code)
	if !ok {
		return Unit{}, false
	}
	return t.mustTop(u), true
}

func (t *UnitTree) mustTop(u Unit) Unit {
	for range t.units { // a cycle, which import refuses, must not hang a reader
		p, ok := t.byCode[u.ParentCode]
		if u.ParentCode == "" || !ok {
			return u
		}
		u = t.units[p]
	}
	return u
}

// Children gives the units right below code; code "" gives level 1.
func (t *UnitTree) Children(code string) []Unit {
	out := make([]Unit, 0, len(t.children[code]))
	for _, i := range t.children[code] {
		out = append(out, t.units[i])
	}
	return out
}

// Block gives the block the unit's level-1 unit belongs to.
func (t *UnitTree) Block(code string) (Block, bool) {
	b, ok := t.block[code]
	return b, ok
}

// FullName gives the name with its parents, as names repeat: "Phòng Nội vụ, UBND huyện Đại Lộc".
func (t *UnitTree) FullName(code string) string {
	u, ok := t.Unit(code)
	if !ok {
		return ""
	}
	name := u.Name
	for range t.units {
		p, ok := t.Unit(u.ParentCode)
		if u.ParentCode == "" || !ok {
			break
		}
		name, u = name+", "+p.Name, p
	}
	return name
}
