-- What stands now of each event, by kind, for searches by fate; kept by the triggers below wherever fates are added.
CREATE TABLE event_fate_kind (
  kind TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (kind, sequence)
) WITHOUT ROWID;
INSERT OR IGNORE INTO event_fate_kind (kind, sequence) SELECT json_extract(fate, '$.kind'), sequence FROM event_fate;

CREATE TRIGGER event_fate_added AFTER INSERT ON event_fate BEGIN
  INSERT OR IGNORE INTO event_fate_kind (kind, sequence) VALUES (json_extract(new.fate, '$.kind'), new.sequence);
END;

-- An event that moves a process after all is no longer unmatched, buffered, failed, ... What one routing tells of an
-- event begins with what moved, so nothing of the same routing is taken back here.
CREATE TRIGGER event_fate_moved AFTER INSERT ON event_fate
  WHEN new.number > 1
    AND json_extract(new.fate, '$.kind') IN ('reply', 'started', 'correlated', 'errorThrown', 'buffered', 'earlyReply', 'expired')
BEGIN
  DELETE FROM event_fate_kind WHERE sequence = new.sequence AND kind <> json_extract(new.fate, '$.kind')
    AND kind IN ('buffered', 'earlyReply', 'unmatched', 'refused', 'declined', 'failed', 'unknownJob', 'lateReply', 'unusableReply');
END;

CREATE TRIGGER event_fate_forgotten AFTER DELETE ON event_fate BEGIN
  DELETE FROM event_fate_kind WHERE kind = json_extract(old.fate, '$.kind') AND sequence = old.sequence;
END;
