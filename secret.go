package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"duthi/core"
)

// secretFile is where the embedded deployment keeps its key, beside the database but never in its backups.
const secretFile = "secret.key"

// secrets gives the current key and the ones before it: from the settings, else from the data folder, where
// it is made the first time. Losing it means that sealed numbers can't be read again.
func (c *Config) secrets() (current []byte, older [][]byte, err error) {
	text := c.SecretKey
	if text == "" {
		if text, err = folderSecret(c.Data); err != nil {
			return nil, nil, err
		}
	}
	if current, err = parseSecret(text); err != nil {
		return nil, nil, fmt.Errorf("DUTHI_SECRET_KEY: %w", err)
	}
	if c.SecretKeyOld != "" {
		old, err := parseSecret(c.SecretKeyOld)
		if err != nil {
			return nil, nil, fmt.Errorf("DUTHI_SECRET_KEY_OLD: %w", err)
		}
		older = append(older, old)
	}
	return current, older, nil
}

func folderSecret(dir string) (string, error) {
	path := filepath.Join(dir, secretFile)
	text, err := os.ReadFile(path)
	if err == nil {
		return string(text), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	key := make([]byte, core.KeySize)
	rand.Read(key)
	fresh := hex.EncodeToString(key) + "\n"
	// Written whole under another name and linked into place, so that of two processes that start at once one
	// wins and the other reads the winner's.
	tmp, err := os.CreateTemp(dir, secretFile+".*")
	if err != nil {
		return "", err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(fresh)
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return "", err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	text, err = os.ReadFile(path)
	return string(text), err
}

// parseSecret reads 32 bytes in hex or base64.
func parseSecret(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if key, err := hex.DecodeString(text); err == nil && len(key) == core.KeySize {
		return key, nil
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := enc.DecodeString(text); err == nil && len(key) == core.KeySize {
			return key, nil
		}
	}
	return nil, fmt.Errorf("must be %d bytes in hex or base64 (openssl rand -hex 32)", core.KeySize)
}
