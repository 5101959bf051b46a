package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duthi/core/outreach"
)

// SendingConfig is what bounds reminders and broadcasts.
type SendingConfig struct {
	PerMinute int
	Quiet     outreach.Quiet
	Daily     int
	Budget    int64 // đồng a month and contest; 0: no bound
	Prices    []outreach.Prices
}

// sendingSettings are the lines of the table of settings on reminders and broadcasts.
func sendingSettings() []setting {
	number := func(least int, set func(*Config, int)) func(*Config, string) error {
		return func(c *Config, v string) error {
			n, err := strconv.Atoi(v)
			if err != nil || n < least {
				return fmt.Errorf("must be a number from %d on", least)
			}
			set(c, n)
			return nil
		}
	}
	return []setting{
		{"send-rate", "DUTHI_SEND_RATE", "100", "messages a minute that reminders may use, of the OA package's limit", false, number(1, func(c *Config, n int) { c.Sending.PerMinute = n })},
		{"quiet-hours", "DUTHI_QUIET_HOURS", "21:30-07:00", "when no reminder is sent, by the contest's clock; off to have none", false, quietHours},
		{"quiet-days", "DUTHI_QUIET_DAYS", "", "whole days without reminders: sat, sun, 2026-09-02, …, with commas", false, quietDays},
		{"send-daily", "DUTHI_SEND_DAILY", "1", "reminders a person gets in a day at most", false, number(1, func(c *Config, n int) { c.Sending.Daily = n })},
		{"send-budget", "DUTHI_SEND_BUDGET", "0", "đồng that a contest's messages may cost in a month; beyond it they wait for an organizer; 0: no bound", false, number(0, func(c *Config, n int) { c.Sending.Budget = int64(n) })},
		{"", "DUTHI_ZALO_PRICES", "", "Zalo's windows and prices by date, with semicolons: 2026-06-01 free=48h window=168h billed=55 user=560 phone=800", false, prices},
	}
}

// quietHours reads "21:30-07:00".
func quietHours(c *Config, v string) error {
	if v == "off" {
		return nil
	}
	from, to, ok := strings.Cut(v, "-")
	a, err1 := time.Parse("15:04", strings.TrimSpace(from))
	b, err2 := time.Parse("15:04", strings.TrimSpace(to))
	if !ok || err1 != nil || err2 != nil || a.Equal(b) {
		return errors.New("must be like 21:30-07:00, or off")
	}
	since := func(t time.Time) time.Duration {
		return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
	c.Sending.Quiet.From, c.Sending.Quiet.To = since(a), since(b)
	return nil
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// quietDays reads weekdays and dates. A week without an open day is refused.
func quietDays(c *Config, v string) error {
	for day := range strings.SplitSeq(v, ",") {
		day = strings.ToLower(strings.TrimSpace(day))
		if day == "" {
			continue
		}
		if i := slices.Index(weekdays, day); i >= 0 {
			c.Sending.Quiet.Weekdays = append(c.Sending.Quiet.Weekdays, time.Weekday(i))
			continue
		}
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return fmt.Errorf("%q is neither a weekday (%s) nor a date like 2026-09-02", day, strings.Join(weekdays, ", "))
		}
		c.Sending.Quiet.Days = append(c.Sending.Quiet.Days, day)
	}
	if slices.Sort(c.Sending.Quiet.Weekdays); len(slices.Compact(c.Sending.Quiet.Weekdays)) == len(weekdays) {
		return errors.New("leaves no day of the week")
	}
	return nil
}

// prices reads Zalo's rules: what is not named is as in outreach.DefaultPrices.
func prices(c *Config, v string) error {
	for line := range strings.SplitSeq(v, ";") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		p := outreach.DefaultPrices()[0]
		p.From = words[0]
		if _, err := time.Parse(time.DateOnly, p.From); err != nil {
			return fmt.Errorf("%q must begin with a date like 2026-06-01", strings.TrimSpace(line))
		}
		for _, word := range words[1:] {
			if err := price(&p, word); err != nil {
				return err
			}
		}
		c.Sending.Prices = append(c.Sending.Prices, p)
	}
	return nil
}

func price(p *outreach.Prices, word string) error {
	name, value, _ := strings.Cut(word, "=")
	spans := map[string]*time.Duration{"free": &p.Free, "window": &p.Window}
	fees := map[string]*int64{"billed": &p.Billed, "user": &p.Template.User, "phone": &p.Template.Phone}
	if span, ok := spans[name]; ok {
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 {
			return fmt.Errorf("%q must be like %s=48h", word, name)
		}
		*span = d
		return nil
	}
	fee, ok := fees[name]
	if !ok {
		return fmt.Errorf("%q is none of free, window, billed, user, phone", word)
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 0 {
		return fmt.Errorf("%q must be a whole number of đồng", word)
	}
	*fee = n
	return nil
}
