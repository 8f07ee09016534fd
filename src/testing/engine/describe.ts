import type { ProcessGraph } from '../../bpmn/graph.ts';
import type { StatePort } from '../../engine/state/port.ts';
import {
  ELEMENTS,
  GRAPHS,
  JOBS,
  MESSAGE_SUBSCRIPTIONS,
  SIGNAL_SUBSCRIPTIONS,
  TIMERS,
  USER_TASKS,
} from '../../engine/state/tables.ts';
import type { Session } from './session.ts';
import type { Trail, Visit } from './trail.ts';

/** What a failed assertion tells of an instance, in lines of text. */

const MOST_MISSES = 5;
const MOST_PATH = 40;
const MOST_TEXT = 200;
const MARKS = { completed: '', active: ' (here)', terminated: ' (terminated)' } as const;

export function graphOf(state: StatePort, trail: Trail): ProcessGraph | undefined {
  return state.get(GRAPHS, trail.processDefinitionKey)?.graph;
}

/** Where the instance is, its path, variables and incidents; then events that it may have missed. */
export function describeInstance(session: Session, trail: Trail): string {
  const path = pathOf(trail);
  const lines = [
    `Where it is: ${placeOf(session, trail)}`,
    `Its path: ${path.length > MOST_PATH ? '… → ' : ''}${path.slice(-MOST_PATH).join(' → ')}`,
    `Its variables: ${variablesText(trail)}`,
    ...[...trail.incidents.values()].map(
      ({ elementId, errorType, errorMessage }) =>
        `Its incident at "${elementId}": ${errorType}: ${errorMessage}`,
    ),
    ...calledBy(session, trail),
    ...session.misses
      .slice(-MOST_MISSES)
      .map(({ type, told }) => `An event "${type}" had no effect: ${told}`),
  ];
  return lines.join('\n');
}

/** In a phrase, such as `it is waiting at "pay" (job "payment", 3 retries)`. */
export function placeOf({ machine }: Session, trail: Trail): string {
  if (trail.state === 'completed') return 'it is completed';
  if (trail.state === 'terminated') return 'it is terminated';
  const visits = trail.active();
  if (visits.length === 0) return 'it is active, but at no element (its tokens wait at joining gateways)';
  return `it is at ${visits.map((visit) => visitText(machine.state, visit)).join(', ')}`;
}

function visitText(state: StatePort, { key, elementId, type }: Visit): string {
  const waits = waitsOf(state, key);
  const kind = type.toLowerCase().replaceAll('_', ' ');
  return `"${elementId}" (${[kind, ...waits].join('; ')})`;
}

/** What an element instance waits for. */
function waitsOf(state: StatePort, key: number): string[] {
  const jobKey = state.get(ELEMENTS, key)?.jobKey ?? -1;
  const job = state.get(JOBS, jobKey);
  const instant = (epochMs: number) => new Date(epochMs).toISOString();
  return [
    ...(job ? [`job of type "${job.value.type}" with ${job.value.retries} retries`] : []),
    ...[...state.scan(USER_TASKS, 'byElement', [key])].map(({ assignee }) =>
      assignee === '' ? 'a user' : `the user "${assignee}"`,
    ),
    ...[...state.scan(MESSAGE_SUBSCRIPTIONS, 'byElement', [key])].map(
      ({ value }) => `message "${value.messageName}" with key "${value.correlationKey}"`,
    ),
    ...[...state.scan(SIGNAL_SUBSCRIPTIONS, 'byElement', [key])].map(
      ({ signalName }) => `signal "${signalName}"`,
    ),
    ...[...state.scan(TIMERS, 'byElement', [key])].map(({ dueDate }) => `timer due at ${instant(dueDate)}`),
  ];
}

/** Elements in the order in which they began; those that were left otherwise than by their end are marked. */
function pathOf(trail: Trail): string[] {
  return [...trail.visits.values()]
    .filter(({ type }) => type !== 'PROCESS')
    .map(({ elementId, state }) => `${elementId}${MARKS[state]}`);
}

function variablesText(trail: Trail): string {
  const scopes = [...trail.variables].flatMap(([scope, variables]) => {
    const owner = scope === trail.key ? undefined : trail.visits.get(scope);
    // What was local to an element is gone with it.
    if (owner !== undefined && owner.state !== 'active') return [];
    const note = owner === undefined ? '' : ` (local to "${owner.elementId}")`;
    return [...variables].map(([name, text]) => `${name} = ${shortened(text)}${note}`);
  });
  return scopes.length === 0 ? 'none' : scopes.join(', ');
}

function calledBy(session: Session, trail: Trail): string[] {
  return [...session.trails.all.values()]
    .filter(({ parentKey }) => parentKey === trail.key)
    .map(
      (child) => `It called instance ${child.key} of "${child.bpmnProcessId}": ${placeOf(session, child)}`,
    );
}

export function shortened(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}
