// Package talk is the conversation with people over Zalo: the inbox of what they wrote, what is known of each of
// them, what was asked in vain and what organizers answered. The bot works on it, the console shows it.
package talk
