import type { GraphElement } from '../../bpmn/graph.ts';
import type { Work } from '../processing/work.ts';
import type { Document } from '../records/record.ts';
import type { ElementRow } from '../state/tables.ts';
import { sourceText } from './expressions.ts';
import { reachingEvents } from './model.ts';
import { acceptsTrigger, triggerEvent } from './triggers.ts';

export interface Catcher {
  /** The instance that is triggered. */
  readonly row: ElementRow;
  readonly event: GraphElement;
}

/**
 * Lets a catcher act. One that was found but is about to be ended by another event does nothing, and what was
 * thrown is lost: false.
 */
export function triggerCatcher(w: Work, { row, event }: Catcher, variables: Document): boolean {
  if (!acceptsTrigger(row, event)) return false;
  triggerEvent(w, row, event, variables);
  return true;
}

export interface Search {
  readonly catcher: Catcher | undefined;
  /** Codes of the events that were looked at. */
  readonly codes: readonly string[];
}

/** The code that an event catches; undefined if it catches any. */
function caughtCode(event: GraphElement): string | undefined {
  const code = event.eventType === 'ERROR' ? event.error?.code : event.escalation?.code;
  // Zeebe evaluates codes of catch events at deployment, so that only constant ones get here.
  const text = code === undefined ? '' : sourceText(code);
  return text === '' ? undefined : text;
}

/**
 * Looks for the event that catches a code, from an element instance outwards and on into calling processes. In one
 * scope an event with that code goes before one that catches any. What is thrown while a scope is interrupted does
 * not get out of it, but to the calling process.
 */
export function findCatcher(
  w: Work,
  from: ElementRow | undefined,
  eventType: 'ERROR' | 'ESCALATION',
  code: string,
): Search {
  const codes: string[] = [];
  let row = from;
  while (row !== undefined) {
    const goesOn = row.state === 'ACTIVATED' && row.interruptedBy === null;
    // An interrupted scope still stops an escalation, though it does nothing with it; an error does not see it.
    if (goesOn || eventType === 'ESCALATION') {
      const found = findInScope(w, row, { eventType, code, codes });
      if (found !== undefined) return { catcher: { row, event: found }, codes };
    }
    if (goesOn && row.type !== 'PROCESS') row = w.element(row.flowScopeKey);
    else {
      const caller = w.element(row.parentElementInstanceKey);
      row = caller?.state === 'ACTIVATED' ? caller : undefined;
    }
  }
  return { catcher: undefined, codes };
}

interface Wanted {
  readonly eventType: 'ERROR' | 'ESCALATION';
  readonly code: string;
  /** Takes the codes of events that do not fit. */
  readonly codes: string[];
}

function findInScope(w: Work, row: ElementRow, wanted: Wanted): GraphElement | undefined {
  const events = reachingEvents(w, row, w.model(row))
    .filter((event) => event.eventType === wanted.eventType)
    .map((event) => ({ event, caught: caughtCode(event) ?? '' }));
  // The last code first, and what catches any at the end.
  events.sort((left, right) => (left.caught < right.caught ? 1 : left.caught > right.caught ? -1 : 0));
  for (const { event, caught } of events) {
    if (caught === '' || caught === wanted.code) return event;
    wanted.codes.push(caught);
  }
  return undefined;
}

/** Zeebe's words for an error that nothing catches. */
export function uncaughtError(code: string, message: string, codes: readonly string[]): string {
  const withMessage = message === '' ? '' : ` with message '${message}'`;
  const available =
    codes.length === 0
      ? 'No error events are available in the scope.'
      : `Available error events are [${codes.join(', ')}]`;
  return `Expected to throw an error event with the code '${code}'${withMessage}, but it was not caught. ${available}`;
}
