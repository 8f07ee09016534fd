-- Jobs of processes that only watch: they stand until somebody else's event of their type and key is seen.
CREATE TABLE router_watch (
  job_key INTEGER PRIMARY KEY,
  process_instance_key INTEGER NOT NULL,
  element_id TEXT NOT NULL,
  type TEXT NOT NULL,
  correlation_key TEXT NOT NULL
);
CREATE INDEX router_watch_by_key ON router_watch (correlation_key, type);
