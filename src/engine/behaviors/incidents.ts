import type { IncidentError } from '../processing/incident-error.ts';
import type { Work } from '../processing/work.ts';
import type { ElementOwner, IncidentValue, JobValue } from '../records/record.ts';
import { type ElementRow, INCIDENTS, type IncidentRow } from '../state/tables.ts';

export function ownerOf(row: ElementRow): ElementOwner {
  return {
    processInstanceKey: row.processInstanceKey,
    elementInstanceKey: row.key,
    elementId: row.elementId,
    bpmnProcessId: row.bpmnProcessId,
    processDefinitionKey: row.processDefinitionKey,
    processDefinitionVersion: row.version,
  };
}

/** Notes that an element cannot go on. Resolving it tries again what failed. */
export function raiseIncident(w: Work, row: ElementRow, error: IncidentError): void {
  w.emit(w.nextKey(), {
    valueType: 'INCIDENT',
    intent: 'CREATED',
    value: {
      ...ownerOf(row),
      errorType: error.errorType,
      errorMessage: error.message,
      jobKey: -1,
      variableScopeKey: error.variableScopeKey ?? row.key,
    },
  });
}

export function raiseJobIncident(
  w: Work,
  jobKey: number,
  job: JobValue,
  errorType: IncidentValue['errorType'],
  errorMessage: string,
): void {
  const { processInstanceKey, elementInstanceKey, elementId } = job;
  const { bpmnProcessId, processDefinitionKey, processDefinitionVersion } = job;
  w.emit(w.nextKey(), {
    valueType: 'INCIDENT',
    intent: 'CREATED',
    value: {
      processInstanceKey,
      elementInstanceKey,
      elementId,
      bpmnProcessId,
      processDefinitionKey,
      processDefinitionVersion,
      errorType,
      errorMessage,
      jobKey,
      variableScopeKey: elementInstanceKey,
    },
  });
}

/** Characters of an unexpected error that its incident shows. */
const MAX_CAUSE = 1000;

/**
 * Notes that a step broke by a mistake in the program. `followUp` is done again when the incident is resolved; null
 * if whoever asked for the step can ask again.
 */
export function raiseBroken(w: Work, row: ElementRow, message: string, followUp: object | null): void {
  w.emit(w.nextKey(), {
    valueType: 'INCIDENT',
    intent: 'CREATED',
    value: {
      ...ownerOf(row),
      errorType: 'UNKNOWN',
      errorMessage: message.slice(0, MAX_CAUSE),
      jobKey: -1,
      variableScopeKey: row.key,
      followUp,
    },
  });
}

/** The incident of a broken step at this element, whose asker can ask again. */
export function brokenIncidentOf(w: Work, elementInstanceKey: number): IncidentRow | undefined {
  for (const incident of w.state.scan(INCIDENTS, 'byElement', [elementInstanceKey]))
    if (incident.followUp === null) return incident;
  return undefined;
}

export function markResolved(w: Work, incident: IncidentRow): void {
  const { key, ...value } = incident;
  w.emit(key, { valueType: 'INCIDENT', intent: 'RESOLVED', value });
}

/** An element that ends takes its incidents with it. */
export function resolveIncidentsOf(w: Work, elementInstanceKey: number): void {
  for (const incident of [...w.state.scan(INCIDENTS, 'byElement', [elementInstanceKey])])
    markResolved(w, incident);
}
