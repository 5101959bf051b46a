package core

// Attachment is a file that a material, notice or document of a contest names. Its content is kept in parts.
type Attachment struct {
	Path   string `json:"path"`   // as the contest file names it, with slashes: tai-lieu/ke-hoach.pdf
	Digest string `json:"digest"` // SHA-256 of the content, hex
	Type   string `json:"type"`   // of media: application/pdf
	Size   int64  `json:"size"`   // bytes
}

// AttachmentPart is the size of the parts an attachment is kept in, the last one aside.
const AttachmentPart = 256 << 10

// Parts is how many parts an attachment has.
func (a Attachment) Parts() int { return int((a.Size + AttachmentPart - 1) / AttachmentPart) }

// Attachment finds a stored file by the path the contest file names it by.
func (r *ContestRecord) Attachment(path string) (Attachment, bool) {
	for _, a := range r.Attachments {
		if a.Path == path {
			return a, true
		}
	}
	return Attachment{}, false
}
