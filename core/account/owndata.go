package account

import (
	"context"

	"duthi/core"
)

// OwnData is everything kept about a contestant, as shown to them and as they download it.
type OwnData struct {
	GeneratedAt string         `json:"generated_at"` // RFC 3339 in the contest's zone
	ContestID   string         `json:"contest_id"`
	Contest     string         `json:"contest"`
	Status      string         `json:"status"`
	FullName    string         `json:"ho_ten"`
	BirthDate   string         `json:"ngay_sinh,omitempty"`
	Gender      string         `json:"gioi_tinh,omitempty"`
	Phone       string         `json:"so_dien_thoai"`
	NationalID  string         `json:"so_dinh_danh,omitempty"` // whole in the download, "•••123" on the page
	StaffCode   string         `json:"ma_can_bo,omitempty"`
	Email       string         `json:"email,omitempty"`
	Unit        string         `json:"don_vi"`
	ZaloLinked  bool           `json:"zalo_linked"`
	CreatedAt   string         `json:"created_at"`
	Consents    []core.Consent `json:"consents"`
	Requests    []core.Request `json:"requests"`
	Attempts    any            `json:"attempts"` // what the caller knows about attempts
}

// OwnData gathers the person's data; attempts is put in as it is. whole opens the identity number (for the
// download).
func (s *Service) OwnData(ctx context.Context, p Person, attempts any, whole bool) (OwnData, error) {
	return OwnData{}, errTodo
}

// WithdrawConsent stops taking part: the sign-in stays, for own data only. With kind "zalo" only reminders end.
func (s *Service) WithdrawConsent(ctx context.Context, p Person, kind string) error { return errTodo }

// GrantConsent agrees (again) to the text of this version; Conflict when the text has changed meanwhile.
func (s *Service) GrantConsent(ctx context.Context, p Person, kind, version string) error {
	return errTodo
}

// Consent gives the text of a contest.
func (s *Service) Consent(ctx context.Context, contestID string) (ConsentText, error) {
	return ConsentText{}, errTodo
}

// RequestErasure asks an organizer to remove the person's data.
func (s *Service) RequestErasure(ctx context.Context, p Person, note string) (core.Request, error) {
	return core.Request{}, errTodo
}

// Erase blanks a contestant's personal data and ends their sessions; attempts stay as numbers, and the phone
// and identity number may register again. Right: EditPeople.
func (s *Service) Erase(ctx context.Context, by Person, contestantID, reason string) error {
	return errTodo
}
