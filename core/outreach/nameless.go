package outreach

import (
	"strings"

	"duthi/core"
)

// ofPerson are the placeholders that need to know who somebody is. Of a follower of the OA who is linked with nobody
// nothing is known.
var ofPerson = []string{"{ho_ten}", "{don_vi}", "{don_vi_cap_1}", "{con_luot}", "{ti_le}", "{da_thi}", "{tong_so}", "{con_thieu}"}

// routeTo is Choose, and knows before anything is planned whom the text can't be written for.
func routeTo(b core.Broadcast, r Recipient, p Prices, at core.Instant) Route {
	route := Choose(b, r, p, at)
	if route.Channel != core.ChannelNone && strings.HasPrefix(r.Person, core.FollowerPrefix) && personal(b.Content, route.Channel) {
		return Route{Channel: core.ChannelNone, Reason: ReasonText}
	}
	return route
}

// personal reports whether what goes out by a channel names the person.
func personal(c core.Content, channel string) bool {
	texts := []string{c.Text, c.ButtonTitle, c.ButtonURL}
	if channel == core.ChannelUserTemplate || channel == core.ChannelPhoneTemplate {
		texts = nil
		for _, text := range c.Parameters {
			texts = append(texts, text)
		}
	}
	all := strings.Join(texts, "\n")
	for _, name := range ofPerson {
		if strings.Contains(all, name) {
			return true
		}
	}
	return false
}
