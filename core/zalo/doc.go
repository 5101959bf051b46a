// Package zalo speaks with a Zalo Official Account (OA): it sends consultation messages and templates, reads
// people and conversations, verifies and decodes webhook calls, and keeps the OA's tokens for many replicas.
//
// Four facts of the protocol shape it. Zalo reports failures as HTTP 200 with a non-zero code, so every answer
// is read through one table from code to Action. Sends have no idempotency key, so an answer that never came is
// the Action Reconcile, never Retry. A refresh token works once and takes the old access token with it, so only
// one replica refreshes and the new pair is stored before use. Webhooks come at least once and in any order, so
// each has an inbox key.
//
// All ids are strings: they are larger than a float can hold. Nothing here logs a token, a signature or the
// text of a message.
package zalo
