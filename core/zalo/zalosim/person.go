package zalosim

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Person is a Zalo user with a phone, as tests and the chat page see them.
type Person struct {
	ID              string    `json:"id"`        // OA-scoped: what webhooks and sends carry
	IDByApp         string    `json:"id_by_app"` // app-scoped
	Name            string    `json:"name"`
	Phone           string    `json:"phone,omitempty"` // "84…"
	Follows         bool      `json:"follows"`
	Blocked         bool      `json:"blocked"` // refuses all messages of the OA
	LastInteraction time.Time `json:"last_interaction,omitzero"`
	Chat            []Bubble  `json:"chat"`
}

// Bubble is one thing on the screen of a phone.
type Bubble struct {
	ID       string    `json:"id"`
	From     string    `json:"from"` // "person", "oa", "staff", "note"
	Text     string    `json:"text,omitempty"`
	Image    string    `json:"image,omitempty"` // address
	File     string    `json:"file,omitempty"`  // name
	Buttons  []Button  `json:"buttons,omitempty"`
	QuoteID  string    `json:"quote_id,omitempty"`
	Billed   bool      `json:"billed,omitempty"`
	Template string    `json:"template,omitempty"`
	At       time.Time `json:"at"`
	Seen     bool      `json:"seen,omitempty"`  // OA's: on the screen; person's: the bot acknowledged it
	State    string    `json:"state,omitempty"` // person's: "", "retrying", "lost"
}

type person struct{ Person }

// AddPerson makes a person who does not follow the OA yet and gives their user id. phone may be "".
func (s *Sim) AddPerson(name, phone string) string {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.order) + 1
	p := &person{Person{ID: fmt.Sprint(2468458835_29197900 + n), IDByApp: fmt.Sprint(5521772797_17587700 + n), Name: name, Phone: phone}}
	s.people[p.ID] = p
	s.order = append(s.order, p.ID)
	s.touch()
	return p.ID
}

// People gives everybody, in the order they came.
func (s *Sim) People() []Person {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Person, 0, len(s.order))
	for _, id := range s.order {
		list = append(list, s.people[id].copy())
	}
	return list
}

// Person gives one person; ok is false for an id that nobody has.
func (s *Sim) Person(id string) (p Person, ok bool) {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.people[id]; found != nil {
		return found.copy(), true
	}
	return Person{}, false
}

func (p *person) copy() Person {
	c := p.Person
	c.Chat = slices.Clone(p.Chat)
	return c
}

// with runs f on a person with the Sim locked, and tells who waits. It reports whether the person exists.
func (s *Sim) with(id string, f func(*person)) bool {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[id]
	if p == nil {
		return false
	}
	f(p)
	s.touch()
	return true
}

// Follow makes a person follow the OA; it opens their window.
func (s *Sim) Follow(id string) {
	s.with(id, func(p *person) {
		p.Follows, p.Blocked = true, false
		s.interact(p)
		s.show(p, Bubble{From: "note", Text: "Anh/chị đã quan tâm " + s.OAName})
		s.emit(p, map[string]any{"event_name": "follow", "follower": party{ID: p.ID}, "source": "oa_profile"})
	})
}

// Unfollow makes a person leave.
func (s *Sim) Unfollow(id string) {
	s.with(id, func(p *person) {
		p.Follows = false
		s.show(p, Bubble{From: "note", Text: "Anh/chị đã bỏ quan tâm " + s.OAName})
		s.emit(p, map[string]any{"event_name": "unfollow", "follower": party{ID: p.ID}, "source": "oa_profile"})
	})
}

// Say makes a person type a text; it gives the message id.
func (s *Sim) Say(id, words string) string { return s.Quote(id, "", words) }

// Quote makes a person answer message quoteID of the OA.
func (s *Sim) Quote(id, quoteID, words string) string {
	return s.speak(id, "user_send_text", Bubble{Text: words, QuoteID: quoteID}, nil, false)
}

// Press makes a person press the button with that title under a message ("": the newest one that has it). A
// link is only noted. It reports whether there was such a button.
func (s *Sim) Press(id, messageID, title string) bool {
	var found *Button
	s.with(id, func(p *person) {
		for _, b := range slices.Backward(p.Chat) {
			if messageID != "" && b.ID != messageID {
				continue
			}
			if i := slices.IndexFunc(b.Buttons, func(x Button) bool { return x.Title == title }); i >= 0 {
				found = &b.Buttons[i]
				return
			}
		}
	})
	if found == nil {
		return false
	}
	if found.Payload != "" {
		s.speak(id, "user_send_text", Bubble{Text: found.Payload}, nil, found.Type == "oa.query.hide")
	}
	return true
}

// SendImage, SendSticker and SendLocation make a person send such a thing; url of an image is its address.
func (s *Sim) SendImage(id, url string) string {
	return s.speak(id, "user_send_image", Bubble{Image: url}, []media{{Type: "image", Payload: map[string]any{"thumbnail": url, "url": url}}}, false)
}

func (s *Sim) SendSticker(id string) string {
	return s.speak(id, "user_send_sticker", Bubble{Text: "😊"}, []media{{Type: "sticker", Payload: map[string]any{"id": "46960", "url": "https://stickers.example/46960.png"}}}, false)
}

func (s *Sim) SendLocation(id, latitude, longitude string) string {
	return s.speak(id, "user_send_location", Bubble{Text: "📍 " + latitude + ", " + longitude},
		[]media{{Type: "location", Payload: map[string]any{"coordinates": map[string]string{"latitude": latitude, "longitude": longitude}}}}, false)
}

// speak puts a message of a person on their screen (unless hidden) and sends its webhook.
func (s *Sim) speak(id, event string, b Bubble, attachments []media, hidden bool) string {
	s.with(id, func(p *person) {
		s.interact(p)
		b.ID, b.From = s.nextID(), "person"
		if !hidden {
			s.show(p, b)
		}
		m := message{MsgID: b.ID, QuoteMsgID: b.QuoteID, Attachments: attachments}
		if event == "user_send_text" {
			m.Text = b.Text
		}
		s.emit(p, map[string]any{"event_name": event, "sender": party{ID: p.ID}, "recipient": party{ID: s.OAID}, "message": m})
	})
	return b.ID
}

// ChatNow makes a person open the chat without a word.
func (s *Sim) ChatNow(id string) {
	s.with(id, func(p *person) {
		s.interact(p)
		s.emit(p, map[string]any{"event_name": "user_click_chatnow", "user_id": p.ID})
	})
}

// React makes a person react to a message of the OA ("/-heart").
func (s *Sim) React(id, messageID, icon string) {
	s.with(id, func(p *person) {
		s.emit(p, map[string]any{"event_name": "user_reacted_message", "sender": party{ID: p.ID}, "recipient": party{ID: s.OAID},
			"message": message{MsgID: messageID, ReactIcon: icon}})
	})
}

// Share makes a person hand over their name and phone number (the answer to request_user_info).
func (s *Sim) Share(id string) {
	s.with(id, func(p *person) {
		s.interact(p)
		s.show(p, Bubble{From: "note", Text: "Anh/chị đã chia sẻ tên và số điện thoại"})
		s.emit(p, map[string]any{"event_name": "user_submit_info", "sender": party{ID: p.ID}, "recipient": party{ID: s.OAID},
			"info": map[string]any{"name": p.Name, "phone": p.Phone}})
	})
}

// Withdraw makes a person demand that their data be erased.
func (s *Sim) Withdraw(id string) {
	s.with(id, func(p *person) {
		s.show(p, Bubble{From: "note", Text: "Anh/chị đã yêu cầu xóa dữ liệu"})
		s.emit(p, map[string]any{"event_name": "user_withdraw", "user_id": p.ID})
	})
}

// Block makes a person refuse the OA's messages, or take them again. Zalo tells nobody.
func (s *Sim) Block(id string, blocked bool) {
	s.with(id, func(p *person) { p.Blocked = blocked })
}

// Age moves a person's last interaction back by d, as if they had been silent that long.
func (s *Sim) Age(id string, d time.Duration) {
	s.with(id, func(p *person) {
		if !p.LastInteraction.IsZero() {
			p.LastInteraction = p.LastInteraction.Add(-d)
		}
	})
}

// See puts the OA's messages in front of a person's eyes; the bot gets one receipt for all that are new.
func (s *Sim) See(id string) {
	s.with(id, func(p *person) {
		var ids []string
		for i := range p.Chat {
			if b := &p.Chat[i]; b.From == "oa" && !b.Seen {
				b.Seen = true
				ids = append(ids, b.ID)
			}
		}
		if len(ids) > 0 && !s.NoReceipts {
			s.emit(p, map[string]any{"event_name": "user_seen_message", "sender": party{ID: s.OAID}, "recipient": party{ID: p.ID},
				"message": message{MsgIDs: ids}})
		}
	})
}

// StaffSay makes a person of the OA's staff answer in OA Manager: the bot gets an echo with admin_id.
func (s *Sim) StaffSay(id, words string) {
	s.with(id, func(p *person) {
		mid := s.nextID()
		s.show(p, Bubble{ID: mid, From: "staff", Text: words, Seen: true})
		s.emit(p, map[string]any{"event_name": "oa_send_text", "sender": party{ID: s.OAID, AdminID: "7712345678901234567"}, "recipient": party{ID: p.ID},
			"message": message{Text: words, MsgID: mid}})
	})
}

// interact opens the windows of a person. The caller holds mu.
func (s *Sim) interact(p *person) { p.LastInteraction = s.Clock.Now() }

// show puts b on a person's screen. The caller holds mu.
func (s *Sim) show(p *person, b Bubble) {
	b.ID = cmp.Or(b.ID, s.nextID())
	b.At = s.Clock.Now()
	p.Chat = push(p.Chat, b, keepChat)
}
