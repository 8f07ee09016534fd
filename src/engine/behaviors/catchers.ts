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

/** Whether the search stops at this event, even if it came too late to act. */
function isOpen(row: ElementRow, event: GraphElement): boolean {
  return row.state === 'ACTIVATED' && (event.type === 'BOUNDARY_EVENT' || row.interruptedBy === null);
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
 * scope an event with that code goes before one that catches any.
 */
export function findCatcher(
  w: Work,
  from: ElementRow | undefined,
  eventType: 'ERROR' | 'ESCALATION',
  code: string,
): Search {
  const codes: string[] = [];
  const inside = new Set<string>();
  let row = from;
  while (row !== undefined) {
    const events = reachingEvents(w, row, w.model(row)).filter((event) => event.eventType === eventType);
    let any: GraphElement | undefined;
    for (const event of events) {
      // What runs inside an event subprocess does not start that subprocess again.
      if (!isOpen(row, event) || inside.has(event.flowScope ?? '')) continue;
      const caught = caughtCode(event);
      if (caught === undefined) any ??= event;
      else if (caught === code) return { catcher: { row, event }, codes };
      else codes.push(caught);
    }
    if (any !== undefined) return { catcher: { row, event: any }, codes };
    inside.add(row.elementId);
    row = w.element(row.type === 'PROCESS' ? row.parentElementInstanceKey : row.flowScopeKey);
  }
  return { catcher: undefined, codes };
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
