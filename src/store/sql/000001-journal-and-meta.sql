-- One row a transaction. `first` is the position of its first record; positions count from 1 without gaps.
CREATE TABLE journal (
  first INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  -- epoch ms, as the clock of the journal saw it
  time INTEGER NOT NULL,
  -- length of `records`, so that retention by size does not read them
  size INTEGER NOT NULL,
  -- JSON text, or a blob: the same, compressed by Zstandard
  records NOT NULL
);

CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value
) WITHOUT ROWID;

-- How each table of the engine's state was laid out when it was created.
CREATE TABLE state_table (
  name TEXT PRIMARY KEY,
  layout TEXT NOT NULL
) WITHOUT ROWID;

-- Commands that a transaction caused and that did not fit into it.
CREATE TABLE follow_up (
  id INTEGER PRIMARY KEY,
  command TEXT NOT NULL
);
