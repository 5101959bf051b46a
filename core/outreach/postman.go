package outreach

import (
	"context"
	"errors"
	"strings"
	"sync"

	"duthi/core"
	"duthi/core/zalo"
)

// StopReminders is what the button under every reminder says for the person; the bot takes it as a command.
const StopReminders = "#nhac tat"

// Postman gives messages to Zalo. It is safe for concurrent use.
type Postman struct {
	client  *zalo.Client
	picture func(link string) ([]byte, error)

	mu     sync.Mutex
	images map[string]upload // by what their code leads to
}

// NewPostman makes a Postman. picture draws a code that leads to an address, as PNG.
func NewPostman(client *zalo.Client, picture func(link string) ([]byte, error)) *Postman {
	return &Postman{client: client, picture: picture, images: map[string]upload{}}
}

// upload is an image at Zalo. Zalo forgets it after 7 days.
type upload struct {
	id   string
	once *sync.Mutex // held while it is uploaded: many messages carry the same code
}

// imagesKept bounds the uploads remembered.
const imagesKept = 1000

// Send gives one message to Zalo, at most once. Its error is for zalo.ActionOf; Reconcile is said only when the
// message itself may have gone.
func (p *Postman) Send(ctx context.Context, m Message) (Receipt, error) {
	var sent zalo.Sent
	var err error
	switch m.Channel {
	case core.ChannelPhoneTemplate:
		sent, err = p.client.SendTemplateByPhone(ctx, m.Phone, m.TrackingID, zalo.Template{ID: m.Template, Data: m.Parameters}, false)
	case core.ChannelUserTemplate:
		sent, err = p.client.SendTemplate(ctx, m.UserID, zalo.Template{ID: m.Template, Data: m.Parameters})
		if refusedWith(err, zalo.CodeNoUserTemplate) && m.Fallback != nil {
			return p.Send(ctx, *m.Fallback)
		}
	default:
		sent, err = p.consult(ctx, m)
	}
	return Receipt{MessageID: sent.MessageID, Channel: m.Channel, Billed: sent.Quota.Billed()}, err
}

// consult sends a consultation message. An image Zalo has forgotten is uploaded again, once.
func (p *Postman) consult(ctx context.Context, m Message) (zalo.Sent, error) {
	if !m.QR {
		return p.client.Send(ctx, m.UserID, zalo.Message{Text: m.Text, Buttons: buttons(m)})
	}
	id, err := p.image(ctx, m.ButtonURL, "")
	if err != nil {
		return zalo.Sent{}, err
	}
	sent, err := p.client.Send(ctx, m.UserID, zalo.Message{Text: m.Text, Image: &zalo.Image{UploadID: id}})
	if !refusedWith(err, zalo.CodeAttachmentExpired) {
		return sent, err
	}
	if id, err = p.image(ctx, m.ButtonURL, id); err != nil {
		return zalo.Sent{}, err
	}
	return p.client.Send(ctx, m.UserID, zalo.Message{Text: m.Text, Image: &zalo.Image{UploadID: id}})
}

// buttons are the message's own and the one that ends reminders.
func buttons(m Message) []zalo.Button {
	stop := zalo.QuietButton("Tắt nhắc", StopReminders)
	if m.ButtonURL == "" {
		return []zalo.Button{stop}
	}
	return []zalo.Button{zalo.LinkButton(m.ButtonTitle, m.ButtonURL), stop}
}

func refusedWith(err error, code int) bool {
	var api *zalo.APIError
	return errors.As(err, &api) && api.Host == zalo.HostOA && api.Code == code
}

// image gives the upload id of the code for an address; stale is one that Zalo no longer knows. The message has not
// gone yet: an upload that may or may not have happened is simply made again later.
func (p *Postman) image(ctx context.Context, link, stale string) (string, error) {
	p.mu.Lock()
	u, known := p.images[link]
	if !known {
		if len(p.images) >= imagesKept {
			clear(p.images)
		}
		u = upload{once: new(sync.Mutex)}
		p.images[link] = u
	}
	p.mu.Unlock()

	u.once.Lock()
	defer u.once.Unlock()
	p.mu.Lock()
	now := p.images[link]
	p.mu.Unlock()
	if now.id != "" && now.id != stale {
		return now.id, nil
	}
	png, err := p.picture(link)
	if err != nil {
		return "", core.Wrap(core.Internal, "Không vẽ được mã QR.", err)
	}
	id, err := p.client.UploadImage(ctx, "ma-qr.png", png)
	var api *zalo.APIError
	if errors.As(err, &api) && api.Action == zalo.Reconcile {
		again := *api
		again.Action = zalo.Retry
		return "", &again
	}
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	p.images[link] = upload{id: id, once: u.once}
	p.mu.Unlock()
	return id, nil
}

// caption is the text of a message whose button would be lost: Zalo shows none under an image.
func caption(text, title, link string) string {
	return strings.TrimSpace(text + "\n\n" + title + ": " + link)
}
