package zalo

import (
	"context"
	"encoding/json"
	"net/http"

	"duthi/core"
)

// Account is the OA itself. Verified and Package are what to check at start-up: without a tier that has the API,
// calls fail with -224.
type Account struct {
	OAID         string
	Name         string
	Verified     bool
	Followers    int
	AvatarURL    string
	Package      string
	PackageUntil string // "DD/MM/YYYY"
}

// Account reads the OA that the token belongs to.
func (c *Client) Account(ctx context.Context) (Account, error) {
	var r struct {
		OAID      text   `json:"oa_id"` // what Zalo sends
		DocOAID   text   `json:"oaid"`  // what its documentation says
		Name      string `json:"name"`
		Verified  bool   `json:"is_verified"`
		Followers text   `json:"num_follower"`
		Avatar    string `json:"avatar"`
		Package   string `json:"package_name"`
		Until     string `json:"package_valid_through_date"`
	}
	if err := c.get(ctx, "/v2.0/oa/getoa", nil, &r); err != nil {
		return Account{}, err
	}
	id := string(r.OAID)
	if id == "" {
		id = string(r.DocOAID)
	}
	return Account{OAID: id, Name: r.Name, Verified: r.Verified, Followers: int(r.Followers.integer()), AvatarURL: r.Avatar,
		Package: r.Package, PackageUntil: r.Until}, nil
}

// Window is what Zalo knows of one person: when they last interacted (0: never) and, where it still says so,
// how many free replies remain (-1: unsaid).
type Window struct {
	LastInteraction core.Instant
	ReplyRemain     int
	ReplyTotal      int
}

// Window reads the authoritative state of the 48-hour and 7-day windows of a person.
func (c *Client) Window(ctx context.Context, userID string) (Window, error) {
	var r struct {
		LastInteraction text `json:"last_interaction"`
		Reply           struct {
			Remain *text `json:"remain"`
			Total  *text `json:"total"`
		} `json:"cs_reply"`
	}
	if err := c.ask(ctx, "/v3.0/oa/quota/message", map[string]any{"user_id": userID}, &r); err != nil {
		return Window{}, err
	}
	return Window{LastInteraction: r.LastInteraction.instant(), ReplyRemain: count(r.Reply.Remain), ReplyTotal: count(r.Reply.Total)}, nil
}

// Asset is one quota of the OA: a package's or a bought one.
type Asset struct {
	ID           string
	Product      string // "cs", "transaction", …
	Type         string // "sub_quota", "purchase_quota", "reward_quota"
	ValidThrough string
	Remain       int
	Total        int
}

// Assets lists the OA's quotas for product "cs" (or another) of one type.
func (c *Client) Assets(ctx context.Context, product, quotaType string) ([]Asset, error) {
	var r []struct {
		ID           text   `json:"asset_id"`
		Product      string `json:"product_type"`
		Type         string `json:"quota_type"`
		ValidThrough text   `json:"valid_through"`
		Remain       text   `json:"remain"`
		Total        text   `json:"total"`
	}
	data := map[string]any{"quota_owner": "OA", "product_type": product, "quota_type": quotaType}
	if err := c.ask(ctx, "/v3.0/oa/quota/message", data, &r); err != nil {
		return nil, err
	}
	assets := make([]Asset, 0, len(r))
	for _, a := range r {
		assets = append(assets, Asset{string(a.ID), a.Product, a.Type, string(a.ValidThrough), int(a.Remain.integer()), int(a.Total.integer())})
	}
	return assets, nil
}

// ask is a POST that changes nothing.
func (c *Client) ask(ctx context.Context, path string, data map[string]any, out any) error {
	r := request{host: HostOA, method: http.MethodPost, path: path, contentType: jsonType, read: true}
	body, err := json.Marshal(data)
	if err != nil {
		return &APIError{Host: HostOA, Call: r.name(), Action: Fix, Message: "parameters are no JSON", Err: err}
	}
	r.body = body
	return c.call(ctx, r, out)
}
