package zalo

import (
	"fmt"
	"strings"

	"duthi/core"
)

// Domain is the proof Zalo asks for before it takes a callback or webhook address: a file at the root of the
// domain, or a tag in the home page's head.
type Domain struct {
	Path string // "/zalo_verifierCODE.html"
	Page string // the file: a page that holds the tag, as some checks want both
	Name string // name of the meta tag
	Code string // its content
}

// DomainProof makes the proof for the code that Zalo's console shows; Invalid if it has other signs than letters,
// digits, "_" and "-".
func DomainProof(code string) (Domain, error) {
	if code == "" || len(code) > 200 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
		return Domain{}, core.Errorf(core.Invalid, "Mã xác thực tên miền của Zalo chỉ gồm chữ, số, dấu gạch.")
	}
	const name = "zalo-platform-site-verification"
	return Domain{Path: "/zalo_verifier" + code + ".html", Name: name, Code: code,
		Page: fmt.Sprintf("<!doctype html><html><head><meta name=%q content=%q></head><body>%s</body></html>", name, code, code)}, nil
}
