package contestfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"duthi/core"
)

// Limits of a contest file. A real one has about 30 KB and 3,000 tokens; the parser takes time that grows
// with the square of the keys of one mapping.
const (
	maxContestBytes  = 1 << 20
	maxContestTokens = 40_000
	maxContestDepth  = 40
	maxContestColumn = 200 // of a "-" or "?": each may nest one level deeper
)

// ParseContest reads a contest file; name is the file's name in faults. The error is Faults (every fault of
// the file), or that of r.
func ParseContest(r io.Reader, name string) (*core.Contest, error) {
	src, err := io.ReadAll(io.LimitReader(r, maxContestBytes+1))
	if err != nil {
		return nil, err
	}
	root, fault := parseYAML(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")))
	if fault != nil {
		fault.File = name
		return nil, Faults{*fault}
	}
	c := defaultContest()
	d := newDecoder(name, root)
	d.decodeRoot(root, c)
	checkContest(&check{decoder: d, c: c})
	if err := d.faults.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// defaultContest holds what a file need not say.
func defaultContest() *core.Contest {
	return &core.Contest{Lang: "vi", Timezone: "Asia/Ho_Chi_Minh", Quiz: core.Quiz{
		Counted: "best", ShuffleQuestions: true, ShuffleOptions: true, Autosave: true, RevealAnswers: "after_round",
	}}
}

// parseYAML gives the root mapping of one YAML document. Anchors, aliases, tags and directives are refused: a
// contest file needs none of them, and with them goes what makes YAML dangerous.
func parseYAML(src []byte) (root ast.Node, fault *Fault) {
	defer func() {
		if p := recover(); p != nil { // the parser's fault, the file's doing
			root, fault = nil, &Fault{Problem: "không đọc được: cú pháp YAML lạ", Mend: "Xem lại chỗ vừa sửa"}
		}
	}()
	if len(src) > maxContestBytes {
		return nil, &Fault{Problem: fmt.Sprintf("tệp lớn hơn %d KB", maxContestBytes>>10), Mend: "Đưa ảnh và tài liệu ra tệp riêng"}
	}
	if i := invalidUTF8(src); i >= 0 {
		return nil, &Fault{Line: 1 + bytes.Count(src[:i], []byte("\n")), Problem: "có ký tự không phải UTF-8", Mend: "Lưu lại tệp với bảng mã UTF-8"}
	}
	tokens := lexer.Tokenize(string(src))
	if fault := checkTokens(tokens); fault != nil {
		return nil, fault
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxFault(err)
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil {
			bodies = append(bodies, doc.Body)
		}
	}
	switch len(bodies) {
	case 0:
		return nil, &Fault{Line: 1, Problem: "tệp trống", Mend: "Bắt đầu từ tệp mẫu: duthi export contest"}
	case 1:
		return bodies[0], nil
	}
	return nil, at(bodies[1], Fault{Problem: "tệp có nhiều hơn một cuộc thi", Mend: "Bỏ dòng --- và để mỗi cuộc thi một tệp"})
}

func invalidUTF8(src []byte) int {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}

// checkTokens refuses what could take the parser long or deep before it runs.
func checkTokens(tokens token.Tokens) *Fault {
	depth := 0
	for i, t := range tokens {
		var problem string
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MergeKeyType, token.DirectiveType:
			problem = "dùng neo (&), bí danh (*), nhãn (!) hoặc chỉ thị (%) của YAML"
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType:
			if t.Position.Column > maxContestColumn {
				problem = "lồng nhau quá sâu"
			}
		}
		if depth > maxContestDepth {
			problem = "lồng nhau quá sâu"
		}
		if i >= maxContestTokens {
			problem = "tệp có quá nhiều mục"
		}
		if problem != "" {
			return &Fault{Line: t.Position.Line, Column: t.Position.Column, Value: t.Value, Problem: problem,
				Mend: "Viết thẳng giá trị; chữ bắt đầu bằng dấu đặc biệt thì đặt trong dấu ngoặc kép"}
		}
	}
	return nil
}

// syntaxFault tells the place of a syntax error; the parser's own words are in English and too inward to show.
func syntaxFault(err error) *Fault {
	f := &Fault{Problem: "sai cú pháp YAML", Mend: "Xem lại thụt đầu dòng (dùng dấu cách, không dùng tab), dấu hai chấm, dấu ngoặc và dấu nháy quanh chỗ này"}
	var ye yaml.Error
	if errors.As(err, &ye) {
		if t := ye.GetToken(); t != nil && t.Position != nil {
			f.Line, f.Column, f.Value = t.Position.Line, max(t.Position.Column, 1), t.Value
		}
	}
	return f
}

// at sets the fault's place to the node's.
func at(n ast.Node, f Fault) *Fault {
	f.Line, f.Column = position(n)
	return &f
}

func position(n ast.Node) (line, column int) {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key // its own token is the first colon
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		n = m.Key
	}
	t := n.GetToken()
	if t == nil || t.Position == nil {
		return 0, 0
	}
	return t.Position.Line, max(t.Position.Column, 1)
}
