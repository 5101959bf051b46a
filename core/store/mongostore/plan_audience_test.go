package mongostore

import (
	"fmt"
	"slices"
	"testing"

	"duthi/core"
)

func audienceOperations(t *testing.T, s *Store) {
	ctx := t.Context()
	must(t, s.InsertContestant(ctx, core.Contestant{ID: "pa", ContestID: "c", ZaloUserID: "ua", Phone: core.Sealed{Hash: "ha"}}))
	must(t, s.InsertFollower(ctx, core.Follower{ID: "oa/ua", OAID: "oa", UserID: "ua"}))
	must(t, s.StageRoster(ctx, []core.RosterPerson{{ContestID: "c", Set: 7, Key: "ka", Phone: core.Sealed{Hash: "hb"}, NationalID: core.Sealed{Hash: "na"}}}))
	for _, round := range []string{"", "r1"} {
		q := core.AudienceQuery{ContestID: "c", RoundID: round, RosterSet: 7, OAID: "oa"}
		if _, _, err := s.AudienceContestants(ctx, q, "", 9); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.AudienceRoster(ctx, q, "", 9); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.AudienceFocalPoints(ctx, q, "", 9); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.AudienceFollowers(ctx, q, "", 9); err != nil {
			t.Fatal(err)
		}
	}
	ask(t)(s.RosterPerson(ctx, "c", 7, "ka"))
}

// TestAudienceCommands counts what a page of an audience costs, whatever its size.
func TestAudienceCommands(t *testing.T) {
	t.Parallel()
	s, log := openWatched(t)
	ctx := t.Context()
	var roster []core.RosterPerson
	for i := range 30 {
		user := fmt.Sprint("u", i)
		must(t, s.InsertContestant(ctx, core.Contestant{ID: fmt.Sprint("p", i), ContestID: "c", ZaloUserID: user, Phone: core.Sealed{Hash: user}}))
		must(t, s.InsertFollower(ctx, core.Follower{ID: "oa/" + user, OAID: "oa", UserID: user}))
		roster = append(roster, core.RosterPerson{ContestID: "c", Set: 1, Key: user, Phone: core.Sealed{Hash: "r" + user}})
	}
	must(t, s.StageRoster(ctx, roster))
	q := core.AudienceQuery{ContestID: "c", RoundID: "r1", RosterSet: 1, OAID: "oa"}
	for _, limit := range []int{5, 29} {
		for _, list := range []struct {
			name string
			read func() ([]core.AudienceLine, string, error)
			want []string
		}{
			{"contestants", func() ([]core.AudienceLine, string, error) { return s.AudienceContestants(ctx, q, "", limit) },
				[]string{"find contestants", "find followers", "aggregate attempts"}},
			{"roster", func() ([]core.AudienceLine, string, error) { return s.AudienceRoster(ctx, q, "", limit) }, []string{"find roster", "find contestants"}},
			{"followers", func() ([]core.AudienceLine, string, error) { return s.AudienceFollowers(ctx, q, "", limit) }, []string{"find followers", "find contestants"}},
		} {
			log.take()
			_, next, err := list.read()
			if err != nil || next == "" {
				t.Fatalf("%s: next %q, %v", list.name, next, err)
			}
			if got := names(log.take()); !slices.Equal(got, list.want) {
				t.Errorf("%s of %d: %q, want %q", list.name, limit, got, list.want)
			}
		}
	}
}
