package zalosim

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// deskView is what the chat page shows.
type deskView struct {
	OAName, Initials string
	Rev              int64
	People           []personRow
	Phones           []phoneView
	Troubles         []troubleRow
	Log              []logRow
	Warnings         []warning
	Sheet            bool // fonts of our own are there
}

type personRow struct {
	ID, Name, Initial, Note string
	Alone                   string // address that shows this phone only
	Beside, BesideWords     string // address that adds or removes it
	Shown                   bool
}

type phoneView struct {
	Person
	Chat     []bubbleView
	View     []string // ids of all phones shown, to come back to
	Unseen   bool
	OAName   string
	Initials string
}

type bubbleView struct {
	Bubble
	Clock  string // shown above, when time has passed
	Status string // under the person's last message
	Quote  string // start of the message that is quoted
	Quiet  bool   // no text: a picture or file alone
}

type troubleRow struct {
	Key, Label string
	On, First  bool // First ones are shown at once, the others on demand
	View       []string
}

type logRow struct {
	Clock, Words string
	Bad          bool
}

type warning struct {
	Words, Action, Button string
	View                  []string
}

// button is one action with what it acts on, for the template's small parts.
type button struct {
	Action, Label string
	Of            any
}

func newButton(action, label string, of any) button { return button{action, label, of} }

// view draws the page for the phones wanted: the first person's when nobody is.
func (s *Sim) view(wanted []string) deskView {
	people := s.People()
	wanted = slices.DeleteFunc(wanted, func(id string) bool {
		return !slices.ContainsFunc(people, func(p Person) bool { return p.ID == id })
	})
	if len(wanted) == 0 && len(people) > 0 {
		wanted = []string{people[0].ID}
	}
	v := deskView{OAName: s.OAName, Initials: initials(s.OAName), Sheet: s.Fonts != nil}
	for _, p := range people {
		v.People = append(v.People, row(p, wanted))
		if slices.Contains(wanted, p.ID) {
			v.Phones = append(v.Phones, s.phone(p, wanted))
		}
	}
	slices.SortStableFunc(v.Phones, func(a, b phoneView) int { return slices.Index(wanted, a.ID) - slices.Index(wanted, b.ID) })
	s.mu.Lock()
	defer s.mu.Unlock()
	v.Rev = s.rev
	for i, t := range troubles {
		v.Troubles = append(v.Troubles, troubleRow{t.key, t.label, *t.field(&s.chaos) > 0, i < 3, wanted})
	}
	for _, e := range slices.Backward(s.journal) {
		if len(v.Log) == 14 {
			break
		}
		v.Log = append(v.Log, logLine(e))
	}
	v.Warnings = s.warnings(wanted)
	return v
}

func (s *Sim) warnings(view []string) []warning {
	var list []warning
	if s.WebhookURL == "" && s.Webhook == nil {
		list = append(list, warning{Words: "Chưa có webhook nào nhận sự kiện."})
	}
	if s.off {
		list = append(list, warning{"Zalo đã tắt webhook vì nhiều lần không nhận được câu trả lời.", "resubscribe", "Bật lại", view})
	}
	if !s.grant.live {
		list = append(list, warning{Words: "OA chưa cấp quyền cho ứng dụng: không có sự kiện nào được gửi."})
	}
	if n := len(s.refused); n > 0 {
		list = append(list, warning{Words: fmt.Sprintf("Bot đã gọi sai %d lần; lần cuối: %s", n, s.refused[n-1])})
	}
	return list
}

func row(p Person, shown []string) personRow {
	r := personRow{ID: p.ID, Name: p.Name, Initial: initials(p.Name), Note: "chưa quan tâm", Shown: slices.Contains(shown, p.ID), Alone: "?u=" + p.ID}
	switch {
	case p.Blocked:
		r.Note = "đang chặn OA"
	case p.Follows:
		r.Note = "đang quan tâm"
	}
	beside := slices.Clone(shown)
	if r.Shown {
		r.BesideWords = "Bỏ khỏi màn hình"
		beside = slices.DeleteFunc(beside, func(id string) bool { return id == p.ID })
		if len(beside) == 0 {
			r.BesideWords = "" // one phone is always shown
		}
	} else {
		r.BesideWords = "Xem cạnh nhau"
		beside = append(beside, p.ID)
	}
	r.Beside = "?u=" + strings.Join(beside, "&u=")
	return r
}

func (s *Sim) phone(p Person, view []string) phoneView {
	v := phoneView{Person: p, View: view, OAName: s.OAName, Initials: initials(s.OAName)}
	last := -1
	var before time.Time
	for i, b := range p.Chat {
		bv := bubbleView{Bubble: b, Quiet: b.Text == "" && (b.Image != "" || b.File != "")}
		if b.At.Sub(before) > 10*time.Minute {
			bv.Clock = clockWords(b.At, s.Clock.Now())
			before = b.At
		}
		if j := slices.IndexFunc(p.Chat, func(x Bubble) bool { return x.ID == b.QuoteID }); b.QuoteID != "" && j >= 0 {
			bv.Quote = short(p.Chat[j].Text)
		}
		if b.From == "person" {
			last = i
		}
		v.Unseen = v.Unseen || b.From == "oa" && !b.Seen
		v.Chat = append(v.Chat, bv)
	}
	if last >= 0 {
		v.Chat[last].Status = map[string]string{"retrying": "Chưa tới bot, sẽ gửi lại", "lost": "Không tới được bot"}[v.Chat[last].State]
		if v.Chat[last].Status == "" && last == len(v.Chat)-1 {
			v.Chat[last].Status = "Đang gửi"
			if v.Chat[last].Seen {
				v.Chat[last].Status = "Đã nhận"
			}
		}
	}
	return v
}

func clockWords(t, now time.Time) string {
	t, now = t.In(hanoi), now.In(hanoi)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return t.Format("15:04 02/01/2006")
}

func short(words string) string {
	r := []rune(strings.Join(strings.Fields(words), " "))
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return string(r)
}

func logLine(e Entry) logRow {
	name := strings.NewReplacer("/v3.0/oa/", "", "/v2.0/oa/", "", "/v4/oa/", "").Replace(e.Name)
	l := logRow{Clock: e.At.In(hanoi).Format("15:04:05")}
	switch {
	case e.Note != "":
		l.Words, l.Bad = name+": "+e.Note, true
	case e.In && e.Status != 200:
		l.Words, l.Bad = fmt.Sprintf("%s: trả lời hỏng (%d)", name, e.Status), true
	case e.In:
		l.Words, l.Bad = fmt.Sprintf("%s %d", name, e.Code), e.Code != 0
	case e.Status == 0:
		l.Words, l.Bad = name+": không trả lời kịp", true
	default:
		l.Words, l.Bad = fmt.Sprintf("%s %d, %d ms", name, e.Status, e.Took.Milliseconds()), e.Status != 200
	}
	if e.Retry > 0 {
		l.Words += fmt.Sprintf(", lần %d", e.Retry+1)
	}
	return l
}

// initials gives one or two letters for a round picture: of "Sở Nội vụ Quảng Nam" the last two words'.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) > 2 {
		words = words[len(words)-2:]
	}
	var out []rune
	for _, w := range words {
		out = append(out, unicode.ToUpper([]rune(w)[0]))
	}
	return string(out)
}

// line is one line of a message. Cite marks a clause that is quoted: Zalo itself shows plain text.
type line struct {
	Cite  bool
	Lead  string // "Khoản 7 Điều 7."
	Parts []part
}

type part struct{ Text, Link string }

var (
	clause = regexp.MustCompile(`^(?:Khoản \d+ )?Điều \d+[.:]`)
	linked = regexp.MustCompile(`https?://[^\s]+[^\s.,;:!?)\]]|\b0\d{2,3}[. ]?\d{3}[. ]?\d{3,4}\b`)
)

// lines cuts a message for the screen: clauses, links and phone numbers.
func lines(words string) []line {
	var list []line
	for _, l := range strings.Split(strings.TrimSpace(words), "\n") {
		out := line{Lead: clause.FindString(l)}
		out.Cite = out.Lead != ""
		list = append(list, out.with(l[len(out.Lead):]))
	}
	return list
}

func (l line) with(words string) line {
	at := 0
	for _, m := range linked.FindAllStringIndex(words, -1) {
		found := words[m[0]:m[1]]
		link := found
		if !strings.HasPrefix(found, "http") {
			link = "tel:" + strings.NewReplacer(".", "", " ", "").Replace(found)
		}
		l.Parts = append(l.Parts, part{Text: words[at:m[0]]}, part{found, link})
		at = m[1]
	}
	l.Parts = append(l.Parts, part{Text: words[at:]})
	return l
}
