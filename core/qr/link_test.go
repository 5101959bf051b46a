package qr_test

import (
	"log/slog"
	"regexp"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/qr"
	"duthi/core/store/sqlitestore"
)

func links(t *testing.T) (*qr.Links, *sqlitestore.Store) {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return qr.NewLinks(s, "https://duthi.example.vn/", time.Now, slog.New(slog.DiscardHandler)), s
}

func TestLinksAreStableAndUnique(t *testing.T) {
	t.Parallel()
	a, _ := links(t)
	b, _ := links(t) // another database: a poster printed before still works
	seen := map[string]bool{}
	for _, ref := range []string{"SNV", "SNV-VP", "STC", "một nơi", "một nơi khác"} {
		l, err := a.Ensure(t.Context(), "c", qr.ToPlace, ref)
		if err != nil {
			t.Fatal(err)
		}
		again, err := a.Ensure(t.Context(), "c", qr.ToPlace, ref)
		if err != nil || again.Code != l.Code {
			t.Errorf("%s: %v, then %v %v", ref, l.Code, again.Code, err)
		}
		other, err := b.Ensure(t.Context(), "c", qr.ToPlace, ref)
		if err != nil || other.Code != l.Code {
			t.Errorf("%s: %v in another database %v %v", ref, l.Code, other.Code, err)
		}
		if seen[l.Code] || !regexp.MustCompile(`^[a-hj-km-np-z02-9]{7}$`).MatchString(l.Code) {
			t.Errorf("code %q", l.Code)
		}
		seen[l.Code] = true
		if got := a.Address(l); got != "https://duthi.example.vn/q/"+l.Code {
			t.Error(got)
		}
	}
}

func TestParallelEnsureMakesOneLink(t *testing.T) {
	t.Parallel()
	a, s := links(t)
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			if _, err := a.Ensure(t.Context(), "c", qr.ToContest, ""); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if all, err := s.Links(t.Context(), "c"); err != nil || len(all) != 1 {
		t.Errorf("%d links, %v", len(all), err)
	}
}

func TestEveryScanIsCountedOnce(t *testing.T) {
	t.Parallel()
	a, s := links(t)
	l, err := a.Ensure(t.Context(), "c", qr.ToContest, "")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 50 {
				a.Count(l.Code)
			}
			a.Flush(t.Context())
		})
	}
	wg.Wait()
	a.Flush(t.Context())
	if got, err := s.Link(t.Context(), l.Code); err != nil || got.Scans != 1000 {
		t.Errorf("%d scans, %v", got.Scans, err)
	}
	s.Close()
	a.Count(l.Code)
	a.Flush(t.Context()) // the store is gone: the scan waits
	if _, err := a.Resolve(t.Context(), "  "+l.Code); core.Is(err, core.NotFound) {
		t.Errorf("a store that is away is not a missing code: %v", err)
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		link     core.Link
		oa, want string
	}{
		{core.Link{Kind: qr.ToContest}, "", "/c/x/"}, {core.Link{Kind: qr.ToPlace, Ref: "Sảnh"}, "", "/c/x/"},
		{core.Link{Kind: qr.ToUnit, Ref: "SNV VP&a"}, "", "/c/x/?don-vi=SNV+VP%26a"},
		{core.Link{Kind: qr.ToOA}, "123", "https://zalo.me/123"}, {core.Link{Kind: qr.ToOA}, "", "/c/x/"},
	} {
		if got := qr.Target(x.link, "/c/x/", x.oa); got != x.want {
			t.Errorf("%+v: %s, want %s", x.link, got, x.want)
		}
	}
}
