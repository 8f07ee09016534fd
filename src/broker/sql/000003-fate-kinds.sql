-- What stands now of each event, by kind, for searches by fate. The triggers keep it wherever fates are added.
CREATE TABLE event_fate_kind (
  kind TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (kind, sequence)
) WITHOUT ROWID;
INSERT OR IGNORE INTO event_fate_kind (kind, sequence)
  SELECT json_extract(value, '$.kind'), sequence FROM event, json_each(event.fates) WHERE event.fates IS NOT NULL
  UNION ALL SELECT json_extract(fate, '$.kind'), sequence FROM event_fate;

-- What became of an event in the transaction that took it in.
CREATE TRIGGER event_kinds_added AFTER INSERT ON event WHEN new.fates IS NOT NULL BEGIN
  INSERT OR IGNORE INTO event_fate_kind (kind, sequence)
    SELECT json_extract(value, '$.kind'), new.sequence FROM json_each(new.fates);
END;
-- What came later. An event that moves a process after all is no longer unmatched, buffered, failed and so on. What one
-- routing tells of an event begins with what moved, so nothing of the same routing is taken back.
CREATE TRIGGER event_fate_added AFTER INSERT ON event_fate BEGIN
  DELETE FROM event_fate_kind WHERE sequence = new.sequence
    AND json_extract(new.fate, '$.kind') IN ('reply', 'errorThrown', 'started', 'correlated', 'buffered', 'earlyReply', 'expired')
    AND kind IN ('buffered', 'earlyReply', 'unmatched', 'refused', 'declined', 'failed', 'unknownJob', 'lateReply', 'unusableReply');
  INSERT OR IGNORE INTO event_fate_kind (kind, sequence) VALUES (json_extract(new.fate, '$.kind'), new.sequence);
END;

CREATE TRIGGER event_kinds_forgotten AFTER DELETE ON event WHEN old.fates IS NOT NULL BEGIN
  DELETE FROM event_fate_kind WHERE sequence = old.sequence
    AND kind IN (SELECT json_extract(value, '$.kind') FROM json_each(old.fates));
END;
CREATE TRIGGER event_fate_forgotten AFTER DELETE ON event_fate BEGIN
  DELETE FROM event_fate_kind WHERE kind = json_extract(old.fate, '$.kind') AND sequence = old.sequence;
END;
