/** What the clients in other languages deploy: small processes, one for each thing that is tried. */

const HEAD =
  '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">';

/** start → one element → end. */
function around(id: string, element: (flows: string) => string, more = ''): string {
  return `<process id="${id}" isExecutable="true"><startEvent id="${id}-start"><outgoing>${id}-f</outgoing></startEvent>
    <sequenceFlow id="${id}-f" sourceRef="${id}-start" targetRef="${id}-it"/>
    ${element(`<incoming>${id}-f</incoming><outgoing>${id}-g</outgoing>`)}
    <sequenceFlow id="${id}-g" sourceRef="${id}-it" targetRef="${id}-end"/>
    <endEvent id="${id}-end"><incoming>${id}-g</incoming></endEvent>${more}</process>`;
}

/** A job of the type in the variable `jobType`, with one try; its error BROKEN ends at `mended`, with `outcome`. */
const JOB = around(
  'client-job',
  (flows) =>
    `<serviceTask id="client-job-it"><extensionElements><zeebe:taskDefinition type="=jobType" retries="1"/>
      <zeebe:taskHeaders><zeebe:header key="box" value="small"/></zeebe:taskHeaders></extensionElements>${flows}</serviceTask>`,
  `<boundaryEvent id="broken" attachedToRef="client-job-it"><outgoing>client-job-h</outgoing><errorEventDefinition errorRef="E"/></boundaryEvent>
   <sequenceFlow id="client-job-h" sourceRef="broken" targetRef="mend"/>
   <scriptTask id="mend"><extensionElements><zeebe:script expression="=&quot;mended&quot;" resultVariable="outcome"/></extensionElements>
     <incoming>client-job-h</incoming><outgoing>client-job-i</outgoing></scriptTask>
   <sequenceFlow id="client-job-i" sourceRef="mend" targetRef="mended"/><endEvent id="mended"><incoming>client-job-i</incoming></endEvent>`,
);

export const CLIENT_MODELS = `${HEAD}
  <error id="E" errorCode="BROKEN"/><signal id="S" name="ClientSignal"/>
  <message id="M" name="ClientMessage"><extensionElements><zeebe:subscription correlationKey="=orderId"/></extensionElements></message>
  ${around(
    'client-sum',
    (flows) =>
      `<scriptTask id="client-sum-it"><extensionElements><zeebe:script expression="=a + b" resultVariable="sum"/></extensionElements>${flows}</scriptTask>`,
  )}
  ${JOB}
  ${around(
    'client-message',
    (flows) =>
      `<intermediateCatchEvent id="client-message-it">${flows}<messageEventDefinition messageRef="M"/></intermediateCatchEvent>`,
  )}
  ${around(
    'client-signal',
    (flows) =>
      `<intermediateCatchEvent id="client-signal-it">${flows}<signalEventDefinition signalRef="S"/></intermediateCatchEvent>`,
  )}
</definitions>`;

/** Two decisions, of which one asks the other: `client-colour` of a number of `metres`. */
export const CLIENT_DECISIONS = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="client-graph" name="Clients" namespace="t">
  <decision id="client-colour" name="Which colour"><informationRequirement id="r"><requiredDecision href="#client-size"/></informationRequirement>
    <decisionTable id="table"><input id="i" label="size"><inputExpression id="e" typeRef="string"><text>size</text></inputExpression></input>
      <output id="o" label="colour" name="colour"/>
      <rule id="big"><inputEntry id="a"><text>"big"</text></inputEntry><outputEntry id="b"><text>{name: "red", metres: metres}</text></outputEntry></rule>
      <rule id="small"><inputEntry id="c"><text>"small"</text></inputEntry><outputEntry id="d"><text>"blue"</text></outputEntry></rule>
    </decisionTable></decision>
  <decision id="client-size" name="How big"><variable id="v" name="size" typeRef="string"/>
    <literalExpression id="l"><text>if metres &gt; 2 then "big" else "small"</text></literalExpression></decision>
</definitions>`;
