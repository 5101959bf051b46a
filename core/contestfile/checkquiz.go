package contestfile

import (
	"fmt"
	"slices"
	"strings"

	"duthi/core"
)

// quiz checks how papers are drawn, answered and ranked.
func (k *check) quiz() {
	q := &k.c.Quiz
	k.between("quiz.questions_per_attempt", int64(q.Questions), 1, 200)
	k.between("quiz.duration_minutes", int64(q.DurationMinutes), 1, 600)
	k.between("quiz.attempts_per_round", int64(q.AttemptsPerRound), 1, 1000)
	k.between("quiz.points_per_question", int64(q.PointsPerAnswer), 1, 1000)
	k.oneOf("quiz.counted_attempt", q.Counted, "best")
	k.oneOf("quiz.reveal_answers", q.RevealAnswers, "after_round", "never")
	k.bad(q.NegativeMarking, "quiz.negative_marking", "true", "chưa hỗ trợ trừ điểm", "Viết false")
	k.bad(!q.Autosave, "quiz.autosave", "false", "bài làm luôn được lưu sau mỗi câu", "Viết true hoặc bỏ mục này")
	most := q.Questions * q.PointsPerAnswer
	if q.MaxPoints == 0 && !k.present("quiz.max_points") {
		q.MaxPoints = most
	}
	k.between("quiz.max_points", int64(q.MaxPoints), 1, 200_000)
	k.bad(q.MaxPoints > most && most > 0, "quiz.max_points", fmt.Sprint(q.MaxPoints),
		fmt.Sprintf("không ai đạt được: %d câu, mỗi câu %d điểm, là %d", q.Questions, q.PointsPerAnswer, most), fmt.Sprintf("Viết %d hoặc bỏ mục này", most))
	k.bad(q.CertificateMin < 0 || q.CertificateMin > q.MaxPoints && q.MaxPoints > 0, "quiz.certificate_min_points", fmt.Sprint(q.CertificateMin),
		"không ai đạt được", fmt.Sprintf("Viết số từ 0 đến %d", q.MaxPoints))
	k.quotas()
	k.practice()
	k.prediction()
	k.ranking()
}

func (k *check) quotas() {
	q := k.c.Quiz
	sum := 0
	for i, x := range q.Quotas {
		p := item("quiz.quotas", i)
		sum += x.Count
		k.knownTopic(p+".topic", x.Topic)
		k.between(p+".level", int64(x.Level), 0, 3)
		k.between(p+".count", int64(x.Count), 1, 200)
		j := slices.IndexFunc(q.Quotas, func(o core.Quota) bool { return o.Topic == x.Topic && o.Level == x.Level })
		k.bad(j < i, p, "", fmt.Sprintf("cùng chủ đề và mức với %s", item("quiz.quotas", j)), "Gộp hai dòng làm một")
	}
	if len(q.Quotas) == 0 || q.Questions == 0 {
		return
	}
	k.bad(sum > q.Questions, "quiz.quotas", fmt.Sprint(sum), fmt.Sprintf("tổng số câu lớn hơn questions_per_attempt (%d)", q.Questions), "Giảm số câu ở các dòng")
	k.bad(sum < q.Questions, "quiz.quotas", fmt.Sprint(sum), fmt.Sprintf("tổng số câu nhỏ hơn questions_per_attempt (%d)", q.Questions),
		fmt.Sprintf("Thêm dòng - {count: %d} để lấy phần còn lại từ mọi chủ đề", q.Questions-sum))
}

// knownTopic checks a topic against the list, when there is one.
func (k *check) knownTopic(path, topic string) {
	if topic == "" || len(k.c.Topics) == 0 {
		return
	}
	ids := make([]string, len(k.c.Topics))
	for i, t := range k.c.Topics {
		ids[i] = t.ID
	}
	if slices.Contains(ids, topic) {
		return
	}
	mend := "Thêm vào topics hoặc dùng một chủ đề đã có"
	if n := nearestName(topic, ids); n != "" {
		mend = "Có phải là " + n + "? " + mend
	}
	k.bad(true, path, topic, "chủ đề không có trong topics", mend)
}

func (k *check) practice() {
	p := k.c.Quiz.Practice
	if p == nil {
		return
	}
	for i, t := range p.Topics {
		k.line(item("quiz.practice.topics", i), t, true)
		k.knownTopic(item("quiz.practice.topics", i), t)
	}
	k.unique("quiz.practice.topics", p.Topics)
	for i, id := range p.IDs {
		k.line(item("quiz.practice.ids", i), id, true)
	}
	k.unique("quiz.practice.ids", p.IDs)
	k.between("quiz.practice.questions", int64(p.Questions), 1, 200)
}

func (k *check) prediction() {
	const path = "quiz.prediction"
	p := k.c.Quiz.Prediction
	k.bad(p.Scored, path+".scored", "true", "chưa hỗ trợ tính điểm câu dự đoán", "Viết false")
	k.bad(p.Min < 0, path+".min", fmt.Sprint(p.Min), "số âm", "Viết 0")
	k.bad(p.Max < 0 || p.Max != 0 && p.Max <= p.Min, path+".max", fmt.Sprint(p.Max), "không lớn hơn min", "Viết số lớn hơn hoặc bỏ mục này")
	k.line(path+".question", p.Question, false)
	if p.Counts != "" {
		k.oneOf(path+".counts", p.Counts, "distinct_people_all_correct_in_round", "distinct_people_in_round", "attempts_in_round")
	}
	if p.Enabled {
		k.bad(p.Question == "", path+".question", "", "thiếu", "Ghi câu hỏi dự đoán cho thí sinh đọc")
		k.bad(p.Counts == "", path+".counts", "", "thiếu", "Ghi số nào được đem so, ví dụ distinct_people_all_correct_in_round")
	}
}

func (k *check) ranking() {
	known := []string{string(core.ByCorrect), string(core.ByPoints), string(core.ByPrediction), string(core.ByDuration), string(core.BySubmitted), string(core.ByLot)}
	list := k.c.Quiz.Ranking
	k.bad(len(list) == 0 && k.present("quiz.ranking"), "quiz.ranking", "", "chưa có tiêu chí nào", "Bắt đầu bằng - "+known[0])
	for i, r := range list {
		p := item("quiz.ranking", i)
		k.oneOf(p, string(r), known...)
		j := slices.Index(list, r)
		k.bad(j < i, p, string(r), fmt.Sprintf("trùng với tiêu chí thứ %d", j+1), "Bỏ một trong hai")
		k.bad(r == core.ByLot && i < len(list)-1, p, string(r), "bốc thăm không phải tiêu chí cuối", "Đưa draw_by_lot xuống cuối")
		k.bad(r == core.ByPrediction && !k.c.Quiz.Prediction.Enabled, p, string(r), "dùng câu dự đoán nhưng câu dự đoán đang tắt", "Bật quiz.prediction.enabled hoặc bỏ tiêu chí này")
	}
}

// registrationFields are what a contestant can be asked for.
var registrationFields = []string{"ho_ten", "ngay_sinh", "gioi_tinh", "so_dinh_danh", "ma_can_bo", "so_dien_thoai", "email", "don_vi_cap_1", "don_vi_cap_2"}

func (k *check) registration() {
	r := k.c.Registration
	for _, list := range []struct {
		path   string
		values []string
	}{{"registration.required", r.Required}, {"registration.optional", r.Optional}} {
		for i, f := range list.values {
			k.oneOf(item(list.path, i), f, registrationFields...)
		}
		k.unique(list.path, list.values)
	}
	for i, f := range r.Optional {
		k.bad(slices.Contains(r.Required, f), item("registration.optional", i), f, "đã có trong required", "Bỏ ở một trong hai chỗ")
	}
	for i, f := range r.Unique {
		p := item("registration.unique", i)
		k.oneOf(p, f, "so_dinh_danh", "so_dien_thoai")
		asked, _ := r.Asks(f)
		k.bad(!asked, p, f, "không được hỏi khi đăng ký", "Thêm vào registration.required")
	}
	k.unique("registration.unique", r.Unique)
	if len(r.Required) == 0 && !k.present("registration.required") {
		return
	}
	var missing []string
	for _, f := range []string{"ho_ten", "so_dien_thoai"} { // the name on papers, and what one signs in with
		if !slices.Contains(r.Required, f) {
			missing = append(missing, f)
		}
	}
	k.bad(len(missing) > 0, "registration.required", "", "thiếu "+strings.Join(missing, ", "), "Thêm vào danh sách")
	if asked, _ := r.Asks("don_vi_cap_2"); asked {
		top, _ := r.Asks("don_vi_cap_1")
		k.bad(!top, "registration.required", "", "hỏi don_vi_cap_2 mà không hỏi don_vi_cap_1", "Thêm don_vi_cap_1")
	}
}
