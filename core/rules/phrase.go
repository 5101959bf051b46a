package rules

import "strings"

// phrases is a dictionary of word sequences, searched in one pass over a text.
type phrases struct {
	nodes []trieNode
	words [][]word
	ids   map[string]int32
	known map[string]int32 // by the text it was added with
	also  [][]int32        // phrase -> concepts it belongs to, as phrases of their own
	small map[string]bool  // words that say nothing, toned
	plain map[string]bool  // folded words too common to be read as another word
}

type trieNode struct {
	next map[string]int32
	ends []int32
}

// hit is one phrase found in a text. quality is 1 when every mark agrees, less when marks are missing or differ.
type hit struct {
	phrase     int32
	start, end int
	quality    float64
}

const (
	qualityUnmarked = 0.95 // the writer uses no diacritics
	qualityDropped  = 0.6  // one word lost its diacritics
	qualityOther    = 0.3  // other diacritics than the phrase's
	qualityGuess    = 0.85 // a misspelt word read as another
	toneLost        = 0.8  // the vowel is right, the tone is missing
	qualityFloor    = 0.6  // a phrase below this was not written
)

// Phrases that are not words: "#" is a number in digits, "##" one long enough to be a telephone's.
const (
	anyNumber  = 0
	longNumber = 1
)

func newPhrases() *phrases {
	return &phrases{nodes: []trieNode{{}}, words: [][]word{{{"#", "#"}}, {{"##", "##"}}}, also: make([][]int32, 2), ids: map[string]int32{}, known: map[string]int32{}}
}

// add gives the id of a phrase, adding it when new. An empty phrase has the id -1.
func (p *phrases) add(text string) int32 {
	if id, ok := p.known[text]; ok {
		return id
	}
	id := p.addNew(text)
	p.known[text] = id
	return id
}

func (p *phrases) addNew(text string) int32 {
	ts := tokenise(strings.ReplaceAll(text, "#", " 987654 "))
	if len(ts) == 0 {
		return -1
	}
	for i := range ts {
		if ts[i].fold == "987654" {
			ts[i].word = word{"#", "#"}
		}
	}
	var key strings.Builder
	ws := make([]word, len(ts))
	for i, t := range ts {
		ws[i] = t.word
		key.WriteString(t.tone)
		key.WriteByte(' ')
	}
	if id, ok := p.ids[key.String()]; ok {
		return id
	}
	id := int32(len(p.words))
	p.ids[key.String()] = id
	p.words, p.also = append(p.words, ws), append(p.also, nil)
	p.insert(ws, id)
	return id
}

// addConcept gives the id of a phrase that is found whenever one of members is.
func (p *phrases) addConcept(members []int32) int32 {
	id := int32(len(p.words))
	p.words, p.also = append(p.words, nil), append(p.also, nil)
	for _, m := range members {
		p.also[m] = append(p.also[m], id)
	}
	return id
}

// withConcepts adds to hits the concepts that they stand for.
func (p *phrases) withConcepts(hits []hit) []hit {
	for _, h := range hits {
		for _, id := range p.also[h.phrase] {
			hits = append(hits, hit{id, h.start, h.end, h.quality})
		}
	}
	return hits
}

func (p *phrases) insert(ws []word, id int32) {
	n := int32(0)
	for _, w := range ws {
		next, ok := p.nodes[n].next[w.fold]
		if !ok {
			next = int32(len(p.nodes))
			p.nodes = append(p.nodes, trieNode{})
			if p.nodes[n].next == nil {
				p.nodes[n].next = map[string]int32{}
			}
			p.nodes[n].next[w.fold] = next
		}
		n = next
	}
	p.nodes[n].ends = append(p.nodes[n].ends, id)
}

// scan finds every phrase in ts.
func (p *phrases) scan(ts []token, marked bool) []hit {
	var hits []hit
	var path []word
	var walk func(n int32, start, at int)
	walk = func(n int32, start, at int) {
		for _, id := range p.nodes[n].ends {
			if q := p.quality(id, ts[start:at], path, marked); q >= qualityFloor {
				hits = append(hits, hit{id, start, at, q})
			}
		}
		if at == len(ts) {
			return
		}
		if next, ok := p.nodes[n].next[ts[at].fold]; ok {
			path = append(path, ts[at].word)
			walk(next, start, at+1)
			path = path[:len(path)-1]
		}
		if next, ok := p.nodes[n].next["#"]; ok && isNumber(ts[at].fold) {
			path = append(path, word{"#", "#"})
			walk(next, start, at+1)
			path = path[:len(path)-1]
		}
		for _, alt := range ts[at].alts {
			if next, ok := p.nodes[n].next[alt.fold]; ok {
				path = append(path, alt)
				walk(next, start, at+1)
				path = path[:len(path)-1]
			}
		}
	}
	for i := range ts {
		walk(0, i, i)
	}
	return hits
}

// quality compares the marks of the words read with those of the phrase.
func (p *phrases) quality(id int32, ts []token, path []word, marked bool) float64 {
	ws := p.words[id]
	if len(ws) == 1 && ws[0].fold != "#" && path[0] == ts[0].word && ws[0].tone != ts[0].tone {
		if ts[0].marked || marked || p.plain[ws[0].fold] {
			return 0 // "bao" is not "bão", "co" is rather "có" than "cờ"
		}
	}
	if len(ws) == 1 && !marked && p.plain[ws[0].fold] && !p.small[ws[0].tone] {
		return 0 // nor is "vay", where nothing is marked, rather "vay" than "vậy"
	}
	sum := 0.0
	for i, w := range ws {
		t := ts[i]
		if t.marked && w.tone == w.fold && w.fold != "#" && path[i] == t.word {
			if t.tone != w.tone {
				return 0 // "thì được" is not "thi được": nobody adds marks by mistake
			}
		}
		if t.marked && t.tone != w.tone && path[i] == t.word && p.plain[w.fold] && likeness(t.tone, w.tone) < toneLost {
			return 0 // "đầu là" is not "đâu là": small words are spelt right or not at all
		}
		switch {
		case w.fold == "#":
			sum++
		case path[i] != t.word:
			sum += qualityGuess
		case t.tone == w.tone:
			sum++
		case t.marked:
			sum += likeness(t.tone, w.tone)
		case marked:
			sum += qualityDropped
		default:
			sum += qualityUnmarked
		}
	}
	return sum / float64(len(ts))
}

// likeness compares two toned forms of one folded word: the tone is lost or mistaken more often than the vowel.
func likeness(got, want string) float64 {
	g, w := strings.TrimRight(got, "12345"), strings.TrimRight(want, "12345")
	switch {
	case g == w && g == got:
		return toneLost
	case g == w:
		return 0.65
	case got[len(g):] == want[len(w):]:
		return 0.5
	}
	return qualityOther
}
