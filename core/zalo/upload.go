package zalo

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"duthi/core"
)

// Largest uploads, in bytes.
const (
	MaxImage = 1 << 20
	MaxFile  = 5 << 20
)

// UploadImage uploads a JPG or PNG of at most MaxImage bytes and gives its upload id, which dies after 7 days.
// Zalo silently drops files without a proper extension, so one is required here.
func (c *Client) UploadImage(ctx context.Context, name string, data []byte) (string, error) {
	if !hasExt(name, ".jpg", ".jpeg", ".png") || len(data) == 0 || len(data) > MaxImage {
		return "", refusedUpload("/v2.0/oa/upload/image", "an image is JPG or PNG by name and at most 1 MB")
	}
	return c.upload(ctx, "/v2.0/oa/upload/image", name, data)
}

// UploadFile uploads a PDF, DOC, DOCX or CSV of at most MaxFile bytes and gives its token for SendFile.
func (c *Client) UploadFile(ctx context.Context, name string, data []byte) (string, error) {
	if !hasExt(name, ".pdf", ".doc", ".docx", ".csv") || len(data) == 0 || len(data) > MaxFile {
		return "", refusedUpload("/v2.0/oa/upload/file", "a file is PDF, DOC, DOCX or CSV by name and at most 5 MB")
	}
	return c.upload(ctx, "/v2.0/oa/upload/file", name, data)
}

func refusedUpload(path, why string) error {
	return &APIError{Host: HostOA, Call: "POST " + path, Code: -210, Message: "not sent: " + why, Action: Fix}
}

func hasExt(name string, allowed ...string) bool {
	ext := strings.ToLower(path.Ext(name))
	for _, a := range allowed {
		if ext == a {
			return true
		}
	}
	return false
}

// upload is repeatable: a second upload only makes a second id, so it counts as a read.
func (c *Client) upload(ctx context.Context, to, name string, data []byte) (string, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", path.Base(name))
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return "", core.Wrap(core.Internal, "Không soạn được tệp.", err)
	}
	var reply struct {
		AttachmentID text `json:"attachment_id"`
		Token        text `json:"token"`
	}
	r := request{host: HostOA, method: http.MethodPost, path: to, body: body.Bytes(), contentType: form.FormDataContentType(), read: true, timeout: uploadTimeout}
	if err := c.call(ctx, r, &reply); err != nil {
		return "", err
	}
	if id := string(reply.AttachmentID) + string(reply.Token); id != "" {
		return id, nil
	}
	return "", &APIError{Host: HostOA, Call: r.name(), Status: http.StatusOK, Action: Fix,
		Message: fmt.Sprintf("upload of %d bytes was accepted but has no id", len(data))}
}
