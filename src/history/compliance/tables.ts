/**
 * Tables of compliance. An event that comes as expected costs a count, which a batch writes once for each place; only
 * deviations have rows of their own. Days are UTC, counted from 1970-01-01.
 */
export const COMPLIANCE_TABLES = `
CREATE TABLE compliance_model (
  definition_key INTEGER PRIMARY KEY, process_id TEXT NOT NULL, version INTEGER NOT NULL, model TEXT NOT NULL
) STRICT;
CREATE TABLE compliance_instance (
  key INTEGER PRIMARY KEY, definition_key INTEGER NOT NULL, business_key TEXT, start_sequence INTEGER,
  started_at INTEGER NOT NULL, ended_at INTEGER, deviations INTEGER NOT NULL
) STRICT;
CREATE INDEX compliance_instance_business_key ON compliance_instance (business_key) WHERE business_key IS NOT NULL;
CREATE INDEX compliance_instance_end ON compliance_instance (ended_at) WHERE ended_at IS NOT NULL;
CREATE TABLE compliance_kept (
  key INTEGER PRIMARY KEY, event_type TEXT NOT NULL, correlation_key TEXT NOT NULL, time INTEGER NOT NULL,
  sequence INTEGER, instance_key INTEGER
) STRICT;
CREATE INDEX compliance_kept_instance ON compliance_kept (instance_key);
CREATE TABLE compliance_deviation (
  id INTEGER PRIMARY KEY, instance_key INTEGER NOT NULL, definition_key INTEGER NOT NULL, sequence INTEGER,
  event_type TEXT NOT NULL, verdict TEXT NOT NULL, element_id TEXT NOT NULL, time INTEGER NOT NULL, reason TEXT NOT NULL
) STRICT;
CREATE INDEX compliance_deviation_instance ON compliance_deviation (instance_key);
CREATE INDEX compliance_deviation_definition ON compliance_deviation (definition_key, id);
CREATE TABLE compliance_count (
  definition_key INTEGER NOT NULL, day INTEGER NOT NULL, element_id TEXT NOT NULL, event_type TEXT NOT NULL,
  verdict TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (definition_key, day, element_id, event_type, verdict)
) STRICT, WITHOUT ROWID;
CREATE TABLE compliance_day (
  definition_key INTEGER NOT NULL, day INTEGER NOT NULL, judged INTEGER NOT NULL, conforming INTEGER NOT NULL,
  PRIMARY KEY (definition_key, day)
) STRICT, WITHOUT ROWID;
`;

const DAY_MS = 86_400_000;

export function dayOf(epochMs: number): number {
  return Math.floor(epochMs / DAY_MS);
}
