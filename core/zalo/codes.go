package zalo

import "strings"

// oaActions is the OA table: Zalo's codes of openapi.zalo.me and what to do on each. Codes from 2022 that are
// no longer documented but still seen are kept.
var oaActions = table(map[Action][]int{
	Retry:   {-32, -200, -214},
	Refresh: {-216, -220, -401, 401, 216, -124},
	Wait:    {-211, -218, -234},
	Stop:    {-207, -213, -217, -227, -230, -232, -244, -305, -311, -215, -222},
	Fix:     {-100, -201, -210, -233, -240, -242, -248, -249, -1340, -1341},
	Human: {-204, -205, -209, -212, -219, -221, -223, -224, -235, -237, -238, -241, -403,
		-320, -321},
})

// znsActions is the table of templates by phone.
var znsActions = table(map[Action][]int{
	Retry:   {-100, -32},
	Refresh: {-124},
	Wait:    {-133, -144, -147, -1441, -1471, -1472, -160},
	Stop:    {-108, -118, -110, -114, -119, -139, -140, -141},
	Fix: {-1241, -106, -107, -109, -111, -112, -1121, -1122, -1124, -113, -1131, -116, -121, -122, -130, -132,
		-161, -162, -126, -127},
	Human: {-101, -102, -103, -104, -105, -135, -1351, -136, -137, -138, -1381, -120, -117, -145, -115, -131,
		-146},
})

// oauthActions is what is known of the OAuth host. Whatever else it refuses is final for that token too.
var oauthActions = table(map[Action][]int{
	Retry: {-32},
	Human: {-14002, -14003, -14012, -14014, -14024, -14029, -118},
})

func table(byAction map[Action][]int) map[int]Action {
	t := make(map[int]Action)
	for a, codes := range byAction {
		for _, c := range codes {
			t[c] = a
		}
	}
	return t
}

// actionFor gives the Action of a refusal. message is read only where one code has two meanings. An unknown
// code is Fix (Human on the OAuth host, where any refusal ends the grant): never repeated, seen by a person.
func actionFor(host Host, code int, message string) Action {
	switch host {
	case HostOAuth:
		if a, ok := oauthActions[code]; ok {
			return a
		}
		return Human
	case HostZNS:
		if a, ok := znsActions[code]; ok {
			return a
		}
		return Fix
	}
	m := strings.ToLower(message)
	switch {
	case code == -201 && strings.HasPrefix(m, "user_id"):
		return Stop
	case code == -223 && strings.Contains(m, "article"):
		return Wait
	}
	if a, ok := oaActions[code]; ok {
		return a
	}
	return Fix
}
