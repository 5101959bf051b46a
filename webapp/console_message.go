package webapp

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/outreach"
)

const (
	// parameterMost bounds the parameters a form may hold; Zalo's templates have fewer.
	parameterMost = 30
	// parameterRows is how many parameters the form offers at least.
	parameterRows = 3
)

// messageForm is the part of a form that says what is sent.
type messageForm struct {
	Text, Button, Link, ByUser, ByPhone field
	QR, Billed                          bool
	BilledPrice                         string
	Parameters                          []parameterRow
	Placeholders                        []figure
	TextMost                            int
	Open                                bool // the mapping of templates is shown
}

// parameterRow maps one parameter of the templates to a text.
type parameterRow struct{ Name, Value field }

// readMessage takes what was typed; wrong gets what only the form can know.
func readMessage(c *gin.Context, wrong map[string]string) core.Content {
	return core.Content{Text: core.CleanLines(c.PostForm("noi_dung")), ButtonTitle: core.CleanText(c.PostForm("nut")), ButtonURL: core.CleanText(c.PostForm("nut_lien_ket")),
		QR: c.PostForm("qr") == "1", UserTemplate: core.CleanText(c.PostForm("mau_zalo")), PhoneTemplate: core.CleanText(c.PostForm("mau_so")), Parameters: readParameters(c, wrong)}
}

// typedParameters gives the rows of the mapping as they were typed.
func typedParameters(c *gin.Context) [][2]string {
	var rows [][2]string
	for i := range parameterMost {
		row := strconv.Itoa(i)
		name, value := core.CleanText(c.PostForm("ts_ten_"+row)), core.CleanText(c.PostForm("ts_gia_"+row))
		if name != "" || value != "" {
			rows = append(rows, [2]string{name, value})
		}
	}
	return rows
}

// readParameters takes the rows of the mapping; a value without a name, and a name given twice, are named in wrong.
func readParameters(c *gin.Context, wrong map[string]string) map[string]string {
	out := map[string]string{}
	for i, row := range typedParameters(c) {
		if row[0] == "" {
			wrong["ts_ten_"+strconv.Itoa(i)] = "Ghi tên tham số như trong mẫu tin."
			continue
		}
		if _, twice := out[row[0]]; twice {
			wrong["ts_ten_"+strconv.Itoa(i)] = "Tham số " + row[0] + " đã có ở trên."
			continue
		}
		out[row[0]] = row[1]
	}
	return out
}

// parametersShown gives the rows of the mapping: as typed, or as stored.
func parametersShown(c *gin.Context, content core.Content) [][2]string {
	if _, typed := c.GetPostForm("noi_dung"); typed {
		return typedParameters(c)
	}
	var rows [][2]string
	for _, name := range slices.Sorted(maps.Keys(content.Parameters)) {
		rows = append(rows, [2]string{name, content.Parameters[name]})
	}
	return rows
}

// messageForm fills the form with what was typed, and what is wrong beside it. own are the page's own fields, which
// stand before the message's and get theirs.
func (a *App) messageForm(c *gin.Context, d *desk, content core.Content, own []field, fault error) (messageForm, form) {
	m := messageForm{QR: content.QR, TextMost: outreach.TextMost, Placeholders: placeholderList(), BilledPrice: dong(a.opt.Outreach.PricesOn(d.now, d.ed.Loc).Billed),
		Open: content.UserTemplate != "" || content.PhoneTemplate != "" || len(content.Parameters) > 0}
	shown := append(slices.Clone(own),
		field{Name: "noi_dung", Label: "Nội dung", Value: content.Text},
		field{Name: "nut", Label: "Chữ trên nút", Value: content.ButtonTitle, MaxLength: outreach.ButtonMost, Optional: true},
		field{Name: "nut_lien_ket", Label: "Nút dẫn tới", Hint: "{lien_ket} là đường vào thi của từng người.", Value: content.ButtonURL, MaxLength: 500, Optional: true},
		field{Name: "mau_zalo", Label: "Mã mẫu gửi theo tài khoản Zalo", Value: content.UserTemplate, MaxLength: 40, Optional: true},
		field{Name: "mau_so", Label: "Mã mẫu gửi theo số điện thoại", Value: content.PhoneTemplate, MaxLength: 40, Optional: true})
	before, at, parameters := len(shown), map[string]int{}, parametersShown(c, content)
	rows := max(parameterRows, len(parameters)+1)
	for i := range rows {
		row, pair := strconv.Itoa(i), [2]string{}
		if i < len(parameters) {
			pair = parameters[i]
			at["parameters."+pair[0]] = i
		}
		shown = append(shown, field{Name: "ts_ten_" + row, Label: "Tham số " + number(i+1), Value: pair[0], MaxLength: 60},
			field{Name: "ts_gia_" + row, Label: "Nội dung tham số " + number(i+1), Value: pair[1], MaxLength: outreach.ParameterMost})
	}
	var f form
	if fault != nil {
		f = mistakes(renamed(fault, at), shown)
	}
	copy(own, shown)
	m.Text, m.Button, m.Link, m.ByUser, m.ByPhone = shown[before-5], shown[before-4], shown[before-3], shown[before-2], shown[before-1]
	for i := range rows {
		m.Parameters = append(m.Parameters, parameterRow{shown[before+2*i], shown[before+1+2*i]})
	}
	return m, f
}

// serviceFields name the forms' fields by what the service calls them.
var serviceFields = map[string]string{"title": "ten", "text": "noi_dung", "user_template": "mau_zalo", "phone_template": "mau_so", "button_title": "nut", "button_url": "nut_lien_ket", "at": "luc", "days": "so_ngay", "round_id": "dot", "budget": "han_muc", "focal.text": "tin_dau_moi", "kind": "loai"}

// renamed gives an error of the service with the form's names for its fields; parameters are rows by name.
func renamed(err error, parameters map[string]int) error {
	all := fields(err)
	if len(all) == 0 {
		return err
	}
	out := map[string]string{}
	for name, text := range all {
		if i, ok := parameters[name]; ok {
			name = "ts_gia_" + strconv.Itoa(i)
		}
		out[cmp.Or(serviceFields[name], name)] = text
	}
	return core.FieldErrors(out)
}

// withFields adds wrong fields to an error of fields, or to none.
func withFields(err error, more map[string]string) error {
	if err != nil && !core.Is(err, core.Invalid) || len(more) == 0 {
		return err
	}
	all := maps.Clone(more)
	maps.Copy(all, fields(err))
	return core.FieldErrors(all)
}

func placeholderList() []figure {
	var out []figure
	all := outreach.Placeholders()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, figure{"{" + name + "}", all[name]})
	}
	return out
}

// previewBox is the message as a sample person gets it, channel by channel.
type previewBox struct {
	Who     string
	Person  string // whom the next one comes after
	Next    string // address of the next sample person; "" where a form's button does it
	Route   string // how this person is reached, or why not
	Missed  bool
	Bubbles []bubble
	Note    string // why there is nothing to see
}

type bubble struct {
	Channel, Fault string
	Lines          []string
	Buttons        []string
	QR             bool
	Template       string
	Params         []figure
}

func newBubble(v outreach.Preview) bubble {
	m := v.Message
	out := bubble{Channel: channelName(v.Channel), QR: m.QR, Template: m.Template}
	if v.Channel == core.ChannelFree {
		out.Channel = "Nhắn Zalo"
		if !m.QR { // Zalo shows no button under an image
			if m.ButtonTitle != "" {
				out.Buttons = append(out.Buttons, m.ButtonTitle)
			}
			out.Buttons = append(out.Buttons, "Tắt nhắc")
		}
	}
	if v.Fault != nil {
		out.Fault = message(v.Fault)
		return out
	}
	if m.Text != "" {
		out.Lines = strings.Split(m.Text, "\n")
	}
	for _, name := range slices.Sorted(maps.Keys(m.Parameters)) {
		out.Params = append(out.Params, figure{name, m.Parameters[name]})
	}
	return out
}
