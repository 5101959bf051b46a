package webapp

// routes is the table of every address of the role, with what each one needs of its visitor. Pages marked
// each are served below /c/ID too, for contests that are not the active one.
func (a *App) routes() []route {
	return []route{
		// Public pages: from memory and the last known figures while the database is away.
		{method: "GET", path: "/", need: public, page: a.home, each: true},
		{method: "GET", path: "/the-le", need: public, page: a.rules, each: true},
		{method: "GET", path: "/tai-lieu", need: public, page: a.materials, each: true},
		{method: "GET", path: "/thong-bao", need: public, page: a.notices, each: true},
		{method: "GET", path: "/ty-le", need: public, page: a.participation, each: true},
		{method: "GET", path: "/xep-hang", need: public, page: a.board, each: true},
		{method: "GET", path: "/tro-giup", need: public, page: a.help, each: true},
		{method: "GET", path: "/nhac-toi", need: public, page: a.remind, each: true},
		{method: "GET", path: "/lich-thi.ics", need: public, page: a.calendar, each: true},
		{method: "GET", path: "/kiem-tra", need: public, page: a.receipt, each: true},

		// Practice: no account, nothing stored.
		{method: "GET", path: "/thi-thu", need: public, page: a.practice, each: true},
		{method: "POST", path: "/thi-thu", need: public, page: a.newPractice, each: true},
		{method: "GET", path: "/thi-thu/:token", need: public, page: a.practicePaper, each: true},
		{method: "GET", path: "/thi-thu/:token/ket-qua", need: public, page: a.practiceResult, each: true},
	}
}
