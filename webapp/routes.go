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

		{method: "GET", path: "/ma-qr/:name", need: public, page: a.code, each: true, quiet: true},
		{method: "GET", path: "/tep/:digest/:name", need: public, page: a.attachment, each: true, quiet: true, timeout: attachmentTime},
		{method: "GET", path: "/theme/:file", need: public, page: a.theme, quiet: true},
		{method: "GET", path: "/theme/:file/logo", need: public, page: a.logo, quiet: true},
		{method: "GET", path: "/robots.txt", need: public, page: a.robots, quiet: true},
		{method: "GET", path: "/favicon.ico", need: public, page: a.favicon, quiet: true},

		// Practice: no account, nothing stored.
		{method: "GET", path: "/thi-thu", need: public, page: a.practice, each: true},
		{method: "POST", path: "/thi-thu", need: public, page: a.newPractice, each: true},
		{method: "GET", path: "/thi-thu/:token", need: public, page: a.practicePaper, each: true},
		{method: "GET", path: "/thi-thu/:token/ket-qua", need: public, page: a.practiceResult, each: true},

		// People: a page for each question, drafts kept by a cookie of their own.
		{method: "GET", path: "/dang-ky", need: public, page: a.registerStart},
		{method: "POST", path: "/dang-ky", need: public, page: a.registerBegin},
		{method: "POST", path: "/dang-ky/gui-ma", need: public, page: a.registerSend},
		{method: "GET", path: "/ma-zalo", need: public, page: a.chatState},
		{method: "GET", path: "/dang-ky/:buoc", need: public, page: a.registerStep},
		{method: "POST", path: "/dang-ky/:buoc", need: public, page: a.registerSave},
		{method: "GET", path: "/dang-nhap", need: public, page: a.signInForm, each: true},
		{method: "POST", path: "/dang-nhap", need: public, page: a.signIn, each: true},
		{method: "POST", path: "/dang-xuat", need: public, page: a.signOut, each: true},
		{method: "GET", path: "/quen-mat-khau", need: public, page: a.resetForm},
		{method: "POST", path: "/quen-mat-khau", need: public, page: a.resetSend},
		{method: "GET", path: "/quen-mat-khau/ma", need: public, page: a.resetCodeForm},
		{method: "POST", path: "/quen-mat-khau/ma", need: public, page: a.resetFinish},
		{method: "GET", path: "/mat-khau-moi", need: public, page: a.newPasswordForm},
		{method: "POST", path: "/mat-khau-moi", need: public, page: a.newPassword},
		{method: "GET", path: "/mat-so", need: public, page: a.lostPhoneForm},
		{method: "POST", path: "/mat-so", need: public, page: a.lostPhone},
		{method: "GET", path: "/mat-so/da-gui", need: public, page: a.lostPhoneSent},
		{method: "GET", path: "/hop-thu-mau", need: public, page: a.inbox}, // sample mode only, else not found

		// Own data.
		{method: "GET", path: "/du-lieu-cua-toi", need: contestant, page: a.ownData, each: true},
		{method: "GET", path: "/du-lieu-cua-toi/tai-ve", need: contestant, page: a.ownDownload, each: true},
		{method: "GET", path: "/du-lieu-cua-toi/sua", need: contestant, page: a.correctForm},
		{method: "POST", path: "/du-lieu-cua-toi/sua", need: contestant, page: a.correct},
		{method: "GET", path: "/du-lieu-cua-toi/dien-thoai", need: contestant, page: a.phoneForm},
		{method: "POST", path: "/du-lieu-cua-toi/dien-thoai", need: contestant, page: a.phoneChange},
		{method: "GET", path: "/du-lieu-cua-toi/mat-khau", need: contestant, page: a.passwordForm},
		{method: "POST", path: "/du-lieu-cua-toi/mat-khau", need: contestant, page: a.passwordChange},
		{method: "POST", path: "/du-lieu-cua-toi/dang-xuat-may-khac", need: contestant, page: a.signOutOthers},
		{method: "POST", path: "/du-lieu-cua-toi/rut-dong-y", need: contestant, page: a.withdraw, each: true},
		{method: "GET", path: "/du-lieu-cua-toi/dong-y", need: contestant, page: a.consentForm},
		{method: "POST", path: "/du-lieu-cua-toi/dong-y", need: contestant, page: a.grant},
		{method: "GET", path: "/du-lieu-cua-toi/xoa", need: contestant, page: a.eraseForm, each: true},
		{method: "POST", path: "/du-lieu-cua-toi/xoa", need: contestant, page: a.erase, each: true},

		// Zalo: linking an account, signing in from the chat.
		{method: "GET", path: "/lien-ket-zalo", need: contestant, page: a.zaloLink},
		{method: "POST", path: "/lien-ket-zalo", need: contestant, page: a.zaloCode},
		{method: "POST", path: "/lien-ket-zalo/go", need: contestant, page: a.zaloUnlink},
		{method: "GET", path: "/vao/:ma", need: public, page: a.chatSignInForm},
		{method: "POST", path: "/vao/:ma", need: public, page: a.chatSignIn},

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
