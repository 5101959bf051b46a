package catalog_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"strings"
	"testing"

	"duthi/core"
	"duthi/core/catalog"
	"duthi/core/contestfile"
	"duthi/core/store/mongostore"
)

// TestOnMongoDB goes once through everything on a real MongoDB.
func TestOnMongoDB(t *testing.T) {
	t.Parallel()
	uri := os.Getenv("DUTHI_TEST_MONGODB_URI")
	if uri == "" {
		t.Skip("DUTHI_TEST_MONGODB_URI is not set: no MongoDB to test on")
	}
	head, query, _ := strings.Cut(uri, "?")
	scheme, rest, _ := strings.Cut(head, "://")
	hosts, _, _ := strings.Cut(rest, "/")
	db, err := mongostore.Open(t.Context(), scheme+"://"+hosts+"/duthi_test_"+strings.ToLower(rand.Text()[:12])+"?"+query)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	w := newWorldOn(t, db)
	loadSample(t, w)
	if ps := everybody(t, w, catalog.SampleID); len(ps) != 300 {
		t.Errorf("%d people", len(ps))
	}
	w.contest(t)
	first := data(t, "questions.csv")
	for _, x := range []struct{ what, content string }{{"units", data(t, "units.csv")}, {"questions", first}, {"roster", rosterFile}} {
		if r := w.must(t, x.what, x.content); r.Same() {
			t.Errorf("%s: %+v", x.what, r)
		}
		if r := w.must(t, x.what, x.content); !r.Same() {
			t.Errorf("%s again: %+v", x.what, r)
		}
		var out bytes.Buffer
		if err := w.Export(t.Context(), &out, contestID, x.what, contestfile.XLSX, "command"); err != nil {
			t.Fatal(err)
		}
		if r := w.must(t, x.what, out.String()); !r.Same() {
			t.Errorf("%s as exported: %+v", x.what, r)
		}
	}
	if r := w.contest(t); !r.Same() {
		t.Errorf("the contest again: %+v", r)
	}
	if r := w.must(t, "questions", strings.Replace(first, "nào?", "nào nhỉ?", 1)); r.Changed != 1 {
		t.Errorf("%+v", r)
	}
	if q, err := w.store.QuestionVersion(t.Context(), contestID, core.QuestionRef{ID: "cchc-001", Version: 1}); err != nil || strings.Contains(q.Text, "nhỉ") {
		t.Errorf("%+v %v", q, err)
	}
	for _, id := range []string{catalog.SampleID, contestID} {
		if err := w.Remove(t.Context(), id, "command"); err != nil {
			t.Error(err)
		}
	}
	if heads, err := w.store.ContestHeads(t.Context()); err != nil || len(heads) > 0 {
		t.Errorf("%v %v", heads, err)
	}
}
