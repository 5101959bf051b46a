package outreach

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"duthi/core"
)

// unitReminders is how often a unit's focal point may remind its people in a round, on as many days: the broadcasts'
// ids say which one it is, so that no two requests make the same.
const unitReminders = 3

// unitReminderID names the n-th reminder of a unit in a round.
func unitReminderID(contestID, roundID, unit string, n int) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{contestID, roundID, unit}, "\x00")))
	return "dv-" + hex.EncodeToString(sum[:10]) + "-" + strconv.Itoa(n)
}

// UnitReminders gives the reminders a unit's focal point made in a round, the first one first.
func (s *Service) UnitReminders(ctx context.Context, contestID, roundID, unit string) ([]core.Broadcast, error) {
	var out []core.Broadcast
	for n := 1; n <= unitReminders; n++ {
		b, err := s.cfg.Broadcasts.Broadcast(ctx, unitReminderID(contestID, roundID, unit, n))
		if core.Is(err, core.NotFound) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// MayRemindUnit says whether a unit that made the given reminders may make another one; Limited when it may not.
func (s *Service) MayRemindUnit(made []core.Broadcast, loc *time.Location) error {
	if len(made) >= unitReminders {
		return core.Errorf(core.Limited, "Đơn vị đã nhắc đủ %d lần trong đợt này. Anh/chị gửi tin và mã QR vào nhóm Zalo của cơ quan.", unitReminders)
	}
	for _, b := range made {
		if b.CreatedAt.Time(loc).Format(time.DateOnly) == s.now().Time(loc).Format(time.DateOnly) {
			return core.Errorf(core.Limited, "Hôm nay đơn vị đã nhắc rồi. Mỗi ngày nhắc được một lần.")
		}
	}
	return nil
}

// RemindUnit sends b to the people of a unit and of those below it who are linked with the OA and did not take part:
// planned and sent without another word, within the caps and quiet hours of all reminders. roundID counts how often the
// unit reminds. Limited when it did so today, or often enough in the round.
func (s *Service) RemindUnit(ctx context.Context, by string, b core.Broadcast, roundID, unit string) error {
	_, loc, err := s.cfg.Contest(ctx, b)
	if err != nil {
		return err
	}
	made, err := s.UnitReminders(ctx, b.ContestID, roundID, unit)
	if err == nil {
		err = s.MayRemindUnit(made, loc)
	}
	if err != nil {
		return err
	}
	b = cleaned(b)
	b.Audience = UnitAudience(unit)
	if err := Check(b); err != nil {
		return err
	}
	now := s.now()
	b.ID, b.Direct, b.State, b.CreatedBy = unitReminderID(b.ContestID, roundID, unit, len(made)+1), true, core.BroadcastPlanning, by
	b.StartAt, b.CreatedAt, b.UpdatedAt, b.PlanAfter, b.Revision = max(b.StartAt, now), now, now, "", 1
	err = s.audited(ctx, by, "broadcast.unit", b, "", func() error { return s.cfg.Broadcasts.InsertBroadcast(ctx, b) })
	if core.Is(err, core.Conflict) { // another request of the same moment
		return core.Wrap(core.Limited, "Hôm nay đơn vị đã nhắc rồi. Mỗi ngày nhắc được một lần.", err)
	}
	return err
}

// UnitAudience is whom a unit's focal point reminds.
func UnitAudience(unit string) core.Audience {
	return core.Audience{Who: core.AudienceNotTaken, Units: []string{unit}, Linked: "yes"}
}

// Starts gives when the first message of a broadcast would leave: its beginning, or the end of quiet hours.
func (s *Service) Starts(b core.Broadcast, loc *time.Location) core.Instant {
	return s.cfg.Quiet.Next(max(b.StartAt, s.now()), loc)
}
