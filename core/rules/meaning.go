package rules

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
)

//go:embed library/meaning.bin
var meaningFile embed.FS

// meaning places questions and clauses in one space, where a question lies near the clause that answers it whatever words
// either uses. What it knows was learnt from contests and the questions about them (see learn_test.go): a vector for every
// feature, one where people ask and one where rules say it. Vectors have length 1 or are all zero.
//
// Several spaces, each learnt from another beginning, make fewer mistakes than one.
type meaning struct {
	ids    map[string]int32
	spaces []space
}

// space holds the vectors of one learning. Each is dim values long.
type space struct {
	dim    int
	ask    []float32   // feature -> its vector in a question
	say    []float32   // the same, in a clause
	beside [][]float32 // where questions lie that no rule answers
}

// learnt is the model of this program, read once: it never changes.
var learnt = sync.OnceValue(func() *meaning {
	b, err := meaningFile.ReadFile("library/meaning.bin")
	if err == nil {
		var m *meaning
		if m, err = readMeaning(bytes.NewReader(b)); err == nil {
			return m
		}
	}
	panic("rules: embedded model: " + err.Error())
})

// question gives the place of a question in each space.
func (m *meaning) question(features []string) [][]float32 {
	ids, out := m.known(features), make([][]float32, len(m.spaces))
	for i, sp := range m.spaces {
		out[i] = place(ids, sp.ask, sp.dim)
	}
	return out
}

// clause gives the places of a clause's forms, each in each space.
func (m *meaning) clause(forms [][]string) [][][]float32 {
	var out [][][]float32
	for _, features := range forms {
		ids, places := m.known(features), make([][]float32, len(m.spaces))
		for i, sp := range m.spaces {
			places[i] = place(ids, sp.say, sp.dim)
		}
		out = append(out, places)
	}
	return out
}

func (m *meaning) known(features []string) []int32 {
	ids := make([]int32, 0, len(features))
	for _, f := range features {
		if id, ok := m.ids[f]; ok {
			ids = append(ids, id)
		}
	}
	return ids
}

func place(ids []int32, of []float32, dim int) []float32 {
	v := make([]float32, dim)
	for _, id := range ids {
		for i, x := range of[int(id)*dim : (int(id)+1)*dim] {
			v[i] += x
		}
	}
	return unit(v)
}

// nearness of a question to the nearest form of a clause, -1 to 1.
func nearness(q [][]float32, forms [][][]float32) float64 {
	best := float32(math.Inf(-1))
	for _, c := range forms {
		sum := float32(0)
		for i := range q {
			sum += dot(q[i], c[i])
		}
		best = max(best, sum)
	}
	return float64(best) / float64(len(q))
}

// outside says how near a question lies to those that no rule answers, -1 to 1.
func (m *meaning) outside(q [][]float32) float64 {
	sum := float32(0)
	for i, sp := range m.spaces {
		best := float32(-1)
		for _, b := range sp.beside {
			best = max(best, dot(q[i], b))
		}
		sum += best
	}
	return float64(sum) / float64(len(m.spaces))
}

func dot(a, b []float32) float32 {
	s := float32(0)
	for i, x := range a {
		s += x * b[i]
	}
	return s
}

// unit stretches v to length 1, in place.
func unit(v []float32) []float32 {
	n := float32(math.Sqrt(float64(dot(v, v))))
	if n == 0 {
		return v
	}
	for i := range v {
		v[i] /= n
	}
	return v
}

// sayings lists what a clause is placed by: as a whole, and each of its sentences where there are several, since a clause
// that settles several matters lies between them.
func (l *library) sayings(title text, clause string) [][]string {
	out := [][]string{l.saying(title, l.read(tokenise(clause), true))}
	if sentences := sentencesOf(clause); len(sentences) > 1 {
		for _, s := range sentences {
			out = append(out, l.saying(title, l.read(tokenise(s), true)))
		}
	}
	return out
}

// saying lists what a clause is placed by: its features, and those of its article's title, which also count as a title's.
func (l *library) saying(title, body text) []string {
	out := l.features(body)
	for _, f := range l.features(title) {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
		out = append(out, titleMark+f)
	}
	return out
}

const titleMark = "T:"

// write stores m: sizes, the features' names, then for each vector its scale and a byte per value.
func (m *meaning) write(w io.Writer) error {
	b := bufio.NewWriter(w)
	names := make([]string, len(m.ids))
	for f, id := range m.ids {
		names[id] = f
	}
	fmt.Fprintf(b, "duthi meaning 1\n%d %d\n", len(names), len(m.spaces))
	for _, n := range names {
		fmt.Fprintln(b, n)
	}
	for _, sp := range m.spaces {
		fmt.Fprintf(b, "%d %d\n", sp.dim, len(sp.beside))
		for _, rows := range [][]float32{sp.ask, sp.say, slices.Concat(sp.beside...)} {
			for row := range slices.Chunk(rows, sp.dim) {
				writeRow(b, row)
			}
		}
	}
	return b.Flush()
}

func writeRow(b *bufio.Writer, row []float32) {
	top := float32(0)
	for _, x := range row {
		top = max(top, x, -x)
	}
	if top == 0 {
		top = 1
	}
	_ = binary.Write(b, binary.LittleEndian, top) // the buffer keeps an error until Flush
	for _, x := range row {
		_ = b.WriteByte(byte(int8(math.Round(float64(x / top * 127)))))
	}
}

// readMeaning reads what write wrote.
func readMeaning(r io.Reader) (*meaning, error) {
	b := bufio.NewReader(r)
	var n, spaces int
	if _, err := fmt.Fscanf(b, "duthi meaning 1\n%d %d\n", &n, &spaces); err != nil {
		return nil, fmt.Errorf("head: %w", err)
	}
	m := &meaning{ids: make(map[string]int32, n)}
	for i := range n {
		name, err := b.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("name %d: %w", i, err)
		}
		m.ids[name[:len(name)-1]] = int32(i)
	}
	for range spaces {
		sp, err := readSpace(b, n)
		if err != nil {
			return nil, err
		}
		m.spaces = append(m.spaces, sp)
	}
	return m, nil
}

func readSpace(b *bufio.Reader, n int) (space, error) {
	var sp space
	var beside int
	if _, err := fmt.Fscanf(b, "%d %d\n", &sp.dim, &beside); err != nil {
		return sp, fmt.Errorf("space: %w", err)
	}
	all, buf := make([]float32, (2*n+beside)*sp.dim), make([]byte, 4+sp.dim)
	for row := range slices.Chunk(all, sp.dim) {
		if _, err := io.ReadFull(b, buf); err != nil {
			return sp, fmt.Errorf("vector: %w", err)
		}
		scale := math.Float32frombits(binary.LittleEndian.Uint32(buf)) / 127
		for i := range row {
			row[i] = scale * float32(int8(buf[4+i]))
		}
	}
	sp.ask, sp.say = all[:n*sp.dim], all[n*sp.dim:2*n*sp.dim]
	for row := range slices.Chunk(all[2*n*sp.dim:], sp.dim) {
		sp.beside = append(sp.beside, row)
	}
	return sp, nil
}
