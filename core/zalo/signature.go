package zalo

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// sign is Zalo's webhook digest: plain SHA-256, not an HMAC, of app id, body as received, the body's timestamp
// as its literal digits, and the OA secret key.
func sign(appID string, body []byte, timestamp, secret string) [sha256.Size]byte {
	h := sha256.New()
	h.Write([]byte(appID))
	h.Write(body)
	h.Write([]byte(timestamp))
	h.Write([]byte(secret))
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return sum
}

// signed compares the header X-ZEvent-Signature with the digest in constant time. The prefix "mac=", spaces
// around it and capitals are tolerated.
func signed(header string, want [sha256.Size]byte) bool {
	s := strings.TrimSpace(header)
	if rest, ok := strings.CutPrefix(strings.ToLower(s), "mac"); ok {
		rest, ok = strings.CutPrefix(strings.TrimSpace(rest), "=")
		if !ok {
			return false
		}
		s = strings.TrimSpace(rest)
	}
	got, err := hex.DecodeString(s)
	if err != nil || len(got) != len(want) {
		return false
	}
	return subtle.ConstantTimeCompare(got, want[:]) == 1
}
