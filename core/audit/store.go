package audit

import (
	"context"

	"duthi/core"
)

// Store is the storage of the log.
type Store interface {
	// LastAudit gives the newest entry, or NotFound when the log is empty.
	LastAudit(ctx context.Context) (core.AuditEntry, error)
	// AppendAudit inserts e as it is; Conflict when its Seq is taken.
	AppendAudit(ctx context.Context, e core.AuditEntry) error
	// AuditAfter gives up to limit entries with Seq greater than after, in order; contestID "" gives all.
	AuditAfter(ctx context.Context, contestID string, after int64, limit int) ([]core.AuditEntry, error)
}
