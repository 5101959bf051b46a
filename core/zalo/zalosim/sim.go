package zalosim

import (
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Sim is one app, one OA and its people. The zero Sim works: it has ids and secrets of its own, a live grant and
// no people. Set the fields before the first call of a method; later changes go through methods.
type Sim struct {
	AppID       string // "": "360846524940903967"
	AppSecret   string // "": "bi-mat-ung-dung-mo-phong"
	OASecretKey string // "": "khoa-webhook-mo-phong"
	OAID        string // "": "388613280878808645"
	OAName      string // "": "Cuộc thi trực tuyến"

	WebhookURL string       // where events go, over HTTP
	Webhook    http.Handler // or here, in process, if WebhookURL is ""
	HTTP       *http.Client // sends the webhooks; nil: one of its own
	PublicURL  string       // where the Desk is mounted, for images that people send; "": relative

	Clock     *Clock // nil: the machine's
	Log       *slog.Logger
	Limits    Limits
	Templates map[string]Template // approved templates by id; nil: any id, any parameters

	Ungranted     bool   // nobody consented yet: no tokens, no webhooks
	RequireProof  bool   // the app's switch for appsecret_proof is on
	RequirePKCE   bool   // every consent needs a challenge
	CallbackURL   string // the callback saved in the console; "": any
	NoEchoes      bool   // the OA's own messages are not reported back
	NoReceipts    bool   // nor their arrival
	RefuseUnknown func(what string)
	Fonts         fs.FS // be-vietnam-*.woff2 for the chat page; nil: the system's font

	once sync.Once
	mu   sync.Mutex
	state
}

// Limits are Zalo's numbers; a zero takes the default in brackets.
type Limits struct {
	CallsPerMinute int           // [2000]
	FreeWindow     time.Duration // [48 h]
	Window         time.Duration // [7 days]
	PackageQuota   int           // messages after the free window, for the life of the Sim [500]
	DailyTemplates int           // templates by phone a day [500]
	AccessLife     time.Duration // [25 h]
	RefreshLife    time.Duration // [90 days]
	CodeLife       time.Duration // [10 min]
	UploadLife     time.Duration // [7 days]
	AckWithin      time.Duration // how long a webhook may take, on the machine's clock [2 s]
	InFlight       int           // webhooks under way at once [64]
}

// Template is an approved template. Params lists the parameters that must be given, no others.
type Template struct {
	Name      string
	Text      string // with "<name>" where a parameter goes
	Params    []string
	PhoneOnly bool // can't go by user id
}

type state struct {
	people        map[string]*person
	order         []string // user ids as they came
	chaos         Chaos
	rand          *rand.Rand
	faults        []Fault
	seq           int64 // message ids, journal and revisions
	rev           int64 // grows with each change
	changed       chan struct{}
	journal       []Entry
	sent          []Sent
	refused       []string
	stats         Stats
	grant         grant
	codes         map[string]code
	uploads       map[string]upload
	minute        time.Time // the rate limit's current minute
	calls         int
	packageLeft   int // messages left of the package
	templatesLeft int // templates by phone left today
	day           string
	lanes         map[string][]*event
	slots         chan struct{}
	busy          int // webhooks queued or under way, redeliveries excluded
	waiting       int // redeliveries planned
	off           bool
	odd           bool // alternates where Zalo's documentation leaves a choice
}

// begin fills in the defaults. Every exported method calls it.
func (s *Sim) begin() {
	s.once.Do(func() {
		s.AppID = or(s.AppID, "360846524940903967")
		s.AppSecret = or(s.AppSecret, "bi-mat-ung-dung-mo-phong")
		s.OASecretKey = or(s.OASecretKey, "khoa-webhook-mo-phong")
		s.OAID = or(s.OAID, "388613280878808645")
		s.OAName = or(s.OAName, "Cuộc thi trực tuyến")
		if s.Clock == nil {
			s.Clock = &Clock{}
		}
		if s.Log == nil {
			s.Log = slog.New(slog.DiscardHandler)
		}
		if s.HTTP == nil {
			s.HTTP = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
				Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 30 * time.Second}}
		}
		s.Limits.fill()
		s.people = map[string]*person{}
		s.codes = map[string]code{}
		s.uploads = map[string]upload{}
		s.lanes = map[string][]*event{}
		s.changed = make(chan struct{})
		s.slots = make(chan struct{}, s.Limits.InFlight)
		s.packageLeft = s.Limits.PackageQuota
		s.rand = rand.New(rand.NewPCG(1, 0))
		if !s.Ungranted {
			s.issue()
		}
	})
}

func (l *Limits) fill() {
	set := func(n *int, def int) {
		if *n == 0 {
			*n = def
		}
	}
	last := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	set(&l.CallsPerMinute, 2000)
	set(&l.PackageQuota, 500)
	set(&l.DailyTemplates, 500)
	set(&l.InFlight, 64)
	last(&l.FreeWindow, 48*time.Hour)
	last(&l.Window, 7*24*time.Hour)
	last(&l.AccessLife, 25*time.Hour)
	last(&l.RefreshLife, 90*24*time.Hour)
	last(&l.CodeLife, 10*time.Minute)
	last(&l.UploadLife, 7*24*time.Hour)
	last(&l.AckWithin, 2*time.Second)
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// touch tells everybody who waits that something changed. The caller holds mu.
func (s *Sim) touch() {
	s.rev++
	close(s.changed)
	s.changed = make(chan struct{})
}

// nextID makes an id in the manner of Zalo's message ids. The caller holds mu.
func (s *Sim) nextID() string {
	s.seq++
	return strconv.FormatUint(0x63ec_f43f_0000_0000+uint64(s.seq)*0x9e37_79b9, 16) + "b9e6"
}

// flip alternates where documentation leaves a choice. The caller holds mu.
func (s *Sim) flip() bool {
	s.odd = !s.odd
	return s.odd
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
