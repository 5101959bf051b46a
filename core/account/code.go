package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"
	"time"

	"duthi/core"
)

const (
	codeTries   = 5               // wrong guesses per code: 5 in a million
	codeTime    = 5 * time.Minute // long enough for a slow message, short enough for a lost phone
	resendAfter = time.Minute     // most messages arrive within it
	sendTimeout = 10 * time.Second
)

var errNoChannel = core.Errorf(core.Unavailable, "Hiện chưa gửi được mã xác thực. Xin gọi đường dây hỗ trợ.")

func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil { // crypto/rand ends the program instead
		panic(err)
	}
	return fmt.Sprintf("%06d", n)
}

// codeDigest binds a code to the token it belongs to, under the secret key: a million codes are soon tried
// against a bare hash.
func (s *Service) codeDigest(contestID, tokenID, code string) string {
	return s.cfg.Sealer.Hash(contestID, "code:"+tokenID, code)
}

// putCode stores a new code as the token t, whose id, subject, purpose and data the caller has set.
func (s *Service) putCode(ctx context.Context, t core.Token, code string) (core.Token, error) {
	now := s.cfg.Clock.Now()
	t.Kind, t.Secret = core.TokenCode, s.codeDigest(t.ContestID, t.ID, code)
	t.CreatedAt, t.ExpiresAt, t.Revision = now, now.Add(codeTime), 1
	return t, s.cfg.Tokens.PutToken(ctx, t)
}

// guessCode checks a code that went to the phone whom (never in readable form), within the limits by phone and by
// address. What can't be a code is refused uncounted: a slip of the finger, or a stranger, must not use up the
// phone's guesses. Errors as tryCode, and Limited when a limit is reached.
func (s *Service) guessCode(ctx context.Context, id, whom, code, addr string) (core.Token, error) {
	if code = digitsOf(code); len(code) != 6 {
		return core.Token{}, wrongCode("Mã gồm 6 chữ số.")
	}
	from := network(addr)
	if err := s.peek(ctx, triesByPhone, whom); err != nil {
		return core.Token{}, err
	}
	if err := s.peek(ctx, wrongCodesByAddress, from); err != nil {
		return core.Token{}, err
	}
	t, err := s.tryCode(ctx, id, code)
	if core.Is(err, core.Invalid) { // counts the wrong one; the answer is the same
		_ = s.allow(ctx, triesByPhone, whom)
		_ = s.allow(ctx, wrongCodesByAddress, from)
	}
	return t, err
}

// tryCode counts a guess of six digits and reports whether it is right. Invalid with Fields "ma" when it is not; NotFound
// when the code is over; Limited after too many guesses.
func (s *Service) tryCode(ctx context.Context, id, code string) (core.Token, error) {
	t, err := s.cfg.Tokens.TryToken(ctx, id, codeTries, s.cfg.Clock.Now())
	switch {
	case core.Is(err, core.Limited):
		return t, core.Errorf(core.Limited, "Mã này đã nhập sai quá %d lần. Xin lấy mã mới.", codeTries)
	case core.Is(err, core.NotFound):
		return t, errCodeOver
	case err != nil:
		return t, err
	}
	if t.Kind != core.TokenCode || subtle.ConstantTimeCompare([]byte(t.Secret), []byte(s.codeDigest(t.ContestID, t.ID, code))) != 1 {
		if left := codeTries - t.Tries; left > 0 {
			return t, wrongCode(fmt.Sprintf("Mã chưa đúng. Còn %d lần thử.", left))
		}
		return t, wrongCode("Mã chưa đúng. Xin lấy mã mới.")
	}
	return t, nil
}

func wrongCode(msg string) error { return core.FieldErrors(map[string]string{FieldCode: msg}) }

func digitsOf(s string) string {
	out := make([]byte, 0, 6)
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			out = append(out, byte(r))
		case r == ' ' || r == '-' || r == '\u00a0':
		default:
			return ""
		}
	}
	return string(out)
}

// mayCode counts a message to a phone and says when the next may go.
func (s *Service) mayCode(ctx context.Context, contestID, phone, addr string) error {
	whom := s.cfg.Sealer.Hash(contestID, "phone", phone)
	if err := s.crowd(ctx, codesByAddress, addr); err != nil {
		return err
	}
	if s.cfg.ByChat { // nothing goes to the phone
		return nil
	}
	if err := s.allow(ctx, codesByPhone, whom); err != nil {
		return err
	}
	return s.allow(ctx, codesByPhoneDay, whom)
}

// codeMessage words the message. purpose ends the sentence "Mã xác thực …".
func codeMessage(contestID, phone, code, purpose string) Message {
	return Message{ContestID: contestID, Phone: phone, Code: code,
		Text: fmt.Sprintf("Mã xác thực %s là %s, dùng trong 5 phút. Không đưa mã này cho bất kỳ ai.", purpose, code)}
}

// send waits for the channel; Unavailable when it fails, Closed when it never reaches this number.
func (s *Service) send(ctx context.Context, m Message) error {
	if s.cfg.Channel == nil {
		return errNoChannel
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if err := s.cfg.Channel.Send(ctx, m); err != nil {
		s.cfg.Log.WarnContext(ctx, "one-time code not sent", "channel", s.cfg.Channel.Name(), "error", err)
		if core.Is(err, core.Closed) { // the channel knows that this number can't be reached: trying again won't help
			return core.Wrap(core.Closed, "Số điện thoại này không nhận được mã qua Zalo. Xin kiểm tra lại số, hoặc gọi đường dây hỗ trợ.", err)
		}
		return core.Wrap(core.Unavailable, "Chưa gửi được mã. Xin thử lại sau ít phút.", err)
	}
	return nil
}

// sendLater sends without anybody waiting, so that the time taken tells nothing about whether a phone has an
// account. A full row of waiting messages drops this one: the person asks again.
func (s *Service) sendLater(ctx context.Context, m Message) {
	select {
	case s.slots <- struct{}{}:
	default:
		s.cfg.Log.WarnContext(ctx, "one-time code dropped: too many on their way")
		return
	}
	ctx = context.WithoutCancel(ctx)
	s.sending.Go(func() {
		defer func() { <-s.slots }()
		_ = s.send(ctx, m) // logged there
	})
}
