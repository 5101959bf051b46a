package catalog

import (
	"context"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"duthi/core"
)

// sampleSeed makes the sample's people and attempts the same every time, but for the moments.
const sampleSeed = 4366

// sampleUnits says how many people of which units take part: small units, so that some pass the target and
// some are far from it, in every block.
var sampleUnits = []struct {
	code   string
	people int
}{
	{"HCCB", 17}, {"BDVTU", 18}, {"BNCTU", 19}, {"BDT", 26}, {"DUK", 21}, {"HPN", 29}, {"UBMT", 15}, {"SNGV", 31},
	{"TW-NHNN", 41}, {"TTT", 13}, {"BTGTU", 9},
	{"SNV-CCHC", 7}, {"SNV-VP", 11}, {"SNV-TTR", 5}, {"SNV-CCVC", 6},
	{"H-TK-PNV", 8}, {"H-TK-PANM", 7}, {"H-HA-PNV", 6}, {"DN-VNPT", 11},
}

var (
	familyNames = strings.Fields("Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Huỳnh Võ Phan Đặng Bùi Đỗ Hồ Ngô Dương Đoàn Trương")
	maleMiddle  = strings.Fields("Văn Văn Hữu Đức Quang Minh Công Thanh Ngọc Xuân")
	maleGiven   = strings.Fields("An Bình Cường Dũng Đạt Hải Hiếu Hùng Khoa Khánh Long Lực Nam Nghĩa Phong Phúc Quân Sơn Tài Thắng Thịnh Tiến Toàn Trung Tuấn Vinh")
	femaleMid   = strings.Fields("Thị Thị Thị Ngọc Thu Thanh Kim Bích Mỹ Phương")
	femaleGiven = strings.Fields("Ánh Bích Châu Chi Dung Hà Hạnh Hằng Hiền Hoa Hồng Hương Lan Linh Loan Mai My Nga Ngân Nhung Oanh Phượng Quyên Tâm Thảo Thúy Trang Trinh Tuyết Vân Yến")
)

// crowd is the sample's people and what they did.
type crowd struct {
	contest  *core.Contest
	loc      *time.Location
	tree     *core.UnitTree
	bank     []core.Question // of rounds
	byRef    map[core.QuestionRef]core.Question
	sealer   *core.Sealer
	rng      *rand.Rand
	now      core.Instant
	people   []core.Contestant
	attempts []core.Attempt
}

func newCrowd(c *core.Contest, units []core.Unit, bank []core.Question, sealer *core.Sealer, now core.Instant) *crowd {
	w := &crowd{contest: c, loc: c.Location(), tree: core.NewUnitTree(units, c.Blocks()), sealer: sealer, now: now,
		byRef: map[core.QuestionRef]core.Question{}, rng: rand.New(rand.NewPCG(sampleSeed, 1))}
	w.bank, _ = core.SplitPractice(bank, c.Quiz)
	for _, q := range bank {
		w.byRef[q.Ref()] = q
	}
	for _, u := range sampleUnits {
		for range u.people {
			w.join(u.code)
		}
	}
	return w
}

// store writes everybody, then everything they did.
func (w *crowd) store(ctx context.Context, s Sample) error {
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(32) // together they share the store's commits
	for _, p := range w.people {
		group.Go(func() error { return s.People.InsertContestant(inner, p) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if s.Receipt != nil {
		for i := range w.attempts {
			w.attempts[i].Receipt = s.Receipt(&w.attempts[i])
		}
	}
	for chunk := range slices.Chunk(w.attempts, 200) {
		if err := s.People.ImportAttempts(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

// join makes a person of a unit, and for most of them attempts.
func (w *crowd) join(unit string) {
	n := len(w.people)
	round := w.contest.Rounds[min(2, w.rng.IntN(4))]
	at := w.moment(round.Start, min(round.End, w.now))
	p := core.Contestant{
		ID: w.id(at), ContestID: w.contest.ID, Status: core.Active, UnitCode: unit, Unit1Code: unit, Sample: true,
		CreatedAt: at, UpdatedAt: at, Revision: 1,
		// The text people see at registration has its own version: these have agreed to none of it.
		Consents: []core.Consent{{Kind: "data", TextVersion: "sample", At: at}},
	}
	if n%5 > 0 { // most agreed to be reminded
		p.Consents = append(p.Consents, core.Consent{Kind: "zalo", TextVersion: "sample", At: at})
	}
	if top, ok := w.tree.Top(unit); ok {
		p.Unit1Code = top.Code
	}
	p.FullName, p.Gender = w.name()
	p.NameFolded = core.Fold(p.FullName)
	p.BirthDate = time.Date(1966+w.rng.IntN(34), time.Month(1+w.rng.IntN(12)), 1+w.rng.IntN(28), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	// Numbers nobody has: no province has the code 000, and no network uses 095.
	p.NationalID = w.sealer.Seal(p.ContestID, "national_id", fmt.Sprintf("000%09d", 100000007*(n+1)%1000000000))
	p.Phone = w.sealer.Seal(p.ContestID, "phone", fmt.Sprintf("+8495%07d", 1000003*(n+1)%10000000))
	w.people = append(w.people, p)
	if w.rng.IntN(20) == 0 {
		return // registered and never entered
	}
	skill := 0.55 + 0.42*w.rng.Float64()
	for i, r := range w.contest.Rounds[:3] {
		if r.End <= p.CreatedAt || i > 0 && w.rng.IntN(5) == 0 && r.Start > p.CreatedAt {
			continue
		}
		w.enter(p, r, skill)
		skill = min(0.985, skill+0.04)
	}
}

// enter makes one or two attempts of a person in a round.
func (w *crowd) enter(p core.Contestant, r core.Round, skill float64) {
	last := min(r.End, w.now) - core.Instant(30*time.Minute/time.Millisecond)
	from := max(r.Start, p.CreatedAt) + core.Instant(5*time.Minute/time.Millisecond)
	for ordinal := 1; ordinal <= 1+w.rng.IntN(w.contest.Quiz.AttemptsPerRound) && from < last; ordinal++ {
		start := w.moment(from, last)
		if start >= last {
			return
		}
		a := w.attempt(p, r, ordinal, start, skill)
		w.attempts = append(w.attempts, a)
		from = a.SubmittedAt + core.Instant(time.Minute/time.Millisecond)
		skill = min(0.985, skill+0.06)
	}
}

// attempt makes a finished attempt: answers right with the chance of skill, one after the other.
func (w *crowd) attempt(p core.Contestant, r core.Round, ordinal int, start core.Instant, skill float64) core.Attempt {
	q := w.contest.Quiz
	a := core.Attempt{
		ID: w.id(start), ContestID: p.ContestID, RoundID: r.ID, ContestantID: p.ID, Ordinal: ordinal, UnitCode: p.UnitCode, Unit1Code: p.Unit1Code,
		Seed: w.rng.Int64N(core.SeedLimit), StartedAt: start, Deadline: core.Deadline(start, q.Duration(), 0, r.End), Sample: true,
	}
	if b, ok := w.tree.Block(p.UnitCode); ok {
		a.BlockID = b.ID
	}
	a.Paper = core.DrawPaper(w.bank, q, a.Seed)
	a.Answers = make([]core.Answer, len(a.Paper))
	correct := make([]core.OptionSet, len(a.Paper))
	pace := 8 + w.rng.IntN(40) // seconds a question
	at := start
	for i, item := range a.Paper {
		x := w.byRef[item.QuestionRef]
		correct[i] = x.Correct
		at = at.Add(time.Duration(3+w.rng.IntN(2*pace)) * time.Second)
		if at >= a.Deadline {
			continue
		}
		a.Answers[i] = core.Answer{Choice: w.choose(x, skill), Rev: 1, At: at}
		a.Writes++
	}
	status := core.Submitted
	if at = at.Add(time.Duration(5+w.rng.IntN(25)) * time.Second); at >= a.Deadline {
		status = core.Expired
	} else if w.rng.IntN(12) > 0 {
		guess := int64(20 + w.rng.IntN(140))
		a.Prediction = core.Prediction{Value: &guess, Rev: 1}
		a.Writes++
	}
	a.Finish(status, at, core.ScoreAnswers(a.Answers, correct, q.PointsPerAnswer, q.MaxPoints))
	return a
}

// choose gives the right options with the chance of skill, else some other choice.
func (w *crowd) choose(q core.Question, skill float64) core.OptionSet {
	if w.rng.Float64() < skill {
		return q.Correct
	}
	for {
		wrong := core.OptionSet(1 << w.rng.IntN(len(q.Options)))
		if q.Kind == core.Multiple {
			wrong |= 1 << w.rng.IntN(len(q.Options))
		}
		if wrong != q.Correct {
			return wrong
		}
	}
}

func (w *crowd) name() (name, gender string) {
	pick := func(from []string) string { return from[w.rng.IntN(len(from))] }
	if w.rng.IntN(2) == 0 {
		return pick(familyNames) + " " + pick(maleMiddle) + " " + pick(maleGiven), "nam"
	}
	return pick(familyNames) + " " + pick(femaleMid) + " " + pick(femaleGiven), "nu"
}

// moment gives a moment from a on and before b, mostly in office hours and evenings.
func (w *crowd) moment(a, b core.Instant) core.Instant {
	if b <= a {
		return a
	}
	var at core.Instant
	for range 20 {
		at = (a + core.Instant(w.rng.Int64N(int64(b-a)))) / 1000 * 1000
		if h := at.Time(w.loc).Hour(); at >= a && (h >= 7 && h < 12 || h >= 13 && h < 18 || h >= 19 && h < 22) {
			return at
		}
	}
	return max(a, at)
}

// id gives an identifier like core.NewID's, but the same every time.
func (w *crowd) id(at core.Instant) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at)<<16)
	binary.BigEndian.PutUint16(b[6:8], uint16(w.rng.Uint32()))
	binary.BigEndian.PutUint64(b[8:], w.rng.Uint64())
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}
