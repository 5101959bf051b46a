package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/textproto"
	"strings"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/audit"
	"duthi/core/cache"
	"duthi/core/catalog"
	"duthi/core/exam"
	"duthi/core/outreach"
	"duthi/core/qr"
	"duthi/core/store"
	"duthi/core/talk"
	"duthi/core/zalo"
)

// services is what roles and commands share, made from the settings.
type services struct {
	cfg   *Config
	log   *slog.Logger
	clock core.Clock

	store    store.Store
	cache    *cache.Cache
	sealer   *core.Sealer
	audit    *audit.Log
	catalog  *catalog.Catalog
	files    *catalog.Files
	account  *account.Service
	exam     *exam.Service
	links    *qr.Links
	talk     *talk.Service
	outreach *outreach.Service
	zalo     *zaloSide
	inbox    *account.SampleChannel // nil unless codes go there
}

// openServices opens the stores and makes the services over them. Nothing runs yet.
func openServices(ctx context.Context, cfg *Config, clock core.Clock, log *slog.Logger) (_ *services, err error) {
	s := &services{cfg: cfg, log: log, clock: clock}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	secret, older, err := cfg.secrets()
	if err != nil {
		return nil, err
	}
	if s.sealer, err = core.NewSealer(secret, older...); err != nil {
		return nil, err
	}
	if s.store, err = store.Open(ctx, store.Options{DataDir: cfg.Data, MongoURI: cfg.MongoURI, Log: log}); err != nil {
		return nil, err
	}
	if s.cache, err = cache.Open(ctx, cfg.RedisURL, log); err != nil {
		return nil, err
	}
	s.audit = audit.New(s.store, clock)
	s.catalog = catalog.New(s.store, clock, log)
	s.files = catalog.NewFiles(catalog.FilesConfig{Store: s.store, Claims: s.store, Sealer: s.sealer, Clock: clock, Audit: s.audit.Append, Accepts: s.accepts})
	s.links = qr.NewLinks(s.store, cfg.PublicURL, clock, log)
	s.talk = s.newTalk()
	s.zalo = newZaloSide(s)
	channel, err := s.channel()
	if err != nil {
		return nil, err
	}
	s.account = account.New(account.Config{
		People: s.store, Organizers: s.store, Tokens: s.store, Cache: s.cache, Sealer: s.sealer, Clock: clock, Log: log,
		Contest: s.contest, HasAttempt: s.hasAttempt, Audit: s.audit.Append, Channel: channel, ByChat: cfg.OTPChannel == "zalo-chat",
	})
	config := exam.Config{Attempts: s.store, Figures: s.store, Claims: s.store, Edition: s.edition, Person: s.store.Contestant, Secret: secret, Log: log}
	if len(older) > 0 {
		config.PreviousSecret = older[0]
	}
	if s.exam, err = exam.New(config); err != nil {
		return nil, err
	}
	s.outreach = s.newOutreach()
	return s, nil
}

// channel gives what carries one-time codes: the sample inbox when nothing is set, which only the sample
// contest accepts (see checkChannels).
func (s *services) channel() (account.Channel, error) {
	switch s.cfg.OTPChannel {
	case "", "sample":
		if s.cfg.Sample == "off" {
			return nil, nil
		}
		s.inbox = account.NewSampleChannel(s.store, s.clock, func(id string) bool {
			e, err := s.catalog.Edition(id)
			return err == nil && e.Record.Sample
		})
		return s.inbox, nil
	case "http":
		h := s.cfg.OTPHTTP
		headers, err := parseHeaders(h.Headers)
		if err != nil {
			return nil, err
		}
		return account.NewHTTPChannel(account.Gateway{Method: h.Method, URL: h.URL, Headers: headers, Body: h.Body, Success: h.Success})
	case "zalo-template":
		return account.NewZaloTemplateChannel(s.zalo.client, s.cfg.OTPZalo.Template, s.cfg.OTPZalo.Param)
	}
	return nil, nil // zalo-chat: people send the codes, not we
}

// parseHeaders reads "Name: value" lines.
func parseHeaders(text string) (map[string]string, error) {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, errors.New("DUTHI_OTP_HTTP_HEADERS: each line must be Name: value")
		}
		out[textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	return out, nil
}

// accepts refuses a contest whose one-time codes nothing can carry.
func (s *services) accepts(c *core.Contest, sample bool) error {
	var ch account.Channel
	if s.inbox != nil {
		ch = s.inbox
	}
	byZalo := s.cfg.OTPChannel == "zalo-chat" || s.cfg.OTPChannel == "zalo-template"
	if s.cfg.OTPChannel == "http" || byZalo && (s.zalo.sim == nil || sample) {
		return nil // the simulator is no Zalo for a real contest
	}
	return account.CheckChannel(c, sample, ch)
}

// checkChannels refuses to run contests that can't be accepted: settings may have changed since their import.
func (s *services) checkChannels() error {
	var faults []error
	for _, e := range s.catalog.All() {
		faults = append(faults, s.accepts(e.Contest, e.Record.Sample))
	}
	return errors.Join(faults...)
}

// load reads the contests and makes sure that the secret key is theirs.
func (s *services) load(ctx context.Context) error {
	if err := s.catalog.Reload(ctx); err != nil {
		return err
	}
	return s.checkKey(ctx)
}

// errWrongKey is what a restored copy meets without its key. Going on would look well and lose everybody: no
// phone would be found at sign-in, and each could be registered a second time.
var errWrongKey = errors.New("the secret key is not the one this database was written with: phones and identity numbers could not be read and nobody could sign in. " +
	"Put the key of that time into secret.key in the data folder (or DUTHI_SECRET_KEY); if the key was replaced, give the one before as DUTHI_SECRET_KEY_OLD")

// checkKey opens a sealed phone of each contest.
func (s *services) checkKey(ctx context.Context) error {
	for _, e := range s.catalog.All() {
		people, err := s.store.Contestants(ctx, e.Record.ID, account.PeopleFilter{}, "", 20)
		if err != nil {
			return err
		}
		for _, c := range people {
			if c.Phone.IsZero() { // erased
				continue
			}
			if _, err := s.sealer.Open(c.Phone); err != nil {
				return fmt.Errorf("%w (%v)", errWrongKey, err)
			}
			break
		}
	}
	return nil
}

// edition gives a contest as the exam service takes it; "" gives the active one.
func (s *services) edition(_ context.Context, id string) (*exam.Edition, error) {
	e, err := s.catalog.Edition(id)
	if err != nil {
		return nil, err
	}
	return &exam.Edition{Contest: e.Contest, Loc: e.Loc, Units: e.Units, Bank: e.Bank, Practice: e.Practice, Question: e.Question, Sample: e.Record.Sample}, nil
}

// contest gives a contest as the account service takes it.
func (s *services) contest(_ context.Context, id string) (account.Contest, error) {
	e, err := s.catalog.Edition(id)
	if err != nil {
		return account.Contest{}, err
	}
	return account.Contest{File: e.Contest, Units: e.Units, RosterSet: e.Record.RosterSet}, nil
}

func (s *services) hasAttempt(ctx context.Context, contestantID string) (bool, error) {
	all, err := s.store.AttemptsOf(ctx, contestantID, "")
	return len(all) > 0, err
}

// troubles says what does not work just now, in words for the organizer.
func (s *services) troubles(ctx context.Context) []string {
	var out []string
	if s.catalog.Failed() != nil || s.store.Ping(ctx) != nil {
		out = append(out, "Cơ sở dữ liệu chưa trả lời")
	}
	if s.cache.Ping(ctx) != nil {
		out = append(out, "Bộ nhớ đệm chưa trả lời; hệ thống vẫn chạy, chậm hơn")
	}
	for _, e := range s.catalog.All() {
		var fault *core.Error
		if errors.As(s.accepts(e.Contest, e.Record.Sample), &fault) {
			out = append(out, fault.Msg)
		}
	}
	if t := s.copyTrouble(); t != "" {
		out = append(out, t)
	}
	if s.zalo.on() {
		if st, err := s.zalo.custodian(ctx).Status(ctx); err == nil && st.State == zalo.GrantNeedsConsent {
			out = append(out, "Zalo OA cần được cấp quyền lại: mở Kết nối Zalo")
		}
	}
	return out
}

// close gives back what openServices opened, in the other order.
func (s *services) close() error {
	var faults []error
	if s.account != nil {
		faults = append(faults, s.account.Close())
	}
	if s.cache != nil {
		faults = append(faults, s.cache.Close())
	}
	if s.store != nil {
		faults = append(faults, s.store.Close())
	}
	return errors.Join(faults...)
}
