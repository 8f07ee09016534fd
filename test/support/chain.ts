/** Processes whose steps follow one another, made where a test needs them. */

/** One step: its element by its id, and what else it needs in the process or beside it. */
export interface Step {
  readonly id: string;
  readonly element: string;
  /** More of the process: boundary events and where they lead. */
  readonly beside?: string;
  /** More of the file: messages, errors, signals. */
  readonly outside?: string;
}

const extended = (text: string): string =>
  text === '' ? '' : `<bpmn:extensionElements>${text}</bpmn:extensionElements>`;

export const step = (id: string, tag: string, extension = '', inner = ''): Step => ({
  id,
  element: `<bpmn:${tag} id="${id}" name="${id}">${extended(extension)}${inner}</bpmn:${tag}>`,
});

/** The element `do-TYPE`: a job of the type, with the header `box`. */
export const service = (type: string, more = '', attributes = ''): Step =>
  step(
    `do-${type}`,
    'serviceTask',
    `<zeebe:taskDefinition type="${type}" ${attributes}/><zeebe:taskHeaders><zeebe:header key="box" value="small"/></zeebe:taskHeaders>${more}`,
  );

export const userTask = (id: string, extension = ''): Step =>
  step(id, 'userTask', `<zeebe:userTask/>${extension}`);

/** Waits for the message; the key is an expression without its equals sign. */
export const message = (id: string, name: string, key: string): Step => ({
  ...step(id, 'intermediateCatchEvent', '', `<bpmn:messageEventDefinition messageRef="m-${id}"/>`),
  outside: `<bpmn:message id="m-${id}" name="${name}">${extended(`<zeebe:subscription correlationKey="=${key}"/>`)}</bpmn:message>`,
});

/** The step, and a catcher of its error, which leads to a job of the other type. */
export const catching = (inner: Step, code: string, type: string, extension = ''): Step => ({
  ...inner,
  beside: `<bpmn:boundaryEvent id="${inner.id}-caught" attachedToRef="${inner.id}">${extended(extension)}<bpmn:outgoing>${inner.id}-h</bpmn:outgoing><bpmn:errorEventDefinition errorRef="e-${inner.id}"/></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="${inner.id}-h" sourceRef="${inner.id}-caught" targetRef="do-${type}"/>${service(type).element}
    <bpmn:sequenceFlow id="${inner.id}-i" sourceRef="do-${type}" targetRef="${inner.id}-mended"/><bpmn:endEvent id="${inner.id}-mended"/>`,
  outside: `<bpmn:error id="e-${inner.id}" errorCode="${code}"/>`,
});

/** start → the steps → end. */
export function chain(id: string, steps: readonly Step[], extension = '', start = ''): string {
  const ids = ['start', ...steps.map((one) => one.id), 'end'];
  const flows = ids
    .slice(1)
    .map(
      (target, at) => `<bpmn:sequenceFlow id="to-${target}" sourceRef="${ids[at]}" targetRef="${target}"/>`,
    );
  return `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">${steps.map((one) => one.outside ?? '').join('')}
    <bpmn:process id="${id}" name="Process ${id}" isExecutable="true">${extended(extension)}<bpmn:startEvent id="start">${start}</bpmn:startEvent>
    ${steps.map((one) => one.element + (one.beside ?? '')).join('\n    ')}<bpmn:endEvent id="end"/>${flows.join('')}</bpmn:process></bpmn:definitions>`;
}
