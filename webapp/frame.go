package webapp

// frame is what the layouts show around a page. Every page's data embeds it.
type frame struct {
	Title    string    // of the page; empty on the home page
	Base     string    // "/" for the active contest, "/c/ID/" for another
	Contest  heading   // zero when no contest is known: the layouts then show duthi's own name
	Nav      []navLink // main navigation
	Account  navLink   // sign-in, or the name of who is signed in
	SignedIn bool
	Sample   bool   // made-up data: marked on every page that shows figures
	Stale    string // says honestly that figures come from an earlier copy; empty when they don't
	Refresh  int    // seconds after which the page loads itself again; 0 never
	Reload   int    // the same, for browsers without script only: the quiz ends by itself
	InZalo   bool   // inside Zalo's browser, which keeps cookies of its own and blocks some downloads
	Sheet    string // style sheet of this page, besides duthi.css
	Script   string // of this page, besides site.js
	Proof    string // code that proves the domain to Zalo, on the home page
}

// heading is how a contest presents itself at the top of pages.
type heading struct {
	ID, Name, Short, Authority string
	Initials                   string
	Logo                       string // address of the contest's own logo; empty: the initials
	Theme                      string // address of the contest's own colours; empty: duthi's
	Hotline, HotlineHref       string
}

type navLink struct {
	Text, Href string
	Current    bool
}

// action is a link shown as a button.
type action struct{ Text, Href string }
