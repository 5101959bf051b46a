package core

import "strings"

// Results finds what the organizer published about a round: a notice or document whose title has the words "kết quả"
// and the round's name, such as "Kết quả Đợt 1".
func (c *Contest) Results(r Round) (Document, bool) {
	name := " " + Fold(r.Name) + " "
	for _, docs := range [][]Document{c.Notices, c.Documents} {
		for _, d := range docs {
			title := " " + Fold(d.Title) + " "
			if r.ID != "" && strings.Contains(title, " ket qua ") && strings.Contains(title, name) {
				return d, true
			}
		}
	}
	return Document{}, false
}
