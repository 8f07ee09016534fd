/** Small models as texts: elements one after the other, joined by sequence flows. */

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="test">`;

/**
 * A process of elements in a row. `$FLOWS` in an element is where its incoming and outgoing flows go.
 * @param beside elements with their own flows, and what stands outside of the process
 */
export function chain(
  processId: string,
  elements: readonly string[],
  { beside = '', outside = '' }: { readonly beside?: string; readonly outside?: string } = {},
): { readonly name: string; readonly content: string } {
  const ids = elements.map((xml) => / id="([^"]+)"/.exec(xml)?.[1] ?? '');
  const placed = elements.map((xml, at) => {
    const incoming = at === 0 ? '' : `<bpmn:incoming>f${at}</bpmn:incoming>`;
    const outgoing = at === elements.length - 1 ? '' : `<bpmn:outgoing>f${at + 1}</bpmn:outgoing>`;
    return xml.replace('$FLOWS', incoming + outgoing);
  });
  const flows = ids
    .slice(1)
    .map((id, at) => `<bpmn:sequenceFlow id="f${at + 1}" sourceRef="${ids[at]}" targetRef="${id}"/>`);
  const process = `<bpmn:process id="${processId}" isExecutable="true">${placed.join('')}${flows.join('')}${beside}</bpmn:process>`;
  return { name: `${processId}.bpmn`, content: `${HEAD}${process}${outside}</bpmn:definitions>` };
}

export const start = '<bpmn:startEvent id="start">$FLOWS</bpmn:startEvent>';
export const end = '<bpmn:endEvent id="end">$FLOWS</bpmn:endEvent>';

export function service(id: string, type: string, more = ''): string {
  return `<bpmn:serviceTask id="${id}"><bpmn:extensionElements><zeebe:taskDefinition type="${type}"/>${more}</bpmn:extensionElements>$FLOWS</bpmn:serviceTask>`;
}

/** A task that sends an event. */
export function sends(id: string, headers: Readonly<Record<string, string>>): string {
  const list = Object.entries(headers).map(([key, value]) => `<zeebe:header key="${key}" value="${value}"/>`);
  return service(id, 'cloudevents', `<zeebe:taskHeaders>${list.join('')}</zeebe:taskHeaders>`);
}

export function user(id: string): string {
  return `<bpmn:userTask id="${id}"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements>$FLOWS</bpmn:userTask>`;
}

export function timer(id: string, duration: string): string {
  return `<bpmn:intermediateCatchEvent id="${id}">$FLOWS<bpmn:timerEventDefinition><bpmn:timeDuration>${duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>`;
}

export function script(id: string, expression: string, result: string): string {
  return `<bpmn:scriptTask id="${id}"><bpmn:extensionElements><zeebe:script expression="=${expression}" resultVariable="${result}"/></bpmn:extensionElements>$FLOWS</bpmn:scriptTask>`;
}

export const DISH = {
  name: 'dish.dmn',
  content: `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="menu" name="Menu" namespace="test">
  <decision id="dish" name="Dish"><decisionTable id="t" hitPolicy="UNIQUE">
    <input id="i"><inputExpression id="e" typeRef="string"><text>season</text></inputExpression></input>
    <output id="o" name="dish" typeRef="string"/>
    <rule id="r1"><inputEntry id="a"><text>"winter"</text></inputEntry><outputEntry id="b"><text>"soup"</text></outputEntry></rule>
    <rule id="r2"><inputEntry id="c"><text>"summer"</text></inputEntry><outputEntry id="d"><text>"salad"</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>`,
};
