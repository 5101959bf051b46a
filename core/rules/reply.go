package rules

import (
	"fmt"
	"strings"
)

// Outcome is what became of a question.
type Outcome string

const (
	Answer    Outcome = "answer"    // one clause, or two for two questions
	Choice    Outcome = "choice"    // two or three clauses to choose from
	Abstain   Outcome = "abstain"   // the rules are silent, or the question is not about the contest
	Smalltalk Outcome = "smalltalk" // greetings, thanks, who are you, abuse
	Command   Outcome = "command"   // the bot does something: link, qr, schedule, hotline, rules, status, remind, account, person, help
)

// Reply is what the bot says. Answer is complete and in Vietnamese; Short is its line above the quotation, if any.
// Cites are clause ids, the best first. Options are offered with Choice, and with Abstain when something is near.
// Refused means the question asks for quiz answers or lies outside the contest; else an Abstain belongs in the
// organizers' queue.
type Reply struct {
	Outcome Outcome
	Cites   []string
	Answer  string
	Short   string
	Options []Option
	Score   float64
	Command string
	Refused bool
}

// Option is one clause to choose. Label completes "Anh/chị hỏi về …?".
type Option struct {
	Cite  string
	Label string
}

// Quote is a clause with its citation.
type Quote struct {
	Cite     string // dieu-5.2
	Citation string // khoản 2 Điều 5
	Title    string // of the article
	Text     string
}

// Quote gives the clause with id.
func (ix *Index) Quote(id string) (Quote, bool) {
	i, ok := ix.byID[id]
	if !ok {
		return Quote{}, false
	}
	c := ix.clauses[i]
	return Quote{Cite: c.ID, Citation: citation(c), Title: c.article.Title, Text: c.Text}, true
}

func citation(c clause) string {
	return fmt.Sprintf("khoản %d Điều %d", c.number, c.article.Number)
}

// compose writes the quotations below a short line.
func (ix *Index) compose(short string, cites []string) string {
	var b strings.Builder
	b.WriteString(short)
	for _, id := range cites {
		q, ok := ix.Quote(id)
		if !ok {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		fmt.Fprintf(&b, "Theo %s:\n“%s”", q.Citation, q.Text)
	}
	return b.String()
}

// silent is said when nothing is found; near is the clause that may help.
func (ix *Index) silent(near []string) string {
	s := "Thể lệ chưa quy định rõ việc này."
	if len(near) > 0 {
		s += " Gần nhất có " + ix.citationOf(near[0]) + "."
	}
	if h := ix.contest.Contacts.Hotline; h != "" {
		s += " Anh/chị gọi " + h
		if o := ix.contest.Contacts.HotlineOwner; o != "" {
			s += " (" + o + ")"
		}
		s += " để được giải đáp; câu hỏi đã được chuyển tới Ban Tổ chức."
	}
	return s
}

func (ix *Index) citationOf(id string) string {
	q, _ := ix.Quote(id)
	return q.Citation
}
