package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"os"
	"strings"
	"testing"
)

// must ends the test on an error that is not what it is about.
func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// eachStore runs a test on the embedded database, and on MongoDB and Redis when DUTHI_TEST_MONGODB_URI and
// DUTHI_TEST_REDIS_URL name them. env holds the settings of a program on a new, empty store.
func eachStore(t *testing.T, test func(t *testing.T, env environment)) {
	t.Run("sqlite", func(t *testing.T) { test(t, environment{"DUTHI_DATA": t.TempDir()}) })
	t.Run("mongodb", func(t *testing.T) { test(t, sharedStore(t)) })
}

// sharedStore gives the settings of a program on a database of its own in the MongoDB given for tests; the
// contest in it is removed after the test.
func sharedStore(t *testing.T) environment {
	t.Helper()
	uri := os.Getenv("DUTHI_TEST_MONGODB_URI")
	if uri == "" {
		t.Skip("DUTHI_TEST_MONGODB_URI is not set: no MongoDB to test on")
	}
	head, query, _ := strings.Cut(uri, "?")
	scheme, rest, _ := strings.Cut(head, "://")
	hosts, _, _ := strings.Cut(rest, "/")
	var key [32]byte
	rand.Read(key[:])
	env := environment{"DUTHI_DATA": t.TempDir(), "DUTHI_SECRET_KEY": hex.EncodeToString(key[:]),
		"DUTHI_MONGODB_URI": scheme + "://" + hosts + "/duthi_test_" + strings.ToLower(rand.Text()[:12]) + "?" + query}
	if redis := os.Getenv("DUTHI_TEST_REDIS_URL"); redis != "" {
		env["DUTHI_REDIS_URL"] = redis
	}
	t.Cleanup(func() { besideStore(t, env, clearStore) })
	return env
}

func clearStore(t testing.TB, s *services) {
	for _, e := range s.catalog.All() {
		if err := s.store.RemoveContest(context.Background(), e.Contest.ID); err != nil {
			t.Error(err)
		}
	}
}

// besideStore opens the services of a store beside whatever else uses it, and closes them again.
func besideStore(tb testing.TB, env environment, do func(testing.TB, *services)) {
	tb.Helper()
	cfg := testConfig(tb, env)
	s, err := openServices(context.Background(), cfg, nil, newLog(cfg, io.Discard))
	must(tb, err)
	defer func() { must(tb, s.close()) }()
	must(tb, s.catalog.Reload(context.Background()))
	do(tb, s)
}
