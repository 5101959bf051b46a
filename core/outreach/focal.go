package outreach

import (
	"context"
	"strings"

	"duthi/core"
)

// FocalReach is how many focal points a broadcast reaches.
type FocalReach struct {
	Reached  int64 // will get their message, or got it
	Unlinked int64 // did not ask for reminders over Zalo
	Missed   int64 // can't be reached for another reason
}

// focalPage is how many deliveries FocalPoints reads at a time.
const focalPage = 500

// FocalPoints counts the focal points of a broadcast: there is one at most for each unit.
func (s *Service) FocalPoints(ctx context.Context, b core.Broadcast) (FocalReach, error) {
	var out FocalReach
	if b.Focal == nil {
		return out, nil
	}
	for after := core.FocalPrefix; ; {
		ds, err := s.cfg.Deliveries.Deliveries(ctx, b.ID, "", after, focalPage)
		if err != nil {
			return out, err
		}
		for _, d := range ds {
			switch {
			case !strings.HasPrefix(d.Person, core.FocalPrefix):
				return out, nil
			case d.State == core.DeliverySkipped && d.Reason == ReasonUnlinked:
				out.Unlinked++
			case d.State == core.DeliverySkipped || d.State == core.DeliveryFailed:
				out.Missed++
			default:
				out.Reached++
			}
			after = d.Person
		}
		if len(ds) < focalPage {
			return out, nil
		}
	}
}
