package zalosim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// detail is GET /v3.0/oa/user/detail.
func (c *call) detail() reply {
	var q struct {
		UserID string `json:"user_id"`
	}
	if !c.params(&q) {
		return reply{}
	}
	p := c.sim.people[q.UserID]
	switch {
	case p == nil:
		return reply{Error: -201, Message: "user_id is invalid!"}
	case !p.Follows && p.LastInteraction.IsZero():
		return reply{Error: -213, Message: "User has not followed OA"}
	}
	data := map[string]any{"user_id": p.ID, "user_id_by_app": p.IDByApp, "display_name": p.Name, "user_alias": "", "is_sensitive": false,
		"user_is_follower": p.Follows, "avatar": "https://s120-ava-talk.zadn.vn/default", "tags_and_notes_info": map[string]any{"notes": []string{}, "tag_names": []string{}}}
	if !p.LastInteraction.IsZero() {
		data["user_last_interaction_date"] = p.LastInteraction.In(hanoi).Format("02/01/2006")
	}
	if c.sim.flip() { // a number in old records
		data["shared_info"] = map[string]any{"phone": 0}
	} else {
		data["shared_info"] = map[string]any{"phone": p.Phone, "name": p.Name}
	}
	return reply{Data: data}
}

// list is GET /v3.0/oa/user/getlist.
func (c *call) list() reply {
	var q struct {
		Offset   int    `json:"offset"`
		Count    int    `json:"count"`
		Tag      string `json:"tag_name"`
		Period   string `json:"last_interaction_period"`
		Follower any    `json:"is_follower"`
	}
	if !c.params(&q) {
		return reply{}
	}
	if q.Count < 1 || q.Count > 50 || q.Offset < 0 || q.Offset > 9951 {
		return reply{Error: -210, Message: "Parameter exceeds allowable limit"}
	}
	if q.Period != "" && q.Period != "L7D" && q.Period != "L30D" && q.Period != "TODAY" {
		c.bad = "last_interaction_period " + q.Period + " is not imitated"
		return reply{}
	}
	users := []map[string]string{}
	total := 0
	for _, id := range c.sim.order {
		if !c.listed(c.sim.people[id], fmt.Sprint(q.Follower), q.Period, q.Tag) {
			continue
		}
		if total >= q.Offset && len(users) < q.Count {
			users = append(users, map[string]string{"user_id": id})
		}
		total++
	}
	return reply{Data: map[string]any{"total": total, "count": len(users), "offset": q.Offset, "users": users}}
}

func (c *call) listed(p *person, follower, period, tag string) bool {
	days := map[string]time.Duration{"TODAY": 24 * time.Hour, "L7D": 7 * 24 * time.Hour, "L30D": 30 * 24 * time.Hour}[period]
	switch {
	case tag != "", !p.Follows && p.LastInteraction.IsZero():
		return false
	case follower == "true" && !p.Follows, follower == "false" && p.Follows:
		return false
	case days > 0 && c.sim.Clock.Now().Sub(p.LastInteraction) > days:
		return false
	}
	return true
}

// account is GET /v2.0/oa/getoa.
func (c *call) account() reply {
	if len(c.r.URL.Query()) > 0 {
		c.bad = "query parameters"
		return reply{}
	}
	s := c.sim
	followers := 0
	for _, p := range s.people {
		if p.Follows {
			followers++
		}
	}
	name := "oa_id"
	if s.flip() {
		name = "oaid" // as the documentation has it
	}
	return reply{Data: map[string]any{name: s.OAID, "name": s.OAName, "description": "OA mô phỏng", "is_verified": true, "oa_type": 4, "cate_name": "Cơ quan nhà nước",
		"num_follower": followers, "package_name": "Growth", "package_valid_through_date": s.Clock.Now().AddDate(1, 0, 0).In(hanoi).Format("02/01/2006")}}
}

// quota is POST /v3.0/oa/quota/message, which answers two questions.
func (c *call) quota() reply {
	var b struct {
		UserID  string `json:"user_id"`
		Owner   string `json:"quota_owner"`
		Product string `json:"product_type"`
		Type    string `json:"quota_type"`
	}
	if !c.decode(&b) {
		return reply{}
	}
	s := c.sim
	if b.Owner != "" {
		if !oneOf(b.Owner, "OA", "APP") || !oneOf(b.Type, "sub_quota", "purchase_quota", "reward_quota") {
			return reply{Error: -201, Message: "quota_type is invalid!"}
		}
		list := []map[string]any{}
		if b.Product == "cs" && b.Type == "sub_quota" {
			list = append(list, map[string]any{"asset_id": "606001", "product_type": "cs", "quota_type": "sub_quota", "valid_through": "31/12/2027",
				"total": s.Limits.PackageQuota, "remain": s.packageLeft})
		}
		return reply{Data: list}
	}
	p := s.people[b.UserID]
	if p == nil {
		return reply{Error: -201, Message: "user_id is invalid!"}
	}
	data := map[string]any{"promotion": map[string]int{"daily_remain": 0, "daily_total": 1, "monthly_remain": 4, "monthly_total": 6}}
	if !p.LastInteraction.IsZero() {
		data["last_interaction"] = millis(p.LastInteraction)
	}
	if s.flip() {
		data["cs_reply"] = map[string]int{"remain": 8, "total": 8}
	}
	return reply{Data: data}
}

// recent is GET /v2.0/oa/listrecentchat: the newest message of each person, newest first.
func (c *call) recent() reply {
	var q struct{ Offset, Count int }
	if !c.params(&q) {
		return reply{}
	}
	var all []map[string]any
	for _, id := range c.sim.order {
		if items := c.sim.items(c.sim.people[id]); len(items) > 0 {
			all = append(all, items[0])
		}
	}
	slices.SortStableFunc(all, func(a, b map[string]any) int { return int(b["time"].(int64) - a["time"].(int64)) })
	return c.page(all, q.Offset, q.Count)
}

// conversation is GET /v2.0/oa/conversation, newest first.
func (c *call) conversation() reply {
	var q struct {
		UserID string `json:"user_id"`
		Offset int    `json:"offset"`
		Count  int    `json:"count"`
	}
	if !c.params(&q) {
		return reply{}
	}
	p := c.sim.people[q.UserID]
	if p == nil {
		return reply{Error: -201, Message: "user_id is invalid!"}
	}
	return c.page(c.sim.items(p), q.Offset, q.Count)
}

// page cuts a list; it comes as a bare array or inside an envelope, since sources differ.
func (c *call) page(all []map[string]any, offset, count int) reply {
	if count < 1 || count > 10 || offset < 0 {
		return reply{Error: -210, Message: "Parameter exceeds allowable limit"}
	}
	all = all[min(offset, len(all)):]
	all = append([]map[string]any{}, all[:min(count, len(all))]...)
	return reply{Data: all, bare: c.sim.flip()}
}

// items lists a conversation as the API does, newest first.
func (s *Sim) items(p *person) []map[string]any {
	var list []map[string]any
	for _, b := range slices.Backward(p.Chat) {
		if b.From == "note" {
			continue
		}
		item := map[string]any{"src": 0, "time": b.At.UnixMilli(), "type": "text", "message": b.Text, "message_id": b.ID, "from_id": s.OAID, "to_id": p.ID,
			"from_display_name": s.OAName, "to_display_name": p.Name, "from_avatar": "", "to_avatar": ""}
		if b.From == "person" {
			item["src"], item["from_id"], item["to_id"] = 1, p.ID, s.OAID
			item["from_display_name"], item["to_display_name"] = p.Name, s.OAName
		}
		if b.Image != "" {
			item["type"], item["url"], item["thumb"] = "photo", b.Image, b.Image
		}
		list = append(list, item)
	}
	return list
}

// hanoi is Zalo's time: no daylight saving since 1975.
var hanoi = time.FixedZone("ICT", 7*3600)

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, strings.Compare)
	return keys
}
