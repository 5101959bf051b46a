package account

import (
	"context"
	"encoding/json"
	"time"

	"duthi/core"
)

const (
	draftTime    = 2 * time.Hour  // after the last page: time to find the identity card and come back
	draftLongest = 24 * time.Hour // personal data nobody agreed to yet are not kept longer
)

// draftData is what a draft holds. All of it is sealed in the store.
type draftData struct {
	ContestantID  string            `json:"contestant_id"` // given from the start, so that finishing twice makes one person
	Values        map[string]string `json:"values"`
	Visited       map[Step]bool     `json:"visited"`
	UnitPreset    bool              `json:"unit_preset,omitempty"`
	PasswordHash  string            `json:"password_hash,omitempty"`
	ConsentOf     string            `json:"consent_of,omitempty"` // version of the text the box was ticked under
	ConsentAt     core.Instant      `json:"consent_at,omitempty"`
	CodeID        string            `json:"code_id,omitempty"`
	CodeTicket    string            `json:"code_ticket,omitempty"` // by zalo-chat, in place of CodeID
	CodePhone     string            `json:"code_phone,omitempty"`  // the number the code went to
	CodeExpiresAt core.Instant      `json:"code_expires_at,omitempty"`
	ResendAfter   core.Instant      `json:"resend_after,omitempty"`
	Finished      bool              `json:"finished,omitempty"`
}

var errNoDraft = core.Errorf(core.NotFound, "Lượt đăng ký này đã hết hạn. Xin đăng ký lại từ đầu.")

// draft is a draft with what is needed to judge it.
type draft struct {
	token   core.Token
	data    draftData
	contest Contest
}

func (s *Service) sealDraft(contestID string, d draftData) (string, error) {
	doc, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	box := s.cfg.Sealer.Seal(contestID, "draft", string(doc))
	box.Last = "" // the end of the document says nothing, and must not
	out, err := json.Marshal(box)
	return string(out), err
}

func (s *Service) openDraft(ctx context.Context, secret string) (draft, error) {
	var d draft
	if !looksLikeSecret(secret) {
		return d, errNoDraft
	}
	t, err := s.cfg.Tokens.Token(ctx, tokenID(secret), s.cfg.Clock.Now())
	if core.Is(err, core.NotFound) || err == nil && t.Kind != core.TokenDraft {
		return d, errNoDraft
	}
	if err != nil {
		return d, err
	}
	var box core.Sealed
	if err := json.Unmarshal([]byte(t.Data), &box); err != nil {
		return d, core.Wrap(core.Internal, "Không đọc được lượt đăng ký.", err)
	}
	doc, err := s.cfg.Sealer.Open(box)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(doc), &d.data); err != nil {
		return d, core.Wrap(core.Internal, "Không đọc được lượt đăng ký.", err)
	}
	d.token = t
	d.contest, err = s.cfg.Contest(ctx, t.ContestID)
	return d, err
}

// changeDraft opens a draft, changes it and stores it, again when another tab was faster.
func (s *Service) changeDraft(ctx context.Context, secret string, change func(d *draft) error) (draft, error) {
	for {
		d, err := s.openDraft(ctx, secret)
		if err != nil {
			return d, err
		}
		if err := change(&d); err != nil {
			return d, err
		}
		if d.token.Data, err = s.sealDraft(d.token.ContestID, d.data); err != nil {
			return d, err
		}
		d.token.ExpiresAt = min(s.cfg.Clock.Now().Add(draftTime), d.token.CreatedAt.Add(draftLongest))
		d.token.Revision++
		err = s.cfg.Tokens.UpdateToken(ctx, d.token)
		if !core.Is(err, core.Conflict) || ctx.Err() != nil {
			return d, err
		}
	}
}
