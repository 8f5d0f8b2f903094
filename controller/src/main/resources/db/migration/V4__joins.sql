-- One row per attempt whose agent joins over the network: its one-time token and its certificate.
-- key_hash, serial: null before it joined. previous_serial is good until previous_millis.
CREATE TABLE joins (
  attempt_id      TEXT PRIMARY KEY,
  token_hash      TEXT NOT NULL,
  expires_millis  INTEGER NOT NULL,
  key_hash        TEXT,
  serial          TEXT,
  previous_serial TEXT,
  previous_millis INTEGER NOT NULL,
  revoked         INTEGER NOT NULL
);

PRAGMA user_version = 4;
