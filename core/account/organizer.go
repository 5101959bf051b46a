package account

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base32"
	"regexp"
	"strings"

	"duthi/core"
)

// firstOrganizer is the name of the account made when there is none.
const firstOrganizer = "quan-tri"

// organizerName is what a sign-in name looks like: what can be read out over the telephone.
var organizerName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{2,39}$`)

// EnsureFirstOrganizer makes the owner "quan-tri" when there is no organizer at all. The password is to be
// printed once; "" when organizers exist. It must be changed at the first sign-in.
func (s *Service) EnsureFirstOrganizer(ctx context.Context) (name, password string, err error) {
	all, err := s.cfg.Organizers.Organizers(ctx)
	if err != nil {
		return "", "", err
	}
	for _, o := range all {
		if o.Role != core.FocalPoint {
			return "", "", nil
		}
	}
	password, err = s.AddOrganizer(ctx, CommandLine(), firstOrganizer, "", core.Owner)
	if core.Is(err, core.Conflict) { // another process was faster, and printed its password
		return "", "", nil
	}
	return firstOrganizer, password, err
}

// AddOrganizer makes an account and gives its first password. Invalid for a name or role that can't be;
// Conflict when the name is taken. Right: ManageOrganizers.
func (s *Service) AddOrganizer(ctx context.Context, by Person, name, fullName string, role core.Role) (password string, err error) {
	if err := by.must(ManageOrganizers); err != nil {
		return "", err
	}
	name = strings.ToLower(strings.TrimSpace(name))
	wrong := map[string]string{}
	if !organizerName.MatchString(name) {
		wrong["ten_dang_nhap"] = "Tên đăng nhập gồm 3 đến 40 chữ thường không dấu, chữ số, dấu chấm hoặc gạch nối."
	}
	if !ValidRole(role) {
		wrong["vai_tro"] = "Vai trò là owner, editor, reviewer hoặc viewer."
	}
	if len(wrong) > 0 {
		return "", core.FieldErrors(wrong)
	}
	password = firstPassword()
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	o := core.Organizer{Name: name, FullName: core.CleanText(fullName), Role: role, PasswordHash: hash, MustChange: true,
		CreatedAt: s.cfg.Clock.Now(), Revision: 1}
	e := core.AuditEntry{Actor: by.Subject(), Action: "organizer.add " + string(role), Subject: "organizer:" + name}
	return password, s.audited(ctx, e, func() error {
		err := s.cfg.Organizers.InsertOrganizer(ctx, o)
		if core.Is(err, core.Conflict) {
			return core.Errorf(core.Conflict, "Đã có tài khoản tên này.")
		}
		return err
	})
}

// ResetOrganizer gives a new first password, enables the account, changes the role unless role is "", and ends
// its sessions. Right: ManageOrganizers.
func (s *Service) ResetOrganizer(ctx context.Context, by Person, name string, role core.Role) (password string, err error) {
	if err := by.must(ManageOrganizers); err != nil {
		return "", err
	}
	if role != "" && !ValidRole(role) {
		return "", core.FieldErrors(map[string]string{"vai_tro": "Vai trò là owner, editor, reviewer hoặc viewer."})
	}
	password = firstPassword()
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	e := core.AuditEntry{Actor: by.Subject(), Action: "organizer.reset", Subject: "organizer:" + name, Reason: string(role)}
	return password, s.audited(ctx, e, func() error {
		var before core.Role
		_, err := s.updateOrganizer(ctx, name, func(o *core.Organizer) error {
			before = o.Role
			if o.Role == core.FocalPoint {
				return core.Errorf(core.Conflict, "Đầu mối đơn vị nhận liên kết kích hoạt mới, không đặt lại mật khẩu.")
			}
			if role != "" && role != o.Role {
				if err := s.keepAnOwner(ctx, *o); err != nil {
					return err
				}
				o.Role = role
			}
			o.PasswordHash, o.MustChange, o.Disabled = hash, true, false
			return nil
		})
		if err == nil && before == core.Owner {
			err = s.restoreOwner(ctx, name, func(o *core.Organizer) { o.Role = core.Owner })
		}
		if err != nil {
			return err
		}
		return s.endSessions(ctx, "organizer:"+name, "")
	})
}

// DisableOrganizer ends the account's sessions and refuses new ones. The last owner can't be disabled: Conflict.
// Right: ManageOrganizers, or ManageFocal for a focal point.
func (s *Service) DisableOrganizer(ctx context.Context, by Person, name string) error {
	o, err := s.cfg.Organizers.Organizer(ctx, name)
	if err != nil {
		return err
	}
	right := ManageOrganizers
	if o.Role == core.FocalPoint {
		right = ManageFocal
	}
	if err := by.must(right); err != nil {
		return err
	}
	e := core.AuditEntry{ContestID: o.ContestID, Actor: by.Subject(), Action: "organizer.disable", Subject: "organizer:" + name}
	return s.audited(ctx, e, func() error {
		_, err := s.updateOrganizer(ctx, name, func(o *core.Organizer) error {
			if err := s.keepAnOwner(ctx, *o); err != nil {
				return err
			}
			o.Disabled, o.ZaloUserID, o.ZaloAt = true, "", 0
			return nil
		})
		if err == nil && o.Role == core.Owner {
			err = s.restoreOwner(ctx, name, func(o *core.Organizer) { o.Role, o.Disabled = core.Owner, false })
		}
		if err != nil {
			return err
		}
		return s.endSessions(ctx, "organizer:"+name, "")
	})
}

// keepAnOwner refuses what would leave no owner to sign in.
func (s *Service) keepAnOwner(ctx context.Context, leaving core.Organizer) error {
	if leaving.Role != core.Owner || leaving.Disabled {
		return nil
	}
	return s.anOwnerBeside(ctx, leaving.Name)
}

// anOwnerBeside gives Conflict when no owner but the one named can sign in; "" asks for any.
func (s *Service) anOwnerBeside(ctx context.Context, name string) error {
	all, err := s.cfg.Organizers.Organizers(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Role == core.Owner && !o.Disabled && o.Name != name {
			return nil
		}
	}
	return core.Errorf(core.Conflict, "Cần còn ít nhất một tài khoản owner.")
}

// restoreOwner looks again after an owner was taken away, as two owners may have taken each other away at the
// same moment: then it gives this one back and answers Conflict. Each looks after its own write, so one of them
// at least sees both.
func (s *Service) restoreOwner(ctx context.Context, name string, back func(o *core.Organizer)) error {
	ctx = context.WithoutCancel(ctx)
	none := s.anOwnerBeside(ctx, "")
	if !core.Is(none, core.Conflict) {
		return none
	}
	_, err := s.updateOrganizer(ctx, name, func(o *core.Organizer) error { back(o); return nil })
	return cmp.Or(err, none)
}

// Organizers lists the accounts, without passwords; with contestID only that contest's focal points. Right:
// ManageOrganizers, or ManageFocal with contestID.
func (s *Service) Organizers(ctx context.Context, by Person, contestID string) ([]core.Organizer, error) {
	right := ManageOrganizers
	if contestID != "" {
		right = ManageFocal
	}
	if err := by.must(right); err != nil {
		return nil, err
	}
	all, err := s.cfg.Organizers.Organizers(ctx)
	out := make([]core.Organizer, 0, len(all))
	for _, o := range all {
		if contestID == "" || o.Role == core.FocalPoint && o.ContestID == contestID {
			o.PasswordHash = ""
			out = append(out, o)
		}
	}
	return out, err
}

// SignInOrganizer is SignIn for organizers and focal points, by name.
func (s *Service) SignInOrganizer(ctx context.Context, name, password, addr string) (SignedIn, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if len(name) > 80 {
		name = name[:80]
	}
	var o core.Organizer
	err := s.guess(ctx, "organizer:"+name, addr, func() (bool, error) {
		var err error
		o, err = s.cfg.Organizers.Organizer(ctx, name)
		if err != nil && !core.Is(err, core.NotFound) {
			return false, err
		}
		right, err := s.hasher.verify(ctx, o.PasswordHash, password)
		return right && !o.Disabled, err
	})
	if core.Is(err, core.Unauthenticated) {
		return SignedIn{}, core.Errorf(core.Unauthenticated, "Tên đăng nhập hoặc mật khẩu chưa đúng.")
	}
	if err != nil {
		return SignedIn{}, err
	}
	return s.startSession(ctx, o.ContestID, "organizer:"+o.Name)
}

// updateOrganizer is updateContestant for organizers.
func (s *Service) updateOrganizer(ctx context.Context, name string, change func(o *core.Organizer) error) (core.Organizer, error) {
	for {
		o, err := s.cfg.Organizers.Organizer(ctx, name)
		if err != nil {
			return o, err
		}
		if err := change(&o); err != nil {
			return o, err
		}
		o.Revision++
		err = s.cfg.Organizers.UpdateOrganizer(ctx, o)
		if err == nil {
			s.changed(ctx, "organizer:"+name)
			return o, nil
		}
		if !core.Is(err, core.Conflict) || len(takenFields(err)) > 0 || ctx.Err() != nil {
			return o, err
		}
	}
}

// firstPassword gives 80 random bits as "abcd-efgh-2345-mnop".
func firstPassword() string {
	b := make([]byte, 10)
	rand.Read(b) // never fails: crypto/rand ends the program instead
	s := strings.ToLower(base32.StdEncoding.EncodeToString(b))
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}
