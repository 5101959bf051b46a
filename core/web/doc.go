// Package web is the HTTP shell every role serves with: one gin engine whose middleware is named here and
// nowhere else, one table from error code to status, fingerprinted static files, health, metrics and a
// graceful stop. Roles add routes; they never touch the engine.
package web
