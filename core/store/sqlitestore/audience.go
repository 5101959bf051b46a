package sqlitestore

import (
	"context"
	"database/sql"

	"duthi/core"
)

// audienceOf is the query of contestants with their follower and what they did; taken says whether they have a valid
// attempt.
func audienceOf(used, taken string) string {
	return `SELECT c.doc, coalesce(f.doc, ''), ` + used + `, EXISTS (SELECT 1 FROM attempts a INDEXED BY ` + taken + `
			AND a.contestant_id = c.id AND a.valid = 1)
		FROM contestants c INDEXED BY contestants_list
		LEFT JOIN followers f ON c.zalo_user_id IS NOT NULL AND f.id = ?1 || '/' || c.zalo_user_id
		WHERE c.contest_id = ?2 AND c.id > ?3 ORDER BY c.id LIMIT ?4`
}

var (
	audienceOfContest = audienceOf("0", "attempts_people WHERE a.contest_id = ?2")
	audienceOfRound   = audienceOf("(SELECT count(*) FROM attempts u INDEXED BY attempts_ordinal WHERE u.contestant_id = c.id AND u.round_id = ?5)",
		"attempts_round WHERE a.contest_id = ?2 AND a.round_id = ?5")
)

// audiencePerson is what an audience takes of a contestant.
type audiencePerson struct {
	ID         string         `json:"id"`
	Status     string         `json:"status"`
	UnitCode   string         `json:"unit_code"`
	Unit1Code  string         `json:"unit1_code"`
	Phone      core.Sealed    `json:"phone"`
	ZaloUserID string         `json:"zalo_user_id"`
	Consents   []core.Consent `json:"consents"`
}

// AudienceContestants gives contestants with what they did.
func (s *Store) AudienceContestants(ctx context.Context, q core.AudienceQuery, after string, limit int) (out []core.AudienceLine, next string, err error) {
	query, args := audienceOfContest, []any{q.OAID, q.ContestID, after, limit}
	if q.RoundID != "" {
		query, args = audienceOfRound, append(args, q.RoundID)
	}
	n := 0
	err = s.each(ctx, query, func(rows *sql.Rows) error {
		var doc, follower sql.RawBytes
		var l core.AudienceLine
		if err := rows.Scan(&doc, &follower, &l.Used, &l.Taken); err != nil {
			return err
		}
		p, err := decode[audiencePerson](doc)
		if err == nil && len(follower) > 0 {
			l.Follower, err = decode[core.Follower](follower)
		}
		l.Key, l.Status, l.UnitCode, l.Unit1Code, l.UserID, l.Consents, l.HasPhone = p.ID, p.Status, p.UnitCode, p.Unit1Code, p.ZaloUserID, p.Consents, !p.Phone.IsZero()
		n, next, out = n+1, p.ID, append(out, l)
		return err
	}, args...)
	return page(out, next, n < limit, err)
}

// page is what a list of an audience gives; last says that no row is left.
func page(out []core.AudienceLine, next string, last bool, err error) ([]core.AudienceLine, string, error) {
	if err != nil {
		return nil, "", err
	}
	if last {
		next = ""
	}
	return out, next, nil
}

// AudienceFocalPoints gives the focal points of a contest.
func (s *Store) AudienceFocalPoints(ctx context.Context, q core.AudienceQuery, after string, limit int) (out []core.AudienceLine, next string, err error) {
	n := 0
	err = s.each(ctx, `SELECT o.doc, coalesce(f.doc, '') FROM organizers o INDEXED BY organizers_audience
			LEFT JOIN followers f ON o.zalo_user_id IS NOT NULL AND f.id = ?1 || '/' || o.zalo_user_id
		WHERE o.contest_id = ?2 AND o.name > ?3 ORDER BY o.name LIMIT ?4`,
		func(rows *sql.Rows) error {
			var doc, follower sql.RawBytes
			if err := rows.Scan(&doc, &follower); err != nil {
				return err
			}
			o, err := decode[core.Organizer](doc)
			l := core.AudienceLine{Key: o.Name, UnitCode: o.UnitCode, UserID: o.ZaloUserID}
			if err == nil && len(follower) > 0 {
				l.Follower, err = decode[core.Follower](follower)
			}
			if n, next = n+1, o.Name; o.Role == core.FocalPoint && !o.Disabled {
				out = append(out, l)
			}
			return err
		}, q.OAID, q.ContestID, after, limit)
	return page(out, next, n < limit, err)
}

// AudienceRoster gives the people of the roster who never registered.
func (s *Store) AudienceRoster(ctx context.Context, q core.AudienceQuery, after string, limit int) (out []core.AudienceLine, next string, err error) {
	n := 0
	err = s.each(ctx, `SELECT r.key, r.unit_code, coalesce(r.phone, ''),
			EXISTS (SELECT 1 FROM contestants c INDEXED BY contestants_roster_key WHERE c.contest_id = ?1 AND c.roster_key = r.key)
			OR EXISTS (SELECT 1 FROM contestants c INDEXED BY contestants_phone WHERE c.contest_id = ?1 AND c.phone = r.phone)
			OR EXISTS (SELECT 1 FROM contestants c INDEXED BY contestants_national_id WHERE c.contest_id = ?1 AND c.national_id = r.national_id)
		FROM roster r INDEXED BY roster_row WHERE r.contest_id = ?1 AND r."set" = ?2 AND r.key > ?3 ORDER BY r.key LIMIT ?4`,
		func(rows *sql.Rows) error {
			var l core.AudienceLine
			var registered bool
			if err := rows.Scan(&l.Key, &l.UnitCode, &l.Phone, &registered); err != nil {
				return err
			}
			l.HasPhone = l.Phone != ""
			if n, next = n+1, l.Key; !registered {
				out = append(out, l)
			}
			return nil
		}, q.ContestID, q.RosterSet, after, limit)
	return page(out, next, n < limit, err)
}

// AudienceFollowers gives the followers who are nobody's of the contest.
func (s *Store) AudienceFollowers(ctx context.Context, q core.AudienceQuery, after string, limit int) (out []core.AudienceLine, next string, err error) {
	n := 0
	err = s.each(ctx, `SELECT f.doc, EXISTS (SELECT 1 FROM contestants c INDEXED BY contestants_zalo_user_id
			WHERE c.contest_id = ?1 AND c.zalo_user_id = substr(f.id, length(f.oa_id) + 2))
		FROM followers f INDEXED BY followers_oa WHERE f.oa_id = ?2 AND f.id > ?3 ORDER BY f.id LIMIT ?4`,
		func(rows *sql.Rows) error {
			var doc sql.RawBytes
			var linked bool
			if err := rows.Scan(&doc, &linked); err != nil {
				return err
			}
			f, err := decode[core.Follower](doc)
			if n, next = n+1, f.ID; !linked {
				out = append(out, core.AudienceLine{Key: f.ID, UserID: f.UserID, Follower: f})
			}
			return err
		}, q.ContestID, q.OAID, after, limit)
	return page(out, next, n < limit, err)
}

// RosterPerson gives a line of a roster set.
func (s *Store) RosterPerson(ctx context.Context, contestID string, set int64, key string) (core.RosterPerson, error) {
	return get[core.RosterPerson](ctx, s, `SELECT doc FROM roster WHERE contest_id = ? AND "set" = ? AND key = ?`, contestID, set, key)
}
