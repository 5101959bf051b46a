// Package webapp is the web role: the contest's public pages, registration, the quiz and its results, in
// Vietnamese, rendered on the server. It turns requests into calls of the services and their answers into
// pages; rules of the contest are theirs. Every page works without script; quiz.js and site.js improve it.
//
// routes.go is the table of all addresses with the right each one needs. A page is a file named by what it
// does: its data as a struct, the function that fills it, and the template of the same name.
package webapp
