package rules

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"duthi/core"
)

// Messages that try to make the bot do something else than answer about the rules. Patterns are on folded text; they ask for
// an order to the bot, since "bỏ qua câu hỏi có được không" and "đã trả lời câu 5 thì sửa được không" are questions.
var (
	markup = regexp.MustCompile(`(?is)<script\b.*?(?:</script\s*>|$)|<[/!a-z][^>]*>`)
	order  = `^(?:(?:hay|ban|bot|em|e|ad|anh|chi|cu|thu|gio|bay gio|nao|lam on|vui long|xin|please) )*`
	roles  = regexp.MustCompile(order + `(?:dong vai|nhap vai|gia vo|gia lam|gia su (?:ban|bot|em)|tuong tuong (?:ban|bot|em)|coi nhu (?:ban|bot|em)|act as|pretend|you are now)\b`)
	pretty = regexp.MustCompile(`\b(?:dong vai|nhap vai|gia su ban la|gia vo la) .*\b(?:giai|giang|tra loi|dap an|cau)\b`)
	ignore = regexp.MustCompile(`\b(?:bo qua|quen|phot lo|ignore|forget|disregard) (?:\S+ ){0,3}(?:chi dan|quy tac|chi thi|lenh|rang buoc|instructions?|rules|prompts?)\b|\bsystem prompt\b|\bjailbreak\b`)
	solve  = regexp.MustCompile(order + `(?:giai|giang|giang giai|giai thich|tra loi|lam|khoanh)(?: (?:giup|gium|dum|ho|cho|toi|tui|em|e|minh|m|t|voi))* (?:cau|bai)(?: hoi)?(?: so)? \d+(?: (?:dum|gium|giup|ho|cho|toi|tui|em|e|minh|voi|di|nhe|nha|a))*$`)
	answer = regexp.MustCompile(`\b(?:giai|giang|tra loi|dap an|cau (?:hoi )?(?:so )?\d+|answers?)\b`)
)

// orderRunes is how much of a message is looked at for an order: it stands at the beginning.
const orderRunes = 400

// refused answers an order to play a part, to forget the rules or to solve a numbered question, and a message that is nothing
// but markup. Words between tags are a question like any other: they come back without the tags.
func (ix *Index) refused(q string) (words string, r Reply, ok bool) {
	if strings.Contains(q, "<") {
		bare := markup.ReplaceAllString(q, " ")
		if bare != q && len(strings.Fields(core.Fold(bare))) < 2 {
			return "", ix.aside(ix.lib.byID["out-life"], 1), true
		}
		q = bare
	}
	head := q
	if utf8.RuneCountInString(q) > orderRunes {
		head = string([]rune(q)[:orderRunes])
	}
	folded := core.Fold(head)
	switch {
	case solve.MatchString(folded), pretty.MatchString(folded):
		return "", ix.aside(ix.lib.byID["out-answers"], 1), true
	case roles.MatchString(folded), ignore.MatchString(folded):
		if answer.MatchString(folded) {
			return "", ix.aside(ix.lib.byID["out-answers"], 1), true
		}
		return "", ix.aside(ix.lib.byID["out-life"], 1), true
	}
	return q, Reply{}, false
}
