/** Written into `meta`, so that nobody takes another program's database for ours. */
export const APPLICATION = 'plimsoll'
export const SCHEMA_VERSION = 3

/**
 * Block numbers are 64-bit INTEGER (read as bigint), every other integer of the chain is decimal text inside a body, so
 * no digit is lost. What is expensive to lose unnoticed (pages, checkpoints, scans, intents) carries a digest of its own.
 */
export const PEOPLE = `
-- What was told under which rule of which account, so that nothing is repeated after a restart. body: JSON.
CREATE TABLE latch (
  rule TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (rule, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE watch (
  id INTEGER PRIMARY KEY AUTOINCREMENT, chat TEXT NOT NULL, address TEXT NOT NULL, body TEXT NOT NULL,
  UNIQUE (chat, address)
) STRICT;

CREATE TABLE mute (
  chat TEXT NOT NULL, scope TEXT NOT NULL, until_s INTEGER, PRIMARY KEY (chat, scope)
) STRICT, WITHOUT ROWID;

-- channel: telegram:CHAT or webhook:NAME. key: what is told, once a channel for ever (the journal's seq).
-- state: waiting, sending (handed to the channel, answer unknown), told, dropped. message: the one that tells it.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER, event TEXT NOT NULL,
  loud INTEGER NOT NULL, created_s INTEGER NOT NULL, due_s INTEGER NOT NULL, state TEXT NOT NULL, message INTEGER,
  UNIQUE (channel, key)
) STRICT;
CREATE INDEX outbox_state ON outbox (channel, state, due_s, id);

-- What the journal said of one borrower. The expression must be written like this in queries, or the index is not used.
CREATE INDEX journal_subject ON journal (coalesce(data ->> 'borrower', data ->> 'address'), seq);
CREATE INDEX outbox_message ON outbox (message);

-- What a channel was sent. after_id: the last message known in the chat before. told_as: the channel's own id of it.
CREATE TABLE outgoing (
  id INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, fold TEXT NOT NULL, thread INTEGER, loud INTEGER NOT NULL,
  created_s INTEGER NOT NULL, changed_s INTEGER NOT NULL, state TEXT NOT NULL, after_id INTEGER, told_as TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX outgoing_state ON outgoing (channel, state, fold, id);
`

export const WAVE = `
-- The history of a market, one row a bin. root: feed of a group of assets, empty for the market as a whole. body: JSON.
CREATE TABLE hour (
  market TEXT NOT NULL, root TEXT NOT NULL, hour INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (market, root, hour)
) STRICT, WITHOUT ROWID;

-- The bin that is not over: where a restart goes on counting.
CREATE TABLE open_bin (market TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
`

export const SCHEMA = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- previous: number of the page before this one, so that a lost row is noticed as a hole.
CREATE TABLE page (
  chain_id INTEGER NOT NULL, number INTEGER NOT NULL, previous INTEGER, body TEXT NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY (chain_id, number)
) STRICT;

CREATE TABLE checkpoint (
  chain_id INTEGER NOT NULL, market TEXT NOT NULL, number INTEGER NOT NULL, header TEXT NOT NULL,
  body BLOB NOT NULL, digest BLOB NOT NULL,
  PRIMARY KEY (chain_id, market)
) STRICT;

CREATE TABLE scan (market TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE scan_batch (
  id INTEGER PRIMARY KEY, market TEXT NOT NULL REFERENCES scan (market), body TEXT NOT NULL, digest BLOB NOT NULL
) STRICT;
CREATE INDEX scan_batch_market ON scan_batch (market);

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, chain_id INTEGER NOT NULL, market TEXT NOT NULL, block TEXT NOT NULL,
  kind TEXT NOT NULL, data TEXT NOT NULL
) STRICT;
CREATE INDEX journal_kind ON journal (kind, seq);

CREATE TABLE intent (
  id INTEGER PRIMARY KEY, chain_id INTEGER NOT NULL, hash TEXT NOT NULL, nonce INTEGER NOT NULL, status TEXT NOT NULL,
  body TEXT NOT NULL, digest BLOB NOT NULL,
  UNIQUE (chain_id, hash)
) STRICT;
CREATE INDEX intent_status ON intent (chain_id, status, nonce);

CREATE TABLE named_value (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
${PEOPLE}${WAVE}`

/** What a store of version 1 told: its one ladder is that of `alerts.thresholds`. */
export const FROM_VERSION_1 = `
INSERT INTO latch (rule, subject, body)
  SELECT 'positions', old.key, json_object('kind', 'ladder', 'health', json(old.value), 'distance', NULL, 'toppedUp', NULL)
  FROM named_value, json_each(named_value.value) AS old WHERE named_value.name = 'alerts.latches';
DELETE FROM named_value WHERE name = 'alerts.latches';
`
