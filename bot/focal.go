package bot

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"duthi/core"
	"duthi/core/zalo"
)

// focalByCode has the reminders of a unit sent to this Zalo: its focal point asked for them on the unit's page.
func (b *Bot) focalByCode(ctx context.Context, c *chat, code string) (reply, error) {
	who, err := b.opt.Account.LinkFocalZalo(ctx, c.ed.Contest.ID, c.event.UserID, code)
	if core.Is(err, core.NotFound) {
		return reply{text: phrase(err), buttons: []zalo.Button{zalo.LinkButton("Mở trang đơn vị", b.opt.PublicURL+"/dau-moi")}}, nil
	}
	if err != nil {
		return b.codeFault(err)
	}
	undo, until := rand.Text(), c.now.Add(undoTime)
	text := fmt.Sprintf("Từ nay Zalo này nhận nhắc dành cho đầu mối %s khi đơn vị còn dưới mục tiêu. Không phải anh/chị yêu cầu thì bấm Thôi nhận.", c.ed.Units.FullName(who.UnitCode))
	if !c.follower.Follows {
		text += " Anh/chị bấm Quan tâm OA để nhận được tin."
	}
	return reply{text: text, buttons: []zalo.Button{zalo.LinkButton("Mở trang đơn vị", b.opt.PublicURL+"/dau-moi"), zalo.QuietButton("Thôi nhận", "#go-dau-moi "+undo)},
		remember: func(f *core.Follower) { // asking for reminders ends an earlier wish to have none
			f.NoReminders, f.WithdrawnAt, f.Dialog.Undo, f.Dialog.Until = false, 0, undo, until
		}}, nil
}

// isFocal reports whether this Zalo gets a unit's reminders.
func (b *Bot) isFocal(ctx context.Context, c *chat) bool {
	_, err := b.opt.Account.ZaloFocal(ctx, c.ed.Contest.ID, c.event.UserID)
	return err == nil
}

// unlinkFocal ends a unit's reminders: at once from the button under a fresh link, else after a second press.
func (b *Bot) unlinkFocal(ctx context.Context, c *chat, arg string) (reply, error) {
	who, err := b.opt.Account.ZaloFocal(ctx, c.ed.Contest.ID, c.event.UserID)
	if core.Is(err, core.NotFound) {
		return reply{text: "Zalo này không nhận nhắc cho đơn vị nào."}, nil
	}
	if err != nil {
		return reply{}, err
	}
	unit := c.ed.Units.FullName(who.UnitCode)
	if d := c.follower.Dialog; arg == "" || d.Undo == "" || arg != d.Undo || d.Until <= c.now {
		word, until := rand.Text(), c.now.Add(10*time.Minute)
		return reply{text: fmt.Sprintf("Thôi nhận nhắc dành cho đầu mối %s qua Zalo này?", unit),
			buttons:  []zalo.Button{zalo.QuietButton("Đồng ý, thôi nhận", "#go-dau-moi "+word)},
			remember: func(f *core.Follower) { f.Dialog.Undo, f.Dialog.Until = word, until }}, nil
	}
	if err := b.opt.Account.UnlinkFocalZalo(ctx, who.Name); err != nil {
		return reply{}, err
	}
	return reply{text: fmt.Sprintf("Zalo này không còn nhận nhắc dành cho đầu mối %s. Muốn nhận lại, anh/chị lấy mã mới ở trang đơn vị.", unit),
		remember: func(f *core.Follower) { f.Dialog.Undo = "" }}, nil
}
