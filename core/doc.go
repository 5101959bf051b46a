// Package core holds the words of the domain and its pure rules: what a contest, a unit, a question, a
// contestant and an attempt are, how a paper is drawn, when an attempt ends, how it is scored and how two
// attempts compare. It imports nothing of ours, does no I/O and never reads the clock: time is an argument.
//
// The JSON names of the record types are the names of the fields in both databases, in exported files, in
// forms and in logs.
package core
