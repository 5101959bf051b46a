package contestfile

import (
	"fmt"
	"io/fs"
	pathpkg "path"
	"slices"
	"strings"
	"unicode"

	"duthi/core"
)

func (k *check) prizes() {
	p := k.c.Prizes
	if p == nil {
		return
	}
	k.prizeList("prizes.individual_per_round", p.IndividualPerRound)
	k.between("prizes.max_prizes_per_person_per_round", int64(p.MaxPerPersonPerRound), 0, 100)
	g := p.CollectivePerGroup
	if g == nil {
		return
	}
	const path = "prizes.collective_per_group"
	k.blocks(path+".groups", g.Groups)
	k.prizeList(path+".items", g.Items)
	k.percent(path+".min_participation_percent", g.MinParticipation)
	if s := g.Score; s != nil {
		k.percent(path+".score.participation_weight", s.Participation)
		k.percent(path+".score.average_points_weight", s.AveragePoints)
		k.bad(s.Participation+s.AveragePoints != 100, path+".score", fmt.Sprintf("%d + %d", s.Participation, s.AveragePoints), "tổng hai trọng số khác 100", "Ví dụ 60 và 40")
	}
}

func (k *check) prizeList(path string, list []core.Prize) {
	names := make([]string, len(list))
	for i, x := range list {
		p := item(path, i)
		names[i] = x.Name
		k.line(p+".name", x.Name, true)
		k.between(p+".count", int64(x.Count), 1, 10_000)
		k.between(p+".amount", x.Amount, 0, 1_000_000_000_000)
	}
	k.uniqueIn(path, "name", names)
}

func (k *check) blocks(path string, list []core.Block) {
	ids := make([]string, len(list))
	home := map[string]int{}
	for i, b := range list {
		p := item(path, i)
		ids[i] = b.ID
		k.slug(p+".id", b.ID)
		k.line(p+".name", b.Name, true)
		for j, kind := range b.Kinds {
			kp := item(p+".kinds", j)
			k.slug(kp, kind)
			if first, ok := home[kind]; ok {
				k.bad(true, kp, kind, "loại đơn vị đã thuộc khối "+list[first].ID, "Mỗi loại đơn vị chỉ để trong một khối")
			} else {
				home[kind] = i
			}
		}
	}
	k.uniqueIn(path, "id", ids)
}

// publicFields are what published results may show.
var publicFields = []string{"ho_ten", "don_vi", "giai_thuong", "diem", "thoi_gian"}

func (k *check) dataAndComplaints() {
	if c := k.c.Complaints; c != nil {
		k.between("complaints.publish_results_within_working_days", int64(c.PublishWithin), 0, 365)
		k.between("complaints.complaint_window_working_days", int64(c.Window), 0, 365)
		k.between("complaints.resolve_within_working_days", int64(c.ResolveWithin), 0, 365)
	}
	d := k.c.DataProtection
	if d == nil {
		return
	}
	k.line("data_protection.legal_basis", d.LegalBasis, false)
	k.line("data_protection.request_channel", d.RequestChannel, false)
	if d.Consent != "" {
		k.oneOf("data_protection.consent", d.Consent, "explicit_opt_in")
	}
	k.between("data_protection.retention_months_after_summary", int64(d.RetentionMonths), 0, 240)
	for i, f := range d.PublicFields {
		k.oneOf(item("data_protection.public_fields", i), f, publicFields...)
	}
	k.unique("data_protection.public_fields", d.PublicFields)
}

func (k *check) topics() {
	ids := make([]string, len(k.c.Topics))
	for i, t := range k.c.Topics {
		ids[i] = t.ID
		k.line(item("topics", i)+".id", t.ID, true)
		k.line(item("topics", i)+".name", t.Name, true)
	}
	k.uniqueIn("topics", "id", ids)
}

func (k *check) documents(path string, list []core.Document) {
	for i, d := range list {
		p := item(path, i)
		k.line(p+".title", d.Title, true)
		k.date(p+".date", d.Date)
		k.link(p+".url", d.URL)
		k.attachment(p+".file", d.File)
		if d.Text != "" {
			k.text(p+".text", d.Text)
		}
		n := 0
		for _, s := range []string{d.URL, d.File, d.Text} {
			if s != "" {
				n++
			}
		}
		k.bad(n != 1, p, d.Title, "phải có đúng một trong url, file, text", "Giữ một, bỏ các mục còn lại")
	}
}

// attachmentKinds are the file names that can be attached: what phones open, and nothing a browser would run.
var attachmentKinds = []string{".pdf", ".docx", ".xlsx", ".pptx", ".png", ".jpg", ".jpeg"}

// attachment checks the path of a file beside the contest file.
func (k *check) attachment(path, name string) {
	if name == "" {
		return
	}
	k.bad(!fs.ValidPath(name) || name == "." || len(name) > 200 || strings.ContainsAny(name, "\\:*?\"<>|") || strings.ContainsFunc(name, unicode.IsControl),
		path, name, "không phải tên tệp nằm cạnh tệp cuộc thi", "Viết như tai-lieu/ke-hoach.pdf, không có .. và không bắt đầu bằng /")
	k.bad(!slices.Contains(attachmentKinds, strings.ToLower(pathpkg.Ext(name))), path, name, "không phải loại tệp đính kèm được", "Dùng "+strings.Join(attachmentKinds, ", "))
}

// rules checks the articles: ids dieu-A and dieu-A.K, each once, in the order of their numbers.
func (k *check) rules() {
	c := k.c
	k.bad(len(c.Rules) == 0 && k.present("rules"), "rules", "", "thể lệ chưa có điều nào", "Thêm ít nhất một điều")
	for i, a := range c.Rules {
		p := item("rules", i)
		want := fmt.Sprintf("dieu-%d", a.Number)
		k.between(p+".number", int64(a.Number), 1, 999)
		k.bad(a.ID != want && k.present(p+".id") && !k.failed[p+".number"], p+".id", a.ID, "không khớp với number", "Viết "+want)
		j := slices.IndexFunc(c.Rules, func(o core.Article) bool { return o.Number == a.Number })
		k.bad(j < i, p+".number", fmt.Sprint(a.Number), "trùng với "+item("rules", j), "Đánh số lại các điều")
		k.bad(i > 0 && j == i && a.Number < c.Rules[i-1].Number, p+".number", fmt.Sprint(a.Number), "đứng sau điều có số lớn hơn", "Xếp các điều theo số")
		k.line(p+".title", a.Title, true)
		k.bad(len(a.Clauses) == 0 && k.present(p+".clauses"), p+".clauses", "", "điều chưa có khoản nào", "Thêm ít nhất một khoản")
		k.clauses(p, a)
	}
}

func (k *check) clauses(path string, a core.Article) {
	last := 0
	seen := map[int]bool{}
	for i, cl := range a.Clauses {
		p := item(path+".clauses", i)
		n, ok := clauseNumber(cl.ID, a.Number)
		next := fmt.Sprintf("dieu-%d.%d", a.Number, last+1)
		k.bad(!ok && k.present(p+".id"), p+".id", cl.ID, fmt.Sprintf("không phải mã khoản của Điều %d", a.Number), "Viết "+next)
		k.bad(ok && seen[n], p+".id", cl.ID, "trùng với khoản ở trên", "Viết "+next)
		k.bad(ok && !seen[n] && n < last, p+".id", cl.ID, "đứng sau khoản có số lớn hơn", "Xếp các khoản theo số")
		if ok {
			seen[n], last = true, max(last, n)
		}
		k.text(p+".text", cl.Text)
		for j, t := range cl.Topics {
			k.line(item(p+".topics", j), t, true)
		}
		k.unique(p+".topics", cl.Topics)
	}
}

// clauseNumber gives K of dieu-A.K.
func clauseNumber(id string, article int) (int, bool) {
	rest, ok := strings.CutPrefix(id, fmt.Sprintf("dieu-%d.", article))
	if !ok || !plainDecimal(rest) || len(rest) > 3 {
		return 0, false
	}
	n := 0
	for _, r := range rest {
		n = n*10 + int(r-'0')
	}
	return n, n > 0
}
