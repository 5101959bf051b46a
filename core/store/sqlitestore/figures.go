package sqlitestore

import (
	"context"
	"database/sql"
	"io"
	"time"

	"duthi/core"
)

// participationOf gives the counts of valid attempts in two kinds of rows of one reading: by unit with person
// ”, people counted within the unit; then, for each person with attempts in several units, these units.
// Summed up, such a person counts once a unit too often, which the second kind takes back. This way no step
// sorts or remembers all people. index holds the wanted attempts, those of ?2 when round is set.
func participationOf(index, round string) string {
	from := ` FROM attempts INDEXED BY ` + index + ` WHERE contest_id = ?1 AND valid = 1` + round
	return `
	SELECT '', unit_code, unit1_code, block_id, count(*), sum(n), sum(p)
		FROM (SELECT unit_code, unit1_code, block_id, count(*) n, sum(points) p` + from + `
			GROUP BY contestant_id, unit_code, unit1_code, block_id)
		GROUP BY unit_code, unit1_code, block_id
	UNION ALL
	SELECT contestant_id, unit_code, unit1_code, block_id, 0, 0, 0` + from + ` AND contestant_id IN (
			SELECT contestant_id` + from + ` GROUP BY contestant_id
			HAVING min(unit_code) <> max(unit_code) OR min(unit1_code) <> max(unit1_code) OR min(block_id) <> max(block_id))
		GROUP BY contestant_id, unit_code, unit1_code, block_id`
}

// Participation counts valid attempts.
func (s *Store) Participation(ctx context.Context, contestID, roundID string) (core.Participation, error) {
	query, args := participationOf("attempts_people", ""), []any{contestID}
	if roundID != "" {
		query, args = participationOf("attempts_round", " AND round_id = ?2"), append(args, roundID)
	}
	p := core.Participation{ByBlock: map[string]core.Count{}, ByTop: map[string]core.Count{}, ByUnit: map[string]core.Count{}}
	repeated := map[[2]string]bool{} // (person, table and key) met
	err := s.each(ctx, query, func(rows *sql.Rows) error {
		var person, unit, top, block string
		var n core.Count
		if err := rows.Scan(&person, &unit, &top, &block, &n.People, &n.Attempts, &n.Points); err != nil {
			return err
		}
		count := func(table map[string]core.Count, name, key string) core.Count {
			c, add := table[key], n
			if met := [2]string{person, name + key}; person != "" {
				if repeated[met] {
					add.People = -1
				}
				repeated[met] = true
			}
			c.People, c.Attempts, c.Points = c.People+add.People, c.Attempts+add.Attempts, c.Points+add.Points
			return c
		}
		p.ByUnit[unit] = count(p.ByUnit, "unit ", unit)
		p.ByTop[top] = count(p.ByTop, "top ", top)
		if block != "" {
			p.ByBlock[block] = count(p.ByBlock, "block ", block)
		}
		p.Total = count(map[string]core.Count{"": p.Total}, "total", "")
		return nil
	}, args...)
	return p, err
}

// Leaders gives each contestant's best valid attempt of a round: the index holds them in order, so reading
// stops as soon as enough people were met.
func (s *Store) Leaders(ctx context.Context, contestID, roundID string, limit int) ([]core.Attempt, error) {
	var out []core.Attempt
	seen := make(map[string]bool, limit)
	err := s.each(ctx, `SELECT contestant_id, doc FROM attempts INDEXED BY attempts_board
		WHERE contest_id = ? AND round_id = ? AND valid = 1 ORDER BY correct DESC, duration_seconds, submitted_at, id`,
		func(rows *sql.Rows) error {
			var person string
			var doc sql.RawBytes
			if err := rows.Scan(&person, &doc); err != nil || seen[person] {
				return err
			}
			if len(out) == limit {
				return io.EOF
			}
			a, err := decode[core.Attempt](doc)
			a.Paper = nil
			seen[person], out = true, append(out, a)
			return err
		}, contestID, roundID)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Activity counts who is inside now and the starts of the last minutes.
func (s *Store) Activity(ctx context.Context, contestID string, now core.Instant, minutes int) (core.Activity, error) {
	a := core.Activity{Starts: make([]int64, minutes)}
	err := s.each(ctx, `SELECT count(*) FROM attempts INDEXED BY attempts_deadline WHERE status = 'running' AND deadline > ? AND contest_id = ?`,
		func(rows *sql.Rows) error { return rows.Scan(&a.Inside) }, int64(now), contestID)
	if err != nil {
		return core.Activity{}, err
	}
	err = s.each(ctx, `SELECT (?1 - started_at) / ?2 age, count(*) FROM attempts INDEXED BY attempts_starts
		WHERE contest_id = ?3 AND started_at > ?1 - ?2 * ?4 AND started_at <= ?1 GROUP BY age`,
		func(rows *sql.Rows) error {
			var age, n int64
			err := rows.Scan(&age, &n)
			a.Starts[int64(minutes)-1-age] = n
			return err
		}, int64(now), time.Minute.Milliseconds(), contestID, minutes)
	return a, err
}

// days gives (0, day, attempts) by hopping from day to day in the index, then (1, day, people whose first
// attempt began then). A day is counted from 1970 in the zone; ?2 is the zone's offset in ms.
const days = `
WITH RECURSIVE day (d) AS (
	SELECT (min(started_at) + ?2) / 86400000 FROM attempts INDEXED BY attempts_days WHERE contest_id = ?1 AND valid = 1
	UNION ALL
	SELECT (SELECT (min(started_at) + ?2) / 86400000 FROM attempts INDEXED BY attempts_days
		WHERE contest_id = ?1 AND valid = 1 AND started_at >= (d + 1) * 86400000 - ?2) FROM day WHERE d IS NOT NULL
)
SELECT 0, d, (SELECT count(*) FROM attempts INDEXED BY attempts_days
	WHERE contest_id = ?1 AND valid = 1 AND started_at >= d * 86400000 - ?2 AND started_at < (d + 1) * 86400000 - ?2)
	FROM day WHERE d IS NOT NULL
UNION ALL
SELECT 1, (first + ?2) / 86400000 d, count(*) FROM (
	SELECT min(started_at) first FROM attempts INDEXED BY attempts_people WHERE contest_id = ?1 AND valid = 1 GROUP BY contestant_id)
	GROUP BY d`

// Days gives the daily figures.
func (s *Store) Days(ctx context.Context, contestID string, offsetSeconds int) ([]core.Day, error) {
	var out []core.Day
	at := map[int64]int{} // day -> index in out; every day with new people has attempts
	err := s.each(ctx, days, func(rows *sql.Rows) error {
		var kind, day, n int64
		if err := rows.Scan(&kind, &day, &n); err != nil {
			return err
		}
		if kind == 0 {
			at[day] = len(out)
			out = append(out, core.Day{Date: time.Unix(day*86400, 0).UTC().Format(time.DateOnly), Attempts: n})
		} else {
			out[at[day]].NewPeople = n
		}
		return nil
	}, contestID, offsetSeconds*1000)
	return out, err
}

// Registered counts active contestants by unit.
func (s *Store) Registered(ctx context.Context, contestID string) (byTop, byUnit map[string]int64, err error) {
	byTop, byUnit = map[string]int64{}, map[string]int64{}
	err = s.each(ctx, `SELECT unit1_code, unit_code, count(*) FROM contestants INDEXED BY contestants_registered
		WHERE contest_id = ? AND status = 'active' GROUP BY unit1_code, unit_code`, func(rows *sql.Rows) error {
		var top, unit string
		var n int64
		err := rows.Scan(&top, &unit, &n)
		byTop[top] += n
		byUnit[unit] += n
		return err
	}, contestID)
	return byTop, byUnit, err
}

// TookPart gives who of a unit has a valid attempt.
func (s *Store) TookPart(ctx context.Context, contestID, unitCode string, deep bool) (map[string]bool, error) {
	query := `SELECT id FROM contestants c INDEXED BY contestants_unit1 WHERE contest_id = ?1 AND unit1_code = ?2 AND `
	if deep {
		query = `SELECT id FROM contestants c INDEXED BY contestants_unit WHERE contest_id = ?1 AND unit_code = ?2 AND `
	}
	out := map[string]bool{}
	err := s.each(ctx, query+`EXISTS (SELECT 1 FROM attempts a INDEXED BY attempts_people
		WHERE a.contest_id = ?1 AND a.contestant_id = c.id AND a.valid = 1)`, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		out[id] = true
		return err
	}, contestID, unitCode)
	return out, err
}

// Snapshot gives a stored table.
func (s *Store) Snapshot(ctx context.Context, id string) (core.Snapshot, error) {
	return get[core.Snapshot](ctx, s, `SELECT doc FROM snapshots WHERE id = ?`, id)
}

// PutSnapshot stores a table unless a newer one is there.
func (s *Store) PutSnapshot(ctx context.Context, t core.Snapshot) error {
	return s.write(ctx, `INSERT INTO snapshots (id, doc) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc WHERE at <= ?3`,
		t.ID, encode(t), t.At)
}
