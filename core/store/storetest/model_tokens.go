package storetest

import (
	"context"
	"maps"

	"duthi/core"
)

func (m *Model) PutToken(_ context.Context, t core.Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.tokens[t.ID]; ok {
		return refuse(core.Conflict)
	}
	t.Revision = 1
	m.tokens[t.ID] = t
	return nil
}

func (m *Model) Token(_ context.Context, id string, now core.Instant) (core.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tokens[id]
	if !ok || t.ExpiresAt <= now {
		return core.Token{}, refuse(core.NotFound)
	}
	return t, nil
}

func (m *Model) UpdateToken(_ context.Context, t core.Token) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, ok := m.tokens[t.ID]; !ok || old.Revision != t.Revision-1 {
		return refuse(core.Conflict)
	}
	m.tokens[t.ID] = t
	return nil
}

// usable runs f on a token that is neither used nor expired.
func (m *Model) usable(id string, now core.Instant, f func(t *core.Token) error) (core.Token, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tokens[id]
	if !ok || t.ExpiresAt <= now || t.UsedAt != 0 {
		return core.Token{}, refuse(core.NotFound)
	}
	if err := f(&t); err != nil {
		return core.Token{}, err
	}
	t.Revision++
	m.tokens[id] = t
	return t, nil
}

func (m *Model) TryToken(_ context.Context, id string, max int, now core.Instant) (core.Token, error) {
	return m.usable(id, now, func(t *core.Token) error {
		if t.Tries >= max {
			return refuse(core.Limited)
		}
		t.Tries++
		return nil
	})
}

func (m *Model) UseToken(_ context.Context, id string, now core.Instant) (core.Token, error) {
	return m.usable(id, now, func(t *core.Token) error { t.UsedAt = now; return nil })
}

func (m *Model) DeleteToken(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.tokens, id)
	return nil
}

func (m *Model) DeleteTokens(_ context.Context, kind, subject, except string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.tokens, func(id string, t core.Token) bool {
		return subject != "" && t.Kind == kind && t.Subject == subject && id != except
	})
	return nil
}

func (m *Model) DeleteExpiredTokens(_ context.Context, before core.Instant, limit int) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	maps.DeleteFunc(m.tokens, func(_ string, t core.Token) bool {
		gone := t.ExpiresAt < before && n < limit
		if gone {
			n++
		}
		return gone
	})
	return n, nil
}

func (m *Model) Claim(_ context.Context, key, holder string, now, lease core.Instant) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.claims[key]
	if ok && (c.DoneAt != 0 || c.LeaseUntil > now && c.Holder != holder) {
		return refuse(core.Conflict)
	}
	m.claims[key] = core.Claim{Key: key, Holder: holder, LeaseUntil: lease}
	return nil
}

func (m *Model) CompleteClaim(_ context.Context, key, holder string, now core.Instant) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.claims[key]
	if !ok || c.Holder != holder {
		return refuse(core.Conflict)
	}
	if c.DoneAt == 0 {
		c.DoneAt = now
	}
	m.claims[key] = c
	return nil
}

func (m *Model) ReleaseClaim(_ context.Context, key, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.claims[key]; c.Holder == holder && c.DoneAt == 0 {
		delete(m.claims, key)
	}
	return nil
}

func (m *Model) DeleteClaims(_ context.Context, before core.Instant) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.claims, func(_ string, c core.Claim) bool {
		return c.DoneAt != 0 && c.DoneAt < before || c.DoneAt == 0 && c.LeaseUntil < before
	})
	return nil
}
