package core

// ContestRecord is a stored contest: the file's content, which imports of its questions, units and roster
// are current, and whether it is the one at "/".
type ContestRecord struct {
	ID           string       `json:"id"`
	Contest      Contest      `json:"contest"`
	QuestionSet  int64        `json:"question_set"` // 0: none imported
	UnitSet      int64        `json:"unit_set"`
	RosterSet    int64        `json:"roster_set"`
	Attachments  []Attachment `json:"attachments,omitempty"` // the files its documents name
	ActivatedAt  Instant      `json:"activated_at"`          // the contest activated last is the active one
	Sample       bool         `json:"sample,omitempty"`
	CreatedAt    Instant      `json:"created_at,omitempty"` // tells it from one of the same id that was removed
	ImportedAt   Instant      `json:"imported_at"`
	AnonymisedAt Instant      `json:"anonymised_at,omitempty"` // personal data were removed: see Contest.KeepUntil
	Revision     int64        `json:"revision"`
}

// ContestHead is what is needed to notice a change.
type ContestHead struct {
	ID          string  `json:"id"`
	ActivatedAt Instant `json:"activated_at"`
	Revision    int64   `json:"revision"`
}

// Link is a short stable address printed in a QR code. Kind is contest, unit, place or oa; Ref is the unit's
// code or the place's name.
type Link struct {
	Code      string  `json:"code"` // the last part of /q/CODE, lower-case letters and digits
	ContestID string  `json:"contest_id"`
	Kind      string  `json:"kind"`
	Ref       string  `json:"ref,omitempty"`
	Scans     int64   `json:"scans"`
	LastScan  Instant `json:"last_scan,omitempty"`
	CreatedAt Instant `json:"created_at"`
}

// AuditEntry is one line of the hash-chained log. Hash covers every other field and PrevHash.
type AuditEntry struct {
	Seq       int64   `json:"seq"` // 1, 2, 3 ... without gaps
	At        Instant `json:"at"`
	ContestID string  `json:"contest_id,omitempty"`
	Actor     string  `json:"actor"`  // organizer:NAME, contestant:ID, system, command
	Action    string  `json:"action"` // e.g. import.questions
	Subject   string  `json:"subject,omitempty"`
	Reason    string  `json:"reason,omitempty"`
	Data      string  `json:"data,omitempty"` // JSON
	PrevHash  string  `json:"prev_hash"`
	Hash      string  `json:"hash"`
}

// Claim says who does a piece of work once: a cron tick, a snapshot, a token refresh.
type Claim struct {
	Key        string  `json:"key"`
	Holder     string  `json:"holder"`
	LeaseUntil Instant `json:"lease_until"`
	DoneAt     Instant `json:"done_at,omitempty"`
}
