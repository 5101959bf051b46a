package webapp

import (
	"cmp"
	"errors"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/web"
)

// redirect is Post/Redirect/Get.
func redirect(c *gin.Context, to string) error { return web.SeeOther(c, to) }

// message gives the text of an error that may be shown.
func message(err error) string {
	var e *core.Error
	if errors.As(err, &e) && e.Msg != "" {
		return e.Msg
	}
	return "Chưa thực hiện được. Vui lòng thử lại."
}

// fields gives the wrong fields of an error, by name.
func fields(err error) map[string]string {
	var e *core.Error
	if errors.As(err, &e) {
		return e.Fields
	}
	return nil
}

// field is one input of a form.
type field struct {
	Name, Label, Hint string
	Value, Wrong      string
	Type, Mode        string // of the input; Mode is inputmode
	Complete          string // autocomplete
	Optional          bool
	Options           []choice // a select when there are any
	MaxLength         int
}

// ownPassword asks for the password in use before a change that whoever finds a signed-in browser must not make.
func ownPassword(hint string) field {
	return field{Name: account.FieldPassword, Label: "Mật khẩu đang dùng", Hint: hint, Type: "password", Complete: "current-password", MaxLength: 100}
}

// form is what a page needs to show a form again after a mistake: what is wrong, in a summary that links to
// the fields and beside each of them. What was typed stays.
type form struct {
	Message string // wrong as a whole
	Wrong   []wrongField
}

type wrongField struct{ Name, Label, Text string }

// mistakes gathers the wrong fields of err in the order of the fields shown, and puts the texts beside them.
func mistakes(err error, shown []field) form {
	f := form{}
	wrong := fields(err)
	for i := range shown {
		if text, ok := wrong[shown[i].Name]; ok {
			shown[i].Wrong = text
			f.Wrong = append(f.Wrong, wrongField{shown[i].Name, shown[i].Label, text})
		}
	}
	if len(f.Wrong) == 0 {
		f.Message = cmp.Or(wrong[account.FieldCode], message(err)) // a code sent to the OA has no field on the page
	}
	return f
}
