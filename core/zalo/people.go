package zalo

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// Person is a Zalo user as the OA may see them. Every field but UserID may be empty.
type Person struct {
	UserID          string
	UserIDByApp     string
	ExternalID      string // set by the website widget
	Name            string
	Alias           string
	Follows         bool
	LastInteraction string // "DD/MM/YYYY", Zalo's own cut
	AvatarURL       string
	Phone           string // shared by the person, as Zalo wrote it
	Tags            []string
}

type personReply struct {
	UserID          text   `json:"user_id"`
	UserIDByApp     text   `json:"user_id_by_app"`
	ExternalID      text   `json:"user_external_id"`
	Name            string `json:"display_name"`
	Alias           string `json:"user_alias"`
	Follows         bool   `json:"user_is_follower"`
	LastInteraction string `json:"user_last_interaction_date"`
	Avatar          string `json:"avatar"`
	Tags            struct {
		Names []string `json:"tag_names"`
	} `json:"tags_and_notes_info"`
	Shared struct {
		Phone text `json:"phone"`
	} `json:"shared_info"`
}

// Person reads one user. CodeNotFollower (Stop) is possible for people who do not follow the OA.
func (c *Client) Person(ctx context.Context, userID string) (Person, error) {
	var p personReply
	if err := c.get(ctx, "/v3.0/oa/user/detail", map[string]any{"user_id": userID}, &p); err != nil {
		return Person{}, err
	}
	phone := string(p.Shared.Phone)
	if phone == "0" {
		phone = ""
	}
	return Person{UserID: string(p.UserID), UserIDByApp: string(p.UserIDByApp), ExternalID: string(p.ExternalID), Name: p.Name,
		Alias: p.Alias, Follows: p.Follows, LastInteraction: p.LastInteraction, AvatarURL: p.Avatar, Phone: phone, Tags: p.Tags.Names}, nil
}

// PeopleQuery chooses whom People lists. Zalo reaches about 10,000 per filter: offset at most 9951, count at
// most 50 (0: 50). Period is "", "TODAY", "YESTERDAY", "L7D", "L30D" or "YYYY_MM_DD:YYYY_MM_DD".
type PeopleQuery struct {
	Offset, Count int
	Period        string
	Tag           string
	FollowersOnly bool
}

// PeoplePage is a part of the list: ids only.
type PeoplePage struct {
	Total   int
	UserIDs []string
}

// People lists user ids.
func (c *Client) People(ctx context.Context, q PeopleQuery) (PeoplePage, error) {
	if q.Count <= 0 || q.Count > 50 {
		q.Count = 50
	}
	data := map[string]any{"offset": q.Offset, "count": q.Count}
	if q.Period != "" {
		data["last_interaction_period"] = q.Period
	}
	if q.Tag != "" {
		data["tag_name"] = q.Tag
	}
	if q.FollowersOnly {
		data["is_follower"] = "true" // a string in Zalo's own samples
	}
	var reply struct {
		Total text `json:"total"`
		Users []struct {
			UserID text `json:"user_id"`
		} `json:"users"`
	}
	if err := c.get(ctx, "/v3.0/oa/user/getlist", data, &reply); err != nil {
		return PeoplePage{}, err
	}
	page := PeoplePage{Total: int(reply.Total.integer())}
	for _, u := range reply.Users {
		page.UserIDs = append(page.UserIDs, string(u.UserID))
	}
	return page, nil
}

// get makes a read whose parameters go, as JSON, in the one query parameter "data".
func (c *Client) get(ctx context.Context, path string, data map[string]any, out any) error {
	r := request{host: HostOA, method: http.MethodGet, path: path, read: true}
	if data != nil {
		b, err := json.Marshal(data)
		if err != nil {
			return &APIError{Host: HostOA, Call: r.name(), Action: Fix, Message: "parameters are no JSON", Err: err}
		}
		r.query = url.Values{"data": {string(b)}}
	}
	return c.call(ctx, r, out)
}
