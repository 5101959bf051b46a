package core_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"duthi/core"
)

func sealer(t *testing.T, keys ...byte) *core.Sealer {
	t.Helper()
	var all [][]byte
	for _, k := range keys {
		all = append(all, bytes.Repeat([]byte{k}, core.KeySize))
	}
	s, err := core.NewSealer(all[0], all[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealOpens(t *testing.T) {
	t.Parallel()
	s := sealer(t, 1)
	a, b := s.Seal("c1", "phone", "+84912345678"), s.Seal("c1", "phone", "+84912345678")
	if a.Hash != b.Hash || a.Hash != s.Hash("c1", "phone", "+84912345678") {
		t.Error("the same value has two digests")
	}
	if a.Value == b.Value {
		t.Error("two seals of one value look the same: the nonce is not fresh")
	}
	if a.Last != "678" {
		t.Errorf("Last = %q", a.Last)
	}
	if got, err := s.Open(a); err != nil || got != "+84912345678" {
		t.Errorf("Open = %q, %v", got, err)
	}
	if s.Hash("c2", "phone", "+84912345678") == a.Hash || s.Hash("c1", "national_id", "+84912345678") == a.Hash {
		t.Error("digests of two contests or fields can be compared")
	}
	if s.Hash("a", "bc", "d") == s.Hash("ab", "c", "d") {
		t.Error("parts of the digest run together")
	}
	if z := s.Seal("c1", "phone", ""); !z.IsZero() {
		t.Error("an empty value was sealed")
	}
	if z := s.Seal("c1", "x", "12345"); z.Last != "" {
		t.Errorf("the end of a short value is shown: %q", z.Last)
	}
}

func TestSealRefusesTampering(t *testing.T) {
	t.Parallel()
	s := sealer(t, 1)
	a, b := s.Seal("c1", "phone", "+84912345678"), s.Seal("c1", "phone", "+84987654321")
	moved := core.Sealed{Hash: b.Hash, Value: a.Value, Last: a.Last}
	box, _ := base64.StdEncoding.DecodeString(a.Value)
	box[len(box)-1] ^= 1
	for name, v := range map[string]core.Sealed{
		"moved":   moved,
		"flipped": {Hash: a.Hash, Value: base64.StdEncoding.EncodeToString(box)},
		"short":   {Hash: a.Hash, Value: "AAAA"},
		"noise":   {Hash: a.Hash, Value: "***"},
		"key":     sealer(t, 2).Seal("c1", "phone", "+84912345678"),
	} {
		if got, err := s.Open(v); !core.Is(err, core.Internal) {
			t.Errorf("%s: Open = %q, %v", name, got, err)
		} else if strings.Contains(err.Error(), "912345678") {
			t.Errorf("%s: the error shows the value", name)
		}
	}
	if _, err := core.NewSealer([]byte("short")); !core.Is(err, core.Invalid) {
		t.Errorf("a short key was taken: %v", err)
	}
}

func TestSealRotates(t *testing.T) {
	t.Parallel()
	old, both := sealer(t, 1), sealer(t, 2, 1)
	v := old.Seal("c1", "phone", "+84912345678")
	if got, err := both.Open(v); err != nil || got != "+84912345678" {
		t.Fatalf("Open = %q, %v", got, err)
	}
	if both.Current(v) || !both.Current(both.Seal("c1", "phone", "x")) {
		t.Error("Current does not tell the keys apart")
	}
	if h := both.Hashes("c1", "phone", "+84912345678"); len(h) != 2 || h[1] != v.Hash || h[0] == h[1] {
		t.Errorf("Hashes = %v", h)
	}
}
