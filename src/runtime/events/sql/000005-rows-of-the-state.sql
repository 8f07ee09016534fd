-- What belongs to messages and instances goes with the engine's state: it mostly lives as shortly as they do.
CREATE TABLE state_message_events (k INTEGER PRIMARY KEY NOT NULL, v TEXT NOT NULL);
INSERT INTO state_message_events
  SELECT message_key, json_object('messageKey', message_key, 'sequence', sequence, 'used', json(iif(used, 'true', 'false')), 'onTheWay', on_the_way)
  FROM message_event;
INSERT INTO state_table (name, layout) VALUES ('message_events', '{"key":"messageKey","keyType":"INTEGER","indexes":{}}');
DROP TABLE message_event;

-- The table of the broker's SQL.
CREATE TABLE state_instance_traces (k INTEGER PRIMARY KEY NOT NULL, v TEXT NOT NULL);
INSERT INTO state_instance_traces
  SELECT process_instance_key, iif(traceparent IS NULL,
    json_object('processInstanceKey', process_instance_key, 'correlationId', correlation_id),
    json_object('processInstanceKey', process_instance_key, 'correlationId', correlation_id, 'traceparent', traceparent))
  FROM instance_trace;
INSERT INTO state_table (name, layout) VALUES ('instance_traces', '{"key":"processInstanceKey","keyType":"INTEGER","indexes":{}}');
DROP TABLE instance_trace;
