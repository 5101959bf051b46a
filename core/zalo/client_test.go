package zalo_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func (b *bench) client(t *testing.T) *zalo.Client {
	b.adopt(t)
	return zalo.NewClient(zalo.ClientConfig{Token: b.replica("client").Token, APIURL: b.url, BusinessURL: b.url, Clock: b.clock.Now})
}

// check fails if the simulator met a path or field that Zalo does not have.
func (b *bench) check(t *testing.T) {
	t.Helper()
	if r := b.sim.Refused(); len(r) > 0 {
		t.Errorf("unknown to Zalo: %q", r)
	}
}

func TestSendAndRead(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{})
	c, ctx := b.client(t), t.Context()
	an := b.sim.AddPerson("An", "84912345678")
	asked := b.sim.Say(an, "mấy giờ đóng đợt 3")
	b.clock.Advance(time.Second)

	sent, err := c.Send(ctx, an, zalo.Message{Text: "Đợt 3 đóng lúc 23:59.", QuoteID: asked, Buttons: []zalo.Button{
		zalo.LinkButton("Vào thi", "https://thi.example/"), zalo.SayButton("Thể lệ", "#the-le"), zalo.QuietButton("Gặp người", "#nguoi"), zalo.CallButton("Gọi", "842353833199")}})
	if err != nil || sent.MessageID == "" || sent.UserID != an || sent.SentAt != core.At(b.clock.Now()) || sent.Quota.Billed() {
		t.Fatalf("%+v, %v", sent, err)
	}
	want := []zalosim.Sent{{MessageID: sent.MessageID, Kind: "text", UserID: an, Text: "Đợt 3 đóng lúc 23:59.", QuoteID: asked, At: b.clock.Now(), Buttons: []zalosim.Button{
		{Title: "Vào thi", Type: "oa.open.url", Link: "https://thi.example/"}, {Title: "Thể lệ", Type: "oa.query.show", Payload: "#the-le"},
		{Title: "Gặp người", Type: "oa.query.hide", Payload: "#nguoi"}, {Title: "Gọi", Type: "oa.open.phone", Link: "tel:+842353833199"}}}}
	if diff := cmp.Diff(want, b.sim.Sent(an)); diff != "" {
		t.Error(diff)
	}
	if r := c.RateLimit(); r.Limit != 2000 || r.Remain != 1999 || r.At != core.At(b.clock.Now()) {
		t.Errorf("rate limit %+v", r)
	}
	for range 2 { // bare arrays and envelopes
		chat, err := c.Conversation(ctx, an, 0, 10)
		if err != nil || len(chat) != 2 || chat[0].MessageID != asked || !chat[0].FromUser || chat[1].MessageID != sent.MessageID || chat[1].UserID() != an {
			t.Fatalf("conversation %+v, %v", chat, err)
		}
		recent, err := c.RecentChats(ctx, 0, 10)
		if err != nil || len(recent) != 1 || recent[0].MessageID != sent.MessageID {
			t.Errorf("recent %+v, %v", recent, err)
		}
	}
	b.check(t)
}

func TestPeopleAndAccount(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{OAName: "Sở Nội vụ"})
	c, ctx := b.client(t), t.Context()
	var followers []string
	for range 60 {
		id := b.sim.AddPerson("Người", "84912345678")
		b.sim.Follow(id)
		followers = append(followers, id)
	}
	stranger := b.sim.AddPerson("Lạ", "")
	var got []string
	for len(got) < 60 {
		page, err := c.People(ctx, zalo.PeopleQuery{Offset: len(got), FollowersOnly: true})
		if err != nil || page.Total != 60 || len(page.UserIDs) == 0 {
			t.Fatalf("%+v, %v", page, err)
		}
		got = append(got, page.UserIDs...)
	}
	if diff := cmp.Diff(followers, got); diff != "" {
		t.Error(diff)
	}
	for range 2 {
		p, err := c.Person(ctx, followers[0])
		if err != nil || p.UserID != followers[0] || !p.Follows || p.LastInteraction != "11/11/2023" || (p.Phone != "" && p.Phone != "84912345678") {
			t.Errorf("person %+v, %v", p, err)
		}
		if a, err := c.Account(ctx); err != nil || a.OAID != b.sim.OAID || a.Name != "Sở Nội vụ" || a.Followers != 60 || !a.Verified {
			t.Errorf("account %+v, %v", a, err)
		}
		if w, err := c.Window(ctx, followers[0]); err != nil || w.LastInteraction != core.At(b.clock.Now()) || (w.ReplyRemain != -1 && w.ReplyRemain != 8) {
			t.Errorf("window %+v, %v", w, err)
		}
	}
	if _, err := c.Person(ctx, stranger); code(err) != zalo.CodeNotFollower || zalo.ActionOf(err) != zalo.Stop {
		t.Errorf("stranger: %v", err)
	}
	if a, err := c.Assets(ctx, "cs", "sub_quota"); err != nil || len(a) != 1 || a[0].Remain != 500 {
		t.Errorf("assets %+v, %v", a, err)
	}
	b.check(t)
}

func code(err error) int {
	var e *zalo.APIError
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func TestPicturesAndFiles(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{PublicURL: "https://thi.example/gia-lap-zalo"})
	c, ctx := b.client(t), t.Context()
	an := b.sim.AddPerson("An", "")
	b.sim.Follow(an)
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	id, err := c.UploadImage(ctx, "qr.png", pic.Bytes())
	if err != nil || id == "" {
		t.Fatal(err)
	}
	if _, err := c.Send(ctx, an, zalo.Message{Text: "Mã QR", Image: &zalo.Image{UploadID: id}}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Send(ctx, an, zalo.Message{Image: &zalo.Image{URL: "https://thi.example/qr.png"}}); err != nil {
		t.Fatal(err)
	}
	token, err := c.UploadFile(ctx, "the-le.pdf", []byte("%PDF-1.4"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.SendFile(ctx, an, token); err != nil {
		t.Fatal(err)
	}
	want := []zalosim.Sent{{Kind: "image", UserID: an, Text: "Mã QR", UploadID: id, ImageURL: "https://thi.example/gia-lap-zalo/anh/" + id},
		{Kind: "image", UserID: an, ImageURL: "https://thi.example/qr.png"}, {Kind: "file", UserID: an, Text: "the-le.pdf", UploadID: token}}
	if diff := cmp.Diff(want, b.sim.Sent(an), cmpopts.IgnoreFields(zalosim.Sent{}, "MessageID", "At")); diff != "" {
		t.Error(diff)
	}
	if _, err := c.UploadImage(ctx, "qr.gif", pic.Bytes()); zalo.ActionOf(err) != zalo.Fix {
		t.Errorf("wrong kind: %v", err)
	}
	if _, err := c.UploadImage(ctx, "big.png", make([]byte, zalo.MaxImage+1)); zalo.ActionOf(err) != zalo.Fix {
		t.Errorf("too big: %v", err)
	}
	b.clock.Advance(7*24*time.Hour + time.Second)
	b.sim.Say(an, "lại")
	if _, err := c.Send(ctx, an, zalo.Message{Image: &zalo.Image{UploadID: id}}); code(err) != zalo.CodeAttachmentExpired {
		t.Errorf("a week later: %v", err)
	}
	b.check(t)
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{Templates: map[string]zalosim.Template{"100": {Text: "Chào <ten>", Params: []string{"ten"}}, "200": {Params: nil, PhoneOnly: true}}})
	c, ctx := b.client(t), t.Context()
	an := b.sim.AddPerson("An", "84912345678")
	hi := zalo.Template{ID: "100", Data: map[string]string{"ten": "An"}}
	sent, err := c.SendTemplate(ctx, an, hi)
	if err != nil || !sent.Quota.Billed() {
		t.Errorf("by user: %+v, %v", sent, err)
	}
	if _, err := c.SendTemplate(ctx, an, zalo.Template{ID: "200"}); code(err) != zalo.CodeNoUserTemplate {
		t.Errorf("phone only: %v", err)
	}
	sent, err = c.SendTemplateByPhone(ctx, "0912 345 678", "nhac-1", hi, false)
	if err != nil || sent.MessageID == "" || sent.Quota.Remain != 499 || sent.Quota.Total != 500 {
		t.Errorf("by phone: %+v, %v", sent, err)
	}
	if _, err := c.SendTemplateByPhone(ctx, "0912345678", "nhac-2", zalo.Template{ID: "100"}, true); zalo.ActionOf(err) != zalo.Fix || code(err) != -1122 {
		t.Errorf("missing parameter: %v", err)
	}
	if _, err := c.SendTemplateByPhone(ctx, "0235383319", "x", hi, false); zalo.ActionOf(err) != zalo.Stop {
		t.Errorf("no phone number: %v", err)
	}
	if got := b.sim.Sent(""); len(got) != 2 || got[1].Text != "Chào An" || got[1].Phone != "84912345678" || got[1].Tracking != "nhac-1" {
		t.Errorf("sent %+v", got)
	}
	b.check(t)
}

func TestWindows(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{Limits: zalosim.Limits{PackageQuota: 1}})
	c, ctx := b.client(t), t.Context()
	an := b.sim.AddPerson("An", "")
	send := func() (zalo.Sent, error) { return c.Send(ctx, an, zalo.Message{Text: "Nhắc"}) }
	if _, err := send(); code(err) != zalo.CodeNoInteraction || zalo.ActionOf(err) != zalo.Stop {
		t.Errorf("never wrote: %v", err)
	}
	b.sim.Follow(an)
	if s, err := send(); err != nil || s.Quota.Billed() {
		t.Errorf("within 48 h: %+v, %v", s, err)
	}
	b.sim.Age(an, 49*time.Hour)
	if s, err := send(); err != nil || !s.Quota.Billed() || s.Quota.Remain != 0 {
		t.Errorf("after 48 h: %+v, %v", s, err)
	}
	if _, err := send(); code(err) != -211 || zalo.ActionOf(err) != zalo.Wait {
		t.Errorf("package used up: %v", err)
	}
	b.sim.Age(an, 120*time.Hour)
	if _, err := send(); code(err) != zalo.CodeWindowClosed {
		t.Errorf("after 7 days: %v", err)
	}
	b.sim.Say(an, "còn đây")
	b.sim.Block(an, true)
	if _, err := send(); code(err) != -244 || zalo.ActionOf(err) != zalo.Stop {
		t.Errorf("blocked: %v", err)
	}
	if _, err := c.Send(ctx, "999", zalo.Message{Text: "a"}); code(err) != -201 || zalo.ActionOf(err) != zalo.Stop {
		t.Errorf("nobody: %v", err)
	}
	b.check(t)
}
