-- Changes of the engine's state that are not in its tables yet: those of one transaction each.
CREATE TABLE state_change (
  id INTEGER PRIMARY KEY,
  -- JSON text, see state-changes.ts
  changes TEXT NOT NULL
);
