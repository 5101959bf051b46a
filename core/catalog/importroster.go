package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"duthi/core"
	"duthi/core/contestfile"
)

// ImportRoster replaces a contest's staff list by that of a table. National ids and phones are sealed. People
// keep their key from import to import: by staff code, national id, or unit, name and birth date.
func (f *Files) ImportRoster(ctx context.Context, contestID string, tab *contestfile.Table, how How) (Result, error) {
	return f.importSet(ctx, rosterSet, contestID, tab, how, func(rec core.ContestRecord, r *Result) (plan, error) {
		if rec.UnitSet == 0 {
			return nil, core.Errorf(core.Invalid, "Chưa có đơn vị nào. Hãy nhập danh sách đơn vị trước.")
		}
		return &rosterPlan{files: f, rec: rec, result: r, today: f.cfg.Clock.Now().Time(rec.Contest.Location())}, nil
	})
}

// digest stands for a person's content, so that a list can be compared without being held.
type digest [16]byte

// rosterPlan is what the first reading found out.
type rosterPlan struct {
	files  *Files
	rec    core.ContestRecord
	result *Result
	today  time.Time
	before map[string]digest // by key
	sealed map[string]string // key by digest of the identity number: a key may stem from one under an older secret
	keys   []string          // of the file's people, in its order
}

func (p *rosterPlan) look(ctx context.Context, tab *contestfile.Table) error {
	units, err := p.files.cfg.Store.Units(ctx, p.rec.ID, p.rec.UnitSet)
	if err != nil {
		return err
	}
	if err := p.loadBefore(ctx); err != nil {
		return err
	}
	tree := core.NewUnitTree(units, nil)
	used := map[string]bool{}
	var faults contestfile.FaultList
	for row, err := range tab.Roster(&faults, p.today) {
		if err != nil {
			return err
		}
		x := row.Value
		if _, ok := tree.Unit(x.UnitCode); !ok {
			faults.Add(row.Fault("unit_code", x.UnitCode, "không có đơn vị nào mang mã này", likeUnit(units, x.UnitCode)))
		}
		key := p.keyOf(x, used)
		if key == "" {
			faults.Add(row.Fault("full_name", x.FullName, "không phân biệt được với một người khác trong danh sách", "Thêm mã cán bộ, số định danh hoặc ngày sinh"))
			continue
		}
		used[key] = true
		p.keys = append(p.keys, key)
		switch old, ok := p.before[key]; {
		case !ok:
			p.result.Added++
		case old == p.digestOf(x):
			p.result.Unchanged++
		default:
			p.result.Changed++
		}
	}
	p.result.Removed = len(p.before) - p.result.Unchanged - p.result.Changed
	return faults.Err()
}

func likeUnit(units []core.Unit, code string) string {
	for _, u := range units {
		if strings.EqualFold(u.Code, code) || core.Fold(u.Name) == core.Fold(code) {
			return "Có phải là " + u.Code + "?"
		}
	}
	return "Ghi mã như trong danh sách đơn vị"
}

// loadBefore reads the keys and digests of the current list.
func (p *rosterPlan) loadBefore(ctx context.Context) error {
	p.before, p.sealed = map[string]digest{}, map[string]string{}
	for after := ""; p.rec.RosterSet != 0; {
		page, err := p.files.cfg.Store.RosterAfter(ctx, p.rec.ID, p.rec.RosterSet, after, 1000)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return nil
		}
		for _, x := range page {
			p.before[x.Key] = rosterDigest(x.UnitCode, x.FullName, x.BirthDate, x.StaffCode, x.NationalID.Hash, x.Phone.Hash)
			if x.NationalID.Hash != "" {
				p.sealed[x.NationalID.Hash] = x.Key
			}
		}
		after = page[len(page)-1].Key
	}
	return nil
}

func (p *rosterPlan) digestOf(x contestfile.RosterRow) digest {
	s := p.files.cfg.Sealer
	return rosterDigest(x.UnitCode, x.FullName, x.BirthDate, x.StaffCode, s.Hash(p.rec.ID, "national_id", x.NationalID), s.Hash(p.rec.ID, "phone", x.Phone))
}

func rosterDigest(parts ...string) digest {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return digest(sum[:16])
}

// keyOf gives the key a person has had, else the best one that is free; "" when another has taken it. A key
// had before wins, so that somebody whose staff code is new in the list stays the same person.
func (p *rosterPlan) keyOf(x contestfile.RosterRow, used map[string]bool) string {
	var keys []string
	if x.StaffCode != "" {
		keys = append(keys, "s:"+x.StaffCode)
	}
	for _, h := range p.files.cfg.Sealer.Hashes(p.rec.ID, "national_id", x.NationalID) {
		keys = append(keys, "n:"+h[:32])
		if had, ok := p.sealed[h]; ok {
			keys = append(keys, had)
		}
	}
	sum := sha256.Sum256([]byte(x.UnitCode + "\x00" + core.Fold(x.FullName) + "\x00" + x.BirthDate))
	keys = append(keys, "p:"+hex.EncodeToString(sum[:16]))
	for _, k := range keys {
		if _, had := p.before[k]; had && !used[k] {
			return k
		}
	}
	if used[keys[0]] {
		return ""
	}
	return keys[0]
}

// stage reads the file again, seals it and writes it under the next set number.
func (p *rosterPlan) stage(ctx context.Context, t *turn, tab *contestfile.Table, next int64) error {
	var faults contestfile.FaultList
	chunk := make([]core.RosterPerson, 0, stageChunk)
	n := 0
	flush := func() error {
		if err := t.renew(ctx); err != nil {
			return err
		}
		err := p.files.cfg.Store.StageRoster(ctx, chunk)
		chunk = chunk[:0]
		return err
	}
	for row, err := range tab.Roster(&faults, p.today) {
		if err != nil {
			return err
		}
		if n >= len(p.keys) {
			return sameFile(faults, n+1, len(p.keys))
		}
		chunk = append(chunk, p.person(row.Value, p.keys[n], next))
		if n++; len(chunk) == stageChunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if len(chunk) > 0 {
		if err := flush(); err != nil {
			return err
		}
	}
	return sameFile(faults, n, len(p.keys))
}

func (p *rosterPlan) person(x contestfile.RosterRow, key string, next int64) core.RosterPerson {
	s := p.files.cfg.Sealer
	return core.RosterPerson{
		ContestID: p.rec.ID, Set: next, Key: key, UnitCode: x.UnitCode, FullName: x.FullName, NameFolded: core.Fold(x.FullName),
		BirthDate: x.BirthDate, StaffCode: x.StaffCode,
		NationalID: s.Seal(p.rec.ID, "national_id", x.NationalID), Phone: s.Seal(p.rec.ID, "phone", x.Phone),
	}
}
