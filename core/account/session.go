package account

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"duthi/core"
	"duthi/core/cache"
)

const (
	// contestantSession slides: whoever comes once a round is never asked to sign in again.
	contestantSession = 30 * 24 * time.Hour
	// organizerSession is a working day without use.
	organizerSession = 12 * time.Hour
	// slideShare is the part of a session's life after which a visit prolongs it: one write a day, not one a page.
	slideShare = 30
	// sharedCopyTime is how long Redis keeps a session for all processes.
	sharedCopyTime = time.Minute
	// clockSkew is how far two machines' clocks may be apart when a copy's age is judged.
	clockSkew = 2 * time.Second
)

// session is a sign-in as a process knows it. It is shared and must not be changed.
type session struct {
	Person    Person       `json:"person"`
	ExpiresAt core.Instant `json:"expires_at"`
	ReadAt    core.Instant `json:"read_at"` // before it was read from the store
}

var errSignedOut = core.Errorf(core.Unauthenticated, "Xin đăng nhập để tiếp tục.")

func lifetime(subject string) time.Duration {
	if strings.HasPrefix(subject, "organizer:") {
		return organizerSession
	}
	return contestantSession
}

// startSession makes a session for a subject and gives what the browser will hold.
func (s *Service) startSession(ctx context.Context, contestID, subject string) (SignedIn, error) {
	now, secret := s.cfg.Clock.Now(), newSecret()
	t := core.Token{ID: tokenID(secret), Kind: core.TokenSession, ContestID: contestID, Subject: subject,
		CreatedAt: now, ExpiresAt: now.Add(lifetime(subject)), Revision: 1}
	if err := s.cfg.Tokens.PutToken(ctx, t); err != nil {
		return SignedIn{}, err
	}
	p, err := s.personOf(ctx, t)
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Token: secret, ExpiresAt: t.ExpiresAt, Person: p}, nil
}

// Authenticate gives the person a session token belongs to, or Unauthenticated. It costs a map lookup most of
// the time.
func (s *Service) Authenticate(ctx context.Context, token string) (Person, error) {
	if !looksLikeSecret(token) {
		return Person{}, errSignedOut
	}
	id := tokenID(token)
	v, err := s.sessions.Load(id, func() (*session, error) { return s.loadSession(ctx, id) })
	if err != nil {
		return Person{}, err
	}
	if s.cfg.Clock.Now() >= v.ExpiresAt {
		s.sessions.Delete(id)
		return Person{}, errSignedOut
	}
	return v.Person, nil
}

// loadSession asks Redis, where it is shared, and then the store.
func (s *Service) loadSession(ctx context.Context, id string) (*session, error) {
	if v := s.sharedCopy(ctx, id); v != nil {
		return v, nil
	}
	now := s.cfg.Clock.Now()
	t, err := s.cfg.Tokens.Token(ctx, id, now)
	if core.Is(err, core.NotFound) || err == nil && t.Kind != core.TokenSession {
		return nil, errSignedOut
	}
	if err != nil {
		return nil, err
	}
	p, err := s.personOf(ctx, t)
	if core.Is(err, core.NotFound) { // the contest or the account was removed
		return nil, errSignedOut
	}
	if err != nil {
		return nil, err
	}
	v := &session{Person: p, ExpiresAt: s.slide(ctx, t, now), ReadAt: now}
	if doc, err := json.Marshal(v); err == nil && s.cfg.Cache.Shared() {
		s.cfg.Cache.Set(ctx, cache.SessionKey(id), doc, sharedCopyTime)
	}
	return v, nil
}

// sharedCopy gives the session as another process read it, if nothing changed since.
func (s *Service) sharedCopy(ctx context.Context, id string) *session {
	if !s.cfg.Cache.Shared() {
		return nil
	}
	doc, ok := s.cfg.Cache.Get(ctx, cache.SessionKey(id))
	if !ok {
		return nil
	}
	var v session
	if json.Unmarshal(doc, &v) != nil {
		return nil
	}
	var changed core.Instant
	if at, ok := s.cfg.Cache.Get(ctx, cache.ChangedKey(v.Person.Subject())); ok && json.Unmarshal(at, &changed) != nil {
		return nil
	}
	if changed.Add(clockSkew) >= v.ReadAt {
		return nil
	}
	return &v
}

// slide prolongs a session that has used up a small part of its life, and gives its end.
func (s *Service) slide(ctx context.Context, t core.Token, now core.Instant) core.Instant {
	life := lifetime(t.Subject)
	if t.ExpiresAt.Sub(now) > life-life/slideShare {
		return t.ExpiresAt
	}
	old := t.ExpiresAt
	t.ExpiresAt = now.Add(life)
	t.Revision++
	if err := s.cfg.Tokens.UpdateToken(ctx, t); err != nil { // another process did, or the session just ended
		return old
	}
	return t.ExpiresAt
}

// personOf reads who a session belongs to. Unauthenticated when the account may not sign in any more.
func (s *Service) personOf(ctx context.Context, t core.Token) (Person, error) {
	if id, ok := strings.CutPrefix(t.Subject, "contestant:"); ok {
		c, err := s.cfg.People.Contestant(ctx, id)
		if err != nil {
			return Person{}, err
		}
		if c.Status == core.Erased {
			return Person{}, errSignedOut
		}
		c.PasswordHash = ""
		return Person{Kind: KindContestant, SessionID: t.ID, ContestID: c.ContestID, ContestantID: id, Contestant: &c}, nil
	}
	name, _ := strings.CutPrefix(t.Subject, "organizer:")
	o, err := s.cfg.Organizers.Organizer(ctx, name)
	if err != nil {
		return Person{}, err
	}
	if o.Disabled {
		return Person{}, errSignedOut
	}
	return Person{Kind: KindOrganizer, SessionID: t.ID, Name: o.Name, FullName: o.FullName, Role: o.Role,
		ContestID: o.ContestID, UnitCode: o.UnitCode, MustChange: o.MustChange}, nil
}

// SignOut ends the session; ending one that is over is fine.
func (s *Service) SignOut(ctx context.Context, token string) error {
	id := tokenID(token)
	t, err := s.cfg.Tokens.Token(ctx, id, s.cfg.Clock.Now())
	if core.Is(err, core.NotFound) || err == nil && t.Kind != core.TokenSession {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.cfg.Tokens.DeleteToken(ctx, id); err != nil {
		return err
	}
	s.changed(ctx, t.Subject)
	return nil
}

// SignOutEverywhere ends every session of the person; with keep, all but the one they use now.
func (s *Service) SignOutEverywhere(ctx context.Context, p Person, keep bool) error {
	except := ""
	if keep {
		except = p.SessionID
	}
	return s.endSessions(ctx, p.Subject(), except)
}

func (s *Service) endSessions(ctx context.Context, subject, except string) error {
	if err := s.cfg.Tokens.DeleteTokens(ctx, core.TokenSession, subject, except); err != nil {
		return err
	}
	s.changed(ctx, subject)
	return nil
}

// changed makes every process forget what it knows of a subject: sessions ended, or the record changed.
func (s *Service) changed(ctx context.Context, subject string) {
	s.forgetLocally(subject)
	if !s.cfg.Cache.Shared() {
		return
	}
	ctx = context.WithoutCancel(ctx) // the change is made; whoever asked may leave
	if at, err := json.Marshal(s.cfg.Clock.Now()); err == nil {
		s.cfg.Cache.Set(ctx, cache.ChangedKey(subject), at, 2*sharedCopyTime)
	}
	s.cfg.Cache.Publish(ctx, cache.ChannelPeople, subject)
}

func (s *Service) forgetLocally(subject string) {
	s.sessions.DeleteFunc(func(_ string, v *session) bool { return v.Person.Subject() == subject })
}
