import { childrenOf, extensionOf, extensionsOf, ownText, textOf, type XmlNode } from '../../xml/node.ts';
import type { Rule, RuleBook } from '../model.ts';
import { definitionsOf } from './events.ts';

function nonEmpty(...attributes: readonly string[]): Rule {
  return (node, problems) => {
    for (const attribute of attributes) {
      if (!textOf(node, attribute)) {
        problems.add(node, `Attribute '${attribute}' must be present and not empty`);
      }
    }
  };
}

const bindingType: Rule = (node, problems) => {
  const binding = ownText(node, 'bindingType');
  if (binding !== undefined && !['deployment', 'latest', 'versionTag'].includes(binding)) {
    problems.add(node, "Attribute 'bindingType' must be one of: deployment, latest, versionTag");
  }
  const tag = textOf(node, 'versionTag');
  if (binding === 'versionTag' && !tag?.trim()) {
    problems.add(
      node,
      "Attribute 'versionTag' must be present and not empty if 'bindingType' is 'versionTag'",
    );
  } else if (binding !== 'versionTag' && tag?.trim()) {
    problems.add(node, "Attribute 'versionTag' may only be used if 'bindingType' is 'versionTag'");
  }
};

const loopCharacteristics: Rule = (node, problems, model) => {
  const collection = textOf(node, 'outputCollection');
  const element = textOf(node, 'outputElement');
  nonEmpty('inputCollection')(node, problems, model);
  if (collection && !element) {
    problems.add(
      node,
      "Attribute 'outputElement' must be present if the attribute 'outputCollection' is set",
    );
  } else if (element && !collection) {
    problems.add(
      node,
      "Attribute 'outputCollection' must be present if the attribute 'outputElement' is set",
    );
  }
};

const formDefinition: Rule = (node, problems) => {
  const blank = (name: string): boolean => !textOf(node, name)?.trim();
  const task = node.$parent?.$parent;
  const native = task !== undefined && extensionOf(task, 'zeebe:UserTask') !== undefined;
  const other = native ? 'externalReference' : 'formKey';
  if (blank('formId') === blank(other)) {
    const suffix = native ? ' for native user tasks' : '';
    problems.add(
      node,
      `Exactly one of the attributes 'formId, ${other}' must be present and not blank${suffix}`,
    );
  }
};

const taskHeaders: Rule = (node, problems) => {
  const keys = childrenOf(node, 'values').map((header) => textOf(header, 'key') ?? '');
  for (const key of new Set(keys.filter((one, at) => keys.indexOf(one, at + 1) !== -1))) {
    problems.add(node, `Headers contain duplicate entries for key '${key}'`);
  }
  const reserved = 'io.camunda.zeebe:';
  for (const key of keys) {
    if (key.startsWith(reserved)) {
      problems.add(
        node,
        `Attribute 'key' contains '${key}', but header keys starting with '${reserved}' are reserved for internal use.`,
      );
    }
  }
};

function listenersOf(node: XmlNode): readonly XmlNode[] {
  return extensionsOf(node, 'zeebe:ExecutionListeners').flatMap((holder) => childrenOf(holder, 'listeners'));
}

const executionListeners: Rule = (node, problems) => {
  const groups = new Map<string, number>();
  for (const listener of childrenOf(node, 'listeners')) {
    const group = `eventType[${textOf(listener, 'eventType') ?? 'null'}] and type[${textOf(listener, 'type') ?? 'null'}]`;
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  for (const [group, size] of [...groups].sort()) {
    if (size > 1) {
      problems.add(
        node,
        `Found '${size}' duplicates based on ${group}, these combinations should be unique.`,
      );
    }
  }
};

function withoutListeners(
  eventType: 'start' | 'end',
  where: string,
  when?: (node: XmlNode) => boolean,
): Rule {
  return (node, problems) => {
    if (when !== undefined && !when(node)) return;
    if (listenersOf(node).some((listener) => textOf(listener, 'eventType') === eventType)) {
      problems.add(node, `Execution listeners of type '${eventType}' are not supported by ${where}`);
    }
  };
}

const boundaryListeners: Rule = (event, problems, model) => {
  if (definitionsOf(event).some((definition) => definition.$type === 'bpmn:CompensateEventDefinition')) {
    if (listenersOf(event).length > 0) {
      problems.add(
        event,
        "Execution listeners of type 'start' and 'end' are not supported by [compensation] boundary events",
      );
    }
    return;
  }
  withoutListeners('start', 'boundary events')(event, problems, model);
};

function throwsError(event: XmlNode): boolean {
  return definitionsOf(event)[0]?.$type === 'bpmn:ErrorEventDefinition';
}

const gatewayListeners = withoutListeners('end', 'gateway element');

/** Rules for Zeebe's extension elements. */
export const EXTENSION_RULES: readonly RuleBook[] = [
  {
    'zeebe:CalledElement': [nonEmpty('processId'), bindingType],
    'zeebe:CalledDecision': [nonEmpty('decisionId', 'resultVariable'), bindingType],
    'zeebe:TaskDefinition': [nonEmpty('type')],
    'zeebe:ExecutionListener': [nonEmpty('eventType', 'type')],
    'zeebe:ExecutionListeners': [executionListeners],
    'zeebe:TaskListener': [nonEmpty('eventType', 'type')],
    'zeebe:Subscription': [nonEmpty('correlationKey')],
    'zeebe:Script': [nonEmpty('expression', 'resultVariable')],
    'zeebe:LoopCharacteristics': [loopCharacteristics],
    'zeebe:FormDefinition': [formDefinition, bindingType],
    'zeebe:TaskHeaders': [taskHeaders],
    'bpmn:StartEvent': [withoutListeners('start', 'start events')],
    'bpmn:BoundaryEvent': [boundaryListeners],
    'bpmn:EndEvent': [withoutListeners('end', '[error] end events', throwsError)],
    'bpmn:ExclusiveGateway': [gatewayListeners],
    'bpmn:InclusiveGateway': [gatewayListeners],
    'bpmn:ParallelGateway': [gatewayListeners],
    'bpmn:EventBasedGateway': [gatewayListeners],
  },
];
