-- Batch operations that are not over, and the items they still have to do; what was done is in the journal.
CREATE TABLE batch_operation (
  key INTEGER PRIMARY KEY,
  -- CREATED while items are added; ACTIVE, SUSPENDED; others are over
  state TEXT NOT NULL,
  -- what to do with an item, as JSON
  plan TEXT NOT NULL,
  total INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  failed INTEGER NOT NULL
) STRICT;
CREATE INDEX batch_operation_active ON batch_operation (key) WHERE state = 'ACTIVE';
CREATE TABLE batch_operation_item (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  batch_key INTEGER NOT NULL,
  item_key INTEGER NOT NULL,
  process_instance_key INTEGER NOT NULL
) STRICT;
CREATE INDEX batch_operation_item_batch ON batch_operation_item (batch_key, number);
