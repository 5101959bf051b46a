package zalosim

import (
	"math/rand/v2"
	"time"
)

// Chaos makes trouble at random, the same for the same Seed and order of calls. Chances are from 0 to 1, of each
// event or call; the zero Chaos is none.
type Chaos struct {
	Seed       uint64        `json:"seed"`
	Duplicate  float64       `json:"duplicate"`    // an event is delivered twice, at the same time
	Reorder    float64       `json:"reorder"`      // an event arrives after later ones
	Slow       float64       `json:"slow"`         // an answer of the API takes SlowFor
	SlowFor    time.Duration `json:"slow_for"`     // 0: 3 s
	ErrorPage  float64       `json:"error_page"`   // an HTML page instead of an answer, before or after the work was done
	LoseAnswer float64       `json:"lose_answer"`  // the connection breaks after the work was done
	RateLimit  float64       `json:"rate_limit"`   // -32
	EchoFirst  float64       `json:"echo_first"`   // the echo event comes before the answer of the send
	ExpireNow  float64       `json:"expire_token"` // the access token dies before the call
	LoseToken  float64       `json:"lose_token"`   // a refresh works but its answer is lost
}

// SetChaos starts, changes or (with the zero Chaos) ends random trouble.
func (s *Sim) SetChaos(c Chaos) {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.SlowFor == 0 {
		c.SlowFor = 3 * time.Second
	}
	s.chaos, s.rand = c, rand.New(rand.NewPCG(c.Seed, 0))
	s.touch()
}

// Lose says when a connection breaks.
type Lose string

const (
	LoseBefore Lose = "before" // Zalo never saw the request
	LoseAfter  Lose = "after"  // the work was done, the answer is lost
)

// Fault is trouble on demand: the next Times calls whose path is Path get it, before chance is asked.
type Fault struct {
	Path  string        `json:"path"`  // "/v4/oa/access_token"; "": any
	Times int           `json:"times"` // 0: once
	Code  int           `json:"code"`  // refuse with this code
	Words string        `json:"words"` // message that goes with Code
	Page  int           `json:"page"`  // answer with an HTML page and this status; nothing was done
	Lose  Lose          `json:"lose"`
	Delay time.Duration `json:"delay"` // answer this much later, on the Sim's clock
	Hold  chan struct{} `json:"-"`     // answer when this is closed
}

// Inject adds a Fault.
func (s *Sim) Inject(f Fault) {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	s.faults = append(s.faults, f)
	s.touch()
}

// roll decides on the trouble of one call. The caller holds mu.
func (s *Sim) roll(path string) Fault {
	for i := range s.faults {
		f := &s.faults[i]
		if f.Times > 0 && (f.Path == "" || f.Path == path) {
			f.Times--
			return *f
		}
	}
	var f Fault
	if s.chance(s.chaos.Slow) {
		f.Delay = s.chaos.SlowFor
	}
	token := path == tokenPath
	switch {
	case s.chance(s.chaos.ErrorPage) && !token:
		f.Page = 502
		if s.chance(0.5) {
			f.Lose = LoseAfter // the work is done, then the page
		}
	case s.chance(s.chaos.LoseAnswer) && !token, token && s.chance(s.chaos.LoseToken):
		f.Lose = LoseAfter
	case s.chance(s.chaos.RateLimit) && !token:
		f.Code, f.Words = -32, "Your application reached limit call api"
	}
	return f
}

// chance is true with that probability. It draws only if there is one, so that a chance that is off does not
// shift the others. The caller holds mu.
func (s *Sim) chance(p float64) bool { return p > 0 && s.rand.Float64() < p }
