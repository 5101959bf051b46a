package bot_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/talk"
	"duthi/core/zalo/zalosim"
)

var update = flag.Bool("update", false, "write golden conversations")

// TestConversations runs every testdata/*.chat through the real webhook and the simulator and compares what is
// said. Lines of a person begin with "> "; the rest is the bot's and is written by -update. A line "> (word …)" is
// a deed: quan tâm, bỏ quan tâm, bấm TITLE, nhân viên TEXT, chờ DURATION, nhãn dán, ảnh, mã (a linking code of a
// contestant, taken from the web), dạy QUESTION = ANSWER.
func TestConversations(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.chat")
	if err != nil || len(files) == 0 {
		t.Fatal("no conversations", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".chat"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := converse(t, string(text))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(text), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

// converse plays the person's lines of text and gives the whole conversation.
func converse(t *testing.T, text string) string {
	w, r := alone(t)
	p := &talker{t: t, w: w, r: r, id: w.sim.AddPerson("An", "84912345678")}
	var out strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "# ") {
			fmt.Fprintf(&out, "%s\n", line)
			continue
		}
		said, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue
		}
		before := len(w.sim.Sent(p.id))
		p.do(said)
		w.settled(r)
		fmt.Fprintf(&out, "> %s\n", said)
		sent := w.sim.Sent(p.id)[before:]
		for _, m := range sent {
			writeMessage(&out, m)
		}
		if len(sent) == 0 {
			out.WriteString("(im lặng)\n")
		}
		out.WriteString("\n")
	}
	if refused := w.sim.Refused(); len(refused) > 0 {
		t.Errorf("unknown to Zalo: %q", refused)
	}
	return out.String()
}

// What differs from run to run.
var secrets = regexp.MustCompile(`(/vao/|#go )[A-Za-z0-9_-]{20,}`)

func writeMessage(out *strings.Builder, m zalosim.Sent) {
	for line := range strings.Lines(m.Text) {
		fmt.Fprintf(out, "  %s\n", strings.TrimRight(line, "\n"))
	}
	if m.Kind == "image" {
		out.WriteString("  (ảnh)\n")
	}
	for _, b := range m.Buttons {
		fmt.Fprintf(out, "  [%s] %s%s\n", b.Title, secrets.ReplaceAllString(b.Payload, "${1}…"), secrets.ReplaceAllString(b.Link, "${1}…"))
	}
}

// talker is the person of a conversation.
type talker struct {
	t  *testing.T
	w  *world
	r  *replica
	id string
}

func (p *talker) do(said string) {
	p.t.Helper()
	deed, ok := strings.CutPrefix(said, "(")
	if !ok {
		p.w.sim.Say(p.id, said)
		return
	}
	deed, rest, _ := strings.Cut(strings.TrimSuffix(deed, ")"), ": ")
	switch deed {
	case "quan tâm":
		p.w.sim.Follow(p.id)
	case "bỏ quan tâm":
		p.w.sim.Unfollow(p.id)
	case "mở chat":
		p.w.sim.ChatNow(p.id)
	case "rút dữ liệu":
		p.w.sim.Withdraw(p.id)
	case "bấm":
		if !p.w.sim.Press(p.id, "", rest) {
			p.t.Errorf("no button %q", rest)
		}
	case "nhân viên":
		p.w.sim.StaffSay(p.id, rest)
	case "nhãn dán":
		p.w.sim.SendSticker(p.id)
	case "ảnh":
		p.w.sim.SendImage(p.id, "https://photo.example/1.png")
	case "chờ":
		d, err := time.ParseDuration(rest)
		p.w.must(err)
		p.w.clock.Advance(d)
	case "mã":
		p.w.sim.Say(p.id, "LK "+p.code())
	case "dạy":
		q, a, _ := strings.Cut(rest, " = ")
		_, err := p.r.talk.Teach(p.t.Context(), "organizer:lan", "mau-cchc", talk.Lesson{Questions: []string{q}, Answer: a, Clause: "dieu-14.1"}, func(string) bool { return true })
		p.w.must(err)
	default:
		p.t.Fatalf("no deed %q", deed)
	}
}

// passwordHash is that of "chim lac bay cao", cheap to check.
const passwordHash = "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$VBuUohS9WohAXROL1AllEtnYyzO1G38qE977EbwpLuA"

// code takes a linking code for the first contestant of the sample, as the web page does.
func (p *talker) code() string {
	ctx := p.t.Context()
	all, err := p.r.store.Contestants(ctx, "mau-cchc", account.PeopleFilter{Status: core.Active}, "", 1)
	p.w.must(err)
	who := all[0]
	if who.PasswordHash == "" { // the made-up people have none
		who.PasswordHash, who.Revision = passwordHash, who.Revision+1
		p.w.must(p.r.store.UpdateContestant(ctx, who))
	}
	code, _, err := p.r.account.ZaloCode(ctx, account.Person{Kind: account.KindContestant, ContestantID: who.ID, ContestID: "mau-cchc", Contestant: &who}, "chim lac bay cao", "127.0.0.1")
	p.w.must(err)
	return code
}
