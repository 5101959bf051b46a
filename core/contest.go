package core

import (
	"time"
)

// Contest is one contest as its file describes it. The JSON names are the file's YAML keys; the file's schema
// is described in docs/contest-file.md. Moments written in the file's zone are kept as Instants.
type Contest struct {
	SchemaVersion int      `json:"schema_version"`
	ID            string   `json:"id"`
	Lang          string   `json:"lang"`
	Title         string   `json:"title"`
	ShortTitle    string   `json:"short_title"`
	Topic         string   `json:"topic,omitempty"`
	Theme         *Theme   `json:"theme,omitempty"`
	Organizer     Host     `json:"organizer"`
	Timezone      string   `json:"timezone"`
	Period        Period   `json:"period"`
	TargetPercent int      `json:"participation_target_percent"`
	Audience      []string `json:"audience,omitempty"`
	URLs          URLs     `json:"urls"`
	Contacts      Contacts `json:"contacts"`

	Rounds         []Round      `json:"rounds"`
	Quiz           Quiz         `json:"quiz"`
	Registration   Registration `json:"registration"`
	Prizes         *Prizes      `json:"prizes,omitempty"`
	Exclusions     []string     `json:"exclusions,omitempty"`
	Complaints     *Complaints  `json:"complaints,omitempty"`
	DataProtection *Protection  `json:"data_protection,omitempty"`
	Topics         []Topic      `json:"topics,omitempty"`
	Materials      []Document   `json:"materials,omitempty"`
	Notices        []Document   `json:"notices,omitempty"`
	Documents      []Document   `json:"documents,omitempty"`
	Rules          []Article    `json:"rules"`
}

// Theme overrides the look. Primary is "#rrggbb"; its contrast is checked at import. Logo is a data: URL of a
// PNG or SVG, or a path below the contest file.
type Theme struct {
	Primary string `json:"primary,omitempty"`
	Logo    string `json:"logo,omitempty"`
}

// Host is the public body that holds the contest (the file's key is organizer).
type Host struct {
	Authority    string `json:"authority"`
	StandingBody string `json:"standing_body,omitempty"`
	ContactUnit  string `json:"contact_unit,omitempty"`
	Plan         *Plan  `json:"plan,omitempty"`
}

// Plan is the document that orders the contest. Date is "2023-07-06".
type Plan struct {
	Number string `json:"number"`
	Date   string `json:"date"`
}

// Period is a span of time; End is exclusive: a file's 23:59:59 is read as the next second.
type Period struct {
	Start Instant `json:"start"`
	End   Instant `json:"end"`
}

// Contains reports whether now lies in the period.
func (p Period) Contains(now Instant) bool { return now >= p.Start && now < p.End }

// URLs are addresses shown as text; links and codes use the setting public-url.
type URLs struct {
	Contest   string   `json:"contest,omitempty"`
	Organizer string   `json:"organizer,omitempty"`
	Aliases   []string `json:"aliases,omitempty"`
}

// Contacts says where help is found. ZaloOAID is the OA's number; without it no OA code is drawn.
type Contacts struct {
	Hotline      string `json:"hotline"`
	HotlineOwner string `json:"hotline_owner,omitempty"`
	HotlineHours string `json:"hotline_hours,omitempty"`
	ZaloOA       string `json:"zalo_oa,omitempty"`
	ZaloOAID     string `json:"zalo_oa_id,omitempty"`
}

// Round is a dated part of a contest with a ranking of its own. End is exclusive.
type Round struct {
	ID    string  `json:"id"`
	Name  string  `json:"name"`
	Start Instant `json:"start"`
	End   Instant `json:"end"`
}

// Open reports whether attempts may start at now.
func (r Round) Open(now Instant) bool { return now >= r.Start && now < r.End }

// Quiz says how a paper is drawn, answered and ranked.
type Quiz struct {
	Questions        int             `json:"questions_per_attempt"`
	DurationMinutes  int             `json:"duration_minutes"`
	AttemptsPerRound int             `json:"attempts_per_round"`
	Counted          string          `json:"counted_attempt"` // best
	PointsPerAnswer  int             `json:"points_per_question"`
	MaxPoints        int             `json:"max_points"`
	NegativeMarking  bool            `json:"negative_marking"` // only false is supported
	ShuffleQuestions bool            `json:"shuffle_questions"`
	ShuffleOptions   bool            `json:"shuffle_options"`
	Autosave         bool            `json:"autosave"`       // only true is supported
	RevealAnswers    string          `json:"reveal_answers"` // after_round or never
	Quotas           []Quota         `json:"quotas,omitempty"`
	Practice         *PracticePool   `json:"practice,omitempty"`
	Prediction       PredictionRule  `json:"prediction"`
	Ranking          []RankCriterion `json:"ranking"`
	CertificateMin   int             `json:"certificate_min_points,omitempty"`
}

// Duration is the time a contestant has from Start, before extra time.
func (q Quiz) Duration() time.Duration { return time.Duration(q.DurationMinutes) * time.Minute }

// Quota asks for Count questions of a topic and level; an empty topic or level 0 stands for any.
type Quota struct {
	Topic string `json:"topic,omitempty"`
	Level int    `json:"level,omitempty"`
	Count int    `json:"count"`
}

// PracticePool names the questions kept for practice, by topic or by id, and the length of a practice paper.
type PracticePool struct {
	Topics    []string `json:"topics,omitempty"`
	IDs       []string `json:"ids,omitempty"`
	Questions int      `json:"questions,omitempty"`
}

// PredictionRule is the guess that breaks ties. Counts is distinct_people_all_correct_in_round,
// distinct_people_in_round or attempts_in_round.
type PredictionRule struct {
	Enabled  bool   `json:"enabled"`
	Question string `json:"question,omitempty"`
	Counts   string `json:"counts,omitempty"`
	Min      int64  `json:"min,omitempty"`
	Max      int64  `json:"max,omitempty"`
	Scored   bool   `json:"scored"` // only false is supported
}

// RankCriterion names one step of the ranking order.
type RankCriterion string

const (
	ByCorrect    RankCriterion = "correct_answers_desc"
	ByPoints     RankCriterion = "points_desc"
	ByPrediction RankCriterion = "prediction_distance_asc"
	ByDuration   RankCriterion = "duration_seconds_asc"
	BySubmitted  RankCriterion = "submitted_at_asc"
	ByLot        RankCriterion = "draw_by_lot"
)

// Registration says what a contestant is asked for. Field names: ho_ten, ngay_sinh, so_dinh_danh,
// so_dien_thoai, don_vi_cap_1, don_vi_cap_2, email, gioi_tinh, ma_can_bo.
type Registration struct {
	Required  []string `json:"required"`
	Optional  []string `json:"optional,omitempty"`
	Unique    []string `json:"unique,omitempty"`
	OTP       bool     `json:"otp"`
	UnitOther bool     `json:"unit_other,omitempty"`
}

// Asks reports whether field is asked for, and whether it must be given.
func (r Registration) Asks(field string) (asked, required bool) {
	for _, f := range r.Required {
		if f == field {
			return true, true
		}
	}
	for _, f := range r.Optional {
		if f == field {
			return true, false
		}
	}
	return false, false
}

// Prizes describes what can be won. Amounts are in dong.
type Prizes struct {
	IndividualPerRound      []Prize          `json:"individual_per_round,omitempty"`
	MaxPerPersonPerRound    int              `json:"max_prizes_per_person_per_round,omitempty"`
	FirstPrizeExcludedLater bool             `json:"first_prize_winner_excluded_later,omitempty"`
	CollectivePerGroup      *CollectivePrize `json:"collective_per_group,omitempty"`
}

// Prize is one kind of prize and how many of it there are.
type Prize struct {
	Name   string `json:"name"`
	Count  int    `json:"count"`
	Amount int64  `json:"amount"`
}

// CollectivePrize is given to units, block by block.
type CollectivePrize struct {
	Groups           []Block     `json:"groups"`
	Items            []Prize     `json:"items,omitempty"`
	MinParticipation int         `json:"min_participation_percent,omitempty"`
	Score            *UnitWeight `json:"score,omitempty"`
}

// UnitWeight weighs participation against average points; the two add up to 100.
type UnitWeight struct {
	Participation int `json:"participation_weight"`
	AveragePoints int `json:"average_points_weight"`
}

// Block is a group of units compared with each other (khối); Kinds are the unit kinds in it.
type Block struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Kinds []string `json:"kinds,omitempty"`
}

// Complaints holds periods in working days.
type Complaints struct {
	PublishWithin int `json:"publish_results_within_working_days,omitempty"`
	Window        int `json:"complaint_window_working_days,omitempty"`
	ResolveWithin int `json:"resolve_within_working_days,omitempty"`
}

// Protection says how personal data are treated.
type Protection struct {
	LegalBasis      string   `json:"legal_basis,omitempty"`
	Consent         string   `json:"consent,omitempty"`
	RetentionMonths int      `json:"retention_months_after_summary,omitempty"`
	PublicFields    []string `json:"public_fields,omitempty"`
	RequestChannel  string   `json:"request_channel,omitempty"`
}

// Topic is a subject of the question bank.
type Topic struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Document is a material, a notice or a paper of the contest; one of URL and Text is set. File is
// read only to be refused with words: nothing serves attached files.
type Document struct {
	Title string `json:"title"`
	Date  string `json:"date,omitempty"`
	URL   string `json:"url,omitempty"`
	File  string `json:"file,omitempty"`
	Text  string `json:"text,omitempty"`
}

// Article is one Điều of the rules.
type Article struct {
	ID      string   `json:"id"`
	Number  int      `json:"number"`
	Title   string   `json:"title"`
	Clauses []Clause `json:"clauses"`
}

// Clause is the smallest part that can be cited; its id is dieu-A.K.
type Clause struct {
	ID     string   `json:"id"`
	Text   string   `json:"text"`
	Topics []string `json:"topics,omitempty"`
}

// Location gives the contest's time zone.
func (c *Contest) Location() *time.Location { return Location(c.Timezone) }

// Location gives the zone of a name, UTC+7 when it is unknown (import refuses unknown names).
func Location(name string) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil && name != "" {
		return loc
	}
	return time.FixedZone("GMT+7", 7*3600)
}

// Round gives the round with id.
func (c *Contest) Round(id string) (Round, bool) {
	for _, r := range c.Rounds {
		if r.ID == id {
			return r, true
		}
	}
	return Round{}, false
}

// Blocks gives the blocks units are compared in; nil when the contest names none.
func (c *Contest) Blocks() []Block {
	if c.Prizes == nil || c.Prizes.CollectivePerGroup == nil {
		return nil
	}
	return c.Prizes.CollectivePerGroup.Groups
}
