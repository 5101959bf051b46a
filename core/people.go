package core

// Sealed is a value that must be unique or shown in part, but not read: a keyed hash for equality, the
// encrypted value, and its last three digits.
type Sealed struct {
	Hash  string `json:"hash,omitempty"`  // hex of a keyed digest, the same for the same value within a contest
	Value string `json:"value,omitempty"` // base64 of the encrypted value
	Last  string `json:"last,omitempty"`  // last three characters
}

// IsZero reports whether nothing is sealed.
func (s Sealed) IsZero() bool { return s.Hash == "" }

// Consent is one agreement: which text, which version of it, when. Kind is "data" or "zalo".
type Consent struct {
	Kind        string  `json:"kind"`
	TextVersion string  `json:"text_version"` // digest of the text that was shown
	At          Instant `json:"at"`
	WithdrawnAt Instant `json:"withdrawn_at,omitempty"`
}

// States of a contestant.
const (
	Active    = "active"
	Withdrawn = "withdrawn" // took consent back: signs in to own data only, may not start attempts
	Locked    = "locked"    // by an organizer
	Erased    = "erased"    // personal data removed on request; attempts stay as numbers
)

// Contestant is a registered person (thí sinh). One per phone, one per national id, one per roster person in
// a contest: the stores hold unique indexes on (contest_id, phone.hash), (contest_id, national_id.hash) and
// (contest_id, roster_key), each where the value is set.
type Contestant struct {
	ID           string    `json:"id"`
	ContestID    string    `json:"contest_id"`
	Status       string    `json:"status"`
	FullName     string    `json:"full_name"`
	NameFolded   string    `json:"name_folded"`          // Fold(FullName), for search
	BirthDate    string    `json:"birth_date,omitempty"` // 1990-12-31
	Gender       string    `json:"gender,omitempty"`
	NationalID   Sealed    `json:"national_id"`
	StaffCode    string    `json:"staff_code,omitempty"`
	Phone        Sealed    `json:"phone"`
	Email        string    `json:"email,omitempty"`
	UnitCode     string    `json:"unit_code"`            // the deepest unit chosen, or OtherUnit
	Unit1Code    string    `json:"unit1_code"`           // its level-1 unit, or OtherUnit
	UnitOther    string    `json:"unit_other,omitempty"` // what was typed when the unit was not listed
	RosterKey    string    `json:"roster_key,omitempty"`
	PasswordHash string    `json:"password_hash,omitempty"`
	Consents     []Consent `json:"consents"`
	ExtraSeconds int       `json:"extra_seconds,omitempty"` // granted to every attempt
	ZaloUserID   string    `json:"zalo_user_id,omitempty"`
	Sample       bool      `json:"sample,omitempty"`
	CreatedAt    Instant   `json:"created_at"`
	UpdatedAt    Instant   `json:"updated_at"`
	Revision     int64     `json:"revision"` // grows by one with each change; writes are guarded by it
}

// RosterPerson is a line of the staff list (danh sách cán bộ).
type RosterPerson struct {
	ContestID  string `json:"contest_id"`
	Set        int64  `json:"set"`
	Key        string `json:"key"` // stable across imports: from staff code, national id, or unit+name+birth date
	UnitCode   string `json:"unit_code"`
	FullName   string `json:"full_name"`
	NameFolded string `json:"name_folded"`
	BirthDate  string `json:"birth_date,omitempty"`
	NationalID Sealed `json:"national_id"`
	StaffCode  string `json:"staff_code,omitempty"`
	Phone      Sealed `json:"phone"`
}

// Role of an organizer or focal point.
type Role string

const (
	Owner      Role = "owner"    // everything, and organizers' accounts
	Editor     Role = "editor"   // content, people, sending
	Reviewer   Role = "reviewer" // requests, suspicious attempts, results
	Viewer     Role = "viewer"   // reads
	FocalPoint Role = "focal"    // one unit's figures and people
)

// Organizer is an account of the console (Ban Tổ chức, Tổ Thư ký) or of a unit's focal point.
type Organizer struct {
	Name         string  `json:"name"` // sign-in name, lower case, unique
	FullName     string  `json:"full_name,omitempty"`
	Role         Role    `json:"role"`
	ContestID    string  `json:"contest_id,omitempty"` // focal points: their contest
	UnitCode     string  `json:"unit_code,omitempty"`  // focal points: their unit
	PasswordHash string  `json:"password_hash,omitempty"`
	MustChange   bool    `json:"must_change,omitempty"`  // somebody else chose the password: only changing it is allowed
	TestPerson   string  `json:"test_person,omitempty"`  // contestant id: who gets this organizer's test messages
	ZaloUserID   string  `json:"zalo_user_id,omitempty"` // focal points: where their unit's reminders go; one account of a contest for each
	ZaloAt       Instant `json:"zalo_at,omitempty"`      // when they asked for them
	Disabled     bool    `json:"disabled,omitempty"`
	CreatedAt    Instant `json:"created_at"`
	Revision     int64   `json:"revision"`
}

// Kinds of token.
const (
	TokenSession = "session" // a sign-in; Subject is "contestant:ID" or "organizer:NAME"
	TokenDraft   = "draft"   // a registration being filled in; Data holds it
	TokenCode    = "code"    // a one-time code; Secret holds its hash
	TokenLink    = "link"    // a one-time link: activation, sign-in from chat, linking with Zalo
)

// Token is something that expires: a session, a registration draft, a one-time code, a one-time link. ID is
// never the value a person holds but a hash of it.
type Token struct {
	ID        string  `json:"id"`
	Kind      string  `json:"kind"`
	ContestID string  `json:"contest_id,omitempty"`
	Subject   string  `json:"subject,omitempty"` // whom it belongs to; all tokens of a subject can be removed at once
	Purpose   string  `json:"purpose,omitempty"`
	Secret    string  `json:"secret,omitempty"`
	Data      string  `json:"data,omitempty"` // JSON of the owner's making
	Zalo      string  `json:"zalo,omitempty"` // of a code sent to the OA: the Zalo user who did
	Tries     int     `json:"tries"`
	CreatedAt Instant `json:"created_at"`
	ExpiresAt Instant `json:"expires_at"`
	UsedAt    Instant `json:"used_at,omitempty"`
	Revision  int64   `json:"revision"`
}

// States of a request.
const (
	RequestOpen     = "open"
	RequestAccepted = "accepted"
	RequestRefused  = "refused"
)

// Request is something a contestant asks an organizer to decide: a correction after the first attempt, a lost
// phone, an erasure. Changes holds the new values by field name; identity numbers and phones in it are sealed
// by the account service before they get here. An open one with DecidedAt is accepted and being carried out.
type Request struct {
	ID           string            `json:"id"`
	ContestID    string            `json:"contest_id"`
	ContestantID string            `json:"contestant_id,omitempty"`
	UnitCode     string            `json:"unit_code,omitempty"`
	Kind         string            `json:"kind"` // correction, lost_phone, erase
	Changes      map[string]string `json:"changes,omitempty"`
	Note         string            `json:"note,omitempty"`
	Status       string            `json:"status"`
	DecidedBy    string            `json:"decided_by,omitempty"`
	DecidedAt    Instant           `json:"decided_at,omitempty"`
	Reason       string            `json:"reason,omitempty"`
	CreatedAt    Instant           `json:"created_at"`
	Revision     int64             `json:"revision"`
}
