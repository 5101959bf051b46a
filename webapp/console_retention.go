package webapp

// retention says, once a contest is over, until when its personal data are kept, or that they have gone.
func (p *overviewPage) retention(a *App, d *desk) {
	e, err := a.opt.Catalog.Edition(d.ed.Contest.ID)
	if err != nil || d.now < d.ed.Contest.Over() {
		return
	}
	until, limited := d.ed.Contest.KeepUntil()
	day := date(d.at(until))
	switch {
	case !limited:
		p.Health = append(p.Health, health{false, "Chú ý", "Tệp cuộc thi chưa đặt thời hạn lưu dữ liệu cá nhân (retention_months_after_summary)"})
	case e.Record.DueForAnonymising(d.now):
		p.Health = append(p.Health, health{false, "Chú ý", "Đã hết hạn lưu dữ liệu cá nhân ngày " + day + ", chưa ẩn danh xong"})
	case e.Record.AnonymisedAt >= until:
		p.Health = append(p.Health, health{true, "Ổn", "Dữ liệu cá nhân đã được ẩn danh ngày " + date(d.at(e.Record.AnonymisedAt))})
	default:
		p.Health = append(p.Health, health{true, "Ổn", "Dữ liệu cá nhân được lưu đến ngày " + day})
	}
}
