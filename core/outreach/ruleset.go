package outreach

import (
	"cmp"
	"context"
	"slices"
	"time"

	"duthi/core"
)

// ruleID names the rule of a kind that every contest has from the beginning.
func ruleID(contestID, kind string) string { return contestID + "." + kind }

// DefaultRules are the rules a contest begins with, all of them off: when each is sent and what it says, for an
// organizer to read, change and switch on. Each names the closing moment, which is right whenever it is read.
func DefaultRules(contestID string) []core.ReminderRule {
	rule := func(kind string, days int, at, text string) core.ReminderRule {
		return core.ReminderRule{ID: ruleID(contestID, kind), ContestID: contestID, Kind: kind, Days: days, At: at, Audience: core.Audience{Who: core.AudienceAll},
			Content: core.Content{Text: text, ButtonTitle: "Vào thi", ButtonURL: "{lien_ket}"}}
	}
	below := rule(core.RemindUnitBelow, 4, "08:00", "Chào anh/chị {ho_ten}. {don_vi_cap_1} mới đạt {ti_le} người dự thi, mục tiêu {muc_tieu}. {dot} đóng lúc {dong_luc}.")
	below.Focal = focalContent()
	return []core.ReminderRule{
		rule(core.RemindBeforeOpen, 1, "08:00", "Chào anh/chị {ho_ten}. {dot} của {cuoc_thi} mở lúc {mo_luc} và đóng lúc {dong_luc}."),
		rule(core.RemindOpened, 0, "08:00", "Chào anh/chị {ho_ten}. {dot} của {cuoc_thi} đã mở, đóng lúc {dong_luc}. Anh/chị còn {con_luot} lượt thi."),
		rule(core.RemindNotTaken, 5, "08:00", "Chào anh/chị {ho_ten}, anh/chị chưa dự thi {dot} của {cuoc_thi}. Đợt này đóng lúc {dong_luc}."),
		below,
		rule(core.RemindDaysLeft, 3, "08:00", "Chào anh/chị {ho_ten}. {dot} của {cuoc_thi} đóng lúc {dong_luc}."),
		rule(core.RemindUnused, 2, "08:00", "Chào anh/chị {ho_ten}, anh/chị còn {con_luot} lượt thi trong {dot}. Đợt này đóng lúc {dong_luc}."),
		rule(core.RemindLastDay, 0, "08:00", "Chào anh/chị {ho_ten}, hôm nay là ngày cuối của {dot}. Đợt này đóng lúc {dong_luc}."),
		rule(core.RemindResults, 0, "", "Chào anh/chị {ho_ten}. Kết quả của {cuoc_thi} đã công bố. Anh/chị xem kết quả của mình tại liên kết bên dưới."),
		rule(core.RemindCertificates, 0, "", "Chào anh/chị {ho_ten}. Giấy chứng nhận của {cuoc_thi} đã sẵn sàng. Anh/chị xem và tải tại liên kết bên dưới."),
	}
}

// focalContent is what the focal point of a unit below the target gets: the unit's own figures, and the way to its page.
func focalContent() *core.Content {
	return FocalContent("Chào anh/chị đầu mối {don_vi}. Đơn vị có {da_thi} / {tong_so} người đã dự thi ({ti_le}), còn thiếu {con_thieu} người để đạt mục tiêu {muc_tieu}. {dot} đóng lúc {dong_luc}.")
}

// FocalContent is a text for focal points with the button that leads to the unit's page.
func FocalContent(text string) *core.Content {
	return &core.Content{Text: text, ButtonTitle: "Xem trang đơn vị", ButtonURL: "{lien_ket}"}
}

// Rules gives the rules of a contest: those stored, and the beginning ones that nobody has touched, in the order in
// which a round meets them.
func (s *Service) Rules(ctx context.Context, contestID string) ([]core.ReminderRule, error) {
	rules, err := s.cfg.Broadcasts.Rules(ctx, contestID)
	if err != nil {
		return nil, err
	}
	for _, d := range DefaultRules(contestID) {
		if !slices.ContainsFunc(rules, func(r core.ReminderRule) bool { return r.ID == d.ID }) {
			rules = append(rules, d)
		}
	}
	order := DefaultRules(contestID)
	place := func(r core.ReminderRule) int {
		return slices.IndexFunc(order, func(d core.ReminderRule) bool { return d.Kind == r.Kind })
	}
	slices.SortStableFunc(rules, func(a, b core.ReminderRule) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(b.Days, a.Days), cmp.Compare(a.ID, b.ID))
	})
	return rules, nil
}

// Rule gives one of Rules; NotFound when there is none.
func (s *Service) Rule(ctx context.Context, contestID, id string) (core.ReminderRule, error) {
	rules, err := s.Rules(ctx, contestID)
	if err != nil {
		return core.ReminderRule{}, err
	}
	for _, r := range rules {
		if r.ID == id {
			return r, nil
		}
	}
	return core.ReminderRule{}, core.Errorf(core.NotFound, "Không có quy tắc nhắc này.")
}

// SaveRule stores a rule after CheckRule: a new one gets an id when it has none. r.Revision is what the organizer
// saw; Conflict when somebody changed the rule since. What a rule made before keeps its text and its moment.
func (s *Service) SaveRule(ctx context.Context, by string, c core.Contest, r core.ReminderRule, reason string) (core.ReminderRule, error) {
	if r.On && r.Kind == core.RemindCertificates {
		return r, core.Errorf(core.Invalid, "Bản này chưa phát hành giấy chứng nhận, nên quy tắc này chưa bật được.")
	}
	r.Content, r.Focal = cleanContent(r.Content), cleanFocal(r.Focal)
	if err := CheckRule(c, r); err != nil {
		return r, err
	}
	now := s.now()
	if r.ID == "" {
		r.ID = core.NewID(now)
	}
	r.ContestID, r.By, r.UpdatedAt = c.ID, by, now
	r.Revision++
	e := core.AuditEntry{ContestID: c.ID, Actor: by, Action: "rule.save", Subject: "rule:" + r.ID, Reason: reason}
	if s.cfg.Audit != nil {
		if err := s.cfg.Audit(ctx, e); err != nil {
			return r, err
		}
	}
	store := s.cfg.Broadcasts.UpdateRule
	if r.Revision == 1 {
		store = s.cfg.Broadcasts.InsertRule
	}
	err := store(ctx, r)
	if core.Is(err, core.Conflict) {
		return r, core.Errorf(core.Conflict, "Quy tắc này vừa được người khác sửa. Anh/chị tải lại trang rồi sửa tiếp.")
	}
	return r, err
}

// Ahead is one line of the calendar of what will be sent.
type Ahead struct {
	At          core.Instant // when sending begins, quiet hours considered
	BroadcastID string       // "" when a rule will make it at that moment
	State       string       // of the broadcast, "" when it is not there yet
	Title       string       // of the broadcast
	RuleID      string
	Kind        string // of the rule
	RoundID     string
	Days        int // of the rule
}

// Calendar gives what will be sent, or was, in [from, to): the broadcasts there are and what the rules that are on
// will make, by their moment.
func (s *Service) Calendar(ctx context.Context, c core.Contest, from, to core.Instant, loc *time.Location) ([]Ahead, error) {
	rules, err := s.Rules(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	all, err := s.cfg.Broadcasts.Broadcasts(ctx, c.ID, calendarMost)
	if err != nil {
		return nil, err
	}
	var out []Ahead
	made := map[string]bool{}
	for _, b := range all {
		made[b.ID] = true
		at := b.StartAt // none: a draft or a plan that begins when somebody says so
		if at.IsZero() || at < from || at >= to || b.State == core.BroadcastCancelled {
			continue
		}
		i := slices.IndexFunc(rules, func(r core.ReminderRule) bool { return r.ID == b.RuleID })
		a := Ahead{At: s.open(at, loc), BroadcastID: b.ID, State: b.State, Title: b.Title, RuleID: b.RuleID, RoundID: b.RoundID}
		if i >= 0 {
			a.Kind, a.Days = rules[i].Kind, rules[i].Days
		}
		out = append(out, a)
	}
	for _, r := range rules {
		for _, o := range Occurrences(c, r, max(from, s.now()), to, loc) {
			if at := s.open(o.At, loc); !made[o.ID] && at < o.StopAt {
				out = append(out, Ahead{At: at, RuleID: r.ID, Kind: r.Kind, RoundID: o.RoundID, Days: r.Days})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Ahead) int { return cmp.Compare(a.At, b.At) })
	return out, nil
}

// calendarMost bounds the broadcasts a calendar looks at.
const calendarMost = 1000

// open gives the first moment from at on that is not quiet, or at when there is none.
func (s *Service) open(at core.Instant, loc *time.Location) core.Instant {
	return cmp.Or(s.cfg.Quiet.Next(at, loc), at)
}

// QuietHours gives the hours and days in which nothing is sent.
func (s *Service) QuietHours() Quiet { return s.cfg.Quiet }

// Rate is how many messages leave in a minute, all processes together; 0 when nothing limits them.
func (s *Service) Rate() int {
	if s.cfg.Pace == nil {
		return 0
	}
	return s.cfg.Pace.perMinute()
}

// PricesOn gives Zalo's rules in force at a moment.
func (s *Service) PricesOn(at core.Instant, loc *time.Location) Prices {
	return PricesAt(s.cfg.Prices, at.Time(loc))
}

// Budget is the most a month's broadcasts of a contest may cost, in đồng; 0 without a bound.
func (s *Service) Budget() int64 { return s.cfg.Budget }

// Daily is how many reminders a person gets in a day; negative when there is no cap.
func (s *Service) Daily() int { return s.cfg.Daily }
