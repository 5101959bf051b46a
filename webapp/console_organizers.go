package webapp

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
)

// editContent is the right to change what a contest is made of.
const editContent = account.EditContent

type organizersPage struct {
	consoleFrame
	Rows     []organizerRow
	Roles    []choice
	Name     string
	FullName string
	Errors   map[string]string
	For      string // whose first password is shown
	Password string // once
}

type organizerRow struct {
	Name, FullName, Role, Unit, Created string
	State                               chip
	Own, Focal, Disabled                bool
}

func (a *App) organizers(c *gin.Context, d *desk) error {
	return a.showOrganizers(c, d, http.StatusOK, func(*organizersPage) {})
}

func (a *App) showOrganizers(c *gin.Context, d *desk, status int, more func(*organizersPage)) error {
	all, err := a.opt.Account.Organizers(c.Request.Context(), d.person, "")
	if err != nil {
		return err
	}
	p := organizersPage{consoleFrame: a.consoleFrame(c, d, "Tài khoản", "/console/tai-khoan")}
	for _, o := range all {
		r := organizerRow{Name: o.Name, FullName: o.FullName, Role: roleNames[o.Role], Created: date(d.at(o.CreatedAt)), State: chip{"Hoạt động", "good"},
			Own: o.Name == d.person.Name, Focal: o.Role == core.FocalPoint, Disabled: o.Disabled}
		if o.Disabled {
			r.State = chip{"Đã ngừng", "bad"}
		}
		if r.Focal {
			r.Unit = unitName(d.ed, o.UnitCode)
		}
		p.Rows = append(p.Rows, r)
	}
	for _, role := range []core.Role{core.Editor, core.Reviewer, core.Viewer, core.Owner} {
		p.Roles = append(p.Roles, choice{string(role), roleNames[role], false})
	}
	more(&p)
	return a.showSecret(c, status, "console-organizers", p)
}

func (a *App) addOrganizer(c *gin.Context, d *desk) error {
	name, full := core.CleanText(c.PostForm("ten")), core.CleanText(c.PostForm("ho_ten"))
	role := core.Role(c.PostForm("vai_tro"))
	password, err := a.opt.Account.AddOrganizer(c.Request.Context(), d.person, name, full, role)
	return a.afterOrganizer(c, d, name, password, err, func(p *organizersPage) {
		p.Name, p.FullName = name, full
		for i := range p.Roles {
			p.Roles[i].Selected = p.Roles[i].Value == string(role)
		}
	})
}

func (a *App) resetOrganizer(c *gin.Context, d *desk) error {
	password, err := a.opt.Account.ResetOrganizer(c.Request.Context(), d.person, c.Param("name"), "")
	return a.afterOrganizer(c, d, c.Param("name"), password, err, func(*organizersPage) {})
}

// afterOrganizer shows a first password once, or what was wrong with what was typed.
func (a *App) afterOrganizer(c *gin.Context, d *desk, name, password string, err error, typed func(*organizersPage)) error {
	if core.Is(err, core.Invalid) || core.Is(err, core.Conflict) {
		return a.showOrganizers(c, d, http.StatusUnprocessableEntity, func(p *organizersPage) {
			typed(p)
			if p.Errors = fields(err); len(p.Errors) == 0 {
				p.Errors = map[string]string{"": message(err)}
			}
		})
	}
	if err != nil {
		return err
	}
	return a.showOrganizers(c, d, http.StatusOK, func(p *organizersPage) { p.For, p.Password = name, password })
}

func (a *App) disableOrganizer(c *gin.Context, d *desk) error {
	err := a.opt.Account.DisableOrganizer(c.Request.Context(), d.person, c.Param("name"))
	if core.Is(err, core.Conflict) || core.Is(err, core.Invalid) {
		return a.showOrganizers(c, d, http.StatusConflict, func(p *organizersPage) { p.Errors = map[string]string{"": message(err)} })
	}
	if err != nil {
		return err
	}
	return done(c, "/console/tai-khoan", "dung")
}
