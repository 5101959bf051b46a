package account

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"

	"duthi/core"
)

// Codes by the channel zalo-chat travel the other way round: the page shows a code and its owner sends it to the OA.
// That proves that who sits at the page holds a Zalo account, not that they hold a phone number. So a registration
// takes the Zalo user along, one contestant for each, and everything that touches an account which is there
// already (a new password, a new number) is open to the Zalo user linked with it and to nobody else.

// ChatPurpose is what a code sent to the OA is for.
type ChatPurpose string

const (
	ChatLink     ChatPurpose = "link"     // tie this Zalo to the account of whoever took the code
	ChatFocal    ChatPurpose = "focal"    // send the reminders of a unit to this Zalo
	ChatRegister ChatPurpose = "register" // finish a registration
	ChatReset    ChatPurpose = "reset"    // choose a new password
	ChatPhone    ChatPurpose = "phone"    // change the number of an account
)

// ChatState says how far a code is that a page shows.
type ChatState string

const (
	ChatWaiting ChatState = "waiting" // nobody sent it yet
	ChatProven  ChatState = "proven"  // the page may go on
	ChatRefused ChatState = "refused" // whoever got it said that it is not theirs, or it was used
	ChatOver    ChatState = "over"    // too old
)

// ChatCode is a code that a Zalo user sent to the OA.
type ChatCode struct {
	For   ChatPurpose
	Shown string          // of a registration: the number typed, masked
	Who   core.Contestant // of ChatReset and ChatPhone: whose account it is
}

var (
	errNotYourAccount = core.Errorf(core.Forbidden, "Zalo này không phải Zalo đã liên kết với tài khoản dự thi ghi trên trang, nên không xác nhận được. "+
		"Anh/chị gửi mã từ đúng Zalo đã liên kết; không còn Zalo đó thì gọi đường dây hỗ trợ.")
	errZaloTaken = core.Errorf(core.Conflict, "Zalo này đã liên kết với một tài khoản dự thi khác. Mỗi Zalo chỉ dùng cho một người dự thi.")
	errCodeOver  = core.Errorf(core.NotFound, "Mã đã hết hạn. Xin lấy mã mới.")
)

// putChatCode stores t, whose purpose, subject and data the caller has set, as a code to be sent to the OA. ticket
// is for the browser that shows the code: nobody gets on with the code alone.
func (s *Service) putChatCode(ctx context.Context, t core.Token) (ticket string, _ core.Token, err error) {
	now := s.cfg.Clock.Now()
	t.Kind, t.CreatedAt, t.ExpiresAt, t.Revision = core.TokenCode, now, now.Add(zaloCodeTime), 1
	for {
		ticket = newSecret()
		t.ID = s.chatCodeID(s.chatCode(ticket))
		err := s.cfg.Tokens.PutToken(ctx, t)
		if !core.Is(err, core.Conflict) || ctx.Err() != nil { // the same code twice: take another
			return ticket, t, err
		}
	}
}

// chatCode gives the code that belongs to a ticket, made from it under the key: so it need not be stored, and the
// page shows the same one again after a reload.
func (s *Service) chatCode(ticket string) string {
	for n := 0; ; n++ {
		sum := sha256.Sum256([]byte(s.cfg.Sealer.Hash("", "chat-code", ticket+"/"+strconv.Itoa(n))))
		b := make([]byte, zaloCodeLength)
		for i := range b {
			b[i] = zaloSigns[int(binary.BigEndian.Uint16(sum[2*i:]))%len(zaloSigns)]
		}
		if strings.ContainsAny(string(b), "346789") {
			return string(b)
		}
	}
}

// chatCodeID gives the token of a code, keyed as zaloCodeID.
func (s *Service) chatCodeID(code string) string {
	return tokenID(s.cfg.Sealer.Hash("", "chat-code-id", code))
}

// ReadChatCode says what a code is for that a Zalo user sent, without any effect. NotFound for a wrong or old one,
// Limited after too many wrong ones, Forbidden when it concerns an account that is not linked with this Zalo user
// (the same words when there is no such account), Conflict when a registration can't take this Zalo user.
func (s *Service) ReadChatCode(ctx context.Context, contestID, userID, typed string) (ChatCode, error) {
	c, _, err := s.readChatCode(ctx, contestID, userID, typed)
	return c, err
}

func (s *Service) readChatCode(ctx context.Context, contestID, userID, typed string) (ChatCode, core.Token, error) {
	if err := s.peek(ctx, zaloGuesses, userID); err != nil {
		return ChatCode{}, core.Token{}, err
	}
	code, now := ParseZaloCode(typed), s.cfg.Clock.Now()
	if t, err := s.cfg.Tokens.Token(ctx, s.zaloCodeID(contestID, code), now); err == nil || !core.Is(err, core.NotFound) {
		if t.Purpose == purposeFocalCode {
			return ChatCode{For: ChatFocal}, t, err
		}
		return ChatCode{For: ChatLink}, t, err
	}
	t, err := s.cfg.Tokens.Token(ctx, s.chatCodeID(code), now)
	if core.Is(err, core.NotFound) || err == nil && (t.Kind != core.TokenCode || t.ContestID != contestID) {
		_ = s.allow(ctx, zaloGuesses, userID) // counts the wrong one; the answer is the same
		return ChatCode{}, t, errZaloCode
	}
	if err != nil {
		return ChatCode{}, t, err
	}
	if !t.UsedAt.IsZero() || t.Zalo != "" && t.Zalo != userID {
		return ChatCode{}, t, errZaloCode
	}
	c, err := s.chatOwner(ctx, t, userID)
	if core.Is(err, core.Forbidden) {
		_ = s.allow(ctx, zaloGuesses, userID)
	}
	return c, t, err
}

// chatOwner checks that a Zalo user may prove a code, and says for what.
func (s *Service) chatOwner(ctx context.Context, t core.Token, userID string) (ChatCode, error) {
	linked, err := s.ZaloContestant(ctx, t.ContestID, userID)
	if err != nil && !core.Is(err, core.NotFound) {
		return ChatCode{}, err
	}
	if t.Purpose == string(ChatRegister) {
		id, shown, _ := strings.Cut(t.Data, " ")
		if err == nil && linked.ID != id {
			return ChatCode{}, errZaloTaken
		}
		return ChatCode{For: ChatRegister, Shown: shown}, nil
	}
	c := ChatCode{For: ChatReset, Who: linked}
	owner, of := strings.CutPrefix(t.Purpose, phonePurpose)
	if of {
		c.For = ChatPhone
	} else {
		owner = t.Data
	}
	if err != nil || owner == "" || linked.ID != owner {
		return ChatCode{}, errNotYourAccount
	}
	return c, nil
}

// ProveChatCode notes that a Zalo user holds the code: the page that shows it may go on. Errors as ReadChatCode.
// Sending it again is fine.
func (s *Service) ProveChatCode(ctx context.Context, contestID, userID, typed string) (ChatCode, error) {
	for {
		c, t, err := s.readChatCode(ctx, contestID, userID, typed)
		if err != nil || c.For == ChatLink || c.For == ChatFocal || t.Zalo == userID {
			return c, err
		}
		t.Zalo = userID
		t.Revision++
		err = s.cfg.Tokens.UpdateToken(ctx, t)
		if !core.Is(err, core.Conflict) || ctx.Err() != nil {
			return c, err
		}
	}
}

// RefuseChatCode ends a code that whoever got it did not ask for, and undoes what it did: a registration that was
// finished meanwhile keeps no link with this Zalo. Errors as ReadChatCode.
func (s *Service) RefuseChatCode(ctx context.Context, contestID, userID, typed string) error {
	c, t, err := s.readChatCode(ctx, contestID, userID, typed)
	if err != nil || c.For == ChatLink || c.For == ChatFocal {
		return err
	}
	if _, err := s.cfg.Tokens.UseToken(ctx, t.ID, s.cfg.Clock.Now()); err != nil && !core.Is(err, core.NotFound) {
		return err
	}
	linked, err := s.ZaloContestant(ctx, contestID, userID)
	if id, _, _ := strings.Cut(t.Data, " "); c.For != ChatRegister || core.Is(err, core.NotFound) || err == nil && linked.ID != id {
		return nil
	}
	if err != nil {
		return err
	}
	return s.UnlinkZalo(ctx, linked.ID)
}

// provenTicket gives the code of a ticket once somebody proved it. Invalid with Fields "ma" while nobody did and
// when it was refused; NotFound when it is over.
func (s *Service) provenTicket(ctx context.Context, ticket, purpose string) (core.Token, error) {
	t, state, err := s.chatTicket(ctx, ticket, purpose)
	switch {
	case err != nil:
		return t, err
	case state == ChatOver:
		return t, errCodeOver
	case state == ChatRefused:
		return t, wrongCode("Mã này đã bị từ chối trong Zalo hoặc đã dùng. Xin lấy mã mới.")
	case state == ChatWaiting:
		return t, wrongCode("Chưa nhận được mã từ Zalo. Gửi mã cho Zalo OA rồi thử lại.")
	}
	return t, nil
}

func (s *Service) chatTicket(ctx context.Context, ticket, purpose string) (core.Token, ChatState, error) {
	if !looksLikeSecret(ticket) {
		return core.Token{}, ChatOver, nil
	}
	t, err := s.cfg.Tokens.Token(ctx, s.chatCodeID(s.chatCode(ticket)), s.cfg.Clock.Now())
	switch {
	case core.Is(err, core.NotFound) || err == nil && t.Purpose != purpose:
		return t, ChatOver, nil
	case err != nil:
		return t, "", err
	case !t.UsedAt.IsZero():
		return t, ChatRefused, nil
	case t.Zalo != "":
		return t, ChatProven, nil
	}
	return t, ChatWaiting, nil
}

// chatCodeState gives what a page shows of a ticket's code.
func (s *Service) chatCodeState(ctx context.Context, ticket, purpose string) (CodeState, error) {
	t, state, err := s.chatTicket(ctx, ticket, purpose)
	if err != nil {
		return CodeState{}, err
	}
	st := CodeState{Sent: true, Channel: s.channelName(), ExpiresAt: t.ExpiresAt, Chat: state}
	if state == ChatWaiting || state == ChatProven {
		st.Code = readable(s.chatCode(ticket))
	}
	return st, nil
}

// readable writes a code in two halves.
func readable(code string) string { return code[:4] + "-" + code[4:] }

// ResetCode gives the state of the code of a password reset, for the page that shows it and waits. By other
// channels than zalo-chat its Chat is "".
func (s *Service) ResetCode(ctx context.Context, ticket string) (CodeState, error) {
	if !s.cfg.ByChat {
		return CodeState{Channel: s.channelName()}, nil
	}
	return s.chatCodeState(ctx, ticket, string(ChatReset))
}

// PhoneCode is ResetCode for a change of the number.
func (s *Service) PhoneCode(ctx context.Context, p Person, ticket string) (CodeState, error) {
	if !s.cfg.ByChat {
		return CodeState{Channel: s.channelName()}, nil
	}
	return s.chatCodeState(ctx, ticket, phonePurpose+p.ContestantID)
}

// ByChat reports whether codes are shown on pages and sent to the OA by their owners.
func (s *Service) ByChat() bool { return s.cfg.ByChat }
