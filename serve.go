package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"duthi/bot"
	"duthi/core"
	"duthi/core/store/sqlitestore"
	"duthi/core/web"
	"duthi/jobs"
	"duthi/webapp"
)

// runServe is the command serve.
func runServe(ctx context.Context, args []string, io console) error {
	cfg, rest, err := readConfig("serve", args, io.Env, nil, nil, io.Err)
	if err != nil {
		return errUsage{err}
	}
	if len(rest) > 0 {
		return usagef("serve takes flags only, not %q", rest[0])
	}
	if cfg.PrintConfig {
		cfg.print(io.Out)
		return nil
	}
	p, err := start(ctx, cfg, nil, io.Err)
	if err != nil {
		return err
	}
	return p.wait()
}

// program is the running whole: tests start it as main does, on ports of their own.
type program struct {
	*services
	public net.Listener
	ops    net.Listener
	web    *web.Server
	bot    *bot.Bot // nil without a Zalo app or simulator
	roles  sync.WaitGroup
	done   chan error
	writes writes
	leave  func() error // gives the data folder back
}

// start opens the stores, loads the sample where it should, listens and runs the roles until ctx ends. What a
// person at the terminal should know goes to out.
func start(ctx context.Context, cfg *Config, clock core.Clock, out io.Writer) (_ *program, err error) {
	p := &program{done: make(chan error, 1), leave: func() error { return nil }}
	log := newLog(cfg, out)
	if err := p.listen(cfg); err != nil {
		return nil, err
	}
	if cfg.MongoURI == "" {
		if p.leave, err = sqlitestore.Occupy(cfg.Data); err != nil {
			return nil, errors.Join(err, p.hangUp())
		}
	}
	if p.services, err = openServices(ctx, cfg, clock, log); err != nil {
		return nil, errors.Join(err, p.hangUp(), p.leave())
	}
	if err := p.prepare(ctx, out); err != nil {
		return nil, errors.Join(err, p.hangUp(), p.services.close(), p.leave())
	}
	go p.run(ctx)
	return p, nil
}

// listen takes the ports before anything is opened: a second start on the same machine fails at once.
func (p *program) listen(cfg *Config) (err error) {
	if p.public, err = net.Listen("tcp", cfg.Addr); err != nil {
		return err
	}
	if cfg.OpsAddr != "off" {
		if p.ops, err = net.Listen("tcp", cfg.OpsAddr); err != nil {
			return errors.Join(err, p.hangUp())
		}
	}
	cfg.loopback = "http://" + reachable(p.public.Addr())
	if cfg.PublicURL == "" {
		cfg.PublicURL = cfg.loopback
	}
	return nil
}

func (p *program) hangUp() error {
	var faults []error
	for _, l := range []net.Listener{p.public, p.ops} {
		if l != nil {
			faults = append(faults, l.Close())
		}
	}
	return errors.Join(faults...)
}

// prepare makes everything ready to answer.
func (p *program) prepare(ctx context.Context, out io.Writer) error {
	if err := p.load(ctx); err != nil {
		return err
	}
	if err := p.loadSample(ctx); err != nil {
		return err
	}
	if err := p.checkChannels(); err != nil {
		return err
	}
	name, password, err := p.account.EnsureFirstOrganizer(ctx)
	if err != nil {
		return err
	}
	public, err := url.Parse(p.cfg.PublicURL)
	if err != nil {
		return err
	}
	p.web, err = web.New(web.Settings{PublicURL: public, TrustedProxies: p.cfg.TrustedProxies, Log: p.log, Ready: p.readiness})
	if err != nil {
		return err
	}
	if p.has("web") {
		app, err := webapp.New(webapp.Options{
			Edition: p.edition, Exam: p.exam, Account: p.account, QR: p.links, Inbox: p.inbox, Audit: p.audit, Catalog: p.catalog, Files: p.files, Tokens: p.store,
			PublicURL: p.cfg.PublicURL, Clock: p.clock, Log: p.log, Talk: p.talk, Zalo: p.zalo.pages(), Outreach: p.outreach,
			Ready: func() []string {
				look, cancel := context.WithTimeout(ctx, 2*time.Second)
				defer cancel()
				return p.troubles(look)
			},
		})
		if err != nil {
			return err
		}
		app.Register(p.web)
	}
	if p.zalo.on() {
		p.bot = p.zalo.newBot()
		if p.has("bot") {
			if err := p.zalo.register(ctx, p.bot, p.web); err != nil {
				return err
			}
		}
	}
	p.greet(out, name, password)
	return nil
}

func (p *program) has(role string) bool { return slices.Contains(p.cfg.Roles, role) }

// run serves until ctx ends; then it stops taking requests, waits for the roles and closes the stores.
func (p *program) run(ctx context.Context) {
	p.roles.Go(func() { p.catalog.Run(ctx) })
	p.roles.Go(func() { p.links.Run(ctx) })
	if p.bot != nil && p.has("bot") {
		p.roles.Go(func() { p.bot.Run(ctx) })
	}
	var fault error
	if p.has("jobs") {
		loc := core.Location("Asia/Ho_Chi_Minh")
		runner, err := jobs.New(jobs.Timetable(p.work()), p.store, loc, p.clock, p.log)
		if err != nil {
			fault = err
		} else {
			p.roles.Go(func() { runner.Run(ctx) })
		}
	}
	fault = errors.Join(fault, p.web.Serve(ctx, p.public, p.ops))
	p.roles.Wait()
	p.zalo.drain(ctx)
	p.done <- errors.Join(fault, p.services.close(), p.leave())
}

// work gives the timetable what its entries work on.
func (p *program) work() jobs.Work {
	w := jobs.Work{Sweeper: p.exam, Tokens: p.store, Claims: p.store, Warm: p.warm, Clock: p.clock, Inbox: p.talk, Backup: p.dailyCopies(), Retain: p.retainer()}
	w.Rounds, w.Remind, w.ForgetTurns = p.turnRounds, p.remind, p.forgetTurns
	if p.bot != nil {
		w.KeepGrant = p.zalo.keep
		w.Deliver, w.Resolve = p.deliver, p.resolve
		if p.zalo.sim == nil || p.has("bot") { // another process's simulator is out of reach
			w.CatchUp = p.bot.CatchUp
		}
	}
	return w
}

// warm recomputes the live tables of every contest that is not over.
func (p *program) warm(ctx context.Context) error {
	now := p.clock.Now()
	var faults []error
	for _, e := range p.catalog.All() {
		if now > e.Contest.Period.End.Add(24*time.Hour) {
			continue
		}
		ed, err := p.edition(ctx, e.Record.ID)
		if err == nil {
			err = p.exam.Warm(ctx, ed, now)
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// wait gives the error the program ended with, nil after a graceful stop.
func (p *program) wait() error { return <-p.done }

// greet says where the contest is, how a phone reaches it, and the organizer's first password.
func (p *program) greet(out io.Writer, name, password string) {
	addr := p.public.Addr()
	fmt.Fprintf(out, "\n  Cuộc thi:     %s\n", p.cfg.PublicURL)
	fmt.Fprintf(out, "  Ban Tổ chức:  %s/console\n", p.cfg.PublicURL)
	if p.bot != nil && p.has("bot") && p.zalo.sim != nil && p.zalo.simulating() {
		fmt.Fprintf(out, "  Thử bot Zalo: %s%s/   (mô phỏng, không gửi tin thật)\n", p.cfg.PublicURL, simPrefix)
	}
	if password != "" {
		fmt.Fprintf(out, "  Đăng nhập:    %s\n  Mật khẩu:     %s   (chỉ hiện lần này, đổi khi đăng nhập)\n", name, password)
	}
	if p.inbox != nil && p.zalo.simulating() {
		fmt.Fprintf(out, "  Mã xác thực:  %s/hop-thu-mau   (chế độ mẫu: không gửi tin thật)\n", p.cfg.PublicURL)
	}
	host, port, _ := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		fmt.Fprintf(out, "\n  Mở từ điện thoại cùng mạng: chạy lại với  --addr :%s", port)
		if lan := lanAddress(); lan != "" {
			fmt.Fprintf(out, " --public-url http://%s:%s", lan, port)
		}
		fmt.Fprintln(out)
	}
	if p.ops != nil {
		fmt.Fprintf(out, "  Số liệu vận hành: http://%s/metrics\n", reachable(p.ops.Addr()))
	}
	fmt.Fprintln(out, "  Dừng: Ctrl+C")
	fmt.Fprintln(out)
}

// reachable gives an address that a browser on this machine, or for a wildcard the office network, can open.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		if host = lanAddress(); host == "" {
			host = "127.0.0.1"
		}
	}
	return net.JoinHostPort(host, port)
}

// lanAddress gives this machine's first private IPv4 address, or "".
func lanAddress() string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsPrivate() {
			return n.IP.String()
		}
	}
	return ""
}

func newLog(cfg *Config, out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if strings.EqualFold(cfg.LogFormat, "json") {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}
