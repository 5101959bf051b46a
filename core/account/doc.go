// Package account is about people: how contestants register, prove their phone, sign in and look after their
// own data, and how organizers and focal points get in and what they may do. Everything that must last lives
// in the store; the cache only makes it cheap.
package account
