package webapp

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/exam"
)

var update = flag.Bool("update", false, "write golden files")

// saigon is the zone of the example contest.
var saigon = time.FixedZone("ICT", 7*3600)

func at(day, clock string) core.Instant {
	t, err := time.ParseInLocation("02/01/2006 15:04:05", day+" "+clock, saigon)
	if err != nil {
		panic(err)
	}
	return core.At(t)
}

// exampleEdition is a contest like the sample, small enough to read.
func exampleEdition() *exam.Edition {
	ct := &core.Contest{
		ID: "cchc-2023", Lang: "vi", Timezone: "Asia/Ho_Chi_Minh", TargetPercent: 80,
		Title:      "Cuộc thi trực tuyến tìm hiểu, tuyên truyền cải cách hành chính năm 2023",
		ShortTitle: "Tìm hiểu CCHC Quảng Nam 2023",
		Organizer:  core.Host{Authority: "Ủy ban nhân dân tỉnh Quảng Nam", StandingBody: "Sở Nội vụ tỉnh Quảng Nam", Plan: &core.Plan{Number: "4366/KH-UBND", Date: "2023-07-06"}},
		Period:     core.Period{Start: at("01/10/2023", "00:00:00"), End: at("16/12/2023", "00:00:00")},
		Audience:   []string{"Cán bộ, công chức, viên chức và người lao động trong các cơ quan Đảng, Mặt trận Tổ quốc và đoàn thể"},
		Contacts:   core.Contacts{Hotline: "0235.3833199", HotlineOwner: "Phòng Cải cách hành chính, Sở Nội vụ", HotlineHours: "07:30-11:30 và 13:30-17:00, thứ Hai đến thứ Sáu", ZaloOA: "Zalo OA Sở Nội vụ Quảng Nam", ZaloOAID: "4318657068771012646"},
		Rounds: []core.Round{
			{ID: "dot-1", Name: "Đợt 1", Start: at("01/10/2023", "00:00:00"), End: at("16/10/2023", "00:00:00")},
			{ID: "dot-2", Name: "Đợt 2", Start: at("16/10/2023", "00:00:00"), End: at("01/11/2023", "00:00:00")},
			{ID: "dot-3", Name: "Đợt 3", Start: at("01/11/2023", "00:00:00"), End: at("16/11/2023", "00:00:00")},
			{ID: "dot-4", Name: "Đợt 4", Start: at("16/11/2023", "00:00:00"), End: at("01/12/2023", "00:00:00")},
			{ID: "dot-5", Name: "Đợt 5", Start: at("01/12/2023", "00:00:00"), End: at("16/12/2023", "00:00:00")},
		},
		Quiz: core.Quiz{Questions: 20, DurationMinutes: 20, AttemptsPerRound: 2, Counted: "best", PointsPerAnswer: 5, MaxPoints: 100,
			ShuffleQuestions: true, ShuffleOptions: true, Autosave: true, RevealAnswers: "after_round", CertificateMin: 50,
			Prediction: core.PredictionRule{Enabled: true, Question: "Theo bạn, có bao nhiêu người trả lời đúng cả 20 câu hỏi trong đợt này?"}},
		Complaints: &core.Complaints{PublishWithin: 7},
	}
	return &exam.Edition{Sample: true, Contest: ct, Loc: saigon, Units: core.NewUnitTree(nil, nil), Practice: make([]core.Question, 10),
		Question: func(context.Context, core.QuestionRef) (core.Question, error) {
			return core.Question{}, core.Errorf(core.NotFound, "")
		}}
}

// exampleVisitor looks at the example contest at a moment, signed in to nobody.
func exampleVisitor(now core.Instant) *visitor {
	return &visitor{ed: exampleEdition(), base: "/", now: now}
}

func testApp(t *testing.T) *App {
	t.Helper()
	a, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// golden compares a rendered page with testdata/NAME.html. File digests are taken out: they change with every
// style sheet.
func golden(t *testing.T, name, html string) {
	t.Helper()
	file := filepath.Join("testdata", name+".html")
	html = digest.ReplaceAllString(strings.TrimSpace(html), ".") + "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(html), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), html); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
