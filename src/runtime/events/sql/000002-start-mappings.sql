-- Processes that events of a type start by their none start event. `origin`: `file` for those of tutti.yaml, written
-- anew at each start; `request` for those that came over HTTP.
CREATE TABLE start_mapping (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL,
  -- empty if the key is given
  bpmn_process_id TEXT NOT NULL,
  process_definition_key INTEGER,
  version INTEGER,
  -- JSON of the filters, as in a subscription
  filters TEXT,
  origin TEXT NOT NULL
);

-- Message names told by POST /messages of the router of 2020, with the definition they were told for.
CREATE TABLE told_message (
  workflow_key TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (workflow_key, name)
) WITHOUT ROWID;

-- Instances that a message without life is still on its way to, as its turn was cut off by its bound.
ALTER TABLE message_event ADD COLUMN on_the_way INTEGER NOT NULL DEFAULT 0;
