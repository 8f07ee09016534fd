import { childOf, childrenOf, extensionsOf, flagOf, textOf, type XmlNode } from '../../xml/node.ts';
import { OTHER_ACTIVITIES, TASKS } from '../activities.ts';
import type { Rule, RuleBook } from '../model.ts';
import { definitionsOf } from './events.ts';
import { checkDuplicateCatchers, checkDuplicateNames } from './scopes.ts';

const NON_EXECUTABLE = new Set(['bpmn:DataObject', 'bpmn:DataObjectReference', 'bpmn:DataStoreReference']);
const EVENTS = [
  'bpmn:StartEvent',
  'bpmn:BoundaryEvent',
  'bpmn:EndEvent',
  'bpmn:IntermediateCatchEvent',
  'bpmn:IntermediateThrowEvent',
];
const GATEWAYS = [
  'bpmn:ExclusiveGateway',
  'bpmn:InclusiveGateway',
  'bpmn:ParallelGateway',
  'bpmn:EventBasedGateway',
];
const FLOW_NODES = new Set([...TASKS, ...OTHER_ACTIVITIES, ...EVENTS, ...GATEWAYS]);
/** Flow nodes that are refused by themselves, so their flows are not worth a word. */
const REFUSED_NODES = new Set(['bpmn:Transaction', 'bpmn:ComplexGateway']);
const SUPPORTED = new Set([...FLOW_NODES, 'bpmn:SequenceFlow']);

/** Whether an element is executed, or a flow between such elements. */
export function isFlowElement(node: XmlNode): boolean {
  return SUPPORTED.has(node.$type);
}

const boundaryEvents: Rule = (node, problems, model) => {
  checkDuplicateCatchers(node, (model.boundaryEvents.get(node) ?? []).flatMap(definitionsOf), problems);
};

function count(node: XmlNode, type: string): number {
  return extensionsOf(node, type).length;
}

function exactlyOne(type: string, name: string): Rule {
  return (node, problems) => {
    if (count(node, type) !== 1) {
      problems.add(node, `Must have exactly one 'zeebe:${name}' extension element`);
    }
  };
}

function eitherOne(type: string, name: string): Rule {
  return (node, problems) => {
    const jobs = count(node, 'zeebe:TaskDefinition');
    const others = count(node, type);
    if (jobs + others !== 1) {
      problems.add(
        node,
        `Must have either one 'zeebe:${name}' or one 'zeebe:taskDefinition' extension element`,
      );
    }
  };
}

const messageThrow: Rule = (event, problems) => {
  const sends = definitionsOf(event).some((definition) => definition.$type === 'bpmn:MessageEventDefinition');
  if (sends && count(event, 'zeebe:TaskDefinition') !== 1) {
    problems.add(
      event,
      "Must have either one 'zeebe:publishMessage' or one 'zeebe:taskDefinition' extension element",
    );
  }
};

const sendTask: Rule = (task, problems) => {
  if (count(task, 'zeebe:TaskDefinition') !== 1) {
    problems.add(
      task,
      "Must have either one 'zeebe:publishMessage' or one 'zeebe:taskDefinition' extension element",
    );
  }
};

const receiveTask: Rule = (task, problems, model) => {
  const message = childOf(task, 'messageRef');
  if (message === undefined) {
    problems.add(task, 'Must reference a message');
    return;
  }
  const name = textOf(message, 'name');
  const names = (model.boundaryEvents.get(task) ?? [])
    .flatMap(definitionsOf)
    .map((definition) => childOf(definition, 'messageRef'))
    .map((other) => other && textOf(other, 'name'));
  if (name && names.includes(name)) {
    problems.add(task, 'Cannot reference the same message name as a boundary event');
  }
};

/** Zeebe 8.6 takes tasks of all kinds as handlers. */
const compensationHandler: Rule = (task, problems, model) => {
  if (!flagOf(task, 'isForCompensation')) return;
  if (model.incoming.has(task)) {
    problems.add(task, 'A compensation handler should have no incoming sequence flows');
  }
  if (model.outgoing.has(task)) {
    problems.add(task, 'A compensation handler should have no outgoing sequence flows');
  }
  if (model.boundaryEvents.has(task)) {
    problems.add(task, 'A compensation handler should have no boundary events');
  }
};

const multiInstance = exactlyOne('zeebe:LoopCharacteristics', 'loopCharacteristics');

const defaultFlow: Rule = (gateway, problems) => {
  const flow = childOf(gateway, 'default');
  if (flow !== undefined && childOf(flow, 'sourceRef') !== gateway) {
    problems.add(gateway, 'Default flow must start at gateway');
  }
};

const sequenceFlow: Rule = (flow, problems, model) => {
  for (const end of ['sourceRef', 'targetRef']) {
    const node = childOf(flow, end);
    if (node === undefined) {
      problems.add(flow, `SequenceFlow is missing required attribute ${end}`);
    } else if (!FLOW_NODES.has(node.$type) && !REFUSED_NODES.has(node.$type)) {
      problems.add(flow, `SequenceFlow has ${end} '${node.id}' which cannot be resolved`);
    }
  }
  const source = childOf(flow, 'sourceRef');
  if (source === undefined) return;
  const alternatives = (model.outgoing.get(source)?.length ?? 0) > 1;
  if (!alternatives || childOf(source, 'default') === flow || childOf(flow, 'conditionExpression')) return;
  if (source.$type === 'bpmn:ExclusiveGateway')
    problems.add(flow, 'Must have a condition or be default flow');
  if (source.$type === 'bpmn:InclusiveGateway') problems.add(flow, 'Must have a condition');
};

const unconditional: Rule = (node, problems, model) => {
  if ((model.outgoing.get(node) ?? []).some((flow) => childOf(flow, 'conditionExpression'))) {
    problems.add(node, 'Conditional sequence flows are only supported at exclusive or inclusive gateway');
  }
};

const AWAITED = new Set([
  'bpmn:TimerEventDefinition',
  'bpmn:MessageEventDefinition',
  'bpmn:SignalEventDefinition',
  'bpmn:ConditionalEventDefinition',
]);

const eventBasedGateway: Rule = (gateway, problems, model) => {
  const flows = model.outgoing.get(gateway) ?? [];
  if (flows.length < 2) {
    problems.add(gateway, 'Event-based gateway must have at least 2 outgoing sequence flows.');
  }
  const targets = flows.map((flow) => childOf(flow, 'targetRef')).filter((target) => target !== undefined);
  const awaitable = targets.every((target) => {
    const [definition, ...more] = definitionsOf(target);
    return (
      target.$type === 'bpmn:IntermediateCatchEvent' &&
      definition !== undefined &&
      more.length === 0 &&
      AWAITED.has(definition.$type)
    );
  });
  if (!awaitable) {
    problems.add(
      gateway,
      'Event-based gateway must not have an outgoing sequence flow to other elements than message/timer/signal intermediate catch events.',
    );
  }
  checkDuplicateNames(gateway, targets.flatMap(definitionsOf), problems, ['message', 'signal']);
  if (targets.some((target) => (model.incoming.get(target)?.length ?? 0) > 1)) {
    problems.add(
      gateway,
      'Target elements of an event gateway must not have any additional incoming sequence flows other than that from the event gateway.',
    );
  }
};

const content: Rule = (scope, problems) => {
  for (const element of childrenOf(scope, 'flowElements')) {
    if (SUPPORTED.has(element.$type) || NON_EXECUTABLE.has(element.$type)) continue;
    const name = element.$type.slice(element.$type.indexOf(':') + 1);
    problems.add(
      element,
      `Elements of type '${name}' are currently not supported. Please refer to the documentation for a list of supported elements: https://docs.camunda.io/docs/components/modeler/bpmn/bpmn-coverage/`,
    );
  }
};

function forTypes(types: readonly string[], ...rules: readonly Rule[]): RuleBook {
  return Object.fromEntries(types.map((type) => [type, rules]));
}

/** Rules for activities, gateways and sequence flows; several books, as an element may fall under more than one. */
export const ACTIVITY_RULES: readonly RuleBook[] = [
  forTypes(['bpmn:Process', 'bpmn:SubProcess', 'bpmn:AdHocSubProcess'], content),
  forTypes([...TASKS, ...OTHER_ACTIVITIES], boundaryEvents),
  forTypes(TASKS, compensationHandler),
  forTypes(
    [...TASKS, ...OTHER_ACTIVITIES, ...EVENTS, 'bpmn:ParallelGateway', 'bpmn:EventBasedGateway'],
    unconditional,
  ),
  {
    'bpmn:ServiceTask': [exactlyOne('zeebe:TaskDefinition', 'taskDefinition')],
    'bpmn:CallActivity': [exactlyOne('zeebe:CalledElement', 'calledElement')],
    'bpmn:ScriptTask': [eitherOne('zeebe:Script', 'script')],
    'bpmn:BusinessRuleTask': [eitherOne('zeebe:CalledDecision', 'calledDecision')],
    'bpmn:SendTask': [sendTask],
    'bpmn:ReceiveTask': [receiveTask],
    'bpmn:MultiInstanceLoopCharacteristics': [multiInstance],
    'bpmn:EndEvent': [messageThrow],
    'bpmn:IntermediateThrowEvent': [messageThrow],
    'bpmn:ExclusiveGateway': [defaultFlow],
    'bpmn:InclusiveGateway': [defaultFlow],
    'bpmn:EventBasedGateway': [eventBasedGateway],
    'bpmn:SequenceFlow': [sequenceFlow],
  },
];
