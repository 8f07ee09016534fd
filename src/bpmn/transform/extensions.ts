import type {
  Binding,
  CalledDecision,
  CalledElement,
  ExecutionListener,
  GraphElement,
  JobDefinition,
  Mapping,
  MultiInstance,
  TaskListener,
  TaskListenerEvent,
  UserTaskDefinition,
} from '../graph.ts';
import {
  childOf,
  childrenOf,
  extensionOf,
  flagOf,
  nonBlank,
  nonEmpty,
  textOf,
  type XmlNode,
} from '../xml/node.ts';
import { modelText, optionalText } from './text.ts';

/** Retries where the model names none. */
const DEFAULT_RETRIES = '3';
/** Zeebe gives the jobs of user tasks one try only. */
const USER_TASK_RETRIES = '1';

/** `zeebe:ioMapping` of an element. */
export function mappingsOf(node: XmlNode): Pick<GraphElement, 'inputs' | 'outputs'> {
  const holder = extensionOf(node, 'zeebe:IoMapping');
  if (holder === undefined) return { inputs: [], outputs: [] };
  return {
    inputs: childrenOf(holder, 'inputParameters').map(mappingOf),
    outputs: childrenOf(holder, 'outputParameters').map(mappingOf),
  };
}

function mappingOf(node: XmlNode): Mapping {
  return { source: modelText(textOf(node, 'source') ?? ''), target: textOf(node, 'target') ?? '' };
}

/** `zeebe:taskHeaders` as a record; a header without key or value is left out. */
export function headersOf(node: XmlNode): Readonly<Record<string, string>> {
  const holder = extensionOf(node, 'zeebe:TaskHeaders');
  const headers: [string, string][] = [];
  for (const header of holder === undefined ? [] : childrenOf(holder, 'values')) {
    const key = nonBlank(header, 'key');
    const value = nonBlank(header, 'value');
    if (key !== undefined && value !== undefined) headers.push([key, value]);
  }
  return Object.fromEntries(headers);
}

/** `zeebe:taskDefinition` and `zeebe:taskHeaders`; undefined if the element makes no job. */
export function jobOf(node: XmlNode): JobDefinition | undefined {
  const definition = extensionOf(node, 'zeebe:TaskDefinition');
  if (definition === undefined) return undefined;
  return {
    type: modelText(textOf(definition, 'type') ?? ''),
    retries: modelText(nonEmpty(definition, 'retries') ?? DEFAULT_RETRIES),
    headers: headersOf(node),
  };
}

/** `zeebe:executionListeners` of an element, in order of the XML. */
export function listenersOf(node: XmlNode): readonly ExecutionListener[] {
  const holder = extensionOf(node, 'zeebe:ExecutionListeners');
  if (holder === undefined) return [];
  return childrenOf(holder, 'listeners').map((listener) => ({
    event: textOf(listener, 'eventType') === 'end' ? 'end' : 'start',
    type: modelText(textOf(listener, 'type') ?? ''),
    retries: modelText(nonEmpty(listener, 'retries') ?? DEFAULT_RETRIES),
  }));
}

/** `zeebe:taskListeners` of a user task, in order of the XML. The validation has refused other events. */
function taskListenersOf(node: XmlNode): readonly TaskListener[] {
  const holder = extensionOf(node, 'zeebe:TaskListeners');
  if (holder === undefined) return [];
  return childrenOf(holder, 'listeners').map((listener) => ({
    event: textOf(listener, 'eventType') as TaskListenerEvent,
    type: modelText(textOf(listener, 'type') ?? ''),
    retries: modelText(nonEmpty(listener, 'retries') ?? DEFAULT_RETRIES),
  }));
}

/** `zeebe:properties` of an element. */
export function propertiesOf(node: XmlNode): Readonly<Record<string, string>> | undefined {
  const holder = extensionOf(node, 'zeebe:Properties');
  const entries = holder === undefined ? [] : childrenOf(holder, 'properties');
  if (entries.length === 0) return undefined;
  return Object.fromEntries(
    entries.map((entry) => [textOf(entry, 'name') ?? '', textOf(entry, 'value') ?? '']),
  );
}

function bindingOf(node: XmlNode): Binding {
  switch (textOf(node, 'bindingType')) {
    case 'deployment':
      return { kind: 'deployment' };
    case 'versionTag':
      return { kind: 'versionTag', tag: textOf(node, 'versionTag') ?? '' };
    default:
      return { kind: 'latest' };
  }
}

/** `zeebe:calledElement` of a call activity. */
export function calledElementOf(node: XmlNode): CalledElement | undefined {
  const called = extensionOf(node, 'zeebe:CalledElement');
  if (called === undefined) return undefined;
  return {
    processId: modelText(textOf(called, 'processId') ?? ''),
    binding: bindingOf(called),
    propagateAllParentVariables: flagOf(called, 'propagateAllParentVariables') ?? true,
    propagateAllChildVariables: flagOf(called, 'propagateAllChildVariables') ?? true,
  };
}

/** `zeebe:calledDecision` of a business rule task. */
export function calledDecisionOf(node: XmlNode): CalledDecision | undefined {
  const called = extensionOf(node, 'zeebe:CalledDecision');
  if (called === undefined) return undefined;
  return {
    decisionId: modelText(textOf(called, 'decisionId') ?? ''),
    resultVariable: textOf(called, 'resultVariable') ?? '',
    binding: bindingOf(called),
  };
}

/** `zeebe:script` of a script task. */
export function scriptOf(node: XmlNode): GraphElement['script'] {
  const script = extensionOf(node, 'zeebe:Script');
  if (script === undefined) return undefined;
  return {
    expression: modelText(textOf(script, 'expression') ?? ''),
    resultVariable: textOf(script, 'resultVariable') ?? '',
  };
}

/** Multi-instance marker with `zeebe:loopCharacteristics`. */
export function multiInstanceOf(node: XmlNode): MultiInstance | undefined {
  const marker = childOf(node, 'loopCharacteristics');
  if (marker?.$type !== 'bpmn:MultiInstanceLoopCharacteristics') return undefined;
  const loop = extensionOf(marker, 'zeebe:LoopCharacteristics');
  const completion = childOf(marker, 'completionCondition');
  const inputElement = loop && nonBlank(loop, 'inputElement');
  const outputCollection = loop && nonBlank(loop, 'outputCollection');
  const outputElement = loop && optionalText(textOf(loop, 'outputElement'));
  const completionCondition = completion && optionalText(textOf(completion, 'body'));
  return {
    sequential: flagOf(marker, 'isSequential') ?? false,
    inputCollection: modelText((loop && textOf(loop, 'inputCollection')) ?? ''),
    ...(inputElement !== undefined && { inputElement }),
    ...(outputCollection !== undefined && { outputCollection }),
    ...(outputElement !== undefined && { outputElement }),
    ...(completionCondition !== undefined && { completionCondition }),
  };
}

/** Job type of a user task that is worked on by job workers. */
const USER_TASK_JOB_TYPE = 'io.camunda.zeebe:userTask';

/** A user task: managed by the engine (`zeebe:userTask`), or else a job of a reserved type. */
export function userTaskParts(node: XmlNode): Pick<GraphElement, 'userTask' | 'job' | 'taskListeners'> {
  const userTask = userTaskOf(node);
  if (extensionOf(node, 'zeebe:UserTask') !== undefined) {
    const taskListeners = taskListenersOf(node);
    return { userTask, ...(taskListeners.length > 0 && { taskListeners }) };
  }
  return {
    userTask,
    job: {
      type: { kind: 'static', value: USER_TASK_JOB_TYPE },
      retries: { kind: 'static', value: USER_TASK_RETRIES },
      headers: headersOf(node),
    },
  };
}

function userTaskOf(node: XmlNode): UserTaskDefinition {
  const assignment = extensionOf(node, 'zeebe:AssignmentDefinition');
  const schedule = extensionOf(node, 'zeebe:TaskSchedule');
  const priorityDefinition = extensionOf(node, 'zeebe:PriorityDefinition');
  const formDefinition = extensionOf(node, 'zeebe:FormDefinition');
  const assignee = assignment && optionalText(textOf(assignment, 'assignee'));
  const candidateGroups = assignment && optionalText(textOf(assignment, 'candidateGroups'));
  const candidateUsers = assignment && optionalText(textOf(assignment, 'candidateUsers'));
  const dueDate = schedule && optionalText(textOf(schedule, 'dueDate'));
  const followUpDate = schedule && optionalText(textOf(schedule, 'followUpDate'));
  const priority = priorityDefinition && optionalText(textOf(priorityDefinition, 'priority'));
  const external = formDefinition && optionalText(textOf(formDefinition, 'externalReference'));
  const formId = formDefinition && optionalText(textOf(formDefinition, 'formId'));
  const formKey = formDefinition && nonBlank(formDefinition, 'formKey');
  const headers = headersOf(node);
  return {
    ...(assignee !== undefined && { assignee }),
    ...(candidateGroups !== undefined && { candidateGroups }),
    ...(candidateUsers !== undefined && { candidateUsers }),
    ...(dueDate !== undefined && { dueDate }),
    ...(followUpDate !== undefined && { followUpDate }),
    ...(priority !== undefined && { priority }),
    ...(external !== undefined && { externalFormReference: external }),
    ...(formId !== undefined && formDefinition && { form: { formId, binding: bindingOf(formDefinition) } }),
    ...(formKey !== undefined && { formKey }),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
}
