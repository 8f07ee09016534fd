import type { Dice } from './dice.ts';

/** All names of a case; cases share a broker, so each has its own. */
export interface Names {
  readonly process: string;
  /** A copy of the main process to migrate to. */
  readonly copy: string;
  readonly called: string;
  readonly calledDeeper: string;
  readonly jobType: string;
  readonly messages: readonly string[];
  readonly signals: readonly string[];
  readonly errors: readonly string[];
  readonly escalations: readonly string[];
  /** The definitions of messages, signals, errors and escalations; their ids are their names. */
  readonly rootElements: string;
}

export function namesOf(seed: number): Names {
  const prefix = `d${seed}`;
  const list = (kind: string, count: number) =>
    Array.from({ length: count }, (_, at) => `${prefix}-${kind}${at}`);
  const [messages, signals, errors, escalations] = [list('m', 3), list('s', 2), list('er', 2), list('es', 2)];
  const keys = ['=key', '=&quot;k&quot;', '=key'];
  const rootElements = [
    ...messages.map(
      (id, at) =>
        `<bpmn:message id="${id}" name="${id}"><bpmn:extensionElements><zeebe:subscription correlationKey="${keys[at]}"/></bpmn:extensionElements></bpmn:message>`,
    ),
    ...signals.map((id) => `<bpmn:signal id="${id}" name="${id}"/>`),
    ...errors.map((id) => `<bpmn:error id="${id}" errorCode="${id}"/>`),
    ...escalations.map((id) => `<bpmn:escalation id="${id}" escalationCode="${id}"/>`),
  ].join('');
  return {
    process: prefix,
    copy: `${prefix}m`,
    called: `${prefix}b`,
    calledDeeper: `${prefix}c`,
    jobType: `${prefix}-w`,
    messages,
    signals,
    errors,
    escalations,
    rootElements,
  };
}

/** An event definition that is waited for. */
export interface Catching {
  readonly xml: string;
  readonly interrupting: boolean;
  /** What may stand once in a scope, or at an activity. */
  readonly unique?: string;
}

/** @param chooses whether the event may choose not to interrupt: at boundaries and in event subprocesses */
export function catches(dice: Dice, names: Names, type: string, chooses: boolean): Catching {
  const interrupting = !chooses || dice.once(2);
  switch (type) {
    case 'timer': {
      const cycle = chooses && !interrupting && dice.once(2);
      const [tag, text] = cycle
        ? ['timeCycle', 'R2/PT1M']
        : ['timeDuration', dice.pick(['PT1M', 'PT2M', '=d'])];
      const xml = `<bpmn:timerEventDefinition><bpmn:${tag} xsi:type="bpmn:tFormalExpression">${text}</bpmn:${tag}></bpmn:timerEventDefinition>`;
      return { xml, interrupting };
    }
    case 'message': {
      const id = dice.pick(names.messages);
      return { xml: `<bpmn:messageEventDefinition messageRef="${id}"/>`, interrupting, unique: id };
    }
    case 'signal': {
      const id = dice.pick(names.signals);
      return { xml: `<bpmn:signalEventDefinition signalRef="${id}"/>`, interrupting, unique: id };
    }
    case 'error': {
      const id = dice.pick([...names.errors, undefined]);
      const xml = `<bpmn:errorEventDefinition${id === undefined ? '' : ` errorRef="${id}"`}/>`;
      return { xml, interrupting: true, unique: id ?? 'any error' };
    }
    default: {
      const id = dice.pick([...names.escalations, undefined]);
      const xml = `<bpmn:escalationEventDefinition${id === undefined ? '' : ` escalationRef="${id}"`}/>`;
      return { xml, interrupting, unique: id ?? 'any escalation' };
    }
  }
}

/** The event definition of an end or intermediate throw event, with its extensions. */
export function throws(
  dice: Dice,
  names: Names,
  { type, id }: { readonly type: string; readonly id: string },
  compensable: readonly string[],
): string {
  switch (type) {
    case 'error':
      return `<bpmn:errorEventDefinition errorRef="${dice.pick(names.errors)}"/>`;
    case 'escalation':
      return `<bpmn:escalationEventDefinition escalationRef="${dice.pick(names.escalations)}"/>`;
    case 'terminate':
      return '<bpmn:terminateEventDefinition/>';
    case 'signal':
      return `<bpmn:signalEventDefinition signalRef="${dice.pick(names.signals)}"/>`;
    case 'compensate':
      return compensable.length > 0 && dice.once(3)
        ? `<bpmn:compensateEventDefinition id="${id}-definition" activityRef="${dice.pick(compensable)}"/>`
        : `<bpmn:compensateEventDefinition id="${id}-definition"/>`;
    case 'message':
      return `<bpmn:extensionElements><zeebe:taskDefinition type="${names.jobType}"/></bpmn:extensionElements><bpmn:messageEventDefinition messageRef="${dice.pick(names.messages)}"/>`;
    default:
      return dice.once(4) ? `<bpmn:extensionElements>${mappings(dice, false)}</bpmn:extensionElements>` : '';
  }
}

const INPUTS = [
  ['=n', 'a'],
  ['=x', 'x'],
  ['=&quot;v&quot;', 'local'],
  ['={a: n}', 'obj'],
  ['=[n]', 'items'],
] as const;
const OUTPUTS = [
  ['=a', 'n'],
  ['=x', 'y'],
  ['=local', 'x'],
  ['=n', 'n'],
  ['=results', 'items'],
] as const;

/** Some mappings; events that catch have outputs only. */
export function mappings(dice: Dice, inputs: boolean): string {
  const some = (kind: string, from: readonly (readonly [string, string])[]) =>
    Array.from({ length: 1 + dice.below(2) }, () => dice.pick(from))
      .map(([source, target]) => `<zeebe:${kind} source="${source}" target="${target}"/>`)
      .join('');
  const kinds = inputs ? dice.pick(['in', 'out', 'both']) : 'out';
  return `<zeebe:ioMapping>${kinds === 'out' ? '' : some('input', INPUTS)}${kinds === 'in' ? '' : some('output', OUTPUTS)}</zeebe:ioMapping>`;
}
