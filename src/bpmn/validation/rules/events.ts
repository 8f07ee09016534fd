import { childOf, childrenOf, danglingOf, flagOf, textOf, type XmlNode } from '../../xml/node.ts';
import { ACTIVITIES } from '../activities.ts';
import { castFailure, NO_HOST, ValidatorFailure } from '../failure.ts';
import type { Model, Rule, RuleBook } from '../model.ts';
import type { Problems } from '../problems.ts';

const MESSAGE = 'bpmn:MessageEventDefinition';
const TIMER = 'bpmn:TimerEventDefinition';
const ERROR = 'bpmn:ErrorEventDefinition';
const ESCALATION = 'bpmn:EscalationEventDefinition';
const SIGNAL = 'bpmn:SignalEventDefinition';
const LINK = 'bpmn:LinkEventDefinition';
const TERMINATE = 'bpmn:TerminateEventDefinition';
const COMPENSATION = 'bpmn:CompensateEventDefinition';
const CONDITIONAL = 'bpmn:ConditionalEventDefinition';

/** Activities in which an escalation may be thrown. */
const ESCALATING = new Set(['bpmn:SubProcess', 'bpmn:AdHocSubProcess', 'bpmn:CallActivity']);
const BOUNDARY_TYPES = new Set([TIMER, MESSAGE, ERROR, SIGNAL, ESCALATION, COMPENSATION, CONDITIONAL]);
const END_TYPES = new Set([ERROR, MESSAGE, TERMINATE, SIGNAL, ESCALATION, COMPENSATION]);
const CATCH_TYPES = new Set([MESSAGE, TIMER, SIGNAL, LINK, CONDITIONAL]);
const NON_INTERRUPTING_TYPES = new Set([MESSAGE, TIMER, SIGNAL, ESCALATION, CONDITIONAL]);
const SUPPORTED_TYPES = new Set([...BOUNDARY_TYPES, TERMINATE, LINK]);

export function definitionsOf(event: XmlNode): readonly XmlNode[] {
  return childrenOf(event, 'eventDefinitions');
}

/** What an event may not be because it does, or does not, interrupt. */
export function checkInterruption(
  reported: XmlNode,
  definitions: readonly XmlNode[],
  interrupting: boolean,
  problems: Problems,
): void {
  for (const definition of definitions) {
    if (!interrupting && !NON_INTERRUPTING_TYPES.has(definition.$type)) {
      problems.add(reported, 'Non-Interrupting event of this type is not allowed');
    }
    if (interrupting && definition.$type === TIMER && childOf(definition, 'timeCycle') !== undefined) {
      problems.add(reported, 'Interrupting timer event with time cycle is not allowed.');
    }
  }
}

const startEvent: Rule = (event, problems) => {
  if (definitionsOf(event).length > 1) problems.add(event, "Start event can't have more than one type");
};

const boundaryEvent: Rule = (event, problems, model) => {
  const attachedTo = childOf(event, 'attachedToRef');
  const definitions = definitionsOf(event);
  const types = definitions.map((definition) => definition.$type);
  if (attachedTo === undefined) throw new ValidatorFailure(NO_HOST);
  if (!ACTIVITIES.has(attachedTo.$type)) throw new ValidatorFailure(castFailure(attachedTo, 'Activity'));
  if (model.incoming.has(event)) problems.add(event, 'Cannot have incoming sequence flows');
  checkLeadsOn(event, types, problems, model);
  if (definitions.length !== 1) problems.add(event, 'Must have exactly one event definition');
  for (const definition of definitions) {
    if (!BOUNDARY_TYPES.has(definition.$type)) {
      problems.add(event, 'Boundary events must be one of: timer, message, error, signal, escalation');
    }
  }
  for (const definition of definitions) {
    const escalates = ESCALATING.has(attachedTo.$type);
    if (definition.$type === ESCALATION && !escalates) {
      problems.add(
        event,
        'An escalation boundary event should only be attached to a subprocess, or a call activity.',
      );
    }
    const interrupting = definition.$type === COMPENSATION || (flagOf(event, 'cancelActivity') ?? true);
    checkInterruption(event, [definition], interrupting, problems);
  }
};

function checkLeadsOn(event: XmlNode, types: readonly string[], problems: Problems, model: Model): void {
  const leads = model.outgoing.has(event);
  const associated = model.associated.has(event);
  // Zeebe 8.6 knows no conditional events, and later versions let a boundary event lead nowhere.
  if (!leads && !associated && !types.includes(CONDITIONAL)) {
    problems.add(event, 'Must have at least one outgoing sequence flow or association');
  }
}

const endEvent: Rule = (event, problems, model) => {
  if (model.outgoing.has(event)) {
    problems.add(event, 'End events must not have outgoing sequence flows to other elements.');
  }
  const definitions = definitionsOf(event);
  if (definitions.length > 1) problems.add(event, 'Must have at most one event definition');
  for (const definition of definitions) {
    if (!END_TYPES.has(definition.$type)) {
      problems.add(
        event,
        'End events must be one of: none, error, message, terminate, signal, escalation or compensation',
      );
    }
    if (definition.$type === COMPENSATION && flagOf(definition, 'waitForCompletion') === false) {
      problems.add(event, 'A compensation end event waitForCompletion attribute must be true or not present');
    }
  }
};

const catchEvent: Rule = (event, problems) => {
  const definitions = definitionsOf(event);
  const definition = definitions[0];
  if (definition === undefined || definitions.length !== 1) {
    problems.add(event, 'Must have exactly one event definition');
  } else if (!CATCH_TYPES.has(definition.$type)) {
    problems.add(event, 'Event definition must be one of: message, timer, signal, or link');
  } else if (
    definition.$type === TIMER &&
    !childOf(definition, 'timeDuration') &&
    !childOf(definition, 'timeDate')
  ) {
    problems.add(event, 'Intermediate timer catch event must have either a time duration or a time date.');
  }
};

const throwEvent: Rule = (event, problems) => {
  for (const definition of definitionsOf(event)) {
    if (definition.$type === COMPENSATION && flagOf(definition, 'waitForCompletion') === false) {
      problems.add(
        event,
        'A compensation intermediate throwing event waitForCompletion attribute must be true or not present',
      );
    }
  }
};

const eventDefinition: Rule = (definition, problems) => {
  if (!SUPPORTED_TYPES.has(definition.$type)) {
    problems.add(definition, 'Event definition of this type is not supported');
  }
};

function isThrown(definition: XmlNode): boolean {
  const type = definition.$parent?.$type;
  return type === 'bpmn:EndEvent' || type === 'bpmn:IntermediateThrowEvent';
}

const messageDefinition: Rule = (definition, problems) => {
  if (!isThrown(definition) && childOf(definition, 'messageRef') === undefined) {
    problems.add(definition, 'Must reference a message');
  }
};

const signalDefinition: Rule = (definition, problems) => {
  if (childOf(definition, 'signalRef') === undefined) problems.add(definition, 'Must reference a signal');
};

const timerDefinition: Rule = (definition, problems) => {
  const kinds = ['timeDuration', 'timeDate', 'timeCycle'].filter((name) => childOf(definition, name));
  if (kinds.length !== 1) {
    problems.add(definition, 'Must be exactly one type of timer: timeDuration, timeDate or timeCycle');
  }
};

const errorDefinition: Rule = (definition, problems) => {
  const error = childOf(definition, 'errorRef');
  const code = error && textOf(error, 'errorCode');
  if (definition.$parent?.$type === 'bpmn:EndEvent') {
    if (error === undefined) problems.add(definition, 'Must reference an error');
    else if (!code) problems.add(definition, 'ErrorCode must be present and not empty');
  } else if (code?.startsWith('=')) {
    problems.add(definition, 'The errorCode of the error catch event is not allowed to be an expression');
  }
};

const escalationDefinition: Rule = (definition, problems) => {
  const escalation = childOf(definition, 'escalationRef');
  if (isThrown(definition)) {
    if (escalation === undefined) problems.add(definition, 'Must reference an escalation');
  } else if (escalation && textOf(escalation, 'escalationCode')?.startsWith('=')) {
    problems.add(
      definition,
      'The escalationCode of the escalation catch event is not allowed to be an expression',
    );
  }
};

const linkDefinition: Rule = (definition, problems) => {
  if (!textOf(definition, 'name')) problems.add(definition, 'Link name must be present and not empty.');
};

const compensationDefinition: Rule = (definition, problems, model) => {
  const activity = childOf(definition, 'activityRef');
  if (activity === undefined) {
    const reference = danglingOf(definition, 'activityRef');
    if (reference !== undefined)
      problems.add(definition, `The referenced compensation activity '${reference}' doesn't exist`);
    return;
  }
  if (!ACTIVITIES.has(activity.$type)) throw new ValidatorFailure(castFailure(activity, 'Activity'));
  const caught = (model.boundaryEvents.get(activity) ?? []).flatMap(definitionsOf);
  const embedded =
    activity.$type === 'bpmn:AdHocSubProcess' ||
    (activity.$type === 'bpmn:SubProcess' && !flagOf(activity, 'triggeredByEvent'));
  if (!embedded && !caught.some((other) => other.$type === COMPENSATION)) {
    problems.add(
      definition,
      `The referenced compensation activity '${activity.id}' must have either a compensation boundary event or be a subprocess`,
    );
  }
  if (activity.$parent !== definition.$parent?.$parent) {
    problems.add(
      definition,
      `The referenced compensation activity '${activity.id}' must be in the same scope as the compensation throw event`,
    );
  }
};

/** Rules for events and their definitions. */
export const EVENT_RULES: RuleBook = {
  'bpmn:StartEvent': [startEvent],
  'bpmn:BoundaryEvent': [boundaryEvent],
  'bpmn:EndEvent': [endEvent],
  'bpmn:IntermediateCatchEvent': [catchEvent],
  'bpmn:IntermediateThrowEvent': [throwEvent],
  [MESSAGE]: [messageDefinition],
  [SIGNAL]: [signalDefinition],
  [TIMER]: [timerDefinition],
  [ERROR]: [errorDefinition],
  [ESCALATION]: [escalationDefinition],
  [LINK]: [linkDefinition],
  [COMPENSATION]: [compensationDefinition],
  'bpmn:CancelEventDefinition': [eventDefinition],
};
