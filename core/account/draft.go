package account

import "duthi/core"

// Step is one page of the registration; its value is used in the address.
type Step string

const (
	StepContact  Step = "lien-he"   // so_dien_thoai, email
	StepName     Step = "ho-ten"    // ho_ten, ngay_sinh, gioi_tinh
	StepIdentity Step = "dinh-danh" // so_dinh_danh, ma_can_bo
	StepUnit     Step = "don-vi"    // don_vi_cap_1, don_vi_cap_2, don_vi_khac
	StepPassword Step = "mat-khau"  // mat_khau
	StepConsent  Step = "dong-y"    // dong_y, dong_y_zalo
	StepCode     Step = "xac-nhan"  // ma; only where the contest asks for a one-time code
)

// Names of form fields, as in a contest file's registration and in forms.
const (
	FieldPhone      = "so_dien_thoai"
	FieldEmail      = "email"
	FieldName       = "ho_ten"
	FieldBirthDate  = "ngay_sinh" // typed 31/12/1990, or 1990-12-31 from a date control
	FieldGender     = "gioi_tinh" // nam, nu, khac
	FieldNationalID = "so_dinh_danh"
	FieldStaffCode  = "ma_can_bo"
	FieldUnit1      = "don_vi_cap_1" // a unit's code, or core.OtherUnit
	FieldUnit2      = "don_vi_cap_2" // a sub-unit's code, or UnitNotListed
	FieldUnitOther  = "don_vi_khac"  // what was typed for a unit that is not listed
	FieldPassword   = "mat_khau"
	FieldConsent    = "dong_y"      // "1" when ticked
	FieldZalo       = "dong_y_zalo" // "1" when ticked; reminders over Zalo, never required
	FieldCode       = "ma"
)

// UnitNotListed is the value of FieldUnit2 for "Không thấy đơn vị của tôi": the person counts for level 1.
const UnitNotListed = "khong-co"

// Draft is a registration being filled in, as its pages show it.
type Draft struct {
	ContestID string
	Steps     []Step            // the pages of this contest, in order
	Next      Step              // the first page that is not complete; "" when FinishRegistration may be called
	Done      map[Step]bool     // pages that are complete
	Values    map[string]string // what was typed, by field; never the password or the code
	Errors    map[string]string // what is wrong with the fields just typed

	UnitPreset  bool // the unit came from a QR code
	PasswordSet bool // a password was chosen; it is not kept in readable form
	Consent     ConsentText
	Code        CodeState
	ExpiresAt   core.Instant
}

// CodeState says where the one-time code of a draft or a reset stands.
type CodeState struct {
	Sent        bool
	Shown       string       // where it went, masked: "091 ••• •678"
	Channel     string       // the channel's name
	ExpiresAt   core.Instant // of the code
	ResendAfter core.Instant // when another may be asked for

	Chat ChatState // by zalo-chat: how far it is; else ""
	Code string    // by zalo-chat: what to send to the OA, "7KQM-9XDA"; "" when it is good for nothing any more
}

// ConsentText is what a person agrees to. Version is a digest of all of it and is stored with the consent.
type ConsentText struct {
	Version    string
	Paragraphs []string
	Box        string // beside the box, which is never ticked beforehand
	ZaloBox    string // beside the second, optional box
}

// StepOf gives the page a field is on, for links from an error summary.
func StepOf(field string) Step {
	switch field {
	case FieldPhone, FieldEmail:
		return StepContact
	case FieldName, FieldBirthDate, FieldGender:
		return StepName
	case FieldNationalID, FieldStaffCode:
		return StepIdentity
	case FieldUnit1, FieldUnit2, FieldUnitOther:
		return StepUnit
	case FieldPassword:
		return StepPassword
	case FieldConsent, FieldZalo:
		return StepConsent
	}
	return StepCode
}
