package account

import (
	"context"
	"crypto/rand"
	"math/big"
	"strings"
	"time"

	"duthi/core"
)

const (
	zaloCodeTime   = 10 * time.Minute // to open Zalo and type the code
	zaloCodeLength = 8                // of 27 signs: 38 bits, which nobody guesses in ten minutes
	chatLinkTime   = 10 * time.Minute
	// zaloSigns leave out what looks alike: 0 O, 1 I L, 5 S, 2 Z.
	zaloSigns = "346789ABCDEFGHJKMNPQRTUVWXY"
)

// Purposes of the tokens that tie Zalo and the web together.
const (
	purposeZaloCode = "zalo-link"
	purposeChatLink = "zalo-sign-in"
)

// Wrong codes of one Zalo user; a right one costs nothing.
var zaloGuesses = limit{"zalo-link", 6, 15 * time.Minute}

var errZaloCode = core.Errorf(core.NotFound, "Mã không đúng hoặc đã hết hạn. Anh/chị lấy mã mới trên trang cuộc thi.")

// ZaloCode makes a short one-time code ("7KQM-9XDA") for a signed-in contestant; whoever sends it to the OA is
// linked to the account. The password makes sure that it is the person who asks: a link signs in for good, so that
// whoever finds a signed-in browser must not get one. A new code ends the one before. Conflict when the account is
// linked already; else Invalid with Fields "mat_khau", and Limited or Unavailable as for signing in. addr is the
// client's address.
func (s *Service) ZaloCode(ctx context.Context, p Person, password, addr string) (code string, until core.Instant, err error) {
	if err := p.mustBeContestant(); err != nil {
		return "", 0, err
	}
	c, err := s.cfg.People.Contestant(ctx, p.ContestantID)
	if err != nil {
		return "", 0, err
	}
	if c.ZaloUserID != "" {
		return "", 0, core.Errorf(core.Conflict, "Tài khoản này đã liên kết với một Zalo.")
	}
	if err := s.checkOwnPassword(ctx, p, password, addr); err != nil {
		return "", 0, err
	}
	code = newZaloCode()
	now := s.cfg.Clock.Now()
	t := core.Token{ID: s.zaloCodeID(c.ContestID, code), Kind: core.TokenLink, ContestID: c.ContestID, Purpose: purposeZaloCode,
		Subject: purposeZaloCode + ":" + c.ID, Data: c.ID, CreatedAt: now, ExpiresAt: now.Add(zaloCodeTime), Revision: 1}
	if err := s.cfg.Tokens.PutToken(ctx, t); err != nil {
		return "", 0, err
	}
	return readable(code), t.ExpiresAt, s.cfg.Tokens.DeleteTokens(ctx, core.TokenLink, t.Subject, t.ID)
}

// newZaloCode makes a code with a digit in it: eight letters could be a word.
func newZaloCode() string {
	b := make([]byte, zaloCodeLength)
	for i := 0; i < len(b) || !strings.ContainsAny(string(b), "346789"); i++ {
		i %= len(b)
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(zaloSigns))))
		if err != nil { // crypto/rand ends the program instead
			panic(err)
		}
		b[i] = zaloSigns[n.Int64()]
	}
	return string(b)
}

// zaloCodeID gives the token of a code, keyed: whoever reads the store can't find the code by trying them all.
func (s *Service) zaloCodeID(contestID, code string) string {
	return tokenID(s.cfg.Sealer.Hash(contestID, purposeZaloCode, code))
}

// ParseZaloCode reads a code as people send it, with or without "LK", hyphen and capitals; "" when it is none.
func ParseZaloCode(typed string) string {
	s := strings.ToUpper(core.CleanText(typed))
	s = strings.NewReplacer(" ", "", "-", "", "#", "", ":", "").Replace(s)
	if len(s) == zaloCodeLength+2 {
		s = strings.TrimPrefix(s, "LK")
	}
	if len(s) != zaloCodeLength || strings.Trim(s, zaloSigns) != "" || !strings.ContainsAny(s, "346789") {
		return ""
	}
	return s
}

// LinkZalo ties a Zalo user to the contestant whose code they sent. Sending it again is fine. NotFound for a
// wrong or old code, Limited after too many wrong ones, Conflict when either side is linked to another.
func (s *Service) LinkZalo(ctx context.Context, contestID, userID, typed string) (core.Contestant, error) {
	var none core.Contestant
	if err := s.peek(ctx, zaloGuesses, userID); err != nil {
		return none, err
	}
	now := s.cfg.Clock.Now()
	t, err := s.cfg.Tokens.Token(ctx, s.zaloCodeID(contestID, ParseZaloCode(typed)), now)
	if core.Is(err, core.NotFound) || err == nil && t.Purpose != purposeZaloCode {
		_ = s.allow(ctx, zaloGuesses, userID) // counts the wrong one; the answer is the same
		return none, errZaloCode
	}
	if err != nil {
		return none, err
	}
	c, err := s.updateContestant(ctx, t.Data, func(c *core.Contestant) error {
		switch {
		case c.ZaloUserID == userID || c.ZaloUserID == "" && t.UsedAt.IsZero() && c.Status != core.Erased:
			c.ZaloUserID = userID
			return nil
		case !t.UsedAt.IsZero() || c.Status == core.Erased:
			return errZaloCode
		}
		return core.Errorf(core.Conflict, "Tài khoản dự thi này đã liên kết với một Zalo khác. Anh/chị gỡ liên kết cũ trên trang cuộc thi trước.")
	})
	if err != nil {
		if len(takenFields(err)) > 0 {
			return none, core.Errorf(core.Conflict, "Zalo này đang liên kết với một tài khoản dự thi khác. Anh/chị nhắn “gỡ liên kết” trước, rồi gửi lại mã.")
		}
		return none, err
	}
	if _, err := s.cfg.Tokens.UseToken(ctx, t.ID, now); err != nil && !core.Is(err, core.NotFound) {
		return none, err
	}
	c.PasswordHash = ""
	return c, nil
}

// ZaloContestant gives the contestant a Zalo user is linked to, or NotFound.
func (s *Service) ZaloContestant(ctx context.Context, contestID, userID string) (core.Contestant, error) {
	c, err := s.cfg.People.ContestantBy(ctx, contestID, "zalo_user_id", userID)
	if err == nil && c.Status == core.Erased {
		return core.Contestant{}, errNoPerson
	}
	c.PasswordHash = ""
	return c, err
}

// UnlinkZalo ends the link of a contestant; without one it does nothing.
func (s *Service) UnlinkZalo(ctx context.Context, contestantID string) error {
	_, err := s.updateContestant(ctx, contestantID, func(c *core.Contestant) error {
		c.ZaloUserID = ""
		return nil
	})
	if err != nil {
		return err
	}
	return s.cfg.Tokens.DeleteTokens(ctx, core.TokenLink, purposeChatLink+":"+contestantID, "")
}

// ChatLink makes the secret of a personal sign-in link, for the chat of the linked Zalo user. It works once, for
// ten minutes; a new one ends the one before.
func (s *Service) ChatLink(ctx context.Context, contestID, userID string) (secret string, until core.Instant, err error) {
	c, err := s.ZaloContestant(ctx, contestID, userID)
	if err != nil {
		return "", 0, err
	}
	now := s.cfg.Clock.Now()
	secret = newSecret()
	t := core.Token{ID: tokenID(secret), Kind: core.TokenLink, ContestID: contestID, Purpose: purposeChatLink,
		Subject: purposeChatLink + ":" + c.ID, Data: userID, CreatedAt: now, ExpiresAt: now.Add(chatLinkTime), Revision: 1}
	if err := s.cfg.Tokens.PutToken(ctx, t); err != nil {
		return "", 0, err
	}
	return secret, t.ExpiresAt, s.cfg.Tokens.DeleteTokens(ctx, core.TokenLink, t.Subject, t.ID)
}

var errChatLink = core.Errorf(core.NotFound, "Liên kết đăng nhập đã dùng hoặc đã hết hạn. Anh/chị nhắn “đăng nhập” trong Zalo để lấy liên kết mới.")

// ChatLinkOwner gives whom a link would sign in, without using it up; NotFound when it is used or over, or when
// the Zalo user is no longer linked.
func (s *Service) ChatLinkOwner(ctx context.Context, secret string) (core.Contestant, error) {
	if !looksLikeSecret(secret) {
		return core.Contestant{}, errChatLink
	}
	t, err := s.cfg.Tokens.Token(ctx, tokenID(secret), s.cfg.Clock.Now())
	if core.Is(err, core.NotFound) || err == nil && (t.Purpose != purposeChatLink || !t.UsedAt.IsZero()) {
		return core.Contestant{}, errChatLink
	}
	if err != nil {
		return core.Contestant{}, err
	}
	c, err := s.cfg.People.Contestant(ctx, strings.TrimPrefix(t.Subject, purposeChatLink+":"))
	if core.Is(err, core.NotFound) || err == nil && (c.ZaloUserID != t.Data || c.Status == core.Erased) {
		return core.Contestant{}, errChatLink
	}
	c.PasswordHash = ""
	return c, err
}

// UseChatLink uses the link up (a POST, never on opening it) and signs in.
func (s *Service) UseChatLink(ctx context.Context, secret, addr string) (SignedIn, error) {
	if err := s.crowd(ctx, signInsByAddress, addr); err != nil {
		return SignedIn{}, err
	}
	c, err := s.ChatLinkOwner(ctx, secret)
	if err != nil {
		return SignedIn{}, err
	}
	if _, err := s.cfg.Tokens.UseToken(ctx, tokenID(secret), s.cfg.Clock.Now()); err != nil {
		if core.Is(err, core.NotFound) {
			return SignedIn{}, errChatLink
		}
		return SignedIn{}, err
	}
	return s.startSession(ctx, c.ContestID, "contestant:"+c.ID)
}
