import { type CollectionSpec, field, NULLABLE, OWNER_COLUMNS, type TableSpec } from './spec.ts';

export const TIMER_TABLE = {
  name: 'timer',
  columns: { due_date: 'INTEGER', repetitions: 'INTEGER', state: 'TEXT', ...OWNER_COLUMNS },
  indexes: [
    'timer_instance ON timer (instance_key)',
    'timer_of_start_event ON timer (due_date) WHERE instance_key < 0',
  ],
} as const satisfies TableSpec;

/** For the console; Camunda's API shows no timers. */
export const timers = {
  table: TIMER_TABLE.name,
  key: 'timerKey',
  fields: {
    timerKey: field('key', 't.key'),
    dueDate: field('date', 't.due_date'),
    repetitions: field('int', 't.repetitions'),
    state: field('string', 't.state'),
    elementId: field('string', 't.element_id'),
    elementInstanceKey: field('key', 't.element_key', NULLABLE),
    processInstanceKey: field('key', 't.instance_key', NULLABLE),
    processDefinitionKey: field('key', 't.definition_key'),
  },
} as const satisfies CollectionSpec;
