package bot

import (
	"context"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/zalo"
)

// interacted notes an interaction, which opens Zalo's windows for answers and reminders.
func (b *Bot) interacted(ctx context.Context, e core.InboxEvent) (core.Follower, error) {
	return b.opt.Talk.Meet(ctx, e.OAID, e.UserID, func(f *core.Follower) { f.LastInteraction = max(f.LastInteraction, e.At) })
}

// echo is a message of the OA itself, which is never answered: one that staff wrote hands the conversation over,
// one of ours settles a reminder or an answer of unknown fate. Reminders are looked for first: Zalo may name an
// administrator beside what the API sent.
func (b *Bot) echo(ctx context.Context, e core.InboxEvent, v *zalo.Echo) error {
	if b.opt.Outreach != nil {
		ours, err := b.opt.Outreach.Echoed(ctx, e.UserID, v.Text, v.MessageID, e.At)
		if err != nil {
			return err
		}
		if ours {
			return b.settle(ctx, e, core.EventDropped, "tin nhắc của OA")
		}
	}
	if v.Human() {
		if err := b.opt.Talk.HandOver(ctx, e.OAID, e.UserID, core.HandedStaff, max(e.At, e.ReceivedAt), b.opt.Pause); err != nil {
			return err
		}
		return b.settle(ctx, e, core.EventDropped, "cán bộ trả lời")
	}
	if _, err := b.opt.Talk.Echoed(ctx, e.Lane, v.Text, v.MessageID, e.At); err != nil {
		return err
	}
	return b.settle(ctx, e, core.EventDropped, "tin của OA")
}

// received is a receipt of a template by phone, which has no echo.
func (b *Bot) received(ctx context.Context, e core.InboxEvent, v *zalo.Receipt) error {
	ed, err := b.opt.Edition(ctx, "")
	if err != nil && !core.Is(err, core.NotFound) {
		return err
	}
	if err == nil && b.opt.Outreach != nil {
		id := ""
		if len(v.MessageIDs) > 0 {
			id = v.MessageIDs[0]
		}
		if _, err := b.opt.Outreach.Received(ctx, ed.Contest.ID, v.TrackingID, id); err != nil {
			return err
		}
	}
	return b.settle(ctx, e, core.EventDropped, "tin mẫu đã tới")
}

// follow keeps who follows and greets those who begin. Events may come in any order: the newest counts.
func (b *Bot) follow(ctx context.Context, e core.InboxEvent, v *zalo.Follow) error {
	_, err := b.opt.Talk.Meet(ctx, e.OAID, e.UserID, func(f *core.Follower) {
		if v.Now {
			f.LastInteraction = max(f.LastInteraction, e.At)
			if f.UnfollowedAt <= e.At {
				f.Follows, f.UnfollowedAt, f.FollowedAt = true, 0, max(f.FollowedAt, e.At)
			}
			return
		}
		if f.FollowedAt <= e.At {
			f.Follows, f.UnfollowedAt = false, max(f.UnfollowedAt, e.At)
		}
	})
	if err != nil {
		return err
	}
	if !v.Now {
		return b.settle(ctx, e, core.EventDropped, "bỏ quan tâm")
	}
	if e.Tries == 0 && b.bursts.add(e.Lane, e.At) > b.opt.PerMinute {
		return b.settle(ctx, e, core.EventDropped, "quan tâm quá nhanh")
	}
	c, err := b.chat(ctx, e, "")
	if err != nil {
		return b.trouble(ctx, e, err)
	}
	return b.send(ctx, e, b.welcome(c))
}

// opened greets somebody who opened the chat for the first time without a word.
func (b *Bot) opened(ctx context.Context, e core.InboxEvent) error {
	if _, err := b.interacted(ctx, e); err != nil {
		return err
	}
	c, err := b.chat(ctx, e, "")
	if err != nil {
		return b.trouble(ctx, e, err)
	}
	return b.send(ctx, e, b.welcome(c))
}

// withdrawn keeps a demand to erase or limit data: nothing but direct answers goes to the person any more, by phone
// neither, and the link with their account ends.
func (b *Bot) withdrawn(ctx context.Context, e core.InboxEvent) error {
	_, err := b.opt.Talk.Meet(ctx, e.OAID, e.UserID, func(f *core.Follower) {
		f.WithdrawnAt, f.NoReminders, f.Dialog = max(f.WithdrawnAt, e.At), true, core.Dialog{}
	})
	if err != nil {
		return err
	}
	ed, err := b.opt.Edition(ctx, "")
	if err == nil {
		err = b.cutLinks(ctx, ed.Contest.ID, e.UserID)
	}
	if err != nil && !core.Is(err, core.NotFound) {
		return err
	}
	return b.settle(ctx, e, core.EventDropped, "rút dữ liệu")
}

// cutLinks ends what ties a Zalo user to an account, a contestant's and a focal point's.
func (b *Bot) cutLinks(ctx context.Context, contestID, userID string) error {
	focal, err := b.opt.Account.ZaloFocal(ctx, contestID, userID)
	if err == nil {
		err = b.opt.Account.UnlinkFocalZalo(ctx, focal.Name)
	}
	if err != nil && !core.Is(err, core.NotFound) {
		return err
	}
	person, err := b.opt.Account.ZaloContestant(ctx, contestID, userID)
	if err != nil {
		return err // NotFound: nothing to cut
	}
	if err := b.opt.Account.WithdrawConsent(ctx, asPerson(&person), account.ConsentZalo); err != nil {
		return err
	}
	return b.opt.Account.UnlinkZalo(ctx, person.ID)
}

// asPerson gives a linked contestant as the account service takes who acts.
func asPerson(c *core.Contestant) account.Person {
	return account.Person{Kind: account.KindContestant, ContestantID: c.ID, Contestant: c, ContestID: c.ContestID}
}
