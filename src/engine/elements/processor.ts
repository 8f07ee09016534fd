import type { GraphElement, ProcessGraph } from '../../bpmn/graph.ts';
import type { Work } from '../processing/work.ts';
import type { ElementRow } from '../state/tables.ts';

/** An element instance with its model. `row` is as it was when the command began. */
export interface At {
  readonly row: ElementRow;
  readonly model: GraphElement;
  readonly graph: ProcessGraph;
  /** TERMINATING: at the wish of a modification. */
  readonly byModification?: boolean;
}

/**
 * What is special about one kind of element. Each step emits events and asks for follow-ups; where the instance
 * cannot go on it throws `IncidentError`, and the whole step is done again when the incident is resolved.
 */
export interface ElementProcessor {
  /** ACTIVATING, before start listeners: usually the input mappings. */
  activate?(w: Work, at: At): void;
  /** ACTIVATING, after start listeners: opens what the element waits for and marks it activated. */
  activated(w: Work, at: At): void;
  /** COMPLETING, before end listeners: usually the output mappings. */
  complete?(w: Work, at: At): void;
  /** COMPLETING, after end listeners: marks it completed and goes on. */
  completed(w: Work, at: At): void;
  /** TERMINATING: closes what is open. False if the element ends later, when its children have. */
  terminate(w: Work, at: At): boolean;
  /** A child of this scope took no further flow and is completed. */
  childCompleted?(w: Work, at: At, child: ElementRow): void;
  /** A child of this scope was terminated. */
  childTerminated?(w: Work, at: At): void;
}
