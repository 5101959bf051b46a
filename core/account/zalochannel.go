package account

import (
	"context"
	"crypto/rand"

	"duthi/core"
	"duthi/core/zalo"
)

// ZaloTemplateChannel sends codes as an approved Zalo template by phone. Templates carry no free text: the code
// is one parameter.
type ZaloTemplateChannel struct {
	client          *zalo.Client
	template, param string
}

// NewZaloTemplateChannel makes the channel; Invalid without a template or a parameter.
func NewZaloTemplateChannel(client *zalo.Client, template, param string) (*ZaloTemplateChannel, error) {
	if template == "" || param == "" {
		return nil, core.Errorf(core.Invalid, "Kênh zalo-template cần mã mẫu tin đã duyệt và tên tham số của mã xác thực.")
	}
	return &ZaloTemplateChannel{client: client, template: template, param: param}, nil
}

// Name gives "zalo-template".
func (c *ZaloTemplateChannel) Name() string { return ChannelZaloTemplate }

// Send sends one code. A number without Zalo is Closed, an answer that never came Unavailable.
func (c *ZaloTemplateChannel) Send(ctx context.Context, m Message) error {
	_, err := c.client.SendTemplateByPhone(ctx, m.Phone, rand.Text(), zalo.Template{ID: c.template, Data: map[string]string{c.param: m.Code}}, false)
	return err
}
