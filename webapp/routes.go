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

		// The quiz: who is signed in, own attempts only (the services look up by contestant and id).
		{method: "GET", path: "/thi", need: contestant, page: a.beforeStart},
		{method: "POST", path: "/thi", need: contestant, page: a.start},
		{method: "GET", path: "/thi/:id", need: contestant, page: a.attempt},
		{method: "GET", path: "/thi/:id/cau/:cau", need: contestant, page: a.question},
		{method: "POST", path: "/thi/:id/cau/:cau", need: contestant, page: a.answer},
		{method: "POST", path: "/thi/:id/luu", need: contestant, page: a.save, quiet: true},
		{method: "GET", path: "/thi/:id/trang-thai", need: contestant, page: a.state, quiet: true},
		{method: "GET", path: "/thi/:id/nop", need: contestant, page: a.confirm},
		{method: "POST", path: "/thi/:id/nop", need: contestant, page: a.submit},
		{method: "GET", path: "/thi/:id/ket-qua", need: contestant, page: a.result, each: true},
		{method: "GET", path: "/thi/:id/dap-an", need: contestant, page: a.answers, each: true},
		{method: "GET", path: "/bai-thi", need: contestant, page: a.attempts, each: true},
	}
}
