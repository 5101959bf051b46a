package rules

import "strings"

// shorthand spells out abbreviations and local speech before anything is looked up.
type shorthand struct {
	whole map[string]spelling // by toned form of one word
	fold  map[string]spelling // by folded form, for those written without marks
	first map[string]int      // longest phrase that begins with a folded word
	multi map[string]spelling // by folded phrase
}

type spelling struct {
	words      []word
	markedOnly bool
}

// parseShorthand reads "a|b = meaning" lines.
func parseShorthand(text string) shorthand {
	s := shorthand{map[string]spelling{}, map[string]spelling{}, map[string]int{}, map[string]spelling{}}
	for line := range dataLines(text) {
		left, right, ok := strings.Cut(line, " = ")
		if !ok {
			continue
		}
		var meaning []word
		for _, t := range tokenise(right) {
			meaning = append(meaning, t.word)
		}
		for form := range strings.SplitSeq(left, "|") {
			form = strings.TrimSpace(form)
			sp := spelling{words: meaning}
			if strings.HasPrefix(form, "~") {
				sp.markedOnly, form = true, form[1:]
			}
			s.add(form, sp)
		}
	}
	return s
}

func (s *shorthand) add(form string, sp spelling) {
	ts := tokenise(form)
	switch len(ts) {
	case 0:
	case 1:
		s.whole[ts[0].tone] = sp
		if !ts[0].marked || len(ts[0].fold) <= 3 && !strings.ContainsAny(ts[0].fold[1:], "aeiouy") {
			s.fold[ts[0].fold] = sp
		}
	default:
		s.first[ts[0].fold] = max(s.first[ts[0].fold], len(ts))
		s.multi[joinFold(ts)] = sp
	}
}

func joinFold(ts []token) string {
	var b strings.Builder
	for i, t := range ts {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.fold)
	}
	return b.String()
}

// expand gives ts with everything spelt out.
func (s *shorthand) expand(ts []token) []token {
	marked := mostlyMarked(ts)
	out := make([]token, 0, len(ts)+4)
	for i := 0; i < len(ts); {
		n, sp := s.at(ts[i:], marked)
		if n == 1 {
			sp = s.inContext(ts, i, out, sp)
		}
		if n == 0 || sp.words == nil {
			out = append(out, ts[i])
			i++
			continue
		}
		for k, w := range sp.words {
			out = append(out, token{word: w, marked: w.tone != w.fold, brk: k == 0 && ts[i].brk})
		}
		i += n
	}
	return out
}

// at finds the longest shorthand at the head of ts.
func (s *shorthand) at(ts []token, marked bool) (int, spelling) {
	for n := min(s.first[ts[0].fold], len(ts)); n > 1; n-- {
		if sp, ok := s.multi[joinFold(ts[:n])]; ok {
			return n, sp
		}
	}
	sp, ok := s.whole[ts[0].tone]
	if !ok && !ts[0].marked {
		sp, ok = s.fold[ts[0].fold]
	}
	if !ok || sp.markedOnly && !marked {
		return 0, spelling{}
	}
	return 1, sp
}

// selfVerbs follow "mk" when it stands for "mình" rather than "mật khẩu".
var selfVerbs = map[string]bool{"muon": true, "hoi": true, "thi": true, "lam": true, "co": true, "o": true, "chua": true,
	"da": true, "dang": true, "duoc": true, "dc": true, "vao": true, "vo": true, "can": true, "nop": true, "moi": true}

// inContext settles the few short forms that mean two things.
func (s *shorthand) inContext(ts []token, i int, out []token, sp spelling) spelling {
	before := ""
	if len(out) > 0 {
		before = out[len(out)-1].fold
	}
	switch ts[i].tone {
	case "mk":
		if before == "cho" || before == "cua" || before == "ben" || before == "" && i+1 < len(ts) && selfVerbs[ts[i+1].fold] {
			return spelling{words: []word{spell("mình")}}
		}
	case "0", "kh":
		if isNumber(before) || i == 0 {
			return spelling{}
		}
	case "dk":
		if before == "" || before == "de" || before == "muon" || before == "cach" || before == "phai" || before == "can" || before == "thoai" {
			return s.whole["đk"]
		}
	case "ck":
		if before == "nhan" || before == "tien" || before == "qua" || before == "bang" {
			return spelling{words: []word{spell("chuyển"), spell("khoản")}}
		}
	case "tt":
		if before == "khong" {
			return spelling{}
		}
	}
	return sp
}
