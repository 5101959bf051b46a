package core

// AudienceQuery names what an audience is taken from.
type AudienceQuery struct {
	ContestID string
	RoundID   string // what Taken and Used of a line are about; "": Taken of the whole contest
	RosterSet int64  // 0: no roster
	OAID      string // whose followers; "": none
}

// AudienceLine is what planning needs to know of one person, without names and numbers.
type AudienceLine struct {
	Key       string // contestant id, focal point's name, roster key or follower id
	Status    string // of contestants
	UnitCode  string
	Unit1Code string // of contestants
	HasPhone  bool
	Phone     string // keyed digest, of the roster
	Consents  []Consent
	UserID    string   // Zalo's, of linked contestants and focal points, and of followers
	Follower  Follower // zero when the OA does not know the user
	Taken     bool     // has a valid attempt
	Used      int      // attempts of the round, void and running ones included
}
