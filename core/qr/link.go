package qr

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"duthi/core"
)

// Kinds of link.
const (
	ToContest = "contest" // the contest's page
	ToUnit    = "unit"    // the contest's page with the unit chosen already; Ref is its code
	ToPlace   = "place"   // the contest's page, counted for a named place (a poster, a lobby); Ref is the name
	ToOA      = "oa"      // the organizer's Zalo OA
)

// codeLength is the length of a link's code: 32^7 = 3.4e10 values, short enough to type from a poster.
const codeLength = 7

// Links makes short addresses, resolves them and counts scans.
type Links struct {
	store     Store
	publicURL string
	clock     core.Clock
	log       *slog.Logger

	mu      sync.Mutex
	pending map[string]int64 // scans not yet in the store, by code
}

// NewLinks makes Links whose addresses begin with publicURL (no slash at its end).
func NewLinks(store Store, publicURL string, clock core.Clock, log *slog.Logger) *Links {
	return &Links{store: store, publicURL: strings.TrimRight(publicURL, "/"), clock: clock, log: log, pending: map[string]int64{}}
}

// Ensure gives the link of a thing and makes it when it is new. Codes come from a digest of what they stand
// for, so that a printed poster still works after the database was made anew.
func (l *Links) Ensure(ctx context.Context, contestID, kind, ref string) (core.Link, error) {
	if link, err := l.store.LinkOf(ctx, contestID, kind, ref); err == nil || !core.Is(err, core.NotFound) {
		return link, err
	}
	for salt := range 8 {
		link := core.Link{Code: linkCode(contestID, kind, ref, salt), ContestID: contestID, Kind: kind, Ref: ref, CreatedAt: l.clock.Now()}
		err := l.store.PutLink(ctx, link)
		if err == nil {
			return link, nil
		}
		if !core.Is(err, core.Conflict) {
			return core.Link{}, err
		}
		// Either another process made the same link just now, or the code belongs to something else.
		if made, err := l.store.LinkOf(ctx, contestID, kind, ref); err == nil || !core.Is(err, core.NotFound) {
			return made, err
		}
	}
	return core.Link{}, core.Errorf(core.Internal, "Không tạo được địa chỉ ngắn.")
}

func linkCode(contestID, kind, ref string, salt int) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{contestID, kind, ref, strconv.Itoa(salt)}, "\x00")))
	const alphabet = "abcdefghjkmnpqrstuvwxyz023456789" // without i, l, o and 1, which look alike in print
	return base32.NewEncoding(alphabet).EncodeToString(sum[:])[:codeLength]
}

// Address gives what the QR code of link says.
func (l *Links) Address(link core.Link) string { return l.publicURL + "/q/" + link.Code }

// Resolve gives the link of a code as scanned or typed, or NotFound.
func (l *Links) Resolve(ctx context.Context, code string) (core.Link, error) {
	code = strings.ToLower(strings.TrimSpace(code))
	if len(code) != codeLength {
		return core.Link{}, core.Errorf(core.NotFound, "Mã này không dẫn tới cuộc thi nào.")
	}
	return l.store.Link(ctx, code)
}

// Target gives where a link leads: base is the contest's own path ("/" or "/c/ID/"), oaID the OA's number.
func Target(link core.Link, base, oaID string) string {
	switch {
	case link.Kind == ToUnit:
		return base + "?don-vi=" + url.QueryEscape(link.Ref)
	case link.Kind == ToOA && oaID != "":
		return "https://zalo.me/" + url.PathEscape(oaID)
	}
	return base
}

// Count notes one scan; it is written by the next Flush.
func (l *Links) Count(code string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) < 100_000 { // there are as many keys as printed codes; a bound all the same
		l.pending[code]++
	}
}

// Flush writes the scans noted so far. What could not be written is kept for the next time.
func (l *Links) Flush(ctx context.Context) {
	l.mu.Lock()
	batch := l.pending
	l.pending = map[string]int64{}
	l.mu.Unlock()
	for code, n := range batch {
		if err := l.store.AddScans(ctx, code, n, l.clock.Now()); err != nil {
			l.log.Warn("scans not stored", "code", code, "scans", n, "err", err)
			l.mu.Lock()
			l.pending[code] += n
			l.mu.Unlock()
		}
	}
}

// Run flushes every few seconds until ctx ends, and once more then.
func (l *Links) Run(ctx context.Context) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			l.Flush(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
			l.Flush(last)
			cancel()
			return
		}
	}
}

// List gives all links of a contest with their scans, by kind and ref; scans not yet flushed are left out.
func (l *Links) List(ctx context.Context, contestID string) ([]core.Link, error) {
	return l.store.Links(ctx, contestID)
}

// ParseName reads the name of a code as the command line and the console write it: contest, oa, unit:CODE or
// place:NAME.
func ParseName(name string) (kind, ref string, err error) {
	kind, ref, _ = strings.Cut(name, ":")
	ref = core.CleanText(ref)
	switch {
	case (kind == ToContest || kind == ToOA) && ref == "":
		return kind, "", nil
	case kind == ToUnit && ref != "":
		return kind, ref, nil
	case kind == ToPlace && ref != "" && len([]rune(ref)) <= 80:
		return kind, ref, nil
	}
	return "", "", core.Errorf(core.Invalid, "Tên mã QR phải là contest, oa, unit:MÃ-ĐƠN-VỊ hoặc place:TÊN-NƠI (tối đa 80 ký tự).")
}
