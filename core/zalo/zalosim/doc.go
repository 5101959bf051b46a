// Package zalosim imitates Zalo's side of an Official Account: OAuth, the API that duthi uses, the webhook
// sender, and people with phones. Tests mount it in process; the program mounts it, with a chat page for the
// browser, when no Zalo app is configured. It is for trying and testing only: anybody who reaches it can speak as
// anybody, and it forgets everything when it stops.
//
// It shares no type with the client, so that a wrong name in the client shows. Where Zalo's documentation
// leaves a choice (a number or a string, oaid or oa_id, escaped slashes in a body) it alternates, so that a client
// can't get used to one. Paths, fields and parameters that it does not know are refused, counted and listed by
// Refused, rather than ignored.
//
// What it does not imitate: groups, broadcasts and articles, calls, tags, the website widget, the shop, mini
// apps, anonymous visitors, Zalo Login, template approval and prices, night rules, per-user caps of
// advertisements, domain verification, the console, several OAs or apps, and Zalo's own delays. Texts are
// shown as a phone would, except that a cited clause ("Khoản 7 Điều 7. …") gets a bar at its side, and that links
// and phone numbers are found by a simple rule.
package zalosim
