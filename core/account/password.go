package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Hashing is what a password costs. Zero fields stand for the defaults.
type Hashing struct {
	MemoryKiB uint32 // 19 MiB: with two passes OWASP's least, about 30 ms of one core
	Passes    uint32 // 2
	Workers   int    // passwords checked at the same time: one a core
	Queue     int    // passwords waiting: 64 a worker, which is about two seconds
}

func (h Hashing) withDefaults() Hashing {
	if h.MemoryKiB == 0 {
		h.MemoryKiB = 19 * 1024
	}
	if h.Passes == 0 {
		h.Passes = 2
	}
	if h.Workers == 0 {
		h.Workers = runtime.GOMAXPROCS(0)
	}
	if h.Queue == 0 {
		h.Queue = 64 * h.Workers
	}
	return h
}

// hash gives the PHC string of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt) // never fails: crypto/rand ends the program instead
	var out string
	if err := h.do(ctx, func() { out = h.encode(password, salt) }); err != nil {
		return "", err // out may still be written to
	}
	return out, nil
}

func (h *hasher) encode(password string, salt []byte) string {
	key := argon2.IDKey([]byte(composed(password)), salt, h.cost.Passes, h.cost.MemoryKiB, 1, 32)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, h.cost.MemoryKiB, h.cost.Passes,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

// verify reports whether password makes the PHC string phc. An empty or broken phc costs the same and is
// never right.
func (h *hasher) verify(ctx context.Context, phc, password string) (bool, error) {
	p, err := parsePHC(phc)
	known := err == nil
	if !known {
		p, _ = parsePHC(h.dummy)
	}
	var right bool
	if err := h.do(ctx, func() {
		key := argon2.IDKey([]byte(composed(password)), p.salt, p.passes, p.memory, p.threads, uint32(len(p.key)))
		right = subtle.ConstantTimeCompare(key, p.key) == 1
	}); err != nil {
		return false, err // right may still be written to
	}
	return right && known, nil
}

type phcHash struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

func parsePHC(s string) (phcHash, error) {
	var p phcHash
	bad := fmt.Errorf("not an argon2id string")
	part := strings.Split(s, "$")
	if len(part) != 6 || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, bad
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.threads); err != nil {
		return p, bad
	}
	// What a stored string may ask for is bounded: a restored database must not be able to stop the server.
	if p.memory > 256*1024 || p.passes < 1 || p.passes > 10 || p.threads < 1 || p.threads > 4 {
		return p, bad
	}
	var err1, err2 error
	p.salt, err1 = base64.RawStdEncoding.DecodeString(part[4])
	p.key, err2 = base64.RawStdEncoding.DecodeString(part[5])
	if err1 != nil || err2 != nil || len(p.salt) < 8 || len(p.key) < 16 || len(p.key) > 64 {
		return p, bad
	}
	return p, nil
}
