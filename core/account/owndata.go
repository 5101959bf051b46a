package account

import (
	"context"
	"time"

	"duthi/core"
)

// OwnData is everything kept about a contestant, as shown to them and as they download it.
type OwnData struct {
	GeneratedAt string         `json:"generated_at"` // RFC 3339 in the contest's zone
	ContestID   string         `json:"contest_id"`
	Contest     string         `json:"contest"`
	Status      string         `json:"status"`
	FullName    string         `json:"ho_ten"`
	BirthDate   string         `json:"ngay_sinh,omitempty"`
	Gender      string         `json:"gioi_tinh,omitempty"`
	Phone       string         `json:"so_dien_thoai"`
	NationalID  string         `json:"so_dinh_danh,omitempty"` // whole in the download, "•••123" on the page
	StaffCode   string         `json:"ma_can_bo,omitempty"`
	Email       string         `json:"email,omitempty"`
	Unit        string         `json:"don_vi"`
	ExtraTime   int            `json:"extra_seconds,omitempty"`
	ZaloLinked  bool           `json:"zalo_linked"`
	CreatedAt   string         `json:"created_at"`
	Consents    []OwnConsent   `json:"consents"`
	Requests    []core.Request `json:"requests"`
	Attempts    any            `json:"attempts"` // what the caller knows about attempts
}

// OwnConsent is a consent with its times in words a person can read (RFC 3339).
type OwnConsent struct {
	Kind        string `json:"kind"`
	TextVersion string `json:"text_version"`
	At          string `json:"at"`
	WithdrawnAt string `json:"withdrawn_at,omitempty"`
}

// OwnData gathers the person's data; attempts is put in as it is. whole opens the identity number (for the
// download).
func (s *Service) OwnData(ctx context.Context, p Person, attempts any, whole bool) (OwnData, error) {
	requests, err := s.OwnRequests(ctx, p)
	if err != nil {
		return OwnData{}, err
	}
	c, err := s.cfg.People.Contestant(ctx, p.ContestantID)
	if err != nil {
		return OwnData{}, err
	}
	contest, err := s.cfg.Contest(ctx, p.ContestID)
	if err != nil {
		return OwnData{}, err
	}
	v, err := s.readable(contest, c)
	if err != nil {
		return OwnData{}, err
	}
	if whole {
		if v[FieldNationalID], err = s.cfg.Sealer.Open(c.NationalID); err != nil {
			return OwnData{}, err
		}
	}
	at := func(i core.Instant) string {
		if i.IsZero() {
			return ""
		}
		return i.Time(contest.File.Location()).Format(time.RFC3339)
	}
	d := OwnData{GeneratedAt: at(s.cfg.Clock.Now()), ContestID: c.ContestID, Contest: contest.File.Title, Status: c.Status,
		FullName: c.FullName, BirthDate: v[FieldBirthDate], Gender: c.Gender, Phone: v[FieldPhone], NationalID: v[FieldNationalID],
		StaffCode: c.StaffCode, Email: c.Email, Unit: unitWords(contest, c.UnitCode, c.UnitOther), ExtraTime: c.ExtraSeconds,
		ZaloLinked: c.ZaloUserID != "", CreatedAt: at(c.CreatedAt), Consents: []OwnConsent{}, Requests: requests, Attempts: attempts}
	for _, k := range c.Consents {
		d.Consents = append(d.Consents, OwnConsent{k.Kind, k.TextVersion, at(k.At), at(k.WithdrawnAt)})
	}
	return d, nil
}

// WithdrawConsent stops taking part: the sign-in stays, for own data only. With kind "zalo" only reminders end.
func (s *Service) WithdrawConsent(ctx context.Context, p Person, kind string) error {
	if err := p.mustBeContestant(); err != nil {
		return err
	}
	if kind != ConsentData && kind != ConsentZalo {
		return core.Errorf(core.Invalid, "Không có loại đồng ý này.")
	}
	now := s.cfg.Clock.Now()
	e := core.AuditEntry{ContestID: p.ContestID, Actor: p.Subject(), Action: "consent.withdraw", Subject: p.Subject(), Data: `"` + kind + `"`}
	return s.audited(ctx, e, func() error {
		_, err := s.updateContestant(ctx, p.ContestantID, func(c *core.Contestant) error {
			for i := range c.Consents {
				if k := &c.Consents[i]; k.Kind == kind && k.WithdrawnAt.IsZero() {
					k.WithdrawnAt = now
				}
			}
			if kind == ConsentData && c.Status == core.Active {
				c.Status = core.Withdrawn
			}
			return nil
		})
		return err
	})
}

// GrantConsent agrees (again) to the text of this version; Conflict when the text has changed meanwhile.
func (s *Service) GrantConsent(ctx context.Context, p Person, kind, version string) error {
	if err := p.mustBeContestant(); err != nil {
		return err
	}
	text, err := s.Consent(ctx, p.ContestID)
	if err != nil {
		return err
	}
	if kind != ConsentData && kind != ConsentZalo {
		return core.Errorf(core.Invalid, "Không có loại đồng ý này.")
	}
	if version != text.Version {
		return core.Errorf(core.Conflict, "Nội dung đồng ý vừa thay đổi. Xin đọc lại rồi chọn.")
	}
	now := s.cfg.Clock.Now()
	_, err = s.updateContestant(ctx, p.ContestantID, func(c *core.Contestant) error {
		if kind == ConsentData && c.Status == core.Withdrawn {
			c.Status = core.Active
		}
		for _, k := range c.Consents {
			if k.Kind == kind && k.TextVersion == version && k.WithdrawnAt.IsZero() {
				return nil
			}
		}
		c.Consents = append(c.Consents, core.Consent{Kind: kind, TextVersion: version, At: now})
		return nil
	})
	return err
}

// RequestErasure asks an organizer to remove the person's data.
func (s *Service) RequestErasure(ctx context.Context, p Person, note string) (core.Request, error) {
	if err := p.mustBeContestant(); err != nil {
		return core.Request{}, err
	}
	return s.fileRequest(ctx, *p.Contestant, RequestErase, nil, note)
}

func (p Person) mustBeContestant() error {
	if p.Kind != KindContestant || p.Contestant == nil {
		return core.Errorf(core.Forbidden, "Mục này dành cho người dự thi.")
	}
	return nil
}
