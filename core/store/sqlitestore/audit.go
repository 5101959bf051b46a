package sqlitestore

import (
	"context"

	"duthi/core"
)

// LastAudit gives the newest entry.
func (s *Store) LastAudit(ctx context.Context) (core.AuditEntry, error) {
	return get[core.AuditEntry](ctx, s, `SELECT doc FROM audit ORDER BY seq DESC LIMIT 1`)
}

// AppendAudit inserts an entry.
func (s *Store) AppendAudit(ctx context.Context, e core.AuditEntry) error {
	return s.write(ctx, `INSERT INTO audit (seq, doc) VALUES (?, ?)`, e.Seq, encode(e))
}

// AuditAfter gives entries in order.
func (s *Store) AuditAfter(ctx context.Context, contestID string, after int64, limit int) ([]core.AuditEntry, error) {
	if contestID == "" {
		return list[core.AuditEntry](ctx, s, `SELECT doc FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`, after, limit)
	}
	return list[core.AuditEntry](ctx, s, `SELECT doc FROM audit INDEXED BY audit_contest WHERE contest_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
		contestID, after, limit)
}
