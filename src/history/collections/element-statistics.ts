import { elementInstances } from './element-instances.ts';
import { type CollectionSpec, field } from './spec.ts';

const INCIDENT = elementInstances.fields.hasIncident.sql;

/**
 * Element instances by element: as in Camunda 8, one with an open incident counts as such and not as active. The
 * process itself and its sequence flows are no elements here.
 */
export const elementStatistics = {
  table: '',
  groups: {
    of: elementInstances,
    columns: {
      element_id: 't.element_id',
      active: `sum(t.state = 'ACTIVE' AND NOT ${INCIDENT})`,
      canceled: `sum(t.state = 'TERMINATED')`,
      incidents: `sum(${INCIDENT})`,
      completed: `sum(t.state = 'COMPLETED')`,
    },
    by: ['t.element_id'],
  },
  key: 'elementId',
  fields: {
    elementId: field('string', 't.element_id'),
    active: field('int', 't.active'),
    canceled: field('int', 't.canceled'),
    incidents: field('int', 't.incidents'),
    completed: field('int', 't.completed'),
  },
} as const satisfies CollectionSpec;
