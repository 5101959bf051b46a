package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"duthi/core"
)

// sheet is the part of an attempt that changes while it runs, as stored in sheets.doc.
type sheet struct {
	Answers    []core.Answer   `json:"answers"`
	Prediction core.Prediction `json:"prediction"`
	Writes     int64           `json:"writes"`
}

// split gives an attempt's two documents.
func split(a core.Attempt) (doc, answers string) {
	s := sheet{a.Answers, a.Prediction, a.Writes}
	a.Answers, a.Prediction, a.Writes = nil, core.Prediction{}, 0
	return encode(a), encode(s)
}

// join gives the attempt of two documents.
func join(doc, answers []byte) (core.Attempt, error) {
	a, err := decode[core.Attempt](doc)
	if err != nil {
		return a, err
	}
	var s sheet
	if err := json.Unmarshal(answers, &s); err != nil {
		return a, fmt.Errorf("stored answers: %w", err)
	}
	a.Answers, a.Prediction, a.Writes = s.Answers, s.Prediction, s.Writes
	return a, nil
}

const (
	insertAttempt = `INSERT INTO attempts (id, doc) VALUES (?, ?)`
	insertSheet   = `INSERT INTO sheets (attempt_id, contestant_id, deadline, running, doc) VALUES (?, ?, ?, ?, jsonb(?))`
)

// insert adds both rows of an attempt.
func insert(c *writeConn, a core.Attempt, doc, answers string) error {
	if _, err := c.exec(insertAttempt, a.ID, doc); err != nil {
		return err
	}
	running := 0
	if a.Status == core.Running {
		running = 1
	}
	_, err := c.exec(insertSheet, a.ID, a.ContestantID, a.Deadline, running, answers)
	return err
}

// InsertAttempt adds a running attempt.
func (s *Store) InsertAttempt(ctx context.Context, a core.Attempt) error {
	doc, answers := split(a)
	return s.writer.all(ctx, func(c *writeConn) error { return insert(c, a, doc, answers) })
}

// ImportAttempts inserts finished attempts, skipping those that exist.
func (s *Store) ImportAttempts(ctx context.Context, as []core.Attempt) error {
	next := 0
	return s.writer.slices(ctx, func(c *writeConn) (bool, error) {
		for range min(10, len(as)-next) {
			a := as[next]
			doc, answers := split(a)
			n, err := c.exec(insertAttempt+` ON CONFLICT DO NOTHING`, a.ID, doc)
			if err == nil && n > 0 {
				_, err = c.exec(insertSheet, a.ID, a.ContestantID, a.Deadline, 0, answers)
			}
			if err != nil {
				return false, err
			}
			next++
		}
		return next == len(as), nil
	})
}

// attempts gives the attempts of a read of (attempts.doc, sheets.doc).
func (s *Store) attempts(ctx context.Context, query string, args ...any) ([]core.Attempt, error) {
	var out []core.Attempt
	err := s.each(ctx, query, func(rows *sql.Rows) error {
		var doc, answers sql.RawBytes
		if err := rows.Scan(&doc, &answers); err != nil {
			return err
		}
		a, err := join(doc, answers)
		out = append(out, a)
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *Store) attempt(ctx context.Context, query string, args ...any) (core.Attempt, error) {
	as, err := s.attempts(ctx, query, args...)
	if err == nil && len(as) == 0 {
		err = notFound
	}
	if err != nil {
		return core.Attempt{}, err
	}
	return as[0], nil
}

const selectAttempt = `SELECT a.doc, json(s.doc) FROM attempts a JOIN sheets s ON s.attempt_id = a.id `

// Attempt gives an attempt of a contestant.
func (s *Store) Attempt(ctx context.Context, contestantID, id string) (core.Attempt, error) {
	return s.attempt(ctx, selectAttempt+`WHERE a.id = ? AND s.contestant_id = ?`, id, contestantID)
}

// AttemptByReceipt finds a finalised attempt by its receipt code.
func (s *Store) AttemptByReceipt(ctx context.Context, contestID, receipt string) (core.Attempt, error) {
	return s.attempt(ctx, selectAttempt+`WHERE a.contest_id = ? AND a.receipt = ? AND a.receipt IS NOT NULL AND s.running = 0`, contestID, receipt)
}

// AttemptsOf gives the attempts of a contestant, oldest first.
func (s *Store) AttemptsOf(ctx context.Context, contestantID, roundID string) ([]core.Attempt, error) {
	if roundID == "" {
		return s.attempts(ctx, selectAttempt+`WHERE a.contestant_id = ? ORDER BY a.started_at, a.id`, contestantID)
	}
	return s.attempts(ctx, selectAttempt+`WHERE a.contestant_id = ? AND a.round_id = ? ORDER BY a.started_at, a.id`, contestantID, roundID)
}

// ExpiredAttempts gives running attempts whose deadline has come.
func (s *Store) ExpiredAttempts(ctx context.Context, now core.Instant, limit int) ([]core.Attempt, error) {
	return s.attempts(ctx, selectAttempt+`WHERE a.status = 'running' AND a.deadline <= ? ORDER BY a.deadline, a.id LIMIT ?`, int64(now), limit)
}

// FinishAttempt stores the final fields, guarded by status and writes.
func (s *Store) FinishAttempt(ctx context.Context, a core.Attempt) error {
	return s.writer.all(ctx, func(c *writeConn) error {
		n, err := c.exec(`UPDATE sheets SET running = 0 WHERE attempt_id = ? AND contestant_id = ? AND running = 1 AND doc->>'$.writes' = ?`,
			a.ID, a.ContestantID, a.Writes)
		if err != nil {
			return err
		}
		if n == 0 {
			return missing(c, a.ContestantID, a.ID)
		}
		_, err = c.exec(`UPDATE attempts SET doc = json_set(doc, '$.status', ?2, '$.submitted_at', ?3, '$.answered', ?4,
			'$.correct', ?5, '$.points', ?6, '$.duration_seconds', ?7, '$.receipt', ?8) WHERE id = ?1`,
			a.ID, string(a.Status), a.SubmittedAt, a.Answered, a.Correct, a.Points, a.DurationSeconds, nullable(a.Receipt))
		return err
	})
}

// missing says why a guarded write of an attempt changed nothing: NotFound or Conflict.
func missing(c *writeConn, contestantID, id string) error {
	row, err := c.row(`SELECT 1 FROM sheets WHERE attempt_id = ? AND contestant_id = ?`, id, contestantID)
	switch {
	case err != nil:
		return err
	case row == nil:
		return notFound
	}
	return conflict
}

// nullable gives NULL for the empty string: what is not set is not indexed.
func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// VoidAttempt sets or clears Void of a final attempt.
func (s *Store) VoidAttempt(ctx context.Context, contestantID, id string, v *core.Void) error {
	return s.writer.one(ctx, func(c *writeConn) error {
		n, err := c.exec(`UPDATE attempts SET doc = json_set(doc, '$.void', json(?)) WHERE id = ? AND contestant_id = ? AND status <> 'running'`,
			encode(v), id, contestantID)
		if err == nil && n == 0 {
			err = missing(c, contestantID, id)
		}
		return err
	})
}
