package zalo_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"duthi/core"
	"duthi/core/zalo"
)

// memoryTokens is a whole TokenStore for one process: the two databases have theirs. It can be told to fail.
type memoryTokens struct {
	mu       sync.Mutex
	grants   map[string]zalo.Grant
	leases   map[string]lease
	consents map[string]zalo.Consent
	broken   atomic.Bool // every write fails, as with a full disk
	onLease  func()      // runs before a lease is given, once
}

type lease struct {
	holder string
	until  core.Instant
}

func newMemoryTokens() *memoryTokens {
	return &memoryTokens{grants: map[string]zalo.Grant{}, leases: map[string]lease{}, consents: map[string]zalo.Consent{}}
}

func (m *memoryTokens) Grant(_ context.Context, id string) (zalo.Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	g, ok := m.grants[id]
	if !ok {
		return zalo.Grant{}, core.Errorf(core.NotFound, "Chưa có.")
	}
	return g, nil
}

func (m *memoryTokens) Grants(_ context.Context, appID string) ([]zalo.Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []zalo.Grant
	for _, g := range m.grants {
		if g.AppID == appID {
			list = append(list, g)
		}
	}
	slices.SortFunc(list, func(a, b zalo.Grant) int { return strings.Compare(a.OAID, b.OAID) })
	return list, nil
}

func (m *memoryTokens) SaveGrant(_ context.Context, g zalo.Grant) error {
	if m.broken.Load() {
		return core.Errorf(core.Unavailable, "Đĩa đầy.")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.grants[g.ID].Revision != g.Revision-1 {
		return core.Errorf(core.Conflict, "Đã đổi.")
	}
	m.grants[g.ID] = g
	return nil
}

func (m *memoryTokens) LeaseGrant(_ context.Context, id, holder string, now, until core.Instant) error {
	m.mu.Lock()
	hook := m.onLease
	m.onLease = nil
	m.mu.Unlock()
	if hook != nil {
		hook()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if l, ok := m.leases[id]; ok && l.holder != holder && l.until > now {
		return core.Errorf(core.Conflict, "Đang có người giữ.")
	}
	m.leases[id] = lease{holder, until}
	return nil
}

func (m *memoryTokens) ReleaseGrant(_ context.Context, id, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leases[id].holder == holder {
		delete(m.leases, id)
	}
	return nil
}

func (m *memoryTokens) SaveConsent(_ context.Context, c zalo.Consent) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.consents[c.State]; taken {
		return core.Errorf(core.Conflict, "Đã có.")
	}
	m.consents[c.State] = c
	return nil
}

func (m *memoryTokens) TakeConsent(_ context.Context, state string, now core.Instant) (zalo.Consent, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.consents[state]
	delete(m.consents, state)
	if !ok || c.ExpiresAt <= now {
		return zalo.Consent{}, core.Errorf(core.NotFound, "Chưa có.")
	}
	return c, nil
}
