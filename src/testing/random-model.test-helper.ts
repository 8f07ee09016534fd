import fc from 'fast-check';
import { listingFlows } from '../bpmn/testing-models.ts';

/** A block has one way in and one way out, so that blocks can be put into one another at will. */
export type Block =
  | { readonly kind: 'pass' | 'job' | 'user' | 'timer' | 'message' | 'call' | 'either' }
  | { readonly kind: 'sequence' | 'parallel' | 'exclusive' | 'inclusive'; readonly blocks: readonly Block[] }
  | { readonly kind: 'scope' | 'watched'; readonly inner: Block; readonly interrupting: boolean }
  | { readonly kind: 'guarded'; readonly by: 'error' | 'timer' | 'message'; readonly interrupting: boolean }
  | { readonly kind: 'loop'; readonly sequential: boolean; readonly inner: 'job' | 'scope' };

/** Models of one process, up to a depth of three blocks. */
export const anyBlock: fc.Arbitrary<Block> = fc.letrec<{ block: Block }>((tie) => {
  const leaf = fc.constantFrom('pass', 'job', 'user', 'timer', 'message', 'call', 'either');
  const leaves = fc.record({ kind: leaf }) as fc.Arbitrary<Block>;
  const blocks = fc.array(tie('block'), { minLength: 2, maxLength: 3 });
  const branching = fc.constantFrom('sequence', 'parallel', 'exclusive', 'inclusive');
  const nested = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: branching, blocks }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('scope', 'watched'),
        inner: tie('block'),
        interrupting: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('guarded'),
        by: fc.constantFrom('error', 'timer', 'message'),
        interrupting: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('loop'),
        sequential: fc.boolean(),
        inner: fc.constantFrom('job', 'scope'),
      }),
    },
  ) as fc.Arbitrary<Block>;
  return { block: fc.oneof({ maxDepth: 3, depthSize: 'medium' }, leaves, nested) };
}).block;

interface Part {
  readonly first: string;
  readonly last: string;
  readonly xml: string;
}

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="t">
  <bpmn:message id="go" name="go"><bpmn:extensionElements><zeebe:subscription correlationKey="=key" /></bpmn:extensionElements></bpmn:message>
  <bpmn:message id="also" name="also"><bpmn:extensionElements><zeebe:subscription correlationKey="=key" /></bpmn:extensionElements></bpmn:message>
  <bpmn:error id="oops" errorCode="oops" />`;
const JOB = `<bpmn:extensionElements><zeebe:taskDefinition type="work" /></bpmn:extensionElements>`;
const HOUR = `<bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>`;
const GO = `<bpmn:messageEventDefinition messageRef="go" />`;
/** A message of its own for what need not happen: of one name, one message goes to one subscription of an instance. */
const ALSO = `<bpmn:messageEventDefinition messageRef="also" />`;

/** The process `random` of this block, and the process `called` that its call activities run. */
export function modelOf(block: Block): string {
  let count = 0;
  const next = (): string => `e${count++}`;
  const flow = (from: string, to: string, condition?: string): string =>
    `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}">${
      condition === undefined
        ? ''
        : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${condition}</bpmn:conditionExpression>`
    }</bpmn:sequenceFlow>`;
  const one = (xml: (id: string) => string): Part => {
    const id = next();
    return { first: id, last: id, xml: xml(id) };
  };
  const whole = ({ first, last, xml }: Part, more = ''): string => {
    const [start, end] = [next(), next()];
    return `<bpmn:startEvent id="${start}" /><bpmn:endEvent id="${end}" />${xml}${flow(start, first)}${flow(last, end)}${more}`;
  };
  /** A way that leads to an end of its own. */
  const aside = (from: string): string => {
    const [task, end] = [next(), next()];
    return `<bpmn:serviceTask id="${task}">${JOB}</bpmn:serviceTask><bpmn:endEvent id="${end}" />${flow(from, task)}${flow(task, end)}`;
  };

  const partOf = (current: Block): Part => {
    switch (current.kind) {
      case 'pass':
        return one((id) => `<bpmn:task id="${id}" />`);
      case 'job':
        return one((id) => `<bpmn:serviceTask id="${id}">${JOB}</bpmn:serviceTask>`);
      case 'user':
        return one(
          (id) =>
            `<bpmn:userTask id="${id}"><bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements></bpmn:userTask>`,
        );
      case 'timer':
        return one((id) => `<bpmn:intermediateCatchEvent id="${id}">${HOUR}</bpmn:intermediateCatchEvent>`);
      case 'message':
        return one((id) => `<bpmn:intermediateCatchEvent id="${id}">${GO}</bpmn:intermediateCatchEvent>`);
      case 'call':
        return one(
          (id) =>
            `<bpmn:callActivity id="${id}"><bpmn:extensionElements><zeebe:calledElement processId="called" /></bpmn:extensionElements></bpmn:callActivity>`,
        );
      case 'either': {
        const [gateway, timer, message, join] = [next(), next(), next(), next()];
        return {
          first: gateway,
          last: join,
          xml:
            `<bpmn:eventBasedGateway id="${gateway}" /><bpmn:exclusiveGateway id="${join}" />` +
            `<bpmn:intermediateCatchEvent id="${timer}">${HOUR}</bpmn:intermediateCatchEvent>` +
            `<bpmn:intermediateCatchEvent id="${message}">${GO}</bpmn:intermediateCatchEvent>` +
            flow(gateway, timer) +
            flow(gateway, message) +
            flow(timer, join) +
            flow(message, join),
        };
      }
      case 'sequence': {
        const parts = current.blocks.map(partOf);
        const links = parts.slice(1).map(({ first }, at) => flow(parts[at]?.last ?? '', first));
        const xml = parts.map((part) => part.xml).join('') + links.join('');
        return { first: parts[0]?.first ?? '', last: parts.at(-1)?.last ?? '', xml };
      }
      case 'parallel':
      case 'exclusive':
      case 'inclusive': {
        const [split, join] = [next(), next()];
        const parts = current.blocks.map(partOf);
        const branches = parts.map(({ first, last, xml }, at) => {
          const condition =
            current.kind === 'exclusive'
              ? `=n = ${at}`
              : current.kind === 'inclusive'
                ? `=n &lt;= ${at}`
                : undefined;
          // The last branch is the default one.
          const guard = at === parts.length - 1 ? undefined : condition;
          return xml + flow(split, first, guard) + flow(last, join);
        });
        const fallback = current.kind === 'parallel' ? '' : ` default="${split}-${parts.at(-1)?.first}"`;
        const xml = `<bpmn:${current.kind}Gateway id="${split}"${fallback} /><bpmn:${current.kind}Gateway id="${join}" />${branches.join('')}`;
        return { first: split, last: join, xml };
      }
      case 'scope':
        return one((id) => `<bpmn:subProcess id="${id}">${whole(partOf(current.inner))}</bpmn:subProcess>`);
      case 'watched':
        return one((id) => {
          const [event, start, task, end] = [next(), next(), next(), next()];
          const watch =
            `<bpmn:subProcess id="${event}" triggeredByEvent="true"><bpmn:startEvent id="${start}" isInterrupting="${current.interrupting}">${ALSO}</bpmn:startEvent>` +
            `<bpmn:serviceTask id="${task}">${JOB}</bpmn:serviceTask><bpmn:endEvent id="${end}" />${flow(start, task)}${flow(task, end)}</bpmn:subProcess>`;
          return `<bpmn:subProcess id="${id}">${whole(partOf(current.inner), watch)}</bpmn:subProcess>`;
        });
      case 'guarded': {
        const [id, boundary, merge, task] = [next(), next(), next(), next()];
        const definition =
          current.by === 'error'
            ? '<bpmn:errorEventDefinition errorRef="oops" />'
            : current.by === 'timer'
              ? HOUR
              : ALSO;
        const interrupting = current.by === 'error' || current.interrupting;
        const xml =
          `<bpmn:serviceTask id="${id}">${JOB}</bpmn:serviceTask><bpmn:exclusiveGateway id="${merge}" />` +
          `<bpmn:boundaryEvent id="${boundary}" attachedToRef="${id}" cancelActivity="${interrupting}">${definition}</bpmn:boundaryEvent>` +
          flow(id, merge);
        // A token that leaves by the boundary must come back, or a join behind would wait for it for ever.
        const rest = interrupting
          ? `<bpmn:serviceTask id="${task}">${JOB}</bpmn:serviceTask>${flow(boundary, task)}${flow(task, merge)}`
          : aside(boundary);
        return { first: id, last: merge, xml: xml + rest };
      }
      case 'loop':
        return one((id) => {
          const loop = `<bpmn:multiInstanceLoopCharacteristics isSequential="${current.sequential}"><bpmn:extensionElements><zeebe:loopCharacteristics inputCollection="=[1,2,3]" inputElement="item" outputCollection="items" outputElement="=item" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>`;
          return current.inner === 'job'
            ? `<bpmn:serviceTask id="${id}">${JOB}${loop}</bpmn:serviceTask>`
            : `<bpmn:subProcess id="${id}">${loop}${whole(partOf({ kind: 'job' }))}</bpmn:subProcess>`;
        });
    }
  };

  const listed = (part: Part): string => listingFlows(whole(part), Number.POSITIVE_INFINITY);
  return (
    `${HEAD}<bpmn:process id="random" isExecutable="true">${listed(partOf(block))}</bpmn:process>` +
    `<bpmn:process id="called" isExecutable="true">${listed(partOf({ kind: 'job' }))}</bpmn:process></bpmn:definitions>`
  );
}
