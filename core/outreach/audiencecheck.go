package outreach

import (
	"fmt"
	"slices"

	"duthi/core"
)

var audienceKinds = []string{core.AudienceAll, core.AudienceNotTaken, core.AudienceUnused, core.AudienceTaken, core.AudienceRegistered, core.AudienceOnlyRoster, core.AudienceFollowers}

// CheckAudience says what is wrong with whom and when a broadcast of a contest is for; Invalid with the fields' names.
func CheckAudience(c core.Contest, units *core.UnitTree, b core.Broadcast) error {
	faults := map[string]string{}
	if _, ok := c.Round(b.RoundID); b.RoundID != "" && !ok {
		faults["round_id"] = fmt.Sprintf("Không có đợt %s.", b.RoundID)
	}
	if !slices.Contains(audienceKinds, b.Audience.Who) {
		faults["who"] = fmt.Sprintf("Không có nhóm người nhận %s.", b.Audience.Who)
	}
	if !slices.Contains([]string{"", "yes", "no"}, b.Audience.Linked) {
		faults["linked"] = "Liên kết Zalo là yes, no hoặc để trống."
	}
	for _, code := range b.Audience.Units {
		if _, ok := units.Unit(code); !ok && code != core.OtherUnit {
			faults["units"] = fmt.Sprintf("Không có đơn vị %s.", code)
		}
	}
	for _, id := range b.Audience.Blocks {
		if !slices.ContainsFunc(c.Blocks(), func(k core.Block) bool { return k.ID == id }) {
			faults["blocks"] = fmt.Sprintf("Không có khối %s.", id)
		}
	}
	if !b.StartAt.IsZero() && !b.StopAt.IsZero() && b.StartAt >= b.StopAt {
		faults["start_at"] = "Lúc bắt đầu gửi thì đợt thi đã đóng."
	}
	if len(faults) > 0 {
		return core.FieldErrors(faults)
	}
	return nil
}
