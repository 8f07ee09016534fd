import { listingFlows } from '../../src/bpmn/testing-models.ts';
import type { Dice } from './dice.ts';
import { type Catching, catches, mappings, type Names, throws } from './random-events.ts';
import { extended, Tasks } from './random-tasks.ts';

/** A part with one way in and one way out. */
interface Part {
  readonly first: string;
  readonly last: string;
  readonly xml: string;
}

/** What belongs to one scope: event definitions that may stand only once in it, and what can be compensated. */
interface Scope {
  readonly taken: Set<string>;
  readonly compensable: string[];
  /** Associations, which stand after all elements. */
  readonly artifacts: string[];
}

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" ' +
  'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

/** A random model: the process `names.process`, and two that its call activities may call. */
export function randomModel(dice: Dice, names: Names): string {
  const maker = new Maker(dice, names);
  const processes = [
    maker.process(names.process, dice.pick([2, 2, 3]), [names.called, names.calledDeeper]),
    maker.process(names.called, 1, [names.calledDeeper]),
    maker.process(names.calledDeeper, 1, []),
  ];
  return `${HEAD} id="definitions-${names.process}" targetNamespace="t">${processes.join('')}${names.rootElements}</bpmn:definitions>`;
}

/** The main process of a random model alone, under the id `names.copy`. */
export function copyOf(model: string, names: Names): string {
  const main = `<bpmn:process id="${names.process}" `;
  const end = '</bpmn:process>';
  const [from, to] = [model.indexOf(main), model.indexOf(end)];
  const rest = model.slice(model.lastIndexOf(end) + end.length);
  const head = model.slice(0, from).replace(`"definitions-${names.process}"`, `"definitions-${names.copy}"`);
  return `${head}<bpmn:process id="${names.copy}" ${model.slice(from + main.length, to + end.length)}${rest}`;
}

class Maker {
  readonly #dice: Dice;
  readonly #names: Names;
  #count = 0;
  readonly #tasks: Tasks;

  constructor(dice: Dice, names: Names) {
    this.#dice = dice;
    this.#names = names;
    this.#tasks = new Tasks(dice, names);
  }

  process(id: string, depth: number, callable: readonly string[]): string {
    this.#tasks.callable = callable;
    this.#count = 0;
    const listeners = this.#dice.once(10)
      ? `<bpmn:extensionElements>${this.#tasks.listeners()}</bpmn:extensionElements>`
      : '';
    const content = listingFlows(this.#content(depth, true), Number.POSITIVE_INFINITY);
    return `<bpmn:process id="${id}" isExecutable="true">${listeners}${content.replaceAll('"~', `"${id}_`).replaceAll('>~', `>${id}_`)}</bpmn:process>`;
  }

  /** Ids begin with a sign that is replaced by the process id. */
  #id(): string {
    return `~e${this.#count++}`;
  }

  #flow(from: string, to: string, condition?: string): string {
    const inner =
      condition === undefined
        ? ''
        : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${condition}</bpmn:conditionExpression>`;
    return `<bpmn:sequenceFlow id="${from}-${to.slice(1)}" sourceRef="${from}" targetRef="${to}">${inner}</bpmn:sequenceFlow>`;
  }

  /** What stands in a process or subprocess. */
  #content(depth: number, top = false): string {
    const scope: Scope = { taken: new Set(), compensable: [], artifacts: [] };
    const start = this.#id();
    const body = this.#block(depth, scope);
    let xml = `<bpmn:startEvent id="${start}"/>${this.#flow(start, body.first)}${body.xml}${this.#end(body.last, scope)}`;
    if (top && this.#dice.once(6)) {
      const [other, event] = [this.#id(), this.#catching(['message', 'signal'], scope, false)];
      if (event !== undefined)
        xml += `<bpmn:startEvent id="${other}">${event.xml}</bpmn:startEvent>${this.#flow(other, body.first)}`;
    }
    for (let left = this.#dice.pick(top ? [0, 0, 1, 2] : [0, 0, 0, 1]); left > 0; left--)
      xml += this.#eventSubProcess(depth - 1, scope);
    return xml + scope.artifacts.join('');
  }

  #end(from: string, scope: Scope, kind?: string): string {
    const dice = this.#dice;
    const weights = { none: 12, error: 2, escalation: 2, terminate: 2, signal: 1, compensate: 2, message: 1 };
    const type = kind ?? dice.weighted(weights);
    const id = this.#id();
    return `<bpmn:endEvent id="${id}">${throws(dice, this.#names, { type, id }, scope.compensable)}</bpmn:endEvent>${this.#flow(from, id)}`;
  }

  #eventSubProcess(depth: number, scope: Scope): string {
    const dice = this.#dice;
    const event = this.#catching(['timer', 'message', 'signal', 'error', 'escalation'], scope, true);
    if (event === undefined) return '';
    const inner: Scope = { taken: new Set(), compensable: [], artifacts: [] };
    const [id, start] = [this.#id(), this.#id()];
    const body = this.#block(Math.min(depth, 1), inner);
    const nested = dice.once(12) ? this.#eventSubProcess(0, inner) : '';
    return (
      `<bpmn:subProcess id="${id}" triggeredByEvent="true">${this.#tasks.extensions('', 8)}` +
      `<bpmn:startEvent id="${start}" isInterrupting="${event.interrupting}">${this.#outputs(5)}${event.xml}</bpmn:startEvent>` +
      `${this.#flow(start, body.first)}${body.xml}${this.#end(body.last, inner)}${nested}${inner.artifacts.join('')}</bpmn:subProcess>`
    );
  }

  /** An event definition that this scope does not have yet. */
  #catching(types: readonly string[], scope: Scope, inScope: boolean): Catching | undefined {
    for (let tries = 0; tries < 4; tries++) {
      const found = catches(this.#dice, this.#names, this.#dice.pick(types), inScope);
      if (found.unique !== undefined && scope.taken.has(found.unique)) continue;
      if (found.unique !== undefined) scope.taken.add(found.unique);
      return found;
    }
    return undefined;
  }

  #block(depth: number, scope: Scope): Part {
    const dice = this.#dice;
    if (depth <= 0) return this.#leaf(scope);
    switch (dice.weighted({ leaf: 4, sequence: 5, gateway: 4, subprocess: 3, loop: 2, back: 1 })) {
      case 'leaf':
        return this.#leaf(scope);
      case 'sequence':
        return this.#sequence(Array.from({ length: 2 + dice.below(2) }, () => this.#block(depth - 1, scope)));
      case 'gateway':
        return this.#gateway(depth, scope);
      case 'subprocess':
        return this.#activity(
          'subProcess',
          scope,
          (id) =>
            `<bpmn:subProcess id="${id}">${this.#tasks.extensions()}${this.#content(depth - 1)}</bpmn:subProcess>`,
        );
      case 'loop':
        return this.#multiInstance(depth, scope);
      case 'back':
        return this.#back(depth, scope);
    }
  }

  #sequence(parts: readonly Part[]): Part {
    const links = parts.slice(1).map(({ first }, at) => this.#flow(parts[at]?.last ?? '', first));
    return {
      first: parts[0]?.first ?? '',
      last: parts.at(-1)?.last ?? '',
      xml: [...parts.map(({ xml }) => xml), ...links].join(''),
    };
  }

  /** A split and a join that need not be of one kind; some branches end by themselves. */
  #gateway(depth: number, scope: Scope): Part {
    const dice = this.#dice;
    const [split, join] = [this.#id(), this.#id()];
    const kind = dice.pick(['parallel', 'parallel', 'exclusive', 'inclusive', 'inclusive', 'eventBased']);
    const joinKind = dice.once(6)
      ? dice.pick(['parallel', 'exclusive', 'inclusive'])
      : kind === 'eventBased'
        ? 'exclusive'
        : kind;
    const count = 2 + dice.below(2);
    const taken: Scope = { taken: new Set(), compensable: scope.compensable, artifacts: scope.artifacts };
    let xml = '';
    let fallback = '';
    for (let at = 0; at < count; at++) {
      let head: Part | undefined;
      if (kind === 'eventBased') {
        const event = this.#catching(['timer', 'message', 'signal'], taken, false);
        if (event === undefined) continue;
        head = this.#one(
          (id) => `<bpmn:intermediateCatchEvent id="${id}">${event.xml}</bpmn:intermediateCatchEvent>`,
        );
      }
      const tail = head !== undefined && dice.once(2) ? undefined : this.#block(depth - 1, scope);
      const part = this.#sequence([head, tail].filter((some) => some !== undefined));
      const last = at === count - 1 && !dice.once(5);
      const conditional = (kind === 'exclusive' || kind === 'inclusive') && !last;
      if (last && (kind === 'exclusive' || kind === 'inclusive'))
        fallback = ` default="${split}-${part.first.slice(1)}"`;
      const strange = this.#dice.once(25) ? '=x + 1' : undefined;
      const condition = strange ?? (kind === 'exclusive' ? `=n = ${at}` : `=n &gt;= ${at}`);
      xml += this.#flow(split, part.first, conditional ? condition : undefined) + part.xml;
      xml += at > 0 && dice.once(5) ? this.#end(part.last, scope) : this.#flow(part.last, join);
    }
    return {
      first: split,
      last: join,
      xml: `<bpmn:${kind}Gateway id="${split}"${fallback}/><bpmn:${joinKind}Gateway id="${join}"/>${xml}`,
    };
  }

  /** A way back to before the block. The job keeps it from going round for ever. */
  #back(depth: number, scope: Scope): Part {
    const [merge, decide] = [this.#id(), this.#id()];
    const body = this.#sequence([
      this.#block(depth - 1, scope),
      this.#activity('task', scope, (id) => this.#tasks.job(id)),
    ]);
    const out = this.#one((id) => `<bpmn:task id="${id}"/>`);
    const xml =
      `<bpmn:exclusiveGateway id="${merge}"/><bpmn:exclusiveGateway id="${decide}" default="${decide}-${out.first.slice(1)}"/>${body.xml}${out.xml}` +
      this.#flow(merge, body.first) +
      this.#flow(body.last, decide) +
      this.#flow(decide, merge, '=n = 1') +
      this.#flow(decide, out.first);
    return { first: merge, last: out.last, xml };
  }

  #one(xml: (id: string) => string): Part {
    const id = this.#id();
    return { first: id, last: id, xml: xml(id) };
  }

  #leaf(scope: Scope): Part {
    const dice = this.#dice;
    const type = dice.weighted({
      job: 8,
      user: 2,
      receive: 2,
      script: 2,
      call: 3,
      pass: 1,
      catch: 3,
      throw: 4,
      link: 1,
    });
    switch (type) {
      case 'job':
        return this.#activity('task', scope, (id) => this.#tasks.job(id));
      case 'user':
        return this.#activity('task', scope, (id) => this.#tasks.user(id));
      case 'receive': {
        const message = dice.pick(this.#names.messages);
        return this.#activity('task', scope, (id) => this.#tasks.receive(id, message), message);
      }
      case 'script':
        return this.#activity('task', scope, (id) => this.#tasks.script(id));
      case 'call':
        if (this.#tasks.callable.length === 0)
          return this.#activity('task', scope, (id) => this.#tasks.job(id));
        return this.#activity('call', scope, (id) => this.#tasks.call(id));
      case 'pass':
        return this.#one((id) => `<bpmn:${dice.pick(['task', 'manualTask'])} id="${id}"/>`);
      case 'catch': {
        const { xml } = catches(dice, this.#names, dice.pick(['timer', 'message', 'signal']), false);
        const outputs = this.#outputs(4);
        return this.#one(
          (id) => `<bpmn:intermediateCatchEvent id="${id}">${outputs}${xml}</bpmn:intermediateCatchEvent>`,
        );
      }
      case 'throw': {
        const types = ['none', 'signal', 'escalation', 'escalation', 'compensate', 'compensate', 'message'];
        const type = dice.pick(types);
        return this.#one(
          (id) =>
            `<bpmn:intermediateThrowEvent id="${id}">${throws(dice, this.#names, { type, id }, scope.compensable)}</bpmn:intermediateThrowEvent>`,
        );
      }
      case 'link': {
        const [from, to] = [this.#id(), this.#id()];
        const link = (id: string) => `<bpmn:linkEventDefinition id="${id}-link" name="${from.slice(1)}"/>`;
        return {
          first: from,
          last: to,
          xml: `<bpmn:intermediateThrowEvent id="${from}">${link(from)}</bpmn:intermediateThrowEvent><bpmn:intermediateCatchEvent id="${to}">${link(to)}</bpmn:intermediateCatchEvent>`,
        };
      }
    }
  }

  /** Output mappings in one of `of` cases. */
  #outputs(of: number): string {
    return this.#dice.once(of) ? extended(mappings(this.#dice, false)) : '';
  }

  #multiInstance(depth: number, scope: Scope): Part {
    const dice = this.#dice;
    const kind = dice.pick(['job', 'job', 'call', 'scope', 'user', 'receive']);
    const loop = this.#tasks.loop();
    if (kind === 'scope')
      return this.#activity(
        'subProcess',
        scope,
        (id) =>
          `<bpmn:subProcess id="${id}">${this.#tasks.extensions()}${loop}${this.#content(depth - 1)}</bpmn:subProcess>`,
      );
    if (kind === 'call' && this.#tasks.callable.length > 0)
      return this.#activity('call', scope, (id) => this.#tasks.call(id, loop));
    if (kind === 'user') return this.#activity('task', scope, (id) => this.#tasks.user(id, loop));
    const message = dice.pick(this.#names.messages);
    if (kind === 'receive')
      return this.#activity('task', scope, (id) => this.#tasks.receive(id, message, loop), message);
    return this.#activity('task', scope, (id) => this.#tasks.job(id, '', loop));
  }

  /** An activity with its boundary events; what leaves by them ends aside or comes back behind the activity. */
  #activity(
    kind: 'task' | 'call' | 'subProcess',
    scope: Scope,
    xml: (id: string) => string,
    ...taken: string[]
  ): Part {
    const dice = this.#dice;
    const part = this.#one(xml);
    const id = part.first;
    let more = '';
    if (dice.once(kind === 'task' ? 5 : 4)) {
      const [boundary, handler] = [this.#id(), this.#id()];
      scope.compensable.push(id);
      more += `<bpmn:boundaryEvent id="${boundary}" attachedToRef="${id}"><bpmn:compensateEventDefinition id="${boundary}-definition"/></bpmn:boundaryEvent>${this.#tasks.job(handler, ' isForCompensation="true"')}`;
      scope.artifacts.push(
        `<bpmn:association id="${boundary}-to" associationDirection="One" sourceRef="${boundary}" targetRef="${handler}"/>`,
      );
    }
    const own: Scope = { taken: new Set(taken), compensable: scope.compensable, artifacts: scope.artifacts };
    let last = id;
    for (let left = dice.pick([0, 0, 0, 1, 1, 2]); left > 0; left--) {
      const types = ['timer', 'message', 'signal', 'error', 'error'];
      const event = this.#catching(
        kind === 'task' ? types : [...types, 'escalation', 'escalation'],
        own,
        true,
      );
      if (event === undefined) continue;
      const boundary = this.#id();
      more += `<bpmn:boundaryEvent id="${boundary}" attachedToRef="${id}" cancelActivity="${event.interrupting}">${this.#outputs(4)}${event.xml}</bpmn:boundaryEvent>`;
      const way = dice.once(2) ? this.#one((task) => this.#tasks.job(task)) : undefined;
      if (way !== undefined) more += this.#flow(boundary, way.first) + way.xml;
      const from = way?.last ?? boundary;
      if (event.interrupting && dice.once(2)) {
        const merge = this.#id();
        more += `<bpmn:exclusiveGateway id="${merge}"/>${this.#flow(last, merge)}${this.#flow(from, merge)}`;
        last = merge;
      } else more += this.#end(from, scope, dice.once(3) ? undefined : 'none');
    }
    return { first: id, last, xml: part.xml + more };
  }
}
