/** Written into `meta`, so that nobody takes another program's database for ours. */
export const APPLICATION = 'plimsoll'
export const SCHEMA_VERSION = 1

/**
 * Block numbers are 64-bit INTEGER (read as bigint), every other integer of the chain is decimal text inside a body, so
 * no digit is lost. What is expensive to lose unnoticed (pages, checkpoints, scans, intents) carries a digest of its own.
 */
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
`
