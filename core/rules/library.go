package rules

import (
	"embed"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
)

//go:embed library/*.txt
var libraryFiles embed.FS

// library is what is known of contests in general.
type library struct {
	ph        *phrases
	named     map[string]int32
	conceptOf map[int32]string // phrase of a concept -> "@name"
	topics    []topic
	byID      map[string]int
	short     shorthand
	stop      map[string]bool // toned and folded forms
	stopFold  map[string]bool
	asked     [][][]string // topic -> features of its ways to ask
	examples  *examples
}

// embedded is the library of this program, read once: it never changes.
var embedded = sync.OnceValue(func() *library {
	l, err := loadLibrary()
	if err != nil {
		panic("rules: embedded library: " + err.Error())
	}
	return l
})

// topicKind tells rules from what lies beside them.
type topicKind int

const (
	kindRule    topicKind = iota
	kindTalk              // greetings, thanks, abuse
	kindOut               // not a matter of the rules
	kindCommand           // the bot does something
)

// topic is one matter contests have rules on, or one that they have not.
type topic struct {
	id, name, reply string
	kind            topicKind
	near            []string
	command, short  string
	asks            []string
	words           map[string]bool // folded words of its ways to ask and of its marks
	marks, settles  []pattern       // of a question, of a clause
	firm            bool            // never answered from the rules
	strict          bool            // only marks link clauses to it: rules without them are silent, nothing is near enough
}

// loadLibrary reads the embedded files. They are part of the program: an error is a mistake in them.
func loadLibrary() (*library, error) {
	l := &library{ph: newPhrases(), named: map[string]int32{}, conceptOf: map[int32]string{}, byID: map[string]int{}, stop: map[string]bool{}, stopFold: map[string]bool{}}
	text := func(name string) string {
		b, _ := libraryFiles.ReadFile("library/" + name)
		return string(b)
	}
	l.short = parseShorthand(text("shorthand.txt"))
	for line := range dataLines(text("stop.txt")) {
		for w := range strings.FieldsSeq(line) {
			sp := spell(w)
			l.stop[sp.tone] = true
			l.stopFold[sp.fold] = true
		}
	}
	delete(l.stopFold, "thi") // "thì"; but every question is about "thi"
	l.ph.plain, l.ph.small = l.stopFold, l.stop
	l.addConcepts(text("concepts.txt"))
	entries, err := libraryFiles.ReadDir("library")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "topics-") || e.Name() == "aside.txt" {
			if err := l.addTopics(text(e.Name())); err != nil {
				return nil, fmt.Errorf("%s: %w", e.Name(), err)
			}
		}
	}
	l.learnWords()
	l.indexExamples()
	return l, l.check()
}

// dataLines yields the lines of a library file without comments and blank lines.
func dataLines(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.SplitSeq(text, "\n") {
			line = strings.TrimSpace(line)
			if line != "" && line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}

func (l *library) addConcepts(text string) {
	for line := range dataLines(text) {
		name, list, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		var members []int32
		for p := range strings.SplitSeq(list, "|") {
			if id := l.ph.add(p); id >= 0 && !slices.Contains(members, id) {
				members = append(members, id)
			}
		}
		l.named[name] = l.ph.addConcept(members)
		l.conceptOf[l.named[name]] = "@" + name
	}
}

func (l *library) addTopics(text string) error {
	for line := range dataLines(text) {
		if head, ok := strings.CutPrefix(line, "== "); ok {
			id, name, ok := strings.Cut(head, " : ")
			if !ok || l.byID[id] != 0 {
				return fmt.Errorf("topic %q has no name or is there twice", head)
			}
			l.byID[id] = len(l.topics)
			l.topics = append(l.topics, topic{id: id, name: name, kind: kindOf(id)})
			continue
		}
		key, value, ok := strings.Cut(line, ": ")
		if !ok || len(l.topics) == 0 {
			return fmt.Errorf("line %q", line)
		}
		if err := l.addField(&l.topics[len(l.topics)-1], key, value); err != nil {
			return err
		}
	}
	return nil
}

func kindOf(id string) topicKind {
	switch {
	case strings.HasPrefix(id, "talk-"):
		return kindTalk
	case strings.HasPrefix(id, "out-"):
		return kindOut
	case strings.HasPrefix(id, "command-"):
		return kindCommand
	}
	return kindRule
}

func (l *library) addField(t *topic, key, value string) error {
	switch key {
	case "near":
		t.near = strings.Fields(value)
	case "cmd":
		t.command = value
	case "short":
		t.short = value
	case "reply":
		t.reply = value
	case "firm":
		t.firm = value == "yes"
	case "strict":
		t.strict = value == "yes"
	case "a":
		for ask := range strings.SplitSeq(value, " | ") {
			t.asks = append(t.asks, strings.TrimSpace(ask))
		}
	case "q", "c":
		p, err := parsePattern(value, l.ph, l.named)
		if err != nil {
			return fmt.Errorf("topic %s: %w", t.id, err)
		}
		if key == "q" {
			t.marks = append(t.marks, p)
		} else {
			t.settles = append(t.settles, p)
		}
	default:
		return fmt.Errorf("topic %s: unknown field %q", t.id, key)
	}
	return nil
}

func (l *library) check() error {
	for _, t := range l.topics {
		for _, n := range t.near {
			if _, ok := l.byID[n]; !ok {
				return fmt.Errorf("topic %s is near unknown %s", t.id, n)
			}
		}
	}
	return nil
}

// indexExamples reads every way to ask.
func (l *library) indexExamples() {
	var all []featured
	l.asked = make([][][]string, len(l.topics))
	for t, topic := range l.topics {
		for _, ask := range topic.asks {
			fs := l.askFeatures(ask)
			l.asked[t] = append(l.asked[t], fs)
			all = append(all, featured{int32(t), fs})
		}
	}
	l.examples = newExamples(all, len(l.topics))
}

func (l *library) askFeatures(ask string) []string {
	ts := l.short.expand(tokenise(ask))
	return l.features(l.read(ts, mostlyMarked(ts)))
}

// learnWords fills the topics' vocabularies.
func (l *library) learnWords() {
	members := map[int32][]int32{}
	for id, concepts := range l.ph.also {
		for _, c := range concepts {
			members[c] = append(members[c], int32(id))
		}
	}
	for i := range l.topics {
		t := &l.topics[i]
		t.words = map[string]bool{}
		for _, ask := range t.asks {
			for _, tok := range tokenise(ask) {
				t.words[tok.fold] = true
			}
		}
		for _, p := range t.marks {
			for _, term := range p.terms {
				for _, id := range term.phrases {
					for _, m := range append(members[id], id) {
						for _, w := range l.ph.words[m] {
							if !term.not {
								t.words[w.fold] = true
							}
						}
					}
				}
			}
		}
	}
}

// isStop reports whether a word says nothing about the matter.
func (l *library) isStop(t token, marked bool) bool {
	return l.stop[t.tone] || !marked && !t.marked && l.stopFold[t.fold]
}
