-- What ends the wait: 'reply', or 'confirm' when the receivers have taken the event.
ALTER TABLE router_wait ADD COLUMN mode TEXT NOT NULL DEFAULT 'reply';
-- The event that the job has sent.
ALTER TABLE router_wait ADD COLUMN sequence INTEGER;
-- Of that event: how many led to it.
ALTER TABLE router_wait ADD COLUMN hops INTEGER NOT NULL DEFAULT 0;
ALTER TABLE router_wait ADD COLUMN since INTEGER;
-- When the wait is over; only while it lasts.
ALTER TABLE router_wait ADD COLUMN until INTEGER;
-- Why a job that may be tried again does not wait now.
ALTER TABLE router_wait ADD COLUMN resting TEXT;
-- Replies that did not complete the job: the next try is another event.
ALTER TABLE router_wait ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;
-- JSON: what the task says about failures.
ALTER TABLE router_wait ADD COLUMN mapping TEXT;
CREATE INDEX router_wait_open ON router_wait (job_key) WHERE gone_at IS NULL;
CREATE INDEX router_wait_open_by_key ON router_wait (correlation_key, wait_type) WHERE correlation_key IS NOT NULL AND gone_at IS NULL;
CREATE INDEX router_wait_by_until ON router_wait (until) WHERE until IS NOT NULL;

-- Further types of replies to a job, beside the one it waits for: those that throw an error or fail it.
CREATE TABLE router_wait_failure (
  correlation_key TEXT NOT NULL,
  type TEXT NOT NULL,
  job_key INTEGER NOT NULL,
  PRIMARY KEY (correlation_key, type, job_key)
) WITHOUT ROWID;
CREATE INDEX router_wait_failure_by_job ON router_wait_failure (job_key);

-- Receivers from which a job waits to hear what became of the delivery.
CREATE TABLE router_confirmation (
  sequence INTEGER NOT NULL,
  lane TEXT NOT NULL,
  job_key INTEGER NOT NULL,
  PRIMARY KEY (sequence, lane)
) WITHOUT ROWID;
CREATE INDEX router_confirmation_by_job ON router_confirmation (job_key);

-- Set if the reply is kept for one job, which is to be tried again.
ALTER TABLE early_reply ADD COLUMN job_key INTEGER;
CREATE INDEX early_reply_by_job ON early_reply (job_key) WHERE job_key IS NOT NULL;
