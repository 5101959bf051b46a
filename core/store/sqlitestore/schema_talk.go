package sqlitestore

// schemaTalk is what the conversations over Zalo need.
const schemaTalk = `
CREATE TABLE inbox (
	key TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	lane TEXT AS (doc->>'$.lane'),
	state TEXT AS (doc->>'$.state'),
	at INT AS (doc->>'$.at'),
	received_at INT AS (doc->>'$.received_at'),
	not_before INT AS (doc->>'$.not_before'),
	open INT AS (coalesce(doc->>'$.open', 0)),
	revision INT AS (doc->>'$.revision')
);
CREATE INDEX inbox_pending ON inbox (not_before, key) WHERE open = 1;
CREATE INDEX inbox_lane ON inbox (lane, at, key) WHERE open = 1;
CREATE INDEX inbox_unknown ON inbox (lane, at, key) WHERE state = 'unknown';
CREATE INDEX inbox_state ON inbox (state, received_at, key);
CREATE INDEX inbox_received ON inbox (received_at, key);

CREATE TABLE followers (
	id TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	oa_id TEXT AS (doc->>'$.oa_id'),
	handed_until INT AS (coalesce(doc->>'$.handed.until', 0)),
	revision INT AS (doc->>'$.revision')
);
CREATE INDEX followers_oa ON followers (oa_id, id);
CREATE INDEX followers_handed ON followers (handed_until, id) WHERE handed_until > 0;

CREATE TABLE asked (
	id TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	contest_id TEXT AS (doc->>'$.contest_id'),
	folded TEXT AS (doc->>'$.folded'),
	status TEXT AS (doc->>'$.status'),
	count INT AS (doc->>'$.count'),
	last_at INT AS (doc->>'$.last_at'),
	revision INT AS (doc->>'$.revision')
);
CREATE UNIQUE INDEX asked_folded ON asked (contest_id, folded);
CREATE INDEX asked_list ON asked (contest_id, status, count DESC, last_at DESC, id);

CREATE TABLE taught (
	contest_id TEXT NOT NULL, id TEXT NOT NULL, version INT NOT NULL,
	doc TEXT NOT NULL,
	PRIMARY KEY (contest_id, id, version)
);

CREATE TABLE zalo_grants (
	id TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	app_id TEXT AS (doc->>'$.app_id'),
	oa_id TEXT AS (doc->>'$.oa_id'),
	revision INT AS (doc->>'$.revision')
);
CREATE INDEX zalo_grants_app ON zalo_grants (app_id, oa_id);

CREATE TABLE zalo_consents (
	state TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	expires_at INT AS (doc->>'$.expires_at')
);
CREATE INDEX zalo_consents_expires ON zalo_consents (expires_at);
`
