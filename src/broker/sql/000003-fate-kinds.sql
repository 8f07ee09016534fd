-- What stands now of each event, by kind, for searches by fate.
CREATE TABLE event_fate_kind (
  kind TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (kind, sequence)
) WITHOUT ROWID;
INSERT OR IGNORE INTO event_fate_kind (kind, sequence)
  SELECT json_extract(value, '$.kind'), sequence FROM event, json_each(event.fates) WHERE event.fates IS NOT NULL
  UNION ALL SELECT json_extract(fate, '$.kind'), sequence FROM event_fate;
