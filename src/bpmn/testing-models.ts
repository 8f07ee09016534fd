/** Builds small BPMN files for tests of this folder; every node lists its flows, as modellers write it. */
export function model(content: string, rootElements = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="p" isExecutable="true">${listingFlows(content)}</bpmn:process>
  ${rootElements}
</bpmn:definitions>`;
}

/** The same elements, each with the flows that leave and enter it as its children. */
export function listingFlows(content: string, most = 50): string {
  let listed = content;
  const flows = [
    ...content.matchAll(/<bpmn:sequenceFlow id="([^"]*)" sourceRef="([^"]*)" targetRef="([^"]*)"/g),
  ];
  // Long chains are about something else.
  if (flows.length > most) return content;
  flows.reverse();
  for (const [, id = '', source = ''] of flows)
    listed = withChild(listed, source, `<bpmn:outgoing>${id}</bpmn:outgoing>`);
  for (const [, id = '', , target = ''] of flows)
    listed = withChild(listed, target, `<bpmn:incoming>${id}</bpmn:incoming>`);
  return listed;
}

/** Puts a child first into the element with that id, after its extension elements. */
function withChild(content: string, id: string, child: string): string {
  const tag = new RegExp(
    `<bpmn:(\\w+)([^<>]*\\bid="${id}"[^<>]*?)(?:/>|>(<bpmn:extensionElements>.*?</bpmn:extensionElements>)?)`,
    's',
  );
  return content.replace(tag, (text, type: string, attributes: string, extended = '') => {
    const open = `<bpmn:${type}${attributes.trimEnd()}>${extended}${child}`;
    return text.endsWith('/>') ? `${open}</bpmn:${type}>` : open;
  });
}

/** A sequence flow `source-target`. */
export function flow(source: string, target: string, condition?: string): string {
  const body =
    condition === undefined
      ? ''
      : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${condition}</bpmn:conditionExpression>`;
  return `<bpmn:sequenceFlow id="${source}-${target}" sourceRef="${source}" targetRef="${target}">${body}</bpmn:sequenceFlow>`;
}

/** Extension elements around what is given. */
export function extensions(content: string): string {
  return `<bpmn:extensionElements>${content}</bpmn:extensionElements>`;
}

/** A service task with a job type and more extensions. */
export function serviceTask(id: string, more = ''): string {
  return `<bpmn:serviceTask id="${id}">${extensions(`<zeebe:taskDefinition type="work" />${more}`)}</bpmn:serviceTask>`;
}

export const START = '<bpmn:startEvent id="start" />';
export const END = '<bpmn:endEvent id="end" />';
