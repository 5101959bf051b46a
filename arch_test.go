package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// vendors says where each third-party package may be imported, test files left aside.
var vendors = map[string][]string{
	"go.mongodb.org/mongo-driver": {"duthi/core/store/mongostore"},
	"modernc.org/sqlite":          {"duthi/core/store/sqlitestore"},
	"github.com/redis/go-redis":   {"duthi/core/cache"},
	"github.com/alicebob/":        {"duthi/core/cache"},
	"github.com/gin-gonic/gin":    {"duthi/core/web", "duthi/bot", "duthi/webapp"},
	"github.com/robfig/cron":      {"duthi/jobs"},
	"github.com/skip2/go-qrcode":  {"duthi/core/qr"},
	"golang.org/x/image":          {"duthi/core/groupkit"},
}

// layer ranks our packages: imports point from a higher number to a lower one, or stay within a row where
// sideways says so.
func layer(path string) int {
	switch {
	case path == "duthi":
		return 5
	case under(path, "duthi/webapp"), under(path, "duthi/bot"), under(path, "duthi/jobs"):
		return 4
	case under(path, "duthi/core/store"):
		return 3
	case under(path, "duthi/core/web"):
		return 3
	case path == "duthi/core":
		return 0
	case under(path, "duthi/core/cache"), under(path, "duthi/core/audit"), under(path, "duthi/core/qr"), under(path, "duthi/core/contestfile"), under(path, "duthi/core/rules"), under(path, "duthi/core/zalo"):
		return 1
	default:
		return 2 // services
	}
}

// sideways are the imports within a layer that are meant: opening either store, the suite both run, the
// services that need to know the contest being run.
func sideways(from, to string) bool {
	return under(from, "duthi/core/store") && under(to, "duthi/core/store") ||
		to == "duthi/core/catalog" && layer(from) == 2 ||
		from == "duthi/core/rules" && to == "duthi/core/contestfile" ||
		strings.HasPrefix(from, to+"/") || strings.HasPrefix(to, from+"/")
}

func under(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	for path, imports := range packages(t) {
		for _, imp := range imports {
			if vendor, homes := vendorOf(imp); vendor != "" && !slices.ContainsFunc(homes, func(h string) bool { return under(path, h) }) {
				t.Errorf("%s imports %s, whose home is %s", path, imp, strings.Join(homes, ", "))
			}
			if !under(imp, "duthi") {
				continue
			}
			if layer(imp) > layer(path) || layer(imp) == layer(path) && !sideways(path, imp) {
				t.Errorf("%s imports %s: imports point down", path, imp)
			}
			if layer(path) == 2 && under(imp, "duthi/core/store") {
				t.Errorf("%s imports a store: services declare the storage they need", path)
			}
		}
	}
}

func TestNoCatchAllPackages(t *testing.T) {
	t.Parallel()
	for path := range packages(t) {
		last := path[strings.LastIndex(path, "/")+1:]
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "manager", "misc", "types"}, last) {
			t.Errorf("%s says nothing about what it holds", path)
		}
	}
}

func vendorOf(imp string) (string, []string) {
	for vendor, homes := range vendors {
		if strings.HasPrefix(imp, vendor) {
			return vendor, homes
		}
	}
	return "", nil
}

// packages gives every package of the program with what it imports outside of tests.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p.Imports
	}
	if len(all) < 5 {
		t.Fatalf("only %d packages seen", len(all))
	}
	return all
}
