package sqlitestore

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"duthi/core"
	"duthi/core/outreach"
)

// PlanDeliveries adds deliveries in the bulk lane, a few at a time. A person who is there, and one
// whose address is, is left out.
func (s *Store) PlanDeliveries(ctx context.Context, ds []core.Delivery) error {
	if len(ds) == 0 {
		return nil
	}
	return stage(ctx, s, `INSERT INTO deliveries (broadcast_id, person, doc) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, ds,
		func(d core.Delivery) []any {
			d.Revision = 1
			return []any{d.BroadcastID, d.Person, encode(d)}
		})
}

// Delivery gives one delivery.
func (s *Store) Delivery(ctx context.Context, broadcastID, person string) (core.Delivery, error) {
	return get[core.Delivery](ctx, s, `SELECT doc FROM deliveries WHERE broadcast_id = ? AND person = ?`, broadcastID, person)
}

// Deliveries gives deliveries in the order of persons. The few that did not go well have an index; those planned
// and sent are most of a broadcast, so going through it finds them as fast.
func (s *Store) Deliveries(ctx context.Context, broadcastID, state, after string, limit int) ([]core.Delivery, error) {
	switch state {
	case "":
		return list[core.Delivery](ctx, s, `SELECT doc FROM deliveries WHERE broadcast_id = ? AND person > ? ORDER BY person LIMIT ?`,
			broadcastID, after, limit)
	case core.DeliveryFailed, core.DeliverySkipped, core.DeliveryUnknown:
		return list[core.Delivery](ctx, s, `SELECT doc FROM deliveries INDEXED BY deliveries_odd WHERE broadcast_id = ?
			AND state IN ('failed', 'skipped', 'unknown') AND state = ? AND person > ? ORDER BY person LIMIT ?`, broadcastID, state, after, limit)
	}
	return list[core.Delivery](ctx, s, `SELECT doc FROM deliveries WHERE broadcast_id = ? AND +state = ? AND person > ? ORDER BY person LIMIT ?`,
		broadcastID, state, after, limit)
}

// LeaseDeliveries takes deliveries that are due: one statement, so nobody else gets the same.
func (s *Store) LeaseDeliveries(ctx context.Context, broadcastID, lease string, now, until core.Instant, limit int) ([]core.Delivery, error) {
	var out []core.Delivery
	err := s.writer.one(ctx, func(c *writeConn) error {
		out = nil
		return c.query(`UPDATE deliveries SET doc = json_set(doc, '$.state', 'leased', '$.lease', ?3, '$.not_before', ?4, '$.revision', revision + 1)
			WHERE broadcast_id = ?1 AND person IN (SELECT person FROM deliveries INDEXED BY deliveries_due
				WHERE broadcast_id = ?1 AND state IN ('planned', 'leased') AND not_before <= ?2 ORDER BY not_before, person LIMIT ?5)
			RETURNING doc`,
			func(row []driver.Value) error {
				d, err := decode[core.Delivery]([]byte(row[0].(string)))
				out = append(out, d)
				return err
			}, broadcastID, now, lease, until, limit)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// UpdateDelivery replaces a delivery, guarded by its revision.
func (s *Store) UpdateDelivery(ctx context.Context, d core.Delivery) error {
	err := s.guarded(ctx, `UPDATE deliveries SET doc = ? WHERE broadcast_id = ? AND person = ? AND revision = ?`,
		encode(d), d.BroadcastID, d.Person, d.Revision-1)
	if isUnique(err) { // the key stays as it is
		return outreach.AddressTaken(err)
	}
	return err
}

// DeliveriesAt gives the deliveries of a broadcast that have one of some addresses.
func (s *Store) DeliveriesAt(ctx context.Context, broadcastID string, addresses []string) ([]core.Delivery, error) {
	return list[core.Delivery](ctx, s, `SELECT doc FROM deliveries INDEXED BY deliveries_address
		WHERE broadcast_id = ?1 AND address IS NOT NULL AND address IN (SELECT value FROM json_each(?2))`, broadcastID, encode(addresses))
}

// LostDeliveries gives deliveries that nobody holds any more.
func (s *Store) LostDeliveries(ctx context.Context, broadcastID string, now core.Instant, limit int) ([]core.Delivery, error) {
	return list[core.Delivery](ctx, s, `SELECT doc FROM deliveries INDEXED BY deliveries_sending
		WHERE broadcast_id = ? AND state = 'sending' AND not_before <= ? ORDER BY not_before, person LIMIT ?`, broadcastID, int64(now), limit)
}

// OpenTo gives the deliveries to a Zalo user whose outcome is not known.
func (s *Store) OpenTo(ctx context.Context, userID string, limit int) ([]core.Delivery, error) {
	return list[core.Delivery](ctx, s, `SELECT doc FROM deliveries INDEXED BY deliveries_user
		WHERE user_id = ? AND state IN ('sending', 'unknown') ORDER BY sent_at, broadcast_id LIMIT ?`, userID, limit)
}

// NextDelivery says when the next delivery is due.
func (s *Store) NextDelivery(ctx context.Context, broadcastID string) (core.Instant, error) {
	next, found := core.Instant(0), false
	err := s.each(ctx, `SELECT not_before FROM deliveries INDEXED BY deliveries_due WHERE broadcast_id = ? AND state IN ('planned', 'leased')
		ORDER BY not_before, person LIMIT 1`, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(&next)
	}, broadcastID)
	if err == nil && !found {
		err = notFound
	}
	return next, err
}

// Tally counts deliveries by state, channel and reason.
func (s *Store) Tally(ctx context.Context, broadcastID string) ([]core.DeliveryCount, error) {
	var out []core.DeliveryCount
	err := s.each(ctx, `SELECT state, channel, reason, count(*), sum(cost) FROM deliveries INDEXED BY deliveries_tally
		WHERE broadcast_id = ? GROUP BY state, channel, reason ORDER BY state, channel, reason`, func(rows *sql.Rows) error {
		var n core.DeliveryCount
		err := rows.Scan(&n.State, &n.Channel, &n.Reason, &n.Count, &n.Cost)
		out = append(out, n)
		return err
	}, broadcastID)
	return out, err
}

// TakeTurns takes one of each person's turns of a day, all in one operation. Most have none yet.
func (s *Store) TakeTurns(ctx context.Context, persons []string, day, broadcastID string, max int) ([]string, error) {
	var have []string
	err := s.writer.all(ctx, func(c *writeConn) error {
		have = have[:0]
		for _, p := range persons {
			ok, err := takeTurn(c, p, day, broadcastID, max)
			if err != nil {
				return err
			}
			if ok {
				have = append(have, p)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return have, nil
}

func takeTurn(c *writeConn, person, day, broadcastID string, max int) (bool, error) {
	n, err := c.exec(`INSERT INTO turns (person, day, slot, broadcast_id) SELECT ?1, ?2, 0, ?3
		WHERE ?4 > 0 AND NOT EXISTS (SELECT 1 FROM turns WHERE person = ?1 AND day = ?2)`, person, day, broadcastID, max)
	if err != nil || n > 0 {
		return n > 0, err
	}
	free, own := 0, false
	err = c.query(`SELECT slot, broadcast_id FROM turns WHERE person = ? AND day = ? ORDER BY slot`, func(row []driver.Value) error {
		own = own || row[1] == broadcastID
		if row[0] == int64(free) {
			free++
		}
		return nil
	}, person, day)
	if err != nil || own || free >= max {
		return own, err
	}
	_, err = c.exec(`INSERT INTO turns (person, day, slot, broadcast_id) VALUES (?, ?, ?, ?)`, person, day, free, broadcastID)
	return err == nil, err
}

// ReturnTurn gives back the turn a broadcast has.
func (s *Store) ReturnTurn(ctx context.Context, person, day, broadcastID string) error {
	return s.write(ctx, `DELETE FROM turns WHERE person = ? AND day = ? AND broadcast_id = ?`, person, day, broadcastID)
}

// DeleteDeliveries removes deliveries of a broadcast.
func (s *Store) DeleteDeliveries(ctx context.Context, broadcastID string, limit int) (int, error) {
	n := 0
	err := s.writer.slices(ctx, func(c *writeConn) (bool, error) {
		some := min(limit-n, 200)
		deleted, err := c.exec(`DELETE FROM deliveries WHERE broadcast_id = ?1 AND person IN (SELECT person FROM deliveries
			WHERE broadcast_id = ?1 ORDER BY person LIMIT ?2)`, broadcastID, some)
		n += int(deleted)
		return err != nil || int(deleted) < some || n == limit, err
	})
	return n, err
}

// DeleteTurns removes turns of past days.
func (s *Store) DeleteTurns(ctx context.Context, before string, limit int) (int, error) {
	n := 0
	err := s.writer.one(ctx, func(c *writeConn) error {
		n = 0
		return c.query(`DELETE FROM turns WHERE (person, day, slot) IN (SELECT person, day, slot FROM turns INDEXED BY turns_day
			WHERE day < ? ORDER BY day LIMIT ?) RETURNING 1`, func([]driver.Value) error { n++; return nil }, before, limit)
	})
	return n, err
}
