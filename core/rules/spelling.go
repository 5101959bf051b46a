package rules

import "strings"

// indexSpelling collects the words and neighbours that the library and the rules' texts know, so that what is unknown can be read as a misspelling.
func (ix *Index) indexSpelling(texts [][]token) {
	ix.vocab, ix.pairs, ix.sounds = map[string]bool{}, map[string]bool{}, map[string][]word{}
	take := func(ws []word) {
		for i, w := range ws {
			if !ix.vocab[w.fold] {
				ix.vocab[w.fold] = true
				k := sound(w.fold)
				ix.sounds[k] = append(ix.sounds[k], w)
			}
			if i > 0 {
				ix.pairs[ws[i-1].fold+"_"+w.fold] = true
			}
		}
	}
	for _, ws := range ix.lib.ph.words {
		take(ws)
	}
	ix.familiar = map[string]bool{}
	for id, concepts := range ix.lib.ph.also {
		for _, w := range ix.lib.ph.words[id] {
			ix.familiar[w.fold] = ix.familiar[w.fold] || len(concepts) > 0
		}
	}
	for _, t := range ix.lib.topics {
		for w := range t.words {
			ix.familiar[w] = ix.familiar[w] || t.kind == kindRule
		}
	}
	for _, ts := range texts {
		ws := make([]word, len(ts))
		for i, t := range ts {
			ws[i] = t.word
			ix.familiar[t.fold] = true
		}
		take(ws)
	}
}

// correct gives misspelt words of a question their likely readings. A word is suspect when it forms no known pair with
// its neighbours; a reading must form one.
func (ix *Index) correct(ts []token) {
	marked := mostlyMarked(ts)
	for i := range ts {
		if isNumber(ts[i].fold) || len(ts[i].fold) < 2 || ix.lib.isStop(ts[i], marked) {
			continue
		}
		known := i > 0 && ix.pairs[ts[i-1].fold+"_"+ts[i].fold] || i+1 < len(ts) && ix.pairs[ts[i].fold+"_"+ts[i+1].fold]
		if known {
			continue
		}
		for _, w := range ix.readings(ts[i].fold) {
			if i > 0 && ix.pairs[ts[i-1].fold+"_"+w.fold] || i+1 < len(ts) && ix.pairs[w.fold+"_"+ts[i+1].fold] {
				ts[i].alts = append(ts[i].alts, w)
			}
		}
	}
}

// readings lists known words that sound like s or, when s is no Vietnamese syllable, are one slip of the finger away.
func (ix *Index) readings(s string) []word {
	var out []word
	for _, w := range ix.sounds[sound(s)] {
		if w.fold != s {
			out = append(out, w)
		}
	}
	if isSyllable(s) {
		return out
	}
	for slip := range slips(s) {
		if slip != s && ix.vocab[slip] {
			out = append(out, word{slip, slip})
		}
	}
	return out
}

// slips yields s with two letters swapped, one left out or one doubled letter removed.
func slips(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; i+1 < len(s); i++ {
			if !yield(s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]) {
				return
			}
		}
		for i := range len(s) {
			if !yield(s[:i] + s[i+1:]) {
				return
			}
		}
		for i := 0; i <= len(s); i++ {
			for _, c := range "aeiounhgt" {
				if !yield(s[:i] + string(c) + s[i:]) {
					return
				}
			}
		}
	}
}

// sound gives a key that is equal for syllables often mistaken for each other by ear.
func sound(s string) string {
	on, rhyme := split(s)
	switch on {
	case "tr":
		on = "ch"
	case "x":
		on = "s"
	case "gi", "r", "v":
		on = "d"
	case "ngh":
		on = "ng"
	case "gh":
		on = "g"
	case "k", "q":
		on = "c"
	}
	rhyme = strings.ReplaceAll(rhyme, "y", "i")
	switch {
	case strings.HasSuffix(rhyme, "ng"):
		rhyme = rhyme[:len(rhyme)-1]
	case strings.HasSuffix(rhyme, "t"):
		rhyme = rhyme[:len(rhyme)-1] + "c"
	}
	return on + "-" + rhyme
}

var onsets = strings.Fields("ngh ch gh gi kh ng nh ph qu th tr b c d g h k l m n p r s t v x")

var rhymes = func() map[string]bool {
	m := map[string]bool{}
	for _, r := range strings.Fields(`a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu i ia ich iec iem ien
		ieng iep iet ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oem oen oeo oet oi om on ong
		oong op ot u ua uan uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu uy uya uych uyen
		uyet uynh uyt uyu y yem yen yet yeu anh`) {
		m[r] = true
	}
	return m
}()

// split parts a folded syllable into its first consonants and the rest.
func split(s string) (onset, rhyme string) {
	for _, o := range onsets {
		if strings.HasPrefix(s, o) && len(s) > len(o) {
			return o, s[len(o):]
		}
	}
	return "", s
}

// isSyllable reports whether a folded word could be Vietnamese.
func isSyllable(s string) bool {
	on, rhyme := split(s)
	return rhymes[rhyme] || on == "qu" && (rhymes[rhyme] || rhymes["u"+rhyme]) || on == "gi" && rhymes["i"+rhyme]
}
