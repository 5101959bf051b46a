package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"duthi/core"
	"duthi/core/outreach"
)

// listedBroadcasts bounds the broadcasts that remind list writes.
const listedBroadcasts = 1000

// remindFlags are what the command remind takes besides the settings.
type remindFlags struct {
	contest, reason             string
	yes                         bool
	title, text, textFile, at   string
	round, who, linked          string
	units, blocks               string
	button, url                 string
	qr, billed                  bool
	userTemplate, phoneTemplate string
	budget                      int64
	parameters                  parameterFlag
}

// parameterFlag collects NAME=TEXT.
type parameterFlag map[string]string

func (p parameterFlag) String() string { return "" }

func (p parameterFlag) Set(v string) error {
	name, text, ok := strings.Cut(v, "=")
	if !ok || name == "" {
		return errors.New("must be NAME=TEXT")
	}
	p[name] = text
	return nil
}

func (f *remindFlags) add(fs *flag.FlagSet) {
	contestFlag(fs, &f.contest)
	fs.StringVar(&f.reason, "reason", "", "pause, resume, cancel: why; it stands in the audit log")
	fs.BoolVar(&f.yes, "yes", false, "send: really, after reading the plan")
	fs.StringVar(&f.title, "title", "", "plan without ID: name for organizers")
	fs.StringVar(&f.text, "text", "", "plan without ID: what is said, with placeholders such as {ho_ten} and {dong_luc}")
	fs.StringVar(&f.textFile, "text-file", "", "plan without ID: file to read the text from, - is standard input")
	fs.StringVar(&f.round, "round", "", "plan without ID: id of the round it is about")
	fs.StringVar(&f.who, "who", core.AudienceAll, "plan without ID: all, not_taken, unused, taken, registered or roster_only")
	fs.StringVar(&f.units, "unit", "", "plan without ID: codes of units, with commas; those below are in")
	fs.StringVar(&f.blocks, "block", "", "plan without ID: ids of blocks, with commas")
	fs.StringVar(&f.linked, "linked", "", "plan without ID: yes or no, linked with the OA")
	fs.StringVar(&f.button, "button", "", "plan without ID: title of the button")
	fs.StringVar(&f.url, "url", "", "plan without ID: where the button leads, {lien_ket} is each person's way in")
	fs.BoolVar(&f.qr, "qr", false, "plan without ID: with the person's code as an image")
	fs.BoolVar(&f.billed, "billed", false, "plan without ID: may use consultation messages that cost")
	fs.Int64Var(&f.budget, "budget", 0, "plan without ID: đồng that it may cost; a plan that costs more can't be sent; 0: no bound of its own")
	fs.StringVar(&f.userTemplate, "user-template", "", "plan without ID: approved template for Zalo users")
	fs.StringVar(&f.phoneTemplate, "phone-template", "", "plan without ID: approved template for phone numbers")
	f.parameters = parameterFlag{}
	fs.Var(f.parameters, "param", "plan without ID: NAME=TEXT of the templates, as often as needed")
	fs.StringVar(&f.at, "at", "", `plan without ID: when sending begins, as "2023-11-13 08:00"; empty: when it is sent`)
}

// runRemind is the command remind: the console's reminders and broadcasts without a browser. It plans by itself;
// messages leave from the running server.
func runRemind(ctx context.Context, args []string, io console) error {
	var f remindFlags
	return withServices(ctx, "remind", args, io, f.add, func(s *services, rest []string) error {
		if len(rest) == 0 {
			return remindUsage()
		}
		contest, err := s.chosen(ctx, f.contest)
		if err != nil {
			return err
		}
		r := reminder{ctx, s, io, contest, f}
		switch action, ids := rest[0], rest[1:]; {
		case action == "list" && len(ids) == 0:
			return r.list()
		case action == "plan" && len(ids) == 0:
			return r.compose()
		case len(ids) != 1:
			return remindUsage()
		case !slices.Contains([]string{"plan", "send", "status", "pause", "resume", "cancel"}, action):
			return remindUsage()
		default:
			return r.on(action, ids[0])
		}
	})
}

func remindUsage() error {
	return usagef("duthi remind list | plan [ID] | send ID --yes | status ID | pause|resume|cancel ID --reason WHY")
}

// reminder is one run of the command.
type reminder struct {
	ctx     context.Context
	s       *services
	io      console
	contest string
	f       remindFlags
}

// on runs an action on a broadcast.
func (r reminder) on(action, id string) error {
	b, err := r.s.outreach.Broadcast(r.ctx, r.contest, id)
	if err != nil {
		return err
	}
	change := map[string]func(ctx context.Context, by, id, reason string) error{"pause": r.s.outreach.Pause, "resume": r.s.outreach.Resume, "cancel": r.s.outreach.Cancel}[action]
	switch {
	case action == "status":
	case action == "plan" && b.State == core.BroadcastDraft:
		if err := r.s.outreach.Plan(r.ctx, commandActor, id); err != nil {
			return err
		}
		fallthrough
	case action == "plan":
		if _, err := r.s.outreach.PlanNow(r.ctx, id); err != nil {
			return err
		}
	case action == "send":
		if err := r.send(b); err != nil {
			return err
		}
	case change != nil:
		if strings.TrimSpace(r.f.reason) == "" {
			return usagef("%s needs --reason: it stands in the audit log", action)
		}
		if err := change(r.ctx, commandActor, id, core.CleanText(r.f.reason)); err != nil {
			return err
		}
	}
	return r.status(id)
}

// send starts a planned broadcast; without --yes it says what that would do.
func (r reminder) send(b core.Broadcast) error {
	f, err := r.s.outreach.Forecast(r.ctx, b, r.rate())
	if err != nil {
		return err
	}
	if b.State == core.BroadcastPlanned && f.Reach == 0 {
		return core.Errorf(core.Invalid, "Chưa có ai nhận được tin này nên không có gì để gửi.")
	}
	if b.State == core.BroadcastPlanned && !r.f.yes {
		return usagef("this sends %d messages for at most %d đồng: read the plan (duthi remind plan %s), then add --yes", f.Reach, f.Cost, b.ID)
	}
	return r.s.outreach.Start(r.ctx, commandActor, b.ID)
}

// compose makes a broadcast of the flags and plans it.
func (r reminder) compose() error {
	b, err := r.broadcast()
	if err != nil {
		return err
	}
	if b, err = r.s.outreach.Create(r.ctx, commandActor, b); err != nil {
		return err
	}
	return r.on("plan", b.ID)
}

// broadcast reads the flags.
func (r reminder) broadcast() (core.Broadcast, error) {
	var b core.Broadcast
	e, err := r.s.catalog.Edition(r.contest)
	if err != nil {
		return b, err
	}
	f := r.f
	if f.textFile != "" {
		text, err := readText(f.textFile, r.io.In)
		if err != nil {
			return b, err
		}
		f.text = strings.TrimSpace(text)
	}
	if core.CleanText(f.title) == "" {
		return b, usagef("plan needs the ID of a draft, or --title and --text for a new broadcast")
	}
	b = core.Broadcast{ContestID: r.contest, RoundID: f.round, Title: f.title, Billed: f.billed, Budget: f.budget,
		Audience: core.Audience{Who: f.who, Linked: f.linked, Units: commaList(f.units), Blocks: commaList(f.blocks)},
		Content:  core.Content{Text: f.text, ButtonTitle: f.button, ButtonURL: f.url, QR: f.qr, UserTemplate: f.userTemplate, PhoneTemplate: f.phoneTemplate, Parameters: f.parameters}}
	if round, ok := e.Contest.Round(f.round); ok && round.End > r.s.clock.Now() {
		b.StopAt = round.End
	}
	if f.at != "" {
		at, err := time.ParseInLocation("2006-01-02 15:04", f.at, e.Loc)
		if err != nil {
			return b, usagef(`--at must be as "2023-11-13 08:00"`)
		}
		if b.StartAt = core.At(at); b.StartAt <= r.s.clock.Now() {
			return b, core.Errorf(core.Invalid, "Thời điểm %s đã qua. Bỏ --at để gửi ngay khi xác nhận.", f.at)
		}
	}
	return b, outreach.CheckAudience(*e.Contest, e.Units, b)
}

func readText(file string, in io.Reader) (string, error) {
	if file == "-" {
		text, err := io.ReadAll(io.LimitReader(in, 64<<10))
		return string(text), err
	}
	text, err := os.ReadFile(file)
	return string(text), err
}

// commaList splits a list with commas.
func commaList(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

func (r reminder) rate() int {
	if n := r.s.outreach.Rate(); n > 0 {
		return n
	}
	return 60_000 // nothing limits them but the machine
}

// list writes a line for each broadcast and for each rule, with tabs.
func (r reminder) list() error {
	all, err := r.s.outreach.Broadcasts(r.ctx, r.contest, listedBroadcasts)
	if err != nil {
		return err
	}
	for _, b := range all {
		fmt.Fprintf(r.io.Out, "%s\t%s\t%s\t%s\n", b.ID, b.State, r.moment(b.StartAt), b.Title)
	}
	rules, err := r.s.outreach.Rules(r.ctx, r.contest)
	if err != nil {
		return err
	}
	for _, rule := range rules {
		on := "off"
		if rule.On {
			on = "on"
		}
		fmt.Fprintf(r.io.Out, "%s\trule %s\t%d days, %s\t%s\n", rule.ID, on, rule.Days, rule.At, rule.Kind)
	}
	return nil
}

// moment writes a moment by the contest's clock, "" for none.
func (r reminder) moment(i core.Instant) string {
	e, err := r.s.catalog.Edition(r.contest)
	if err != nil || i.IsZero() {
		return ""
	}
	return i.Time(e.Loc).Format("2006-01-02 15:04")
}

// status writes how a broadcast stands: name and value, then the counts of deliveries by state, channel, reason.
func (r reminder) status(id string) error {
	b, err := r.s.outreach.Broadcast(r.ctx, r.contest, id)
	if err != nil {
		return err
	}
	f, err := r.s.outreach.Forecast(r.ctx, b, r.rate())
	if err != nil {
		return err
	}
	w := r.io.Out
	fmt.Fprintf(w, "id\t%s\ntitle\t%s\nstate\t%s\n", b.ID, b.Title, b.State)
	if b.Reason != "" {
		fmt.Fprintf(w, "reason\t%s\n", b.Reason)
	}
	if !b.Over() {
		fmt.Fprintf(w, "to send\t%d\nat most\t%d đồng\n", f.Reach, f.Cost)
		if b.Budget > 0 {
			fmt.Fprintf(w, "budget\t%d đồng\n", b.Budget)
			if f.Cost > b.Budget {
				fmt.Fprintf(w, "over\t%d đồng: it can't be sent\n", f.Cost-b.Budget)
			}
		}
		if b.Focal != nil {
			n, err := r.s.outreach.FocalPoints(r.ctx, b)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "focal points\t%d reached, %d not linked, %d missed\n", n.Reached, n.Unlinked, n.Missed)
		}
		if f.Reach > 0 {
			fmt.Fprintf(w, "starts\t%s\nends\t%s\n", r.moment(f.Starts), r.moment(f.Ends))
		}
	}
	for _, n := range f.Counts {
		fmt.Fprintf(w, "count\t%s\t%s\t%s\t%d\t%d đồng\n", n.State, n.Channel, n.Reason, n.Count, n.Cost)
	}
	return nil
}
