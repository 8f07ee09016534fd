import type { ElementType, GraphElement, ProcessGraph } from '../../bpmn/graph.ts';
import { boundaryEvents, eventSubProcessStarts } from '../behaviors/model.ts';
import type { ElementRow } from '../state/tables.ts';

type Refuse = (rest: string) => never;

/** Types whose instances Zeebe 8.6 does not migrate. */
const NOT_MIGRATED: ReadonlySet<ElementType> = new Set([
  'START_EVENT',
  'BOUNDARY_EVENT',
  'INTERMEDIATE_THROW_EVENT',
  'END_EVENT',
  'TASK',
  'MANUAL_TASK',
  'INCLUSIVE_GATEWAY',
]);

/** Refuses elements that cannot be migrated whatever they are mapped to. */
export function refuseUnsupported(row: ElementRow, refuse: Refuse): void {
  if (NOT_MIGRATED.has(row.type))
    refuse(
      `active element with id '${row.elementId}' has an unsupported type. The migration of a ${row.type} is not supported.`,
    );
}

const BOUNDARY_EVENTS_NOT_MIGRATED: ReadonlySet<string> = new Set(['COMPENSATION', 'ESCALATION']);
const STARTS_NOT_MIGRATED: ReadonlySet<string> = new Set(['ESCALATION']);

/** Refuses elements with events that Zeebe 8.6 does not migrate. */
export function refuseUnsupportedEvents(graph: ProcessGraph, element: GraphElement, refuse: Refuse): void {
  const { id } = element;
  const typesIn = (events: readonly GraphElement[], types: ReadonlySet<string>): string =>
    [...new Set(events.map(({ eventType }) => eventType).filter((type) => types.has(type)))].join(', ');
  const boundary = typesIn(boundaryEvents(graph, element), BOUNDARY_EVENTS_NOT_MIGRATED);
  if (boundary !== '')
    refuse(
      `active element with id '${id}' has one or more boundary events of types '${boundary}'. Migrating active elements ` +
        `with boundary events of these types is not possible yet.`,
    );
  const starts = typesIn(eventSubProcessStarts(graph, element), STARTS_NOT_MIGRATED);
  if (starts !== '')
    refuse(
      `active process with id '${id}' has one or more event subprocesses with start events of types '${starts}'. ` +
        `Migrating event subprocesses with start events of these types is not possible yet.`,
    );
}

/** Refuses scopes with tokens on their way, for instance at a joining gateway. */
export function refuseActiveFlows(row: ElementRow, refuse: Refuse): void {
  if (row.activeFlows > 0)
    refuse(`a concurrent command was executed on the process instance. Please retry the migration.`);
}

/**
 * A mapped catch event stays with its element, and waits for the same kind of thing. As in Zeebe, boundary events of a
 * multi-instance cannot be mapped: those of its instances are thought to be lost.
 */
export function checkCatchEvents(
  mapping: ReadonlyMap<string, string>,
  source: { readonly graph: ProcessGraph; readonly element: GraphElement },
  target: { readonly graph: ProcessGraph; readonly element: GraphElement; readonly inner: boolean },
  refuse: Refuse,
): void {
  const starts = eventSubProcessStarts(target.graph, target.element);
  const attached = target.inner ? starts : [...boundaryEvents(target.graph, target.element), ...starts];
  const { graph, element } = source;
  for (const event of [...boundaryEvents(graph, element), ...eventSubProcessStarts(graph, element)]) {
    const to = mapping.get(event.id);
    if (to === undefined) continue;
    const found = attached.find((other) => other.id === to);
    if (found === undefined)
      refuse(
        `active element with id '${element.id}' is mapped to an element with id '${target.element.id}' and has a catch event with ` +
          `id '${event.id}' that is mapped to a catch event with id '${to}'. These mappings detach the catch event from ` +
          `the element in the target process. Catch events must stay attached to the same element instance.`,
      );
    if (found.eventType !== event.eventType)
      refuse(
        `active element with id '${element.id}' has a catch event with id '${event.id}' that is mapped to a catch event with id ` +
          `'${to}'. These catch events have different event types: '${event.eventType}' and '${found.eventType}'. The event ` +
          `type of a catch event cannot be changed by process instance migration. Please ensure the event type of the ` +
          `catch event remains the same or remove the mapping instruction for these catch events.`,
      );
  }
}
