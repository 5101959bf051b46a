package contestfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// Limits of one piece of XML.
const (
	maxTagBytes  = 64 << 10
	maxTextBytes = 4 * 32_767 // a spreadsheet's longest cell
)

// xmlToken is a start tag, an end tag, or the text between tags. Its bytes are good until the next call.
type xmlToken struct {
	kind  byte   // 's', 'e' or 't'
	name  []byte // local name of a tag
	attrs []byte // what stands behind the name, as written
	empty bool   // <x/>: no end tag follows
	text  []byte // unescaped
}

// xmlScanner splits the XML of spreadsheets into tags and texts without ever holding more than one of them.
// It knows no document types: they are where entity bombs live.
type xmlScanner struct {
	in   *bufio.Reader
	tag  []byte
	text []byte
}

func newXMLScanner(r io.Reader) *xmlScanner {
	return &xmlScanner{in: bufio.NewReaderSize(r, 64<<10)}
}

var errXML = damaged("có XML sai")

// next gives the next tag or non-empty text, io.EOF at the end.
func (s *xmlScanner) next() (xmlToken, error) {
	for {
		text, err := s.readText()
		if err != nil {
			return xmlToken{}, err
		}
		if len(text) > 0 {
			return xmlToken{kind: 't', text: text}, nil
		}
		tok, ok, err := s.readTag()
		if err != nil || ok {
			return tok, err
		}
	}
}

// readText reads up to the next "<", which it leaves; io.EOF only at the very end.
func (s *xmlScanner) readText() ([]byte, error) {
	s.text = s.text[:0]
	for {
		part, err := s.in.ReadSlice('<')
		if len(part) > 0 && part[len(part)-1] == '<' {
			part = part[:len(part)-1]
			if err := s.in.UnreadByte(); err != nil {
				return nil, err
			}
		}
		if len(s.text)+len(part) > maxTextBytes {
			return nil, damaged("có ô dài quá %d ký tự", maxCellRunes)
		}
		s.text = append(s.text, part...)
		switch {
		case err == nil:
			return unescapeXML(s.text)
		case errors.Is(err, io.EOF):
			if len(bytes.TrimSpace(s.text)) > 0 {
				return nil, errXML
			}
			return nil, io.EOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// readTag reads from "<" to its ">". ok is false for what is skipped: comments and instructions.
func (s *xmlScanner) readTag() (tok xmlToken, ok bool, err error) {
	s.tag = s.tag[:0]
	var quote byte
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return tok, false, noEOF(err)
		}
		s.tag = append(s.tag, c)
		switch {
		case len(s.tag) > maxTagBytes:
			return tok, false, errXML
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			tok, ok = splitTag(s.tag[1 : len(s.tag)-1])
			return tok, ok, nil
		case c == '<' && len(s.tag) > 1:
			return tok, false, errXML
		case len(s.tag) == 4 && string(s.tag) == "<!--":
			return tok, false, s.skipTo("-->")
		case len(s.tag) == 9 && string(s.tag) == "<![CDATA[":
			tok, err = s.cdata()
			return tok, true, err
		case len(s.tag) == 3 && string(s.tag[:2]) == "<!" && c != '-' && c != '[':
			return tok, false, errXML // a document type
		}
	}
}

func splitTag(t []byte) (tok xmlToken, ok bool) {
	if len(t) == 0 || t[0] == '?' || t[0] == '!' {
		return tok, false
	}
	tok.kind = 's'
	if t[0] == '/' {
		tok.kind, t = 'e', t[1:]
	}
	if n := len(t); n > 0 && t[n-1] == '/' {
		tok.empty, t = true, t[:n-1]
	}
	end := bytes.IndexAny(t, " \t\r\n")
	if end < 0 {
		end = len(t)
	}
	tok.name, tok.attrs = t[:end], t[end:]
	if i := bytes.IndexByte(tok.name, ':'); i >= 0 {
		tok.name = tok.name[i+1:]
	}
	return tok, true
}

// attr gives an attribute's value as written, nil when absent.
func (t xmlToken) attr(name string) []byte {
	rest := t.attrs
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return nil
		}
		key := bytes.TrimSpace(rest[:eq])
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) < 2 || rest[0] != '"' && rest[0] != '\'' {
			return nil
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return nil
		}
		if string(key) == name {
			return rest[1 : 1+end]
		}
		rest = rest[end+2:]
	}
}

func (s *xmlScanner) skipTo(end string) error {
	matched := make([]byte, 0, 3)
	for string(matched) != end {
		c, err := s.in.ReadByte()
		if err != nil {
			return noEOF(err)
		}
		if len(matched) == len(end) {
			matched = append(matched[:0], matched[1:]...)
		}
		matched = append(matched, c)
	}
	return nil
}

func (s *xmlScanner) cdata() (xmlToken, error) {
	s.text = s.text[:0]
	for !bytes.HasSuffix(s.text, []byte("]]>")) {
		c, err := s.in.ReadByte()
		if err != nil {
			return xmlToken{}, noEOF(err)
		}
		if s.text = append(s.text, c); len(s.text) > maxTextBytes {
			return xmlToken{}, damaged("có ô dài quá %d ký tự", maxCellRunes)
		}
	}
	return xmlToken{kind: 't', text: s.text[:len(s.text)-3]}, nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return errXML
	}
	return err
}

// unescapeXML replaces references in place.
func unescapeXML(b []byte) ([]byte, error) {
	out := b[:0]
	for i := 0; i < len(b); {
		if b[i] != '&' {
			out = append(out, b[i])
			i++
			continue
		}
		end := bytes.IndexByte(b[i:min(len(b), i+12)], ';')
		if end < 0 {
			return nil, errXML
		}
		r, ok := reference(string(b[i+1 : i+end]))
		if !ok {
			return nil, errXML
		}
		i += end + 1
		out = utf8.AppendRune(out, r) // never longer than what it replaces
	}
	return out, nil
}

func reference(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := 10, name[1:]
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n < 0x110000
}
