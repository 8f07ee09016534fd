-- Events are written once, with what became of them at once, and found by sorted runs of hashes in place of one index
-- for each attribute: an index with random keys costs a page of the log for each event.
CREATE TABLE event_2 (
  sequence INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  subject TEXT,
  -- extension correlationkey, else the subject
  correlation_key TEXT,
  received INTEGER NOT NULL,
  -- 0 for events from outside; one more than the event that caused it
  hops INTEGER NOT NULL,
  -- sequence of the event that led to this one
  cause INTEGER,
  -- key of the job that sent this event
  cause_job INTEGER,
  -- the business transaction it belongs to: extension correlationid, or derived
  correlation_id TEXT,
  -- id of the event that led to this one: extension causationid, or derived
  causation_id TEXT,
  -- W3C trace context: extension traceparent, or derived
  traceparent TEXT,
  -- JSON array of what became of it in the transaction that took it in; what came later is in event_fate
  fates TEXT,
  -- JSON array of [name, value] in order of arrival
  attributes TEXT NOT NULL,
  data_form TEXT,
  data BLOB
);
INSERT INTO event_2 (sequence, source, id, type, subject, correlation_key, received, hops, cause, cause_job, attributes, data_form, data)
  SELECT sequence, source, id, type, subject, correlation_key, received, hops, cause, cause_job, attributes, data_form, data
  FROM event ORDER BY sequence;
DROP TABLE event;
ALTER TABLE event_2 RENAME TO event;
CREATE INDEX event_by_type ON event (type);
CREATE INDEX event_by_source ON event (source);
CREATE INDEX event_by_cause ON event (cause) WHERE cause IS NOT NULL;

-- Hashes of the events `first` to `last`, sorted; see event-index.ts. Younger events are not in a run yet.
CREATE TABLE event_run (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL,
  -- time of the youngest one
  received INTEGER NOT NULL,
  -- Bloom filter of (source, id)
  filter BLOB NOT NULL
);
CREATE TABLE event_run_page (
  run INTEGER NOT NULL,
  first_entry INTEGER NOT NULL,
  entries BLOB NOT NULL,
  PRIMARY KEY (run, first_entry)
) WITHOUT ROWID;
DROP TABLE seen_a;
DROP TABLE seen_b;
DROP TABLE seen_window;

-- The last value of the extension `sequence` of each source.
CREATE TABLE source_sequence (
  source TEXT PRIMARY KEY,
  last TEXT NOT NULL,
  time INTEGER NOT NULL,
  gaps INTEGER NOT NULL,
  late INTEGER NOT NULL
) WITHOUT ROWID;

-- The business transaction that a running instance belongs to.
CREATE TABLE instance_trace (
  process_instance_key INTEGER PRIMARY KEY,
  correlation_id TEXT NOT NULL,
  traceparent TEXT
);
