import { childOf, childrenOf, extensionsOf, flagOf, textOf, type XmlNode } from '../../xml/node.ts';
import type { Rule, RuleBook } from '../model.ts';
import type { Problems } from '../problems.ts';
import { checkInterruption, definitionsOf } from './events.ts';

const EVENT_SUB_PROCESS_TYPES = new Set([
  'bpmn:TimerEventDefinition',
  'bpmn:MessageEventDefinition',
  'bpmn:ErrorEventDefinition',
  'bpmn:SignalEventDefinition',
  'bpmn:EscalationEventDefinition',
  'bpmn:ConditionalEventDefinition',
]);

function childrenOfType(scope: XmlNode, type: string): readonly XmlNode[] {
  return childrenOf(scope, 'flowElements').filter((child) => child.$type === type);
}

function startEventsOf(scope: XmlNode): readonly XmlNode[] {
  return childrenOfType(scope, 'bpmn:StartEvent');
}

const definitions: Rule = (node, problems, model) => {
  if (model.processes.length === 0) problems.add(node, 'Must contain at least one executable process');
};

const process: Rule = (node, problems) => {
  const starts = startEventsOf(node);
  if (starts.length === 0) problems.add(node, 'Must have at least one start event');
  else if (starts.filter((start) => definitionsOf(start).length === 0).length > 1) {
    problems.add(node, 'Multiple none start events are not allowed');
  }
  checkEventSubProcesses(node, problems);
  // Two messages of one name are let be: the process starts by either.
  checkDuplicateNames(node, starts.flatMap(definitionsOf), problems, ['signal']);
  checkLinks(node, problems);
};

const subProcess: Rule = (node, problems) => {
  const starts = startEventsOf(node);
  const start = starts[0];
  if (starts.length !== 1) problems.add(node, 'Must have exactly one start event');
  if (start !== undefined) {
    if (flagOf(node, 'triggeredByEvent')) checkEventSubProcessStart(node, start, problems);
    else if (definitionsOf(start).length > 0) {
      problems.add(node, 'Start events in subprocesses must be of type none');
    }
  }
  checkEventSubProcesses(node, problems);
  checkLinks(node, problems);
};

function checkEventSubProcessStart(node: XmlNode, start: XmlNode, problems: Problems): void {
  const unsupported =
    'Start events in event subprocesses must be one of: message, timer, error, signal or escalation';
  const starts = definitionsOf(start);
  const compensates = starts.some(({ $type }) => $type === 'bpmn:CompensateEventDefinition');
  if (compensates && node.$parent?.$type === 'bpmn:Process') {
    problems.add(node, 'A compensation event subprocess is not allowed on the process level');
  }
  if (starts.length === 0) problems.add(node, unsupported);
  for (const definition of starts) {
    if (!EVENT_SUB_PROCESS_TYPES.has(definition.$type)) problems.add(node, unsupported);
  }
  checkInterruption(node, starts, flagOf(start, 'isInterrupting') ?? true, problems);
}

export function checkEventSubProcesses(scope: XmlNode, problems: Problems): void {
  const starts = childrenOfType(scope, 'bpmn:SubProcess')
    .filter((child) => flagOf(child, 'triggeredByEvent'))
    .flatMap(startEventsOf)
    .flatMap(definitionsOf);
  checkDuplicateCatchers(scope, starts, problems);
}

/** One scope, one activity or one gateway may not catch the same thing twice. */
export function checkDuplicateCatchers(
  reported: XmlNode,
  caught: readonly XmlNode[],
  problems: Problems,
): void {
  checkDuplicateNames(reported, caught, problems, ['message', 'signal']);
  checkDuplicateCodes(reported, caught, problems, 'escalation');
  checkDuplicateCodes(reported, caught, problems, 'error');
}

/** Reports names of messages or signals that more than one of the definitions refers to. */
export function checkDuplicateNames(
  reported: XmlNode,
  caught: readonly XmlNode[],
  problems: Problems,
  kinds: readonly ('message' | 'signal')[],
): void {
  for (const kind of kinds) {
    const names = caught
      .map((definition) => childOf(definition, `${kind}Ref`))
      .map((referred) => referred && textOf(referred, 'name'));
    for (const name of duplicates(names)) {
      problems.add(
        reported,
        `Multiple ${kind} event definitions with the same name '${name}' are not allowed.`,
      );
    }
  }
}

function checkDuplicateCodes(
  reported: XmlNode,
  caught: readonly XmlNode[],
  problems: Problems,
  kind: 'error' | 'escalation',
): void {
  const type = kind === 'error' ? 'bpmn:ErrorEventDefinition' : 'bpmn:EscalationEventDefinition';
  const codes = caught
    .filter((definition) => definition.$type === type)
    .map((definition) => childOf(definition, `${kind}Ref`))
    .map((referred) => referred && (textOf(referred, `${kind}Code`) ?? ''));
  const repeated = (code: string | undefined): boolean => codes.filter((other) => other === code).length > 1;
  // One without a reference and one whose code is empty go together (recorded).
  if (repeated(undefined) || repeated('')) {
    problems.add(
      reported,
      `The same scope can not contain more than one ${kind} catch event without ${kind} code. An ${kind} catch event without ${kind} code catches all ${kind}s.`,
    );
  }
  for (const code of duplicates(codes)) {
    problems.add(
      reported,
      `Multiple ${kind} catch events with the same ${kind} code '${code}' are not supported on the same scope.`,
    );
  }
}

function duplicates(names: readonly (string | undefined)[]): readonly string[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const name of names) {
    if (!name) continue;
    if (seen.has(name)) repeated.add(name);
    seen.add(name);
  }
  return [...repeated];
}

/** Link events pair up by name inside one scope. */
export function checkLinks(scope: XmlNode, problems: Problems): void {
  const linkNames = (type: string): string[] =>
    childrenOfType(scope, type)
      .flatMap(definitionsOf)
      .filter((definition) => definition.$type === 'bpmn:LinkEventDefinition')
      .map((definition) => textOf(definition, 'name') ?? '')
      .filter((name) => name !== '');
  const caught = linkNames('bpmn:IntermediateCatchEvent');
  for (const name of duplicates(caught)) {
    problems.add(
      scope,
      `Multiple intermediate catch link event definitions with the same name '${name}' are not allowed.`,
    );
  }
  for (const name of new Set(linkNames('bpmn:IntermediateThrowEvent'))) {
    if (!caught.includes(name)) {
      problems.add(scope, `Can't find an catch link event for the throw link event with the name '${name}'.`);
    }
  }
}

const message: Rule = (node, problems, model) => {
  const referrers = model.referrers.get(node) ?? [];
  const events = referrers.map((referrer) => referrer.$parent);
  const starts = events.filter((event) => event?.$type === 'bpmn:StartEvent');
  const processStarts = starts.filter((event) => event?.$parent?.$type === 'bpmn:Process');
  const subscribed =
    starts.length > processStarts.length ||
    referrers.some((referrer) => referrer.$type === 'bpmn:ReceiveTask') ||
    events.some((e) => e?.$type === 'bpmn:IntermediateCatchEvent' || e?.$type === 'bpmn:BoundaryEvent');
  const sent =
    referrers.some((referrer) => referrer.$type === 'bpmn:SendTask') ||
    events.some((e) => e?.$type === 'bpmn:IntermediateThrowEvent' || e?.$type === 'bpmn:EndEvent');
  const name = (): void => {
    if (!textOf(node, 'name')) problems.add(node, 'Name must be present and not empty');
  };
  if (subscribed) {
    name();
    if (extensionsOf(node, 'zeebe:Subscription').length !== 1) {
      problems.add(node, 'Must have exactly one zeebe:subscription extension element');
    }
  } else if (sent) {
    name();
  } else if (processStarts.length > 1) {
    problems.add(node, 'A message cannot be referred by more than one start event');
  } else if (processStarts.length === 1) {
    name();
  }
};

const signal: Rule = (node, problems, model) => {
  if (model.referrers.has(node) && !textOf(node, 'name')) {
    problems.add(node, 'Name must be present and not empty');
  }
};

const escalation: Rule = (node, problems, model) => {
  const thrown = (model.referrers.get(node) ?? []).some((definition) => {
    const type = definition.$parent?.$type;
    return type === 'bpmn:IntermediateThrowEvent' || type === 'bpmn:EndEvent';
  });
  if (thrown && !textOf(node, 'escalationCode')) {
    problems.add(node, 'EscalationCode must be present and not empty');
  }
};

/** Rules for what holds other elements, and for what events refer to. */
export const SCOPE_RULES: RuleBook = {
  'bpmn:Definitions': [definitions],
  'bpmn:Process': [process],
  'bpmn:SubProcess': [subProcess],
  'bpmn:Message': [message],
  'bpmn:Signal': [signal],
  'bpmn:Escalation': [escalation],
};
