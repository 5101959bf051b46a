package main

import (
	"regexp"
	"strings"
	"testing"

	"duthi/core"
)

var listedID = regexp.MustCompile(`(?m)^id\t(\S+)$`)

// TestRemindByCommand plans, sends, pauses, goes on and cancels from the command line, on the service of the console.
func TestRemindByCommand(t *testing.T) {
	t.Parallel()
	env := environment{"DUTHI_DATA": t.TempDir()}
	w := newWorld(t, env, nil)
	w.people(2)
	w.stop()
	for _, args := range [][]string{{"remind"}, {"remind", "walk"}, {"remind", "walk", "b"}, {"remind", "plan", "--title", "\u200b", "--text", "y"}, {"remind", "plan", "--text", "x"}, {"remind", "send"}, {"remind", "plan", "--title", "x", "--text", "y", "--at", "tomorrow"},
		{"remind", "plan", "--title", "x", "--text", "y", "--param", "z"}} {
		if _, messages, status := duthi(t, env, args...); status != exitUsage {
			t.Errorf("duthi %s: status %d, %s", strings.Join(args, " "), status, messages)
		}
	}
	for words, args := range map[string][]string{
		"Không có chỗ điền {ho_tren}": {"remind", "plan", "--title", "x", "--text", "{ho_tren}"}, "Không có đơn vị MAT": {"remind", "plan", "--title", "x", "--text", "y", "--unit", "SNV,MAT"},
		"Không có nhóm người nhận some": {"remind", "plan", "--title", "x", "--text", "y", "--who", "some"}, "Không có thông báo none": {"remind", "status", "none"},
		"Zalo nhận đến 2.000 chữ": {"remind", "plan", "--title", "x", "--text", strings.Repeat("ă", 2001)}, "Liên kết bắt đầu bằng https://": {"remind", "plan", "--title", "x", "--text", "y", "--button", "B", "--url", "javascript:alert(1)"},
		"Mã QR dẫn tới liên kết": {"remind", "plan", "--title", "x", "--text", "y", "--qr"},
		"đã qua":                 {"remind", "plan", "--title", "x", "--text", "y", "--at", "2020-01-01 08:00"},
	} {
		if _, messages, status := duthi(t, env, args...); status != exitFailed || !strings.Contains(messages, words) {
			t.Errorf("duthi %s: status %d, %s", strings.Join(args, " "), status, messages)
		}
	}
	out := mustRun(t, env, "remind", "plan", "--title", "Nhắc\tthử", "--text", "Chào {ho_ten}.", "--who", "registered", "--phone-template", "345", "--param", "ten={ho_ten}", "--at", "2099-01-01 08:00")
	m := listedID.FindStringSubmatch(out)
	if m == nil || !strings.Contains(out, "state\tplanned\n") || !strings.Contains(out, "count\tplanned\ttemplate_phone\t\t") || !strings.Contains(out, "starts\t2099-01-01 08:00\n") {
		t.Fatalf("plan: %s", out)
	}
	id := m[1]
	if _, messages, status := duthi(t, env, "remind", "send", id); status != exitUsage || !strings.Contains(messages, "--yes") || !strings.Contains(messages, "this sends") {
		t.Errorf("without --yes: status %d, %s", status, messages)
	}
	if out := mustRun(t, env, "remind", "send", id, "--yes"); !strings.Contains(out, "state\tsending\n") {
		t.Errorf("send: %s", out)
	}
	if _, messages, status := duthi(t, env, "remind", "pause", id); status != exitUsage {
		t.Errorf("without a reason: status %d, %s", status, messages)
	}
	for action, state := range map[string]string{"pause": "paused"} {
		if out := mustRun(t, env, "remind", action, id, "--reason", "Sai giờ"); !strings.Contains(out, "state\t"+state+"\nreason\tSai giờ\n") {
			t.Errorf("%s: %s", action, out)
		}
	}
	if _, _, status := duthi(t, env, "remind", "pause", id, "--reason", "Sai giờ"); status != exitFailed {
		t.Errorf("pausing what is paused: status %d", status)
	}
	if out := mustRun(t, env, "remind", "resume", id, "--reason", "Đã sửa"); !strings.Contains(out, "state\tsending\nto send") {
		t.Errorf("resume: %s", out)
	}
	if out := mustRun(t, env, "remind", "cancel", id, "--reason", "Thôi"); !strings.Contains(out, "state\tcancelled\n") {
		t.Errorf("cancel: %s", out)
	}
	if out := mustRun(t, env, "remind", "list"); !strings.Contains(out, id+"\tcancelled\t2099-01-01 08:00\tNhắc thử\n") || !strings.Contains(out, "\trule off\t") {
		t.Errorf("list: %s", out)
	}
	besideStore(t, env, func(tb testing.TB, s *services) {
		all, err := s.store.AuditAfter(tb.Context(), "", 0, 1000)
		must(tb, err)
		var actions []string
		for _, e := range all {
			if strings.HasPrefix(e.Action, "broadcast.") && e.Actor == commandActor {
				actions = append(actions, strings.TrimPrefix(e.Action, "broadcast."))
			}
		}
		if got, want := strings.Join(actions, " "), "create plan start pause resume cancel"; got != want {
			tb.Errorf("audit: %s, want %s", got, want)
		}
		if _, err := s.store.Broadcast(tb.Context(), id); core.Is(err, core.NotFound) {
			tb.Error("the broadcast is gone")
		}
	})
	dear := mustRun(t, env, "remind", "plan", "--title", "Đắt", "--who", "registered", "--phone-template", "345", "--param", "ten={ho_ten}", "--budget", "1000")
	if over := listedID.FindStringSubmatch(dear); over == nil || !strings.Contains(dear, "budget\t1000 đồng\nover\t") {
		t.Errorf("beyond its budget: %s", dear)
	} else if _, messages, status := duthi(t, env, "remind", "send", over[1], "--yes"); status != exitFailed || !strings.Contains(messages, "vượt hạn mức 1.000 đ") {
		t.Errorf("sent beyond its budget: status %d, %s", status, messages)
	}
}
