-- Times are epoch milliseconds; flags are 0 or 1.
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE services (
  name             TEXT PRIMARY KEY,
  listen_port      INTEGER NOT NULL,
  created_millis   INTEGER NOT NULL,
  ending           INTEGER NOT NULL,
  purge            INTEGER NOT NULL,
  next_replica_id  INTEGER NOT NULL,
  next_version     INTEGER NOT NULL,
  target           INTEGER NOT NULL,
  autoscaler_state TEXT NOT NULL
);

-- source: the service file as it was sent (JSON), secrets included.
CREATE TABLE versions (
  service        TEXT NOT NULL REFERENCES services (name) ON DELETE CASCADE,
  number         INTEGER NOT NULL,
  source         TEXT NOT NULL,
  status         TEXT NOT NULL,
  reason         TEXT NOT NULL,
  change_text    TEXT NOT NULL,
  mode           TEXT NOT NULL,
  created_millis INTEGER NOT NULL,
  ever_ready     INTEGER NOT NULL,
  workdir_digest TEXT NOT NULL,
  PRIMARY KEY (service, number)
);

-- body: the whole record (JSON); the columns beside it are for people who look.
CREATE TABLE replicas (
  service    TEXT NOT NULL REFERENCES services (name) ON DELETE CASCADE,
  replica_id INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  status     TEXT NOT NULL,
  body       TEXT NOT NULL,
  PRIMARY KEY (service, replica_id, generation)
);

-- One row per provider call that makes something, written before the call. Kept after the service.
CREATE TABLE attempts (
  attempt_id     TEXT PRIMARY KEY,
  service        TEXT NOT NULL,
  replica_id     INTEGER NOT NULL,
  generation     INTEGER NOT NULL,
  provider       TEXT NOT NULL,
  state          TEXT NOT NULL,
  instance_id    TEXT,
  detail         TEXT NOT NULL,
  created_millis INTEGER NOT NULL,
  changed_millis INTEGER NOT NULL
);

CREATE TABLE events (
  sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
  time_millis INTEGER NOT NULL,
  service     TEXT NOT NULL,
  version     INTEGER NOT NULL,
  replica_id  INTEGER NOT NULL,
  severity    TEXT NOT NULL,
  type        TEXT NOT NULL,
  message     TEXT NOT NULL
);

CREATE INDEX events_by_service ON events (service, sequence);

PRAGMA user_version = 1;
