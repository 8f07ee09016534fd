-- Changes of the engine's state that are not in its tables yet: those of one transaction each.
CREATE TABLE state_change (
  id INTEGER PRIMARY KEY,
  -- JSON text: name of a table, its new rows, and the keys of those that are gone; and so on
  changes TEXT NOT NULL
);
