// Package outreach sends reminders and broadcasts: who gets what by which channel at which hour, planned before
// anything leaves, and each person at most once whatever crashes.
package outreach
