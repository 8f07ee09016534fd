-- Deliveries with the same key in a lane go one after the other. Only the first of a key is due; the others have
-- 8640000000000000, the last time that a date has, until their turn comes. Null: in any order.
ALTER TABLE delivery ADD COLUMN order_key TEXT;
-- JSON of the dead letter that this delivery takes to a dead-letter sink
ALTER TABLE delivery ADD COLUMN letter TEXT;
CREATE INDEX delivery_by_key ON delivery (lane, order_key, id) WHERE order_key IS NOT NULL;
-- New deliveries are told when they are written; only those that are tried again wait for a time.
DROP INDEX delivery_due;
CREATE INDEX delivery_retry ON delivery (next_time) WHERE attempts > 0;

-- JSON of what is never answered: passwords, tokens, signing secrets
ALTER TABLE event_subscription ADD COLUMN secrets TEXT;
-- counts changes, so that readers know when what they remember is old
ALTER TABLE event_subscription ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
-- JSON of the sink's consent, if the subscription asks for it
ALTER TABLE event_subscription ADD COLUMN webhook TEXT;

ALTER TABLE dead_letter ADD COLUMN type TEXT;
UPDATE dead_letter SET type = (SELECT type FROM event WHERE event.sequence = dead_letter.sequence);
DROP INDEX dead_letter_by_lane;
CREATE INDEX dead_letter_by_lane ON dead_letter (lane, id);
CREATE INDEX dead_letter_by_sink ON dead_letter (sink, id);
CREATE INDEX dead_letter_by_type ON dead_letter (type, id);
CREATE INDEX dead_letter_by_time ON dead_letter (time);
