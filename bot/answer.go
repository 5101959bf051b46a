package bot

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"duthi/core"
	"duthi/core/exam"
	"duthi/core/rules"
	"duthi/core/zalo"
)

// chat is one message with all that an answer may need. Its person is read when somebody asks for it.
type chat struct {
	event    core.InboxEvent
	follower core.Follower
	ed       *exam.Edition
	text     string // as typed, in NFC
	now      core.Instant
}

const dislikeTime = 6 * time.Hour // how long "not what I meant" may be pressed

// maxQuestion is how much of a message is read, in characters.
const maxQuestion = 2000

func (b *Bot) chat(ctx context.Context, e core.InboxEvent, text string) (*chat, error) {
	ed, err := b.opt.Edition(ctx, "")
	if err != nil {
		return nil, err
	}
	f, err := b.opt.Talk.Follower(ctx, e.OAID, e.UserID)
	if err != nil {
		return nil, err
	}
	return &chat{event: e, follower: f, ed: ed, text: clip(strings.TrimSpace(text), maxQuestion), now: b.clock.Now()}, nil
}

// answer says something to a message of a person, unless somebody of the organizer's has the conversation.
func (b *Bot) answer(ctx context.Context, e core.InboxEvent, m *zalo.UserMessage) error {
	c, err := b.chat(ctx, e, m.Text)
	if err != nil {
		return b.trouble(ctx, e, err)
	}
	if c.follower.Handed.Until > c.now && !wantsBot(c.text) && !isProof(c.text) {
		if _, err := b.interacted(ctx, e); err != nil {
			return err
		}
		return b.settle(ctx, e, core.EventDropped, "cán bộ đang trả lời")
	}
	r, err := b.composed(ctx, c, m)
	if err != nil {
		return b.trouble(ctx, e, err)
	}
	_, err = b.opt.Talk.Meet(ctx, e.OAID, e.UserID, func(f *core.Follower) {
		f.LastInteraction = max(f.LastInteraction, e.At)
		if r.remember != nil {
			r.remember(f)
		}
	})
	if err != nil {
		return err
	}
	return b.send(ctx, e, r)
}

// composed finds what to say, unless the person floods the OA.
func (b *Bot) composed(ctx context.Context, c *chat, m *zalo.UserMessage) (reply, error) {
	if c.event.Tries == 0 {
		switch n := b.bursts.add(c.event.Lane, c.event.At); {
		case n == b.opt.PerMinute+1:
			return reply{text: "Anh/chị nhắn nhanh quá nên bot không trả lời kịp. Anh/chị đợi một phút rồi nhắn tiếp."}, nil
		case n > b.opt.PerMinute:
			return reply{quiet: "nhắn quá nhanh"}, nil
		}
	}
	return b.compose(ctx, c, m)
}

// compose finds what to say: a command, or an answer from the rules.
func (b *Bot) compose(ctx context.Context, c *chat, m *zalo.UserMessage) (reply, error) {
	if c.text == "" || m.Name != "user_send_text" {
		return notText(m), nil
	}
	if cmd, arg := find(c.text); cmd != nil {
		return b.run(ctx, cmd, c, arg)
	}
	ix, err := b.index(ctx, c.ed)
	if err != nil {
		return reply{}, err
	}
	r := ix.Ask(c.text, c.now.Time(c.ed.Loc))
	if r.Outcome == rules.Command {
		if cmd := named(r.Command); cmd != nil {
			return b.run(ctx, cmd, c, c.text)
		}
	}
	if r.Outcome == rules.Abstain {
		return b.abstain(ctx, c, ix, r)
	}
	return b.fromRules(c, ix, r), nil
}

// trouble answers for an error: it is tried again when that may help, else the person is told.
func (b *Bot) trouble(ctx context.Context, e core.InboxEvent, err error) error {
	code := core.CodeOf(err)
	if (code == core.Unavailable || code == core.Internal) && e.Tries < 3 {
		b.log.Warn("answer put off", "event", e.Name, "err", err)
		return b.opt.Talk.Retry(ctx, e, retryWait<<e.Tries, "hệ thống bận")
	}
	if code == core.Unavailable || code == core.Internal {
		b.log.Error("answer not made", "event", e.Name, "err", err)
	}
	return b.send(ctx, e, reply{text: phrase(err)})
}

// answers keeps the index of the contest; a changed contest or a new answer of an organizer makes a new one.
type answers struct {
	mu      sync.Mutex
	contest *core.Contest
	taught  int64
	index   *rules.Index
}

func (b *Bot) index(ctx context.Context, ed *exam.Edition) (*rules.Index, error) {
	taught, n, err := b.opt.Talk.TaughtNow(ctx, ed.Contest.ID)
	if err != nil {
		return nil, err
	}
	a := &b.answers
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.index != nil && a.contest == ed.Contest && a.taught == n {
		return a.index, nil
	}
	src := rules.Source{Contest: ed.Contest}
	for _, t := range taught {
		src.Extra = append(src.Extra, rules.QA{Questions: t.Questions, Answer: t.Answer, Clause: t.Clause})
	}
	a.contest, a.taught, a.index = ed.Contest, n, rules.New(src)
	return a.index, nil
}

// fromRules words what the rules say.
func (b *Bot) fromRules(c *chat, ix *rules.Index, r rules.Reply) reply {
	out := reply{text: r.Answer}
	switch r.Outcome {
	case rules.Smalltalk:
		return out
	case rules.Choice:
		for _, o := range r.Options {
			out.buttons = append(out.buttons, zalo.QuietButton(title(o.Label), "#khoan "+o.Cite))
		}
		out.buttons = append(out.buttons, zalo.QuietButton("Không phải các ý trên", "#sai"))
	default:
		out.text = quoted(ix, r.Short, r.Cites)
		for _, cite := range r.Cites {
			button := b.articleButton(ix, cite)
			if !slices.ContainsFunc(out.buttons, func(x zalo.Button) bool { return x.Title == button.Title }) {
				out.buttons = append(out.buttons, button)
			}
		}
		out.buttons = append(out.buttons, zalo.QuietButton("Không đúng ý tôi", "#sai"))
	}
	question := c.text
	out.remember = func(f *core.Follower) { f.Dialog.Question, f.Dialog.Until = question, c.now.Add(dislikeTime) }
	return out
}

// abstain says that the rules are silent, offers what is near, and queues the question unless it was no matter of
// the contest.
func (b *Bot) abstain(ctx context.Context, c *chat, ix *rules.Index, r rules.Reply) (reply, error) {
	out := reply{text: r.Answer}
	if r.Refused {
		return out, nil
	}
	for _, o := range r.Options[:min(1, len(r.Options))] {
		out.buttons = append(out.buttons, zalo.QuietButton("Xem: "+o.Label, "#khoan "+o.Cite))
	}
	out.buttons = append(out.buttons, zalo.QuietButton("Gặp người hỗ trợ", "#nguoi"))
	return out, b.opt.Talk.Missed(ctx, c.ed.Contest.ID, c.text, c.event.Key, false, ix.Gist)
}

// quoted writes clauses word for word below a line of ours.
func quoted(ix *rules.Index, short string, cites []string) string {
	parts := []string{}
	if short != "" {
		parts = append(parts, short)
	}
	for _, id := range cites {
		if q, ok := ix.Quote(id); ok {
			parts = append(parts, title(q.Citation)+". "+q.Text)
		}
	}
	return strings.Join(parts, "\n\n")
}

// articleButton opens the rules at the clause cited.
func (b *Bot) articleButton(ix *rules.Index, cite string) zalo.Button {
	q, _ := ix.Quote(cite)
	_, article, _ := strings.Cut(q.Citation, "Điều ")
	return zalo.LinkButton("Xem Điều "+article, b.opt.PublicURL+"/the-le#"+cite)
}
