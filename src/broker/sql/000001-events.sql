-- The event log: every accepted event, exactly as it came. `data` stands last, so that reading the rest of a row does
-- not touch it. Times are epoch ms of the one clock, which never goes back, so they ascend with `sequence`.
CREATE TABLE event (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
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
  -- JSON array of [name, value] in order of arrival
  attributes TEXT NOT NULL,
  data_form TEXT,
  data BLOB
);
CREATE INDEX event_by_id ON event (id);
CREATE INDEX event_by_type ON event (type);
CREATE INDEX event_by_source ON event (source);
CREATE INDEX event_by_subject ON event (subject) WHERE subject IS NOT NULL;
CREATE INDEX event_by_correlation_key ON event (correlation_key) WHERE correlation_key IS NOT NULL;
CREATE INDEX event_by_received ON event (received);

-- Hashes of (source, id). One table is filled, the other is the one before; see duplicates.ts.
CREATE TABLE seen_a (hash BLOB PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE seen_b (hash BLOB PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE seen_window (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), filled TEXT NOT NULL, since INTEGER NOT NULL);

-- How often an event came again.
CREATE TABLE event_repeat (sequence INTEGER PRIMARY KEY, count INTEGER NOT NULL, last INTEGER NOT NULL);

-- What became of an event, in order.
CREATE TABLE event_fate (
  sequence INTEGER NOT NULL,
  number INTEGER NOT NULL,
  time INTEGER NOT NULL,
  fate TEXT NOT NULL,
  PRIMARY KEY (sequence, number)
) WITHOUT ROWID;

-- Events that are accepted and not routed yet.
CREATE TABLE event_to_route (sequence INTEGER PRIMARY KEY);

CREATE TABLE event_subscription (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  -- the JSON object as it was given, without its id
  body TEXT NOT NULL,
  created INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  -- why it gets no more events, if it gets none
  retired TEXT
);

-- What is still to be sent. A lane is one receiver: a subscription or the host that a job names.
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sequence INTEGER NOT NULL,
  lane TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_time INTEGER NOT NULL,
  created INTEGER NOT NULL,
  last_error TEXT
);
CREATE UNIQUE INDEX delivery_by_event ON delivery (sequence, lane);
CREATE INDEX delivery_due_in_lane ON delivery (lane, next_time, id);
CREATE INDEX delivery_in_order ON delivery (lane, id);
CREATE INDEX delivery_due ON delivery (next_time);

CREATE TABLE dead_letter (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sequence INTEGER NOT NULL,
  lane TEXT NOT NULL,
  sink TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  time INTEGER NOT NULL,
  reason TEXT NOT NULL,
  -- JSON of the last answer's status, headers and first characters, if there was one
  response TEXT
);
CREATE INDEX dead_letter_by_event ON dead_letter (sequence);
CREATE INDEX dead_letter_by_lane ON dead_letter (lane);
