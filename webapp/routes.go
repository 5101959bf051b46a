package webapp

// routes is the table of every address of the role, with what each one needs of its visitor. Pages marked
// each are served below /c/ID too.
func (a *App) routes() []route {
	return []route{
		{method: "GET", path: "/", need: public, page: a.home, each: true},
	}
}
