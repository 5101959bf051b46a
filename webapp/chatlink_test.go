package webapp

import (
	"testing"

	"duthi/core"
	"duthi/core/account"
)

// TestOneTimeLinkIsUsedByItsButton: opening the link, as previews do, signs nobody in and leaves it good; its button
// signs in once.
func TestOneTimeLinkIsUsedByItsButton(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().register(21)
	ctx := t.Context()
	in, err := w.account.SignIn(ctx, w.contestID(), "0912300021", examplePassword, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	code, _, err := w.account.ZaloCode(ctx, in.Person, examplePassword, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.account.LinkZalo(ctx, w.contestID(), "zalo-21", code); err != nil {
		t.Fatal(err)
	}
	link := func() string {
		t.Helper()
		secret, _, err := w.account.ChatLink(ctx, w.contestID(), "zalo-21")
		if err != nil {
			t.Fatal(err)
		}
		return "/vao/" + secret
	}
	old := link()
	path := link()
	w.browser().shows(w.browser().get(old), 404) // the newer one ended it
	for range 3 {
		preview := w.browser()
		p := preview.get(path)
		preview.shows(p, 200, "Nguyễn Thị An", "dùng một lần")
		if len(p.header["Set-Cookie"]) > 0 {
			t.Errorf("opening sets %q", p.header["Set-Cookie"])
		}
		preview.leads(preview.get("/bai-thi"), "/dang-nhap?ve=%2Fbai-thi")
	}
	b := w.browser()
	b.leads(b.post(path), "/thi")
	b.shows(b.get("/bai-thi"), 200, "Nguyễn Thị An")
	again := w.browser()
	again.shows(again.post(path), 404, "đã dùng")
	again.shows(again.get(path), 404)
	again.leads(again.get("/bai-thi"), "/dang-nhap?ve=%2Fbai-thi")

	path = link()
	if err := w.account.UnlinkZalo(ctx, in.Person.ContestantID); err != nil {
		t.Fatal(err)
	}
	again.shows(again.post(path), 404)
	if _, _, err := w.account.ChatLink(ctx, w.contestID(), "zalo-21"); !core.Is(err, core.NotFound) {
		t.Errorf("a link without a linked Zalo: %v", err)
	}
	again.shows(again.post("/vao/"+account.ParseZaloCode(code)), 404)
}

func (w *world) contestID() string { return w.catalog.All()[0].Record.ID }
