package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duthi/core"
)

// TestDailyCopies makes copies as the job does on nine days and goes back to one of them.
func TestDailyCopies(t *testing.T) {
	t.Parallel()
	env := environment{"DUTHI_DATA": t.TempDir(), "DUTHI_BACKUPS": "3"}
	w := newWorld(t, env, nil)
	run := w.dailyCopies()
	if run == nil {
		t.Fatal("no job for the embedded database")
	}
	folder := filepath.Join(env["DUTHI_DATA"], copiesFolder)
	day := func(n, hour int) time.Time { return time.Date(2023, 11, n, hour, 30, 0, 0, time.UTC) }
	must(t, run(t.Context(), day(1, 1)))
	if names, _ := copies(folder); len(names) != 0 {
		t.Errorf("copied in the hour after midnight: %v", names)
	}
	people := w.people(1)
	must(t, os.MkdirAll(folder, 0o700))
	must(t, os.WriteFile(filepath.Join(folder, "duthi-2023-11-09.db.part"), []byte("of a killed run"), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "duthi-2023-10-09.db.part"), []byte("of a killed run of another day"), 0o600))
	must(t, os.WriteFile(filepath.Join(folder, "duthi-own.db"), []byte("somebody's own"), 0o600))
	for n := 1; n <= 9; n++ {
		must(t, run(t.Context(), day(n, 2)))
	}
	gone := newPerson(w, people[0].ContestID, 7)
	must(t, w.store.InsertContestant(t.Context(), gone))
	must(t, run(t.Context(), day(9, 3))) // the day's copy is there and stays
	names, err := copies(folder)
	if err != nil || len(names) != 3 || !strings.HasSuffix(names[0], "duthi-2023-11-07.db") {
		t.Fatalf("%v %v", names, err)
	}
	if files, _ := os.ReadDir(folder); len(files) != 4 {
		t.Errorf("%d files: a part is left, or somebody's own file is gone", len(files))
	}
	w.stop()
	mustRun(t, environment{"DUTHI_DATA": env["DUTHI_DATA"]}, "restore", names[2])
	w = newWorld(t, env, nil)
	if _, err := w.store.Contestant(t.Context(), people[0].ID); err != nil {
		t.Errorf("who was in the copy: %v", err)
	}
	if _, err := w.store.Contestant(t.Context(), gone.ID); !core.Is(err, core.NotFound) {
		t.Errorf("who came after the copy: %v", err)
	}
	if s := w.copyTrouble(); s != "" {
		t.Errorf("a fresh copy: %q", s)
	}
	must(t, os.Chtimes(names[2], time.Now(), time.Now().Add(-3*24*time.Hour)))
	if s := w.copyTrouble(); !strings.Contains(s, "duthi-2023-11-09.db") {
		t.Errorf("an old copy: %q", s)
	}
}

func TestNoDailyCopiesWhenTurnedOff(t *testing.T) {
	t.Parallel()
	if newWorld(t, environment{"DUTHI_BACKUPS": "0"}, nil).dailyCopies() != nil {
		t.Error("copies are made all the same")
	}
}
