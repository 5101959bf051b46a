package zalosim

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// actions are what the chat page's buttons do, by name; a test may post them too. Each gives the id of what it
// made, if anything, and in Vietnamese what was wrong.
var actions = map[string]func(*Sim, url.Values) (id, problem string){
	"add": func(s *Sim, f url.Values) (string, string) {
		return s.AddPerson(or(strings.TrimSpace(f.Get("name")), s.nextName()), or(f.Get("phone"), "")), ""
	},
	"follow":   onPerson(func(s *Sim, id string, _ url.Values) { s.Follow(id) }),
	"unfollow": onPerson(func(s *Sim, id string, _ url.Values) { s.Unfollow(id) }),
	"open":     onPerson(func(s *Sim, id string, _ url.Values) { s.ChatNow(id) }),
	"say": onPerson(func(s *Sim, id string, f url.Values) {
		if words := strings.TrimSpace(f.Get("text")); words != "" {
			s.Say(id, words)
		}
	}),
	"press": onPerson(func(s *Sim, id string, f url.Values) {
		if !s.Press(id, f.Get("message"), f.Get("title")) {
			s.Log.Warn("zalosim: no such button", "title", f.Get("title"))
		}
	}),
	"photo": onPerson(func(s *Sim, id string, _ url.Values) {
		s.mu.Lock()
		up := s.keep(upload{kind: "image", name: "anh.png", contentType: "image/png", data: picture()})
		address := s.imageAddress(up)
		s.mu.Unlock()
		s.SendImage(id, address)
	}),
	"sticker":  onPerson(func(s *Sim, id string, _ url.Values) { s.SendSticker(id) }),
	"location": onPerson(func(s *Sim, id string, _ url.Values) { s.SendLocation(id, "15.5736", "108.4740") }),
	"share":    onPerson(func(s *Sim, id string, _ url.Values) { s.Share(id) }),
	"withdraw": onPerson(func(s *Sim, id string, _ url.Values) { s.Withdraw(id) }),
	"block":    onPerson(func(s *Sim, id string, f url.Values) { s.Block(id, f.Get("on") == "1") }),
	"see":      onPerson(func(s *Sim, id string, _ url.Values) { s.See(id) }),
	"react":    onPerson(func(s *Sim, id string, f url.Values) { s.React(id, f.Get("message"), or(f.Get("text"), "/-heart")) }),
	"age": onPerson(func(s *Sim, id string, f url.Values) {
		if hours, err := strconv.Atoi(f.Get("hours")); err == nil && hours > 0 && hours < 10_000 {
			s.Age(id, time.Duration(hours)*time.Hour)
		}
	}),
	"staff": onPerson(func(s *Sim, id string, f url.Values) {
		if words := strings.TrimSpace(f.Get("text")); words != "" {
			s.StaffSay(id, words)
		}
	}),
	"trouble":      func(s *Sim, f url.Values) (string, string) { return "", s.trouble(f.Get("key"), f.Get("on") == "1") },
	"expire-token": func(s *Sim, _ url.Values) (string, string) { s.ExpireToken(); return "", "" },
	"lose-token": func(s *Sim, _ url.Values) (string, string) {
		s.ExpireToken()
		s.LoseNextRefresh(LoseAfter)
		return "", ""
	},
	"revoke":      func(s *Sim, _ url.Values) (string, string) { s.Revoke(); return "", "" },
	"resubscribe": func(s *Sim, _ url.Values) (string, string) { s.Resubscribe(); return "", "" },
	"check-url":   func(s *Sim, _ url.Values) (string, string) { return strconv.Itoa(s.CheckURL()), "" },
}

func onPerson(do func(*Sim, string, url.Values)) func(*Sim, url.Values) (string, string) {
	return func(s *Sim, f url.Values) (string, string) {
		id := f.Get("user")
		if _, ok := s.Person(id); !ok {
			return "", "Không có người này."
		}
		do(s, id, f)
		return id, ""
	}
}

// nextName gives new people the letters of a class: An, Bình, Chi, …
func (s *Sim) nextName() string {
	names := [...]string{"An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Khánh", "Lan", "Minh", "Nga", "Oanh", "Phúc", "Quang", "Sơn", "Thảo", "Uyên", "Vinh", "Xuân", "Yến"}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.order)
	if n < len(names) {
		return names[n]
	}
	return names[n%len(names)] + " " + strconv.Itoa(n/len(names)+1)
}

// trouble is a chance that the page can switch.
type trouble struct {
	key, label string
	chance     float64
	field      func(*Chaos) *float64
}

var troubles = []trouble{
	{"duplicate", "Gửi trùng sự kiện", 1, func(c *Chaos) *float64 { return &c.Duplicate }},
	{"reorder", "Đảo thứ tự", 0.5, func(c *Chaos) *float64 { return &c.Reorder }},
	{"slow", "API chậm 3 giây", 1, func(c *Chaos) *float64 { return &c.Slow }},
	{"error-page", "API trả trang lỗi (3/10)", 0.3, func(c *Chaos) *float64 { return &c.ErrorPage }},
	{"lose-answer", "Mất câu trả lời (3/10)", 0.3, func(c *Chaos) *float64 { return &c.LoseAnswer }},
	{"echo-first", "Echo tới trước", 1, func(c *Chaos) *float64 { return &c.EchoFirst }},
	{"rate-limit", "Quá hạn mức (3/10)", 0.3, func(c *Chaos) *float64 { return &c.RateLimit }},
}

func (s *Sim) trouble(key string, on bool) (problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range troubles {
		if t.key != key {
			continue
		}
		*t.field(&s.chaos) = 0
		if on {
			*t.field(&s.chaos) = t.chance
		}
		if s.chaos.SlowFor == 0 {
			s.chaos.SlowFor = 3 * time.Second
		}
		s.touch()
		return ""
	}
	return "Không có sự cố này."
}
