package exam

import (
	"context"
	"fmt"
	"testing"
	"time"

	"duthi/core"
)

// The contest of this package's tests: two rounds of a day each, papers of 20 out of 60, some questions with
// several right options, two attempts.
const (
	firstDay core.Instant = 1_696_093_200_000 // 2023-10-01 00:00 +07
	day      core.Instant = 24 * 3_600_000
	minute   core.Instant = 60_000
)

func testContest() *core.Contest {
	return &core.Contest{
		ID: "thu", Timezone: "Asia/Ho_Chi_Minh", TargetPercent: 80,
		Period:   core.Period{Start: firstDay, End: firstDay + 2*day},
		Contacts: core.Contacts{Hotline: "0235.3833199"},
		Rounds: []core.Round{
			{ID: "dot-1", Name: "Đợt 1", Start: firstDay, End: firstDay + day},
			{ID: "dot-2", Name: "Đợt 2", Start: firstDay + day, End: firstDay + 2*day},
		},
		Quiz: core.Quiz{
			Questions: 20, DurationMinutes: 20, AttemptsPerRound: 2, Counted: "best", PointsPerAnswer: 5, MaxPoints: 100,
			ShuffleQuestions: true, ShuffleOptions: true, Autosave: true, RevealAnswers: "after_round", CertificateMin: 50,
			Prediction: core.PredictionRule{Enabled: true, Question: "Bao nhiêu người đúng hết?", Counts: "distinct_people_all_correct_in_round"},
			Ranking:    []core.RankCriterion{core.ByCorrect, core.ByPrediction, core.ByDuration, core.BySubmitted, core.ByLot},
		},
		Prizes: &core.Prizes{CollectivePerGroup: &core.CollectivePrize{Groups: []core.Block{
			{ID: "so", Name: "Sở, ban, ngành", Kinds: []string{"so-nganh"}},
			{ID: "huyen", Name: "Huyện, thị xã, thành phố", Kinds: []string{"huyen"}},
			{ID: "trong", Name: "Khối chưa có đơn vị", Kinds: []string{"khong"}},
		}}},
	}
}

func testUnits() []core.Unit {
	return []core.Unit{
		{Code: "SNV", Name: "Sở Nội vụ", Kind: "so-nganh", Headcount: 10},
		{Code: "SNV-VP", Name: "Văn phòng Sở", ParentCode: "SNV", Kind: "truc-thuoc", Headcount: 4},
		{Code: "SNV-CC", Name: "Chi cục Văn thư", ParentCode: "SNV", Kind: "truc-thuoc", Headcount: 3},
		{Code: "SNV-CC-1", Name: "Đội 1", ParentCode: "SNV-CC", Kind: "truc-thuoc", Headcount: 2},
		{Code: "SYT", Name: "Sở Y tế", Kind: "so-nganh", Headcount: 100},
		{Code: "DL", Name: "UBND huyện Đại Lộc", Kind: "huyen", Headcount: 0},
		{Code: "DL-NV", Name: "Phòng Nội vụ", ParentCode: "DL", Kind: "truc-thuoc", Headcount: 0},
	}
}

// testQuestions gives n questions; every third has several right options.
func testQuestions(prefix string, n int) []core.Question {
	out := make([]core.Question, n)
	for i := range out {
		q := core.Question{
			ContestID: "thu", ID: fmt.Sprintf("%s-%03d", prefix, i), Version: 1, Kind: core.Single, Correct: 1 << (i % 4),
			Text: fmt.Sprintf("Câu %s %d?", prefix, i), Explanation: fmt.Sprintf("Vì %d.", i), Source: "Nghị quyết 76",
		}
		for o := range 4 {
			q.Options = append(q.Options, fmt.Sprintf("%s %d phương án %d", prefix, i, o))
		}
		if i%3 == 0 {
			q.Kind, q.Correct = core.Multiple, 1<<(i%4)|1<<((i+1)%4)
		}
		out[i] = q
	}
	return out
}

func testEdition() *Edition {
	c := testContest()
	bank, practice := testQuestions("cau", 60), testQuestions("thu", 15)
	byRef := map[core.QuestionRef]core.Question{}
	for _, q := range bank {
		byRef[q.Ref()] = q
	}
	return &Edition{
		Contest: c, Loc: time.FixedZone("GMT+7", 7*3600), Units: core.NewUnitTree(testUnits(), c.Blocks()),
		Bank: bank, Practice: practice,
		Question: func(_ context.Context, ref core.QuestionRef) (core.Question, error) {
			q, ok := byRef[ref]
			if !ok {
				return q, core.Errorf(core.NotFound, "không có câu %s", ref.ID)
			}
			return q, nil
		},
	}
}

// storeless is a Service for what needs no storage.
func storeless(t *testing.T) *Service {
	t.Helper()
	s, err := New(Config{Secret: []byte("an unguessable key of 32 bytes..")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantCode(t *testing.T, err error, want core.Code) {
	t.Helper()
	if got := core.CodeOf(err); got != want {
		t.Fatalf("code %q (%v), want %q", got, err, want)
	}
}
