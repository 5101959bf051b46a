package sqlitestore_test

import (
	"strings"
	"sync"
	"testing"

	"duthi/core/store"
	"duthi/core/store/sqlitestore"
	"duthi/core/store/storetest"
)

// open gives an empty database that is closed at the end of the test.
func open(t *testing.T) *sqlitestore.Store {
	t.Helper()
	return openIn(t, t.TempDir())
}

func openIn(t *testing.T, dir string) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestSuite runs the suite, then looks at the plan of every statement it made the store prepare.
func TestSuite(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	queries := map[string]bool{}
	t.Run("conformance", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) store.Store {
			s := open(t)
			t.Cleanup(func() {
				mu.Lock()
				defer mu.Unlock()
				for _, q := range s.Queries() {
					queries[q] = true
				}
			})
			return s
		})
	})
	t.Run("plans", func(t *testing.T) { checkPlans(t, queries) })
}

// wholeTables are the reads that mean to go through a table: all of it is wanted, or its end.
var wholeTables = []string{"FROM contests ORDER BY", "FROM organizers ORDER BY name", "FROM audit ORDER BY seq DESC LIMIT 1", "FROM migrations"}

// checkPlans fails on a statement that looks through a table for what an index should give, or that sorts
// where an order is an index's.
func checkPlans(t *testing.T, queries map[string]bool) {
	if len(queries) < 80 {
		t.Errorf("only %d statements seen: does the suite still run before?", len(queries))
	}
	s := open(t)
	for query := range queries {
		if strings.HasPrefix(query, "BEGIN") || strings.HasPrefix(query, "COMMIT") || strings.Contains(query, " op") && len(query) < 20 {
			continue
		}
		plan, err := s.Plan(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
		}
		for _, step := range plan {
			scan := strings.HasPrefix(step, "SCAN ") && !strings.HasPrefix(step, "SCAN (subquery") && !strings.HasPrefix(step, "SCAN day") &&
				!strings.Contains(step, "json_each") && !strings.Contains(step, "CONSTANT ROW")
			for _, meant := range wholeTables {
				scan = scan && !strings.Contains(query, meant)
			}
			if scan {
				t.Errorf("%s\n  %s", query, strings.Join(plan, "\n  "))
			}
			if strings.Contains(step, "TEMP B-TREE FOR ORDER BY") && !strings.Contains(query, "started_at, a.id") && !strings.Contains(query, "contestants_phone") {
				t.Errorf("sorts: %s\n  %s", query, strings.Join(plan, "\n  "))
			}
		}
	}
	t.Logf("%d statements", len(queries))
}

func TestAgainstModel(t *testing.T) {
	t.Parallel()
	storetest.Compare(t, open(t), storetest.NewModel())
}
