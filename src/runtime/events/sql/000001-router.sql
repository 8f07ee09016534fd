-- Names this data folder, so that the ids of events it sends are never those of another one.
CREATE TABLE router_identity (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), engine_id TEXT NOT NULL);

-- Jobs that wait, or waited, for an event. Rows of jobs that are gone are kept for a time, to tell late replies.
CREATE TABLE router_wait (
  job_key INTEGER PRIMARY KEY,
  process_instance_key INTEGER NOT NULL,
  element_id TEXT NOT NULL,
  wait_type TEXT,
  correlation_key TEXT,
  -- why it waits no more
  gone TEXT,
  gone_at INTEGER
);
CREATE INDEX router_wait_by_key ON router_wait (correlation_key, wait_type) WHERE correlation_key IS NOT NULL;
CREATE INDEX router_wait_open_by_type ON router_wait (wait_type) WHERE wait_type IS NOT NULL AND gone_at IS NULL;
CREATE INDEX router_wait_by_gone ON router_wait (gone_at) WHERE gone_at IS NOT NULL;

-- Replies that came before a job waits for them.
CREATE TABLE early_reply (
  sequence INTEGER PRIMARY KEY,
  type TEXT NOT NULL,
  correlation_key TEXT NOT NULL,
  until INTEGER NOT NULL
);
CREATE INDEX early_reply_by_key ON early_reply (correlation_key, type);
CREATE INDEX early_reply_by_end ON early_reply (until);

-- Which event a message was made of, as long as the message lives. `used`: it reached an instance.
CREATE TABLE message_event (message_key INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, used INTEGER NOT NULL);
