package core

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
)

// KeySize is the length of a secret key in bytes.
const KeySize = 32

// Sealer keeps national ids and phones: a keyed digest that tells equal values apart without showing them,
// and the encrypted value. It is safe for concurrent use. The first key seals; every key opens, so that a
// second key can take over while old values wait to be sealed again.
type Sealer struct{ keys []sealKey }

type sealKey struct {
	id   [4]byte // first bytes of a digest of the key: names it without showing it
	hash []byte
	aead cipher.AEAD
}

// NewSealer makes a Sealer from the current key and the ones before it, KeySize bytes each.
func NewSealer(current []byte, older ...[]byte) (*Sealer, error) {
	s := &Sealer{}
	for _, master := range append([][]byte{current}, older...) {
		k, err := newSealKey(master)
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, k)
	}
	return s, nil
}

func newSealKey(master []byte) (sealKey, error) {
	if len(master) != KeySize {
		return sealKey{}, Errorf(Invalid, "Khóa bí mật phải dài đúng %d byte.", KeySize)
	}
	var k sealKey
	copy(k.id[:], DeriveKey(master, "seal.id"))
	k.hash = DeriveKey(master, "seal.hash")
	block, err := aes.NewCipher(DeriveKey(master, "seal.encrypt"))
	if err != nil {
		return k, fmt.Errorf("seal: %w", err)
	}
	k.aead, err = cipher.NewGCM(block)
	return k, err
}

// DeriveKey gives the KeySize-byte key of one use from a secret key: no two uses share a key.
func DeriveKey(master []byte, use string) []byte {
	key, err := hkdf.Key(sha256.New, master, nil, "duthi "+use, KeySize)
	if err != nil { // only for lengths above 255 digests
		panic(err)
	}
	return key
}

// Seal seals a value of a field ("national_id", "phone") of a contest. The caller brings the value to its one
// written form first (NormalizePhone, digits only). The empty value gives the zero Sealed.
func (s *Sealer) Seal(contestID, field, value string) Sealed {
	if value == "" {
		return Sealed{}
	}
	k := s.keys[0]
	out := Sealed{Hash: k.digest(contestID, field, value)}
	if r := []rune(value); len(r) > 5 { // the end of a short value would be most of it
		out.Last = string(r[len(r)-3:])
	}
	nonce := make([]byte, k.aead.NonceSize())
	rand.Read(nonce) // never fails: crypto/rand ends the program instead
	box := append(k.id[:len(k.id):len(k.id)], nonce...)
	// The digest covers contest, field and value: a value copied into another record doesn't open.
	box = k.aead.Seal(box, nonce, []byte(value), []byte(out.Hash))
	out.Value = base64.StdEncoding.EncodeToString(box)
	return out
}

// Open gives the sealed value; "" for the zero Sealed. A value that was changed, moved from another record,
// or sealed with a key that is not given is an Internal error.
func (s *Sealer) Open(v Sealed) (string, error) {
	if v.IsZero() {
		return "", nil
	}
	box, err := base64.StdEncoding.DecodeString(v.Value)
	if err != nil {
		return "", openError(err)
	}
	for _, k := range s.keys {
		n := len(k.id) + k.aead.NonceSize()
		if len(box) < n || [4]byte(box[:4]) != k.id {
			continue
		}
		plain, err := k.aead.Open(nil, box[len(k.id):n], box[n:], []byte(v.Hash))
		if err != nil {
			return "", openError(err)
		}
		return string(plain), nil
	}
	return "", openError(errors.New("no key with this id"))
}

func openError(err error) error {
	return Wrap(Internal, "Không mở được dữ liệu đã mã hóa.", fmt.Errorf("seal: %w", err))
}

// Hash gives the digest Seal stores for a value, for look-ups; "" for the empty value.
func (s *Sealer) Hash(contestID, field, value string) string {
	if value == "" {
		return ""
	}
	return s.keys[0].digest(contestID, field, value)
}

// Hashes gives the digests of a value under every key, the current one first: look-ups try them in turn while
// a key is being replaced.
func (s *Sealer) Hashes(contestID, field, value string) []string {
	if value == "" {
		return nil
	}
	out := make([]string, len(s.keys))
	for i, k := range s.keys {
		out[i] = k.digest(contestID, field, value)
	}
	return out
}

// Current reports whether v is sealed with the current key; others should be opened and sealed again.
func (s *Sealer) Current(v Sealed) bool {
	if v.IsZero() {
		return true
	}
	box, err := base64.StdEncoding.DecodeString(v.Value)
	return err == nil && len(box) > 4 && [4]byte(box[:4]) == s.keys[0].id
}

// Reseal gives v sealed with the current key: v itself when it is already. Errors as Open.
func (s *Sealer) Reseal(contestID, field string, v Sealed) (Sealed, error) {
	if s.Current(v) {
		return v, nil
	}
	value, err := s.Open(v)
	if err != nil {
		return v, err
	}
	return s.Seal(contestID, field, value), nil
}

func (k sealKey) digest(contestID, field, value string) string {
	m := hmac.New(sha256.New, k.hash)
	for _, part := range []string{contestID, field, value} {
		fmt.Fprintf(m, "%d:%s", len(part), part) // lengths keep ("a","bc") and ("ab","c") apart
	}
	return hex.EncodeToString(m.Sum(nil))
}
