// Package audit keeps the hash-chained log of every change an organizer makes and of every event that touches
// a result. Whoever holds an export can check offline that no line was changed, removed or slipped in.
package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"duthi/core"
)

// Log appends to and verifies the chain.
type Log struct {
	store Store
	clock core.Clock
}

// New makes a Log over store.
func New(store Store, clock core.Clock) *Log { return &Log{store: store, clock: clock} }

// Append writes the next entry. Seq, At, PrevHash and Hash are filled in; the caller gives the rest. It fails
// with Unavailable when the store does.
func (l *Log) Append(ctx context.Context, e core.AuditEntry) error {
	for {
		last, err := l.store.LastAudit(ctx)
		if err != nil && !core.Is(err, core.NotFound) {
			return err
		}
		e.Seq, e.PrevHash, e.At = last.Seq+1, last.Hash, l.clock.Now()
		e.Hash = Hash(e)
		err = l.store.AppendAudit(ctx, e)
		if !core.Is(err, core.Conflict) { // another process took this place in the chain: go behind it
			return err
		}
		if ctx.Err() != nil {
			return core.Wrap(core.Unavailable, "Chưa ghi được nhật ký.", ctx.Err())
		}
	}
}

// Hash gives the hex SHA-256 of the entry's JSON with Hash left empty; it covers PrevHash.
func Hash(e core.AuditEntry) string {
	e.Hash = ""
	doc, err := json.Marshal(e)
	if err != nil {
		panic(fmt.Sprintf("audit entry cannot be encoded: %v", err)) // only strings and numbers in it
	}
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:])
}

// Verify walks the whole chain and gives its length and last hash, or the first entry that breaks it.
func (l *Log) Verify(ctx context.Context) (n int64, head string, err error) {
	for {
		page, err := l.store.AuditAfter(ctx, "", n, 500)
		if err != nil || len(page) == 0 {
			return n, head, err
		}
		for _, e := range page {
			if e.Seq != n+1 || e.PrevHash != head || Hash(e) != e.Hash {
				return n, head, core.Errorf(core.Conflict, "Nhật ký không còn nguyên vẹn từ dòng %d.", n+1)
			}
			n, head = e.Seq, e.Hash
		}
	}
}

// Page gives up to limit entries after seq, in order.
func (l *Log) Page(ctx context.Context, after int64, limit int) ([]core.AuditEntry, error) {
	if limit <= 0 {
		return nil, nil
	}
	return l.store.AuditAfter(ctx, "", after, limit)
}
