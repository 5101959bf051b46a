package exam

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// keyring holds the keys derived from the deployment's secrets, the current first.
type keyring struct {
	receipt  [][]byte
	practice [][]byte
}

// deriveKeys gives each use a key of its own, so that what one signs says nothing about another.
func deriveKeys(secret, previous []byte) (keyring, error) {
	var k keyring
	if len(secret) < 16 {
		return k, errors.New("exam: the secret key is shorter than 16 bytes")
	}
	for _, s := range [][]byte{secret, previous} {
		if len(s) == 0 {
			continue
		}
		receipt, err := hkdf.Key(sha256.New, s, nil, "duthi exam receipt 1", 32)
		if err != nil {
			return k, fmt.Errorf("exam: deriving keys: %w", err)
		}
		practice, err := hkdf.Key(sha256.New, s, nil, "duthi exam practice 1", 32)
		if err != nil {
			return k, fmt.Errorf("exam: deriving keys: %w", err)
		}
		k.receipt, k.practice = append(k.receipt, receipt), append(k.practice, practice)
	}
	return k, nil
}
