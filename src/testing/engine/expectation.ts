import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { describeInstance, graphOf, shortened } from './describe.ts';
import { nearest } from './nearest.ts';
import { contains, type SentEvent } from './receiver.ts';
import type { Session } from './session.ts';
import type { OpenIncident, Trail } from './trail.ts';

/** What is expected of an incident: a part of its message, or any of its fields. */
export type ExpectedIncident =
  | string
  | RegExp
  | {
      readonly elementId?: string;
      /** Such as `JOB_NO_RETRIES`. */
      readonly errorType?: string;
      readonly errorMessage?: string | RegExp;
    };

/** What is expected of an event: data and attributes that it must have; it may have more. */
export interface ExpectedEvent {
  readonly data?: unknown;
  readonly [attribute: string]: unknown;
}

/** Fails with where the instance really is. */
export function fail(
  session: Session,
  trail: Trail,
  expected: string,
  hints: readonly string[] = [],
  values: { readonly actual?: unknown; readonly expected?: unknown } = {},
): never {
  const message = [
    `Expected instance ${trail.key} of "${trail.bpmnProcessId}" ${expected}.`,
    ...hints,
    describeInstance(session, trail),
  ].join('\n');
  throw new AssertionError({ message, operator: 'tutti', ...values });
}

/** A hint if the model has no such element, with the id that was probably meant. */
export function unknownElements(session: Session, trail: Trail, ids: readonly string[]): string[] {
  const graph = graphOf(session.machine.state, trail);
  if (!graph) return [];
  const known = [...Object.keys(graph.elements), ...Object.keys(graph.flows)];
  return ids
    .filter((id) => !known.includes(id))
    .map((id) => {
      const near = nearest(id, known);
      return `The model has no element "${id}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
    });
}

/** The place of the first id that does not follow in order; -1 if all do. */
export function firstNotPassed(passed: readonly string[], ids: readonly string[]): number {
  let from = 0;
  return ids.findIndex((id) => {
    const at = passed.indexOf(id, from);
    from = at + 1;
    return at < 0;
  });
}

export function variableHints(trail: Trail, name: string, value: unknown): string[] {
  const own = trail.scopeOf(trail.key).get(name);
  if (own !== undefined) {
    const note = isDeepStrictEqual(String(JSON.parse(own)), String(value)) ? ', of another type' : '';
    return [`Its variable "${name}" is ${shortened(own)}${note}`];
  }
  const near = nearest(name, [...trail.scopeOf(trail.key).keys()]);
  return [
    `It has no variable "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    ...[...trail.variables]
      .filter(([scope, variables]) => variables.has(name) && trail.visits.get(scope)?.state === 'active')
      .map(([scope]) => `"${name}" is local to "${trail.visits.get(scope)?.elementId}"`),
  ];
}

export function isIncident(incident: OpenIncident, expected: ExpectedIncident): boolean {
  if (typeof expected === 'string') return incident.errorMessage.includes(expected);
  if (expected instanceof RegExp) return expected.test(incident.errorMessage);
  const { elementId = incident.elementId, errorType = incident.errorType, errorMessage } = expected;
  return (
    elementId === incident.elementId &&
    errorType === incident.errorType &&
    (errorMessage === undefined || isIncident(incident, errorMessage))
  );
}

export function isEvent(sent: SentEvent, type: string, expected: ExpectedEvent): boolean {
  return sent.type === type && contains(sent.event, expected);
}

/** What was sent in place of the event that is missing. */
export function sentHints(sent: readonly SentEvent[], type: string): string[] {
  if (sent.length === 0) return ['No event was sent'];
  const same = sent.filter((one) => one.type === type);
  if (same.length > 0)
    return same.map(({ event }) => `It sent "${type}" with ${shortened(JSON.stringify(event))}`);
  const types = [...new Set(sent.map((one) => one.type))];
  const near = nearest(type, types);
  const question = near === undefined ? '' : `; did you mean "${near}"?`;
  return [`It sent ${types.map((one) => `"${one}"`).join(', ')}${question}`];
}
