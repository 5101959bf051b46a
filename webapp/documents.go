package webapp

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

type documentsPage struct {
	frame
	Heading, Lead, Empty string
	Sections             []documentSection
}

type documentSection struct {
	Title     string
	Documents []documentView
}

type documentView struct {
	ID, Title, Date, Href string
	What                  string // of a file: "PDF, 1,2 MB"
	Paragraphs            []string
}

func (a *App) materials(c *gin.Context, v *visitor) error {
	p := documentsPage{frame: a.frame(c, v, "Tài liệu", "tai-lieu"), Heading: "Tài liệu ôn tập",
		Lead: "Được tự tra cứu khi làm bài, nhưng phải tự mình chọn phương án.", Empty: "Ban Tổ chức chưa đăng tài liệu. Có thể thi thử để làm quen."}
	p.add("", v.ed.Contest.Materials, a.attached(v))
	p.add("Văn bản của cuộc thi", v.ed.Contest.Documents, a.attached(v))
	return a.show(c, http.StatusOK, "documents", p)
}

func (a *App) notices(c *gin.Context, v *visitor) error {
	p := documentsPage{frame: a.frame(c, v, "Thông báo", "thong-bao"), Heading: "Thông báo", Empty: "Chưa có thông báo nào."}
	p.add("", newestFirst(v.ed.Contest.Notices), a.attached(v))
	return a.show(c, http.StatusOK, "documents", p)
}

func newestFirst(docs []core.Document) []core.Document {
	docs = slices.Clone(docs)
	slices.SortStableFunc(docs, func(a, b core.Document) int { return strings.Compare(b.Date, a.Date) })
	return docs
}

func (p *documentsPage) add(title string, docs []core.Document, attached func(path string) (href, what string)) {
	s := documentSection{Title: title}
	for _, d := range docs {
		view := documentView{ID: anchor(d.Title), Title: d.Title, Href: d.URL}
		if d.File != "" {
			view.Href, view.What = attached(d.File)
		}
		if t, err := time.Parse("2006-01-02", d.Date); err == nil {
			view.Date = date(t)
		}
		for line := range strings.SplitSeq(d.Text, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				view.Paragraphs = append(view.Paragraphs, line)
			}
		}
		s.Documents = append(s.Documents, view)
	}
	if len(s.Documents) > 0 {
		p.Sections = append(p.Sections, s)
	}
}
