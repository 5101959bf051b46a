package account

import (
	"context"
	"math"
	"net/netip"
	"strconv"
	"time"

	"duthi/core"
	"duthi/core/cache"
)

// limit is a token bucket: count within window, coming back evenly.
type limit struct {
	name   string
	count  int
	window time.Duration
}

// Every limit by address must let a whole office, or a province's network behind one address, through at the
// bell; what keeps guessers out is counted by account and by failures.
var (
	// 500 people of an office register in one training session; 1,200 in 10 minutes leaves room for retries.
	draftsByAddress = limit{"draft", 1200, 10 * time.Minute}
	// The queue of passwords bounds the cost, and failuresByAddress whoever guesses; this only keeps one address from
	// filling the queue alone. 1,000 people of a province's network come behind one address in the minute a round
	// opens: with 600 the last of them waited a minute and a half, asking every second.
	signInsByAddress = limit{"signin-addr", 2400, time.Minute}
	// Of 1,000 people behind one address a third may mistype within ten minutes. For a guesser who tries one
	// password on many phones it is 43,000 a day, none of them a common password.
	failuresByAddress = limit{"signin-fail", 300, 10 * time.Minute}
	// Each saved password page costs a hash; nobody changes their mind 20 times.
	passwordsByDraft = limit{"draft-pass", 20, time.Hour}
	// Failures on one account from anywhere; the person's own address is slowed down by slowAccount before.
	failuresByAccount = limit{"signin-account", 60, time.Hour}
	// A message costs money and wakes somebody up: three in a row, then one every 5 minutes.
	codesByPhone = limit{"code-phone", 3, 15 * time.Minute}
	// Nobody needs more than ten codes a day; it bounds what a stranger can do to a phone.
	codesByPhoneDay = limit{"code-day", 10, 24 * time.Hour}
	// An office registering together asks for hundreds of codes.
	codesByAddress = limit{"code-addr", 600, 10 * time.Minute}
	// A lost phone is rare; guessing whose data are right must be slow.
	lostByAddress = limit{"lost", 20, time.Hour}
	// Wrong codes for one phone over all its codes: five tries a code, so that a million can't be searched.
	triesByPhone = limit{"code-tries", 30, 24 * time.Hour}
	// Wrong codes from one address over all phones: five tries on each of thousands of phones are as good as
	// thousands on one. An office of 1,000 that registers together mistypes fewer; for a guesser it is 0.02 phones
	// a day.
	wrongCodesByAddress = limit{"code-fail", 150, 10 * time.Minute}
)

// slowAccount applies to one account from one address: five attempts at will, then a wait that doubles from 5 s
// to 5 minutes; about 10 in the first quarter of an hour. Others on the account's other addresses don't notice,
// so that nobody can lock somebody else out.
var slowAccount = cache.Backoff{Free: 5, First: 5 * time.Second, Longest: 5 * time.Minute, Window: 15 * time.Minute}

// crowd takes a token of a limit that only spreads many people of one address over time, or says when there will be
// one: nobody did anything too often, so it is an answer of a busy server (Unavailable) and the page tries again.
func (s *Service) crowd(ctx context.Context, l limit, addr string) error {
	if ok, wait := s.cfg.Cache.Allow(ctx, cache.LimitKey(l.name, network(addr)), l.count, l.window); !ok {
		return busy(max(int(math.Ceil(wait.Seconds())), 1))
	}
	return nil
}

func busy(seconds int) *core.Error {
	e := core.Errorf(core.Unavailable, "Đang đông, thử lại sau %d giây.", seconds)
	e.RetryAfter = seconds
	return e
}

// allow takes a token, or says when there will be one.
func (s *Service) allow(ctx context.Context, l limit, whom string) error {
	if ok, wait := s.cfg.Cache.Allow(ctx, cache.LimitKey(l.name, whom), l.count, l.window); !ok {
		return tooMany(wait)
	}
	return nil
}

// peek says whether there is a token, without taking it.
func (s *Service) peek(ctx context.Context, l limit, whom string) error {
	if ok, wait := s.cfg.Cache.Peek(ctx, cache.LimitKey(l.name, whom), l.count, l.window); !ok {
		return tooMany(wait)
	}
	return nil
}

func tooMany(wait time.Duration) error {
	seconds := max(int(math.Ceil(wait.Seconds())), 1)
	e := core.Errorf(core.Limited, "Đã thử nhiều lần. Xin đợi %s rồi thử lại.", waitWords(seconds))
	e.RetryAfter = seconds
	return e
}

func waitWords(seconds int) string {
	if seconds < 60 {
		return strconv.Itoa(seconds) + " giây"
	}
	return strconv.Itoa((seconds+59)/60) + " phút"
}

// network gives what addresses are counted by: an IPv4 address, or the /64 an IPv6 address is in, since one
// subscriber holds a whole one. Whatever can't be read counts as one address.
func network(addr string) string {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return "unknown"
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return "unknown"
	}
	return p.String()
}
