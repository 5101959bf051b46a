package account

import (
	"context"
	"encoding/json"
	"maps"

	"duthi/core"
)

// Kinds of request.
const (
	RequestCorrection = "correction"
	RequestLostPhone  = "lost_phone"
	RequestErase      = "erase"
)

// maxNote is the length kept of what a person explains, in characters.
const maxNote = 1000

// fileRequest stores a request with its sensitive values sealed. changes is by field name, parsed.
func (s *Service) fileRequest(ctx context.Context, c core.Contestant, kind string, changes map[string]string, note string) (core.Request, error) {
	sealed, err := s.sealChanges(c.ContestID, changes)
	if err != nil {
		return core.Request{}, err
	}
	now := s.cfg.Clock.Now()
	if r := []rune(note); len(r) > maxNote {
		note = string(r[:maxNote])
	}
	r := core.Request{ID: core.NewID(now), ContestID: c.ContestID, ContestantID: c.ID, UnitCode: c.UnitCode, Kind: kind,
		Changes: sealed, Note: core.CleanText(note), Status: core.RequestOpen, CreatedAt: now, Revision: 1}
	err = s.cfg.People.InsertRequest(ctx, r)
	if core.Is(err, core.Conflict) {
		return r, core.Errorf(core.Conflict, "Đã có một yêu cầu như vậy đang chờ Ban Tổ chức.")
	}
	return r, err
}

// sealedFields are the fields whose values are never stored readable, with their name in the record.
var sealedFields = map[string]string{FieldPhone: "phone", FieldNationalID: "national_id"}

func (s *Service) sealChanges(contestID string, changes map[string]string) (map[string]string, error) {
	out := map[string]string{}
	for f, v := range changes {
		name, secret := sealedFields[f]
		if !secret {
			out[f] = v
			continue
		}
		doc, err := json.Marshal(s.cfg.Sealer.Seal(contestID, name, v))
		if err != nil {
			return nil, err
		}
		out[f] = string(doc)
	}
	return out, nil
}

// openChanges gives the values as they were before sealChanges.
func (s *Service) openChanges(changes map[string]string) (map[string]string, error) {
	out := maps.Clone(changes)
	if out == nil {
		out = map[string]string{}
	}
	return out, eachSealed(changes, func(field string, box core.Sealed) (err error) {
		out[field], err = s.cfg.Sealer.Open(box)
		return err
	})
}

// sealedNow reports whether all sealed values are sealed with the current key.
func (s *Service) sealedNow(changes map[string]string) (bool, error) {
	now := true
	err := eachSealed(changes, func(_ string, box core.Sealed) error {
		now = now && s.cfg.Sealer.Current(box)
		return nil
	})
	return now, err
}

// eachSealed gives the sealed values among changes to f.
func eachSealed(changes map[string]string, f func(field string, box core.Sealed) error) error {
	for field, v := range changes {
		if _, secret := sealedFields[field]; !secret {
			continue
		}
		var box core.Sealed
		if err := json.Unmarshal([]byte(v), &box); err != nil {
			return core.Wrap(core.Internal, "Không đọc được yêu cầu.", err)
		}
		if err := f(field, box); err != nil {
			return err
		}
	}
	return nil
}

// RequestView is a request as an organizer reads it.
type RequestView struct {
	core.Request
	Person core.Contestant   // as stored now, without the password
	Old    map[string]string // what stands in the record, for each field that is to change
	New    map[string]string // opened for reading; identity numbers masked
}

// Requests gives the requests of a contest, oldest first; status "" gives all. Right: DecideRequests.
func (s *Service) Requests(ctx context.Context, by Person, contestID, status string, limit int) ([]RequestView, error) {
	if err := by.must(DecideRequests); err != nil {
		return nil, err
	}
	rs, err := s.cfg.People.Requests(ctx, contestID, status, "", limit)
	if err != nil {
		return nil, err
	}
	out := make([]RequestView, 0, len(rs))
	for _, r := range rs {
		v, err := s.requestView(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (s *Service) requestView(ctx context.Context, r core.Request) (RequestView, error) {
	v := RequestView{Request: r, Old: map[string]string{}, New: map[string]string{}}
	c, err := s.cfg.People.Contestant(ctx, r.ContestantID)
	c.PasswordHash = ""
	if err != nil && !core.Is(err, core.NotFound) {
		return v, err
	}
	v.Person = c
	contest, err := s.cfg.Contest(ctx, r.ContestID)
	if err != nil {
		return v, err
	}
	values, err := s.openChanges(r.Changes)
	if err != nil {
		return v, err
	}
	old, err := s.readable(contest, c)
	if err != nil {
		return v, err
	}
	for f, value := range values {
		v.Old[f], v.New[f] = old[f], readableValue(contest, f, value)
	}
	v.Changes = nil // New says it readably
	return v, nil
}

// OwnRequests gives the contestant's own, without the sealed values.
func (s *Service) OwnRequests(ctx context.Context, p Person) ([]core.Request, error) {
	if err := p.mustBeContestant(); err != nil {
		return nil, err
	}
	rs, err := s.cfg.People.Requests(ctx, p.ContestID, "", p.ContestantID, 100)
	if err != nil {
		return nil, err
	}
	contest, err := s.cfg.Contest(ctx, p.ContestID)
	if err != nil {
		return nil, err
	}
	for i := range rs {
		values, err := s.openChanges(rs[i].Changes)
		if err != nil {
			return nil, err
		}
		for f, value := range values {
			values[f] = readableValue(contest, f, value)
		}
		rs[i].Changes = values
	}
	return rs, nil
}
