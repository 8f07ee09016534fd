import type { Dice } from './dice.ts';
import { mappings, type Names } from './random-events.ts';

/** Makes activities and their extensions. */
export class Tasks {
  readonly #dice: Dice;
  readonly #names: Names;
  /** Ids of the processes that call activities may call: none of them calls back. */
  callable: readonly string[] = [];

  constructor(dice: Dice, names: Names) {
    this.#dice = dice;
    this.#names = names;
  }

  job(id: string, attributes = '', loop = ''): string {
    return `<bpmn:serviceTask id="${id}"${attributes}>${this.extensions(`<zeebe:taskDefinition type="${this.#names.jobType}"/>`)}${loop}</bpmn:serviceTask>`;
  }

  user(id: string, loop = ''): string {
    return `<bpmn:userTask id="${id}">${this.extensions('<zeebe:userTask/>')}${loop}</bpmn:userTask>`;
  }

  receive(id: string, message: string, loop = ''): string {
    return `<bpmn:receiveTask id="${id}" messageRef="${message}">${this.extensions()}${loop}</bpmn:receiveTask>`;
  }

  script(id: string): string {
    const [expression, result] = [
      this.#dice.pick(['n + 1', '[n]', 'x', '0']),
      this.#dice.pick(['n', 'x', 'items']),
    ];
    const script = `<zeebe:script expression="=${expression}" resultVariable="${result}"/>`;
    return `<bpmn:scriptTask id="${id}">${this.extensions(script)}</bpmn:scriptTask>`;
  }

  call(id: string, loop = ''): string {
    const dice = this.#dice;
    const child = dice.pick(['', '', ' propagateAllChildVariables="false"']);
    const parent = dice.pick(['', '', ' propagateAllParentVariables="false"']);
    const called = `<zeebe:calledElement processId="${dice.pick(this.callable)}"${child}${parent}/>`;
    return `<bpmn:callActivity id="${id}">${this.extensions(called)}${loop}</bpmn:callActivity>`;
  }

  /** What makes an activity a multi-instance. */
  loop(): string {
    const dice = this.#dice;
    const results = ' outputCollection="results" outputElement=';
    const more =
      dice.pick(['', `${results}"=x"`, `${results}"=item"`]) +
      dice.pick(['', ...Array(4).fill(' inputElement="item"')]);
    const items = dice.pick(['=[1,2]', '=[1,2,3]', '=items', '=[]']);
    const ends = [
      '=numberOfCompletedInstances &gt;= 1',
      '=x = 1',
      '=numberOfActiveInstances &lt; 2',
      '=loopCounter = 2',
    ];
    const condition = dice.once(3)
      ? `<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">${dice.pick(ends)}</bpmn:completionCondition>`
      : '';
    const loop = extended(`<zeebe:loopCharacteristics inputCollection="${items}"${more}/>`);
    return `<bpmn:multiInstanceLoopCharacteristics isSequential="${dice.once(2)}">${loop}${condition}</bpmn:multiInstanceLoopCharacteristics>`;
  }

  listeners(): string {
    const dice = this.#dice;
    const type = this.#names.jobType;
    const one = (event: string) => `<zeebe:executionListener eventType="${event}" type="${type}"/>`;
    return `<zeebe:executionListeners>${dice.pick([one('start'), one('end'), one('start') + one('end')])}</zeebe:executionListeners>`;
  }

  extensions(content = '', rarely = 1): string {
    const dice = this.#dice;
    const io = dice.once(4 * rarely) ? mappings(dice, true) : '';
    const listeners = dice.once(8 * rarely) ? this.listeners() : '';
    const all = content + io + listeners;
    return all === '' ? '' : extended(all);
  }
}

export function extended(content: string): string {
  return `<bpmn:extensionElements>${content}</bpmn:extensionElements>`;
}
