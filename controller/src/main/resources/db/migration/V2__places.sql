-- What providers have said no to; body: the whole record (JSON).
CREATE TABLE blocks (
  number INTEGER PRIMARY KEY,
  body   TEXT NOT NULL
);

-- Memory of the spot mix, and of how long replicas take to become ready in each place (both JSON).
ALTER TABLE services ADD COLUMN spot_state TEXT NOT NULL DEFAULT '';
ALTER TABLE services ADD COLUMN cold_starts TEXT NOT NULL DEFAULT '';

PRAGMA user_version = 2;
