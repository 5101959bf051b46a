// Package rules answers questions from a contest's rules: it finds the clause that settles a question asked the way
// people write in a chat, quotes it word for word, offers two or three clauses when it is unsure, and says that it
// does not know when the rules are silent.
//
// Four things are combined. The library (library/*.txt) knows what contests are about: some 120 topics, each with
// ways to ask and with marks of the clauses that settle it; it names no contest and no clause id, so it serves any
// contest file. BM25 over folded words and concepts finds what no topic covers. Character n-grams forgive spelling. A model
// (library/meaning.bin) learnt from test contests and their questions, and from ways to ask and to word what each topic is
// about, places questions near the clauses that answer them whatever words either uses, and tells what no rule answers.
// An Index is built from one contest, never changes, and may be used by many goroutines.
package rules
