package sqlitestore

// migrations are the steps of the schema, oldest first. Every table keeps the record in doc; columns marked AS
// are taken from it and cost nothing but their index. A column a person's search or an invariant needs gets an
// index here; the plan test fails on a query that reads a table without one.
var migrations = []migration{
	{1, "everything", 1, schemaContests + schemaPeople + schemaAttempts + schemaRest},
	{2, "conversations over Zalo", 1, schemaTalk},
	{3, "reminders and broadcasts", 1, schemaOutreach},
	{4, "roster by unit", 1, `CREATE INDEX roster_unit ON roster (contest_id, "set", unit_code, key);`},
	{5, "files of contests", 1, schemaAttachments},
	{6, "focal points over Zalo, one message for each address", 1, schemaAddresses},
}

const schemaContests = `
CREATE TABLE contests (
	id TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	activated_at INT AS (doc->>'$.activated_at'),
	revision INT AS (doc->>'$.revision')
);
CREATE INDEX contests_heads ON contests (activated_at DESC, id, revision);

CREATE TABLE questions (
	seq INTEGER PRIMARY KEY,
	contest_id TEXT NOT NULL, "set" INT NOT NULL, id TEXT NOT NULL, version INT NOT NULL,
	doc TEXT NOT NULL
);
CREATE UNIQUE INDEX questions_row ON questions (contest_id, "set", id, version);
CREATE INDEX questions_version ON questions (contest_id, id, version, "set");

CREATE TABLE units (
	seq INTEGER PRIMARY KEY, -- the order staged
	contest_id TEXT NOT NULL, "set" INT NOT NULL, code TEXT NOT NULL,
	doc TEXT NOT NULL
);
CREATE UNIQUE INDEX units_row ON units (contest_id, "set", code);
CREATE INDEX units_order ON units (contest_id, "set", seq);

CREATE TABLE roster (
	seq INTEGER PRIMARY KEY,
	contest_id TEXT NOT NULL, "set" INT NOT NULL, key TEXT NOT NULL,
	doc TEXT NOT NULL,
	name_folded TEXT AS (doc->>'$.name_folded'),
	unit_code TEXT AS (doc->>'$.unit_code'),
	national_id TEXT AS (doc->>'$.national_id.hash'),
	phone TEXT AS (doc->>'$.phone.hash'),
	staff_code TEXT AS (doc->>'$.staff_code')
);
CREATE UNIQUE INDEX roster_row ON roster (contest_id, "set", key);
CREATE INDEX roster_name ON roster (contest_id, "set", name_folded, key);
CREATE INDEX roster_national_id ON roster (contest_id, "set", national_id, key) WHERE national_id IS NOT NULL;
CREATE INDEX roster_phone ON roster (contest_id, "set", phone, key) WHERE phone IS NOT NULL;
CREATE INDEX roster_staff_code ON roster (contest_id, "set", staff_code, key) WHERE staff_code IS NOT NULL;
`

const schemaPeople = `
CREATE TABLE contestants (
	id TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	contest_id TEXT AS (doc->>'$.contest_id'),
	revision INT AS (doc->>'$.revision'),
	status TEXT AS (doc->>'$.status'),
	unit_code TEXT AS (doc->>'$.unit_code'),
	unit1_code TEXT AS (doc->>'$.unit1_code'),
	name_folded TEXT AS (doc->>'$.name_folded'),
	phone TEXT AS (doc->>'$.phone.hash'),
	national_id TEXT AS (doc->>'$.national_id.hash'),
	roster_key TEXT AS (doc->>'$.roster_key'),
	zalo_user_id TEXT AS (doc->>'$.zalo_user_id')
);
CREATE UNIQUE INDEX contestants_phone ON contestants (contest_id, phone) WHERE phone IS NOT NULL;
CREATE UNIQUE INDEX contestants_national_id ON contestants (contest_id, national_id) WHERE national_id IS NOT NULL;
CREATE UNIQUE INDEX contestants_roster_key ON contestants (contest_id, roster_key) WHERE roster_key IS NOT NULL;
CREATE UNIQUE INDEX contestants_zalo_user_id ON contestants (contest_id, zalo_user_id) WHERE zalo_user_id IS NOT NULL;
CREATE INDEX contestants_list ON contestants (contest_id, id);
CREATE INDEX contestants_unit ON contestants (contest_id, unit_code, id);
CREATE INDEX contestants_unit1 ON contestants (contest_id, unit1_code, id);
CREATE INDEX contestants_registered ON contestants (contest_id, status, unit1_code, unit_code);

CREATE TABLE requests (
	id TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	contest_id TEXT AS (doc->>'$.contest_id'),
	contestant_id TEXT AS (doc->>'$.contestant_id'),
	kind TEXT AS (doc->>'$.kind'),
	status TEXT AS (doc->>'$.status'),
	created_at INT AS (doc->>'$.created_at'),
	revision INT AS (doc->>'$.revision')
);
CREATE UNIQUE INDEX requests_open ON requests (contestant_id, kind) WHERE status = 'open' AND contestant_id IS NOT NULL;
CREATE INDEX requests_list ON requests (contest_id, created_at, id);
CREATE INDEX requests_status ON requests (contest_id, status, created_at, id);
CREATE INDEX requests_contestant ON requests (contest_id, contestant_id, created_at, id);

CREATE TABLE organizers (
	name TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	contest_id TEXT AS (doc->>'$.contest_id'),
	revision INT AS (doc->>'$.revision')
);
CREATE INDEX organizers_contest ON organizers (contest_id) WHERE contest_id IS NOT NULL;

CREATE TABLE tokens (
	id TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	contest_id TEXT AS (doc->>'$.contest_id'),
	kind TEXT AS (doc->>'$.kind'),
	subject TEXT AS (coalesce(doc->>'$.subject', '')),
	tries INT AS (doc->>'$.tries'),
	expires_at INT AS (doc->>'$.expires_at'),
	used_at INT AS (coalesce(doc->>'$.used_at', 0)),
	revision INT AS (doc->>'$.revision')
);
CREATE INDEX tokens_subject ON tokens (subject, kind) WHERE subject <> '';
CREATE INDEX tokens_expires ON tokens (expires_at);
CREATE INDEX tokens_contest ON tokens (contest_id) WHERE contest_id IS NOT NULL;
`

// An attempt lies in two tables, so that saving an answer rewrites a small row that no index but its key
// points at: attempts.doc holds all but answers, prediction and writes, which are in sheets.doc.
const schemaAttempts = `
CREATE TABLE attempts (
	id TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	contest_id TEXT AS (doc->>'$.contest_id'),
	round_id TEXT AS (doc->>'$.round_id'),
	contestant_id TEXT AS (doc->>'$.contestant_id'),
	ordinal INT AS (doc->>'$.ordinal'),
	unit_code TEXT AS (doc->>'$.unit_code'),
	unit1_code TEXT AS (doc->>'$.unit1_code'),
	block_id TEXT AS (coalesce(doc->>'$.block_id', '')),
	status TEXT AS (doc->>'$.status'),
	started_at INT AS (doc->>'$.started_at'),
	deadline INT AS (doc->>'$.deadline'),
	submitted_at INT AS (doc->>'$.submitted_at'),
	correct INT AS (doc->>'$.correct'),
	points INT AS (doc->>'$.points'),
	duration_seconds INT AS (doc->>'$.duration_seconds'),
	receipt TEXT AS (doc->>'$.receipt'),
	valid INT AS (doc->>'$.status' IN ('submitted', 'expired') AND doc->>'$.void' IS NULL AND doc->>'$.answered' > 0)
);
CREATE UNIQUE INDEX attempts_ordinal ON attempts (contestant_id, round_id, ordinal);
CREATE UNIQUE INDEX attempts_running ON attempts (contestant_id, round_id) WHERE status = 'running';
CREATE INDEX attempts_deadline ON attempts (deadline, id, contest_id) WHERE status = 'running';
CREATE INDEX attempts_starts ON attempts (contest_id, started_at);
CREATE INDEX attempts_receipt ON attempts (contest_id, receipt) WHERE receipt IS NOT NULL;
CREATE INDEX attempts_board ON attempts (contest_id, round_id, correct DESC, duration_seconds, submitted_at, id, contestant_id) WHERE valid = 1;
CREATE INDEX attempts_people ON attempts (contest_id, contestant_id, unit_code, unit1_code, block_id, points, started_at) WHERE valid = 1;
CREATE INDEX attempts_round ON attempts (contest_id, round_id, contestant_id, unit_code, unit1_code, block_id, points) WHERE valid = 1;
CREATE INDEX attempts_days ON attempts (contest_id, started_at) WHERE valid = 1;

CREATE TABLE sheets (
	attempt_id TEXT NOT NULL PRIMARY KEY,
	contestant_id TEXT NOT NULL,
	deadline INT NOT NULL,
	running INT NOT NULL,
	doc BLOB NOT NULL -- JSONB: a save changes it in place of parsing text; json(doc) shows it
);
`

const schemaRest = `
CREATE TABLE snapshots (
	id TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	contest_id TEXT AS (doc->>'$.contest_id'),
	at INT AS (doc->>'$.at')
);
CREATE INDEX snapshots_contest ON snapshots (contest_id) WHERE contest_id IS NOT NULL;

CREATE TABLE links (
	code TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	contest_id TEXT AS (doc->>'$.contest_id'),
	kind TEXT AS (doc->>'$.kind'),
	ref TEXT AS (coalesce(doc->>'$.ref', ''))
);
CREATE UNIQUE INDEX links_target ON links (contest_id, kind, ref);

CREATE TABLE audit (
	seq INTEGER PRIMARY KEY,
	doc TEXT NOT NULL,
	contest_id TEXT AS (doc->>'$.contest_id')
);
CREATE INDEX audit_contest ON audit (contest_id, seq);

CREATE TABLE claims (
	key TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	holder TEXT AS (doc->>'$.holder'),
	lease_until INT AS (doc->>'$.lease_until'),
	done_at INT AS (coalesce(doc->>'$.done_at', 0)),
	ends INT AS (coalesce(nullif(doc->>'$.done_at', 0), doc->>'$.lease_until')) -- from when it may be removed
);
CREATE INDEX claims_ends ON claims (ends);
`
