package outreach

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duthi/core"
	"duthi/core/zalo"
)

// Limits of what is written, in characters: Zalo takes no longer texts and button titles. Parameters have limits of
// their own in each template, below this one.
const (
	TitleMost     = 120
	TextMost      = zalo.MaxText
	ButtonMost    = 100
	ParameterMost = 500
)

// Names at Zalo: of templates, and of their parameters.
var (
	templateID    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
	parameterName = regexp.MustCompile(`^[A-Za-z0-9_]{1,60}$`)
)

// Check says what is wrong with what a broadcast says, before anything is planned; Invalid with the fields' names.
func Check(b core.Broadcast) error {
	faults := map[string]string{}
	c := b.Content
	long := func(field, text string, most int, says string) {
		if utf8.RuneCountInString(text) > most {
			faults[field] = fmt.Sprintf(says, core.Number(int64(most)))
		}
	}
	long("title", b.Title, TitleMost, "Tên thông báo đến %s chữ.")
	long("text", c.Text, TextMost, "Zalo nhận đến %s chữ.")
	long("button_title", c.ButtonTitle, ButtonMost, "Chữ trên nút đến %s chữ.")
	if strings.TrimSpace(c.Text) == "" && c.UserTemplate == "" && c.PhoneTemplate == "" {
		faults["text"] = "Anh/chị viết nội dung, hoặc chọn một mẫu tin đã duyệt."
	}
	if b.Budget < 0 {
		faults["budget"] = "Hạn mức là số đồng, hoặc để trống."
	}
	checkLink(c, faults)
	for field, id := range map[string]string{"user_template": c.UserTemplate, "phone_template": c.PhoneTemplate} {
		if id != "" && !templateID.MatchString(id) {
			faults[field] = "Mã mẫu tin chỉ gồm chữ không dấu và số, như Zalo đã cấp."
		}
	}
	for name, text := range c.Parameters {
		long("parameters."+name, text, ParameterMost, "Nội dung tham số đến %s chữ.")
		if !parameterName.MatchString(name) {
			faults["parameters."+name] = "Tên tham số chỉ gồm chữ không dấu, số và dấu gạch dưới, như trong mẫu tin."
		}
	}
	checkPlaceholders(b, faults)
	if b.Focal != nil && !b.Focal.Empty() {
		var e *core.Error
		errors.As(Check(core.Broadcast{RoundID: b.RoundID, Content: *b.Focal}), &e)
		if e != nil {
			for field, says := range e.Fields {
				faults["focal."+field] = says
			}
		}
	}
	if len(faults) > 0 {
		return core.FieldErrors(faults)
	}
	return nil
}

// checkLink looks at the button and where it leads. A link takes no placeholder but the person's way in: names and
// units hold spaces and marks that no address may.
func checkLink(c core.Content, faults map[string]string) {
	switch names, _ := namesIn(c.ButtonURL); {
	case (c.ButtonTitle == "") != (c.ButtonURL == ""):
		faults["button_url"] = "Nút cần cả chữ và liên kết."
	case c.ButtonURL == "" && c.QR:
		faults["button_url"] = "Mã QR dẫn tới liên kết của nút. Anh/chị ghi liên kết."
	case c.ButtonURL == "":
	case slices.ContainsFunc(names, func(n string) bool { return n != "lien_ket" }):
		faults["button_url"] = "Liên kết chỉ dùng được chỗ điền {lien_ket}."
	case !strings.HasPrefix(c.ButtonURL, "{lien_ket}") && !webAddress(c.ButtonURL):
		faults["button_url"] = "Liên kết bắt đầu bằng https://, hoặc là {lien_ket}."
	}
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// checkPlaceholders looks for placeholders that are unknown or have no value for want of a round.
func checkPlaceholders(b core.Broadcast, faults map[string]string) {
	texts := map[string]string{"text": b.Content.Text, "button_url": b.Content.ButtonURL, "button_title": b.Content.ButtonTitle}
	for name, text := range b.Content.Parameters {
		texts["parameters."+name] = text
	}
	for field, text := range texts {
		names, err := namesIn(text)
		if err != nil {
			faults[field] = err.Error()
			continue
		}
		for _, n := range names {
			if b.RoundID == "" && slices.Contains(ofRound, n) {
				faults[field] = fmt.Sprintf("{%s} cần một đợt thi: anh/chị chọn đợt.", n)
			}
		}
	}
}

// cleaned gives what was written as it is kept and sent: in NFC, without what can't be seen or is no text at all.
func cleaned(b core.Broadcast) core.Broadcast {
	b.Title, b.Content, b.Focal = core.CleanText(b.Title), cleanContent(b.Content), cleanFocal(b.Focal)
	if b.Focal != nil && b.Focal.Empty() {
		b.Focal = nil
	}
	return b
}

// cleanFocal keeps the difference between no word on focal points and the word that they get nothing.
func cleanFocal(c *core.Content) *core.Content {
	if c == nil {
		return nil
	}
	clean := cleanContent(*c)
	return &clean
}

func cleanContent(c core.Content) core.Content {
	c.Text, c.ButtonTitle, c.ButtonURL = core.CleanLines(c.Text), core.CleanText(c.ButtonTitle), core.CleanText(c.ButtonURL)
	c.UserTemplate, c.PhoneTemplate = core.CleanText(c.UserTemplate), core.CleanText(c.PhoneTemplate)
	var parameters map[string]string
	for name, text := range c.Parameters {
		if parameters == nil {
			parameters = map[string]string{}
		}
		parameters[core.CleanText(name)] = core.CleanText(text)
	}
	c.Parameters = parameters
	return c
}
