package sqlitestore

// schemaOutreach is what reminders and broadcasts need. The columns of deliveries are stored, as no index on computed
// ones answers a count without reading the documents. Planning a million
// deliveries writes two indexes of theirs; the others hold only what is under way.
const schemaOutreach = `
CREATE TABLE broadcasts (
	id TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	contest_id TEXT AS (doc->>'$.contest_id'),
	state TEXT AS (doc->>'$.state'),
	start_at INT AS (doc->>'$.start_at'),
	revision INT AS (doc->>'$.revision')
);
CREATE INDEX broadcasts_contest ON broadcasts (contest_id, start_at, id);
CREATE INDEX broadcasts_state ON broadcasts (state, start_at, id);

CREATE TABLE reminder_rules (
	id TEXT NOT NULL PRIMARY KEY,
	doc TEXT NOT NULL,
	contest_id TEXT AS (doc->>'$.contest_id'),
	revision INT AS (doc->>'$.revision')
);
CREATE INDEX reminder_rules_contest ON reminder_rules (contest_id, id);

CREATE TABLE deliveries (
	broadcast_id TEXT NOT NULL,
	person TEXT NOT NULL,
	doc TEXT NOT NULL,
	state TEXT AS (doc->>'$.state') STORED,
	not_before INT AS (doc->>'$.not_before') STORED,
	channel TEXT AS (doc->>'$.channel') STORED,
	reason TEXT AS (coalesce(doc->>'$.reason', '')) STORED,
	cost INT AS (coalesce(doc->>'$.cost', 0)) STORED,
	user_id TEXT AS (doc->>'$.user_id') STORED,
	sent_at INT AS (doc->>'$.sent_at') STORED,
	revision INT AS (doc->>'$.revision') STORED,
	PRIMARY KEY (broadcast_id, person)
) WITHOUT ROWID;
CREATE INDEX deliveries_tally ON deliveries (broadcast_id, state, channel, reason, cost);
CREATE INDEX deliveries_odd ON deliveries (broadcast_id, state, person) WHERE state IN ('failed', 'skipped', 'unknown');
CREATE INDEX deliveries_due ON deliveries (broadcast_id, not_before, person) WHERE state IN ('planned', 'leased');
CREATE INDEX deliveries_sending ON deliveries (broadcast_id, not_before, person) WHERE state = 'sending';
CREATE INDEX deliveries_user ON deliveries (user_id, sent_at, broadcast_id) WHERE state IN ('sending', 'unknown');

CREATE TABLE turns (
	person TEXT NOT NULL, day TEXT NOT NULL, slot INT NOT NULL,
	broadcast_id TEXT NOT NULL,
	PRIMARY KEY (person, day, slot)
) WITHOUT ROWID;
CREATE INDEX turns_day ON turns (day);
CREATE INDEX turns_broadcast ON turns (broadcast_id);
`

// schemaAddresses lets a Zalo user belong to one focal point of a contest, and an address to one person of a broadcast.
const schemaAddresses = `
ALTER TABLE organizers ADD COLUMN zalo_user_id TEXT AS (doc->>'$.zalo_user_id');
CREATE UNIQUE INDEX organizers_zalo_user_id ON organizers (contest_id, zalo_user_id) WHERE zalo_user_id IS NOT NULL;
CREATE INDEX organizers_audience ON organizers (contest_id, name);

ALTER TABLE deliveries ADD COLUMN address TEXT AS (doc->>'$.address');
CREATE UNIQUE INDEX deliveries_address ON deliveries (broadcast_id, address) WHERE address IS NOT NULL;
`
