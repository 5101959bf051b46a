package rules

// smalltalk answers a message that is nothing but small talk.
func (ix *Index) smalltalk(v view) (Reply, bool) {
	covered := make([]bool, len(v.text.ts))
	best, length := -1, 0
	for t, topic := range ix.lib.topics {
		if topic.kind != kindTalk {
			continue
		}
		for _, h := range v.text.hits {
			if !slicesContainsPhrase(topic.marks, h.phrase) || h.quality < 0.9 {
				continue
			}
			for i := h.start; i < h.end; i++ {
				covered[i] = true
			}
			if n := h.end - h.start; n > length || n == length && topic.id == "talk-abuse" {
				best, length = t, n
			}
		}
	}
	rest := 0
	for i, tok := range v.text.ts {
		if !covered[i] && !tok.stop {
			rest++
		}
	}
	_, rule := ix.bestOf(v, kindRule)
	if best >= 0 && rest == 0 && (rule < 0.6 || length >= 3 || length == len(v.text.ts)) {
		return ix.talk(ix.lib.topics[best].id), true
	}
	if best < 0 && v.text.content == 0 && len(v.text.ts) <= 1 {
		return ix.talk("talk-greet"), true
	}
	if best >= 0 && rest <= 1+length && rule < 0.5 && (ix.lib.topics[best].id == "talk-who" && length > 1 || ix.lib.topics[best].id == "talk-abuse") {
		return ix.talk(ix.lib.topics[best].id), true
	}
	return Reply{}, false
}

func slicesContainsPhrase(marks []pattern, id int32) bool {
	for _, p := range marks {
		for _, t := range p.terms {
			for _, x := range t.phrases {
				if x == id {
					return true
				}
			}
		}
	}
	return false
}

func (ix *Index) talk(id string) Reply {
	t := ix.lib.topics[ix.lib.byID[id]]
	return Reply{Outcome: Smalltalk, Score: 1, Answer: t.reply}
}

// aside answers what is not a matter of the rules: a refusal, or a command.
func (ix *Index) aside(topic int, score float64) Reply {
	t := ix.lib.topics[topic]
	if t.kind == kindCommand {
		return Reply{Outcome: Command, Score: score, Command: t.command, Answer: t.reply}
	}
	if t.id == "out-silent" { // about the contest all the same: the organizers should hear of it
		return Reply{Outcome: Abstain, Score: score, Answer: ix.silent(nil)}
	}
	answer := t.reply
	if answer == "" {
		answer = "Bot chỉ trả lời về thể lệ cuộc thi nên chưa giúp được việc này."
		if h := ix.contest.Contacts.Hotline; h != "" {
			answer += " Việc liên quan đến cuộc thi, anh/chị gọi " + h + "."
		}
	}
	return Reply{Outcome: Abstain, Score: score, Answer: answer, Refused: true}
}
