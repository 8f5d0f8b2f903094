-- What was decided, the last ones of each service. inputs: JSON, deflated (zlib).
CREATE TABLE decisions (
  sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
  service     TEXT NOT NULL REFERENCES services (name) ON DELETE CASCADE,
  time_millis INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  version     INTEGER NOT NULL,
  rule        TEXT NOT NULL,
  choice      TEXT NOT NULL,
  reason      TEXT NOT NULL,
  weighed     TEXT NOT NULL,
  inputs      BLOB NOT NULL,
  outcome     TEXT NOT NULL
);

CREATE INDEX decisions_by_service ON decisions (service, sequence);

PRAGMA user_version = 3;
