package rules

import (
	"math"
	"math/rand/v2"
	"slices"
)

// How the model is learnt. Found by leaving out one contest at a time; see testdata/README.md.
const (
	learnSpaces  = 2
	learnDim     = 64
	learnBeside  = 8
	learnEpochs  = 12
	learnRate    = 3e-3
	learnHeat    = 0.15 // of the softmax over a contest's clauses
	learnDrop    = 0.3  // share of the features left out of each example, each time others
	learnBatch   = 32
	learnTopics  = 60 // of the contests made up of sample clauses
	learnOutside = 8  // questions no rule answers among theirs
	learnAtLeast = 3  // a feature of fewer examples is not learnt
)

// lesson is a contest with questions: right[i][j] says that clause j answers question i; a question without any is one
// that no rule answers.
type lesson struct {
	asks, says [][]string
	right      [][]bool
}

// sayings are sample questions and clauses of one topic.
type sayings struct {
	asks, says [][]string
}

// learner holds a model while it is learnt: the vectors of questions, of clauses and of what lies beside the rules.
type learner struct {
	ids  map[string]int32
	idf  []float32
	rnd  *rand.Rand
	ask  param
	say  param
	side param
	step int
}

// param is a matrix with what Adam remembers of it. Rows that an example does not touch stay as they are.
type param struct {
	dim           int
	w, grad       []float32
	first, second []float32
	touched       []int32
	isTouched     []bool
}

func newParam(rows, dim int, rnd *rand.Rand) param {
	p := param{dim: dim, w: make([]float32, rows*dim), grad: make([]float32, rows*dim), first: make([]float32, rows*dim), second: make([]float32, rows*dim), isTouched: make([]bool, rows)}
	for i := range p.w {
		p.w[i] = float32(rnd.NormFloat64() / math.Sqrt(float64(dim)))
	}
	return p
}

func (p *param) row(i int32) []float32 { return p.w[int(i)*p.dim : (int(i)+1)*p.dim] }

func (p *param) pull(i int32, by float32, g []float32) {
	if !p.isTouched[i] {
		p.isTouched[i] = true
		p.touched = append(p.touched, i)
	}
	row := p.grad[int(i)*p.dim : (int(i)+1)*p.dim]
	for k, x := range g {
		row[k] += by * x
	}
}

func (p *param) move(step int) {
	const b1, b2 = 0.9, 0.99
	c1, c2 := 1-math.Pow(b1, float64(step)), 1-math.Pow(b2, float64(step))
	for _, i := range p.touched {
		p.isTouched[i] = false
		for k := int(i) * p.dim; k < (int(i)+1)*p.dim; k++ {
			g := p.grad[k]
			p.grad[k] = 0
			p.first[k] = b1*p.first[k] + (1-b1)*g
			p.second[k] = b2*p.second[k] + (1-b2)*g*g
			p.w[k] -= float32(learnRate * float64(p.first[k]) / c1 / (math.Sqrt(float64(p.second[k])/c2) + 1e-7))
		}
	}
	p.touched = p.touched[:0]
}

// learn makes a model of lessons and sayings.
func learn(lessons []lesson, topics []sayings, outside [][]string) *meaning {
	m := countFeatures(lessons, topics, outside)
	for seed := range uint64(learnSpaces) {
		m.spaces = append(m.spaces, m.learnSpace(lessons, topics, outside, seed))
	}
	return m.meaning
}

// learnSpace learns one space.
func (m dictionary) learnSpace(lessons []lesson, topics []sayings, outside [][]string, seed uint64) space {
	l := newLearner(m, seed)
	asks := 0
	for _, t := range topics {
		asks += len(t.asks)
	}
	for range learnEpochs {
		for _, k := range l.rnd.Perm(len(lessons)) {
			for batch := range slices.Chunk(l.rnd.Perm(len(lessons[k].asks)), learnBatch) {
				l.study(lessons[k], batch)
			}
		}
		for range asks / learnTopics {
			made := l.makeUp(topics, outside)
			l.study(made, l.rnd.Perm(len(made.asks)))
		}
	}
	return l.finish()
}

// dictionary is a model's features with how rare they are.
type dictionary struct {
	*meaning
	idf []float32
}

func countFeatures(lessons []lesson, topics []sayings, outside [][]string) dictionary {
	m := dictionary{meaning: &meaning{ids: map[string]int32{}}}
	df, docs := map[string]int{}, 0
	var order []string
	count := func(all [][]string) {
		for _, features := range all {
			docs++
			for _, f := range features {
				if df[f]++; df[f] == learnAtLeast {
					order = append(order, f)
				}
			}
		}
	}
	for _, x := range lessons {
		count(x.asks)
		count(x.says)
	}
	for _, x := range topics {
		count(x.asks)
		count(x.says)
	}
	count(outside)
	for i, f := range order {
		m.ids[f] = int32(i)
		m.idf = append(m.idf, float32(1+math.Log(float64(1+docs)/float64(1+df[f]))))
	}
	return m
}

func newLearner(m dictionary, seed uint64) *learner {
	l := &learner{ids: m.ids, idf: m.idf, rnd: rand.New(rand.NewPCG(seed, 1))}
	l.ask = newParam(len(m.idf), learnDim, l.rnd)
	l.say = newParam(len(m.idf), learnDim, l.rnd)
	copy(l.say.w, l.ask.w) // a word means the same in a clause, until learnt otherwise
	l.side = newParam(learnBeside, learnDim, l.rnd)
	return l
}

// makeUp makes a contest of one sample clause for each of some topics, and a question on each.
func (l *learner) makeUp(topics []sayings, outside [][]string) lesson {
	var made lesson
	for _, t := range l.rnd.Perm(len(topics))[:min(learnTopics, len(topics))] {
		made.says = append(made.says, topics[t].says[l.rnd.IntN(len(topics[t].says))])
		made.asks = append(made.asks, topics[t].asks[l.rnd.IntN(len(topics[t].asks))])
	}
	for i := range made.asks {
		right := make([]bool, len(made.says))
		right[i] = true
		made.right = append(made.right, right)
	}
	for range learnOutside {
		made.asks = append(made.asks, outside[l.rnd.IntN(len(outside))])
		made.right = append(made.right, make([]bool, len(made.says)))
	}
	return made
}

// placed is one example on its way through the model.
type placed struct {
	ids   []int32
	at    []float32 // length 1
	scale float32   // its length before
	grad  []float32
}

func (l *learner) place(p *param, features []string) placed {
	x := placed{at: make([]float32, p.dim), grad: make([]float32, p.dim)}
	for _, f := range features {
		if id, ok := l.ids[f]; ok && l.rnd.Float64() >= learnDrop {
			x.ids = append(x.ids, id)
			for k, w := range p.row(id) {
				x.at[k] += l.idf[id] * w
			}
		}
	}
	x.scale = float32(math.Sqrt(float64(dot(x.at, x.at)))) + 1e-6
	for k := range x.at {
		x.at[k] /= x.scale
	}
	return x
}

// blame hands an example's gradient on to its features.
func (l *learner) blame(p *param, x placed) {
	along := dot(x.grad, x.at)
	for k := range x.grad {
		x.grad[k] = (x.grad[k] - along*x.at[k]) / x.scale
	}
	for _, id := range x.ids {
		p.pull(id, l.idf[id], x.grad)
	}
}

// study moves the model so that the questions of a batch lie nearer to what answers them than to the rest.
func (l *learner) study(x lesson, batch []int) {
	var to []placed
	for _, s := range x.says {
		to = append(to, l.place(&l.say, s))
	}
	for i := range int32(learnBeside) {
		b := placed{ids: []int32{i}, at: slices.Clone(l.side.row(i)), grad: make([]float32, learnDim)}
		b.scale = float32(math.Sqrt(float64(dot(b.at, b.at)))) + 1e-6
		for k := range b.at {
			b.at[k] /= b.scale
		}
		to = append(to, b)
	}
	for _, i := range batch {
		q := l.place(&l.ask, x.asks[i])
		l.compare(q, to, x.right[i], 1/float32(len(batch)))
		l.blame(&l.ask, q)
	}
	l.step++
	for j, c := range to {
		if j < len(x.says) {
			l.blame(&l.say, c)
			continue
		}
		along := dot(c.grad, c.at)
		for k := range c.grad {
			c.grad[k] = (c.grad[k] - along*c.at[k]) / c.scale
		}
		l.side.pull(c.ids[0], 1, c.grad)
	}
	for _, p := range []*param{&l.ask, &l.say, &l.side} {
		p.move(l.step)
	}
}

// compare adds the gradients of one question: a softmax over everything it could be near, against the share that is right.
func (l *learner) compare(q placed, to []placed, right []bool, share float32) {
	p, top := make([]float64, len(to)), math.Inf(-1)
	for j := range to {
		p[j] = float64(dot(q.at, to[j].at)) / learnHeat
		top = max(top, p[j])
	}
	all, good, none := 0.0, 0.0, !slices.Contains(right, true)
	isRight := func(j int) bool { return j < len(right) && right[j] || j >= len(right) && none }
	for j := range p {
		p[j] = math.Exp(p[j] - top)
		all += p[j]
		if isRight(j) {
			good += p[j]
		}
	}
	for j := range p {
		g := p[j] / all
		if isRight(j) {
			g -= p[j] / (good + 1e-9)
		}
		d := float32(g/learnHeat) * share
		for k := range q.at {
			q.grad[k] += d * to[j].at[k]
			to[j].grad[k] += d * q.at[k]
		}
	}
}

// finish gives the space with each feature's rarity worked into its vectors.
func (l *learner) finish() space {
	s := space{dim: learnDim, ask: slices.Clone(l.ask.w), say: slices.Clone(l.say.w)}
	for i, idf := range l.idf {
		for k := i * s.dim; k < (i+1)*s.dim; k++ {
			s.ask[k] *= idf
			s.say[k] *= idf
		}
	}
	for i := range int32(learnBeside) {
		s.beside = append(s.beside, unit(slices.Clone(l.side.row(i))))
	}
	return s
}
