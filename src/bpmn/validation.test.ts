import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duplicateProcessProblem, parseBpmn } from './index.ts';
import { END, extensions, flow, model, START, serviceTask } from './testing-models.ts';

async function problemsOf(content: string, rootElements = ''): Promise<string> {
  const parsed = await parseBpmn('m.bpmn', model(content, rootElements));
  return parsed.ok ? 'accepted' : parsed.problems;
}

function listing(...blocks: readonly (readonly [element: string, ...errors: string[]])[]): string {
  const texts = blocks.map(
    ([element, ...errors]) =>
      `- Element: ${element}\n${errors.map((error) => `    - ERROR: ${error}\n`).join('')}`,
  );
  return `'m.bpmn': ${texts.join('')}`;
}

test('a flow after a gateway needs a condition unless it is the default', async () => {
  const gateway = (type: string, attributes = ''): string =>
    `${START}<bpmn:${type} id="g" ${attributes} /><bpmn:endEvent id="a" /><bpmn:endEvent id="b" />${flow('start', 'g')}${flow('g', 'a', '=x')}${flow('g', 'b')}`;
  assert.equal(await problemsOf(gateway('exclusiveGateway', 'default="g-b"')), 'accepted');
  assert.equal(
    await problemsOf(gateway('exclusiveGateway')),
    listing(['g-b', 'Must have a condition or be default flow']),
  );
  assert.equal(await problemsOf(gateway('inclusiveGateway')), listing(['g-b', 'Must have a condition']));
  assert.equal(
    await problemsOf(gateway('parallelGateway')),
    listing(['g', 'Conditional sequence flows are only supported at exclusive or inclusive gateway']),
  );
  assert.equal(
    await problemsOf(gateway('exclusiveGateway', 'default="start-g"')),
    listing(['g', 'Default flow must start at gateway'], ['g-b', 'Must have a condition or be default flow']),
  );
});

test('a condition is an expression', async () => {
  const content = `${START}<bpmn:exclusiveGateway id="g" default="g-b" /><bpmn:endEvent id="a" /><bpmn:endEvent id="b" />${flow('start', 'g')}${flow('g', 'a', 'x')}${flow('g', 'b')}`;
  assert.equal(
    await problemsOf(content),
    listing([
      'g-a > conditionExpression',
      "Expected expression but found static value 'x'. An expression must start with '=' (e.g. '=x').",
    ]),
  );
});

test('an event-based gateway waits for two or more catch events that nothing else leads to', async () => {
  const caught = (id: string): string =>
    `<bpmn:intermediateCatchEvent id="${id}"><bpmn:messageEventDefinition messageRef="m" /></bpmn:intermediateCatchEvent>`;
  const m = `<bpmn:message id="m" name="m">${extensions('<zeebe:subscription correlationKey="=k" />')}</bpmn:message>`;
  assert.equal(
    await problemsOf(
      `${START}<bpmn:eventBasedGateway id="g" /><bpmn:task id="t" />${flow('start', 'g')}${flow('g', 't')}`,
    ),
    listing([
      'g',
      'Event-based gateway must have at least 2 outgoing sequence flows.',
      'Event-based gateway must not have an outgoing sequence flow to other elements than message/timer/signal intermediate catch events.',
    ]),
  );
  assert.equal(
    await problemsOf(
      `${START}<bpmn:parallelGateway id="s" /><bpmn:eventBasedGateway id="g" />${caught('a')}${caught('b')}${flow('start', 's')}${flow('s', 'g')}${flow('s', 'a')}${flow('g', 'a')}${flow('g', 'b')}`,
      m,
    ),
    listing([
      'g',
      "Multiple message event definitions with the same name 'm' are not allowed.",
      'Target elements of an event gateway must not have any additional incoming sequence flows other than that from the event gateway.',
    ]),
  );
});

test('a message that is waited for has a name and a correlation key', async () => {
  const content = `${START}<bpmn:receiveTask id="r" messageRef="m" />${flow('start', 'r')}`;
  assert.equal(
    await problemsOf(content, '<bpmn:message id="m" />'),
    listing([
      'm',
      'Name must be present and not empty',
      'Must have exactly one zeebe:subscription extension element',
    ]),
  );
  assert.equal(await problemsOf(content), listing(['r', 'Must reference a message']));
  assert.equal(
    await problemsOf(
      content,
      `<bpmn:message id="m" name="m">${extensions('<zeebe:subscription correlationKey="k" />')}</bpmn:message>`,
    ),
    listing([
      'm > extensionElements > subscription',
      "Expected expression but found static value 'k'. An expression must start with '=' (e.g. '=k').",
    ]),
  );
});

test('one scope catches an error code once', async () => {
  const on = (id: string, ref: string): string =>
    `<bpmn:boundaryEvent id="${id}" attachedToRef="work"><bpmn:errorEventDefinition ${ref} /></bpmn:boundaryEvent>`;
  assert.equal(
    await problemsOf(
      `${START}${serviceTask('work')}${on('a', 'errorRef="e"')}${on('b', 'errorRef="e"')}${on('c', '')}${on('d', '')}${END}${flow('start', 'work')}${flow('a', 'end')}${flow('b', 'end')}${flow('c', 'end')}${flow('d', 'end')}`,
      '<bpmn:error id="e" errorCode="full" />',
    ),
    listing([
      'work',
      'The same scope can not contain more than one error catch event without error code. An error catch event without error code catches all errors.',
      "Multiple error catch events with the same error code 'full' are not supported on the same scope.",
    ]),
  );
});

test('link events pair up by name inside one scope', async () => {
  const link = (tag: string, id: string, name: string): string =>
    `<bpmn:${tag} id="${id}"><bpmn:linkEventDefinition id="${id}-d" name="${name}" /></bpmn:${tag}>`;
  assert.equal(
    await problemsOf(`${START}${link('intermediateThrowEvent', 't', 'x')}${flow('start', 't')}`),
    listing(['p', "Can't find an catch link event for the throw link event with the name 'x'."]),
  );
  assert.equal(
    await problemsOf(
      `${START}${link('intermediateThrowEvent', 't', 'x')}${link('intermediateCatchEvent', 'c', 'x')}${END}${flow('start', 't')}${flow('c', 'end')}`,
    ),
    'accepted',
  );
});

test('the target of a mapping is a path of names', async () => {
  const task = (target: string): string =>
    `${START}${serviceTask('work', `<zeebe:ioMapping><zeebe:input source="=1" target="${target}" /></zeebe:ioMapping>`)}${flow('start', 'work')}`;
  assert.equal(await problemsOf(task('a.b_1')), 'accepted');
  assert.equal(
    await problemsOf(task('a b')),
    listing([
      'work > extensionElements > ioMapping > input',
      "Expected path expression 'a b' but doesn't match the pattern '[a-zA-Z_][a-zA-Z0-9_]*(\\.[a-zA-Z_][a-zA-Z0-9_]*)*'.",
    ]),
  );
  assert.equal(
    await problemsOf(task('null')),
    listing([
      'work > extensionElements > ioMapping > input',
      "Expected path expression 'null' but is one of the reserved words (null, true, false, function, if, then, else, for, between, instance, of).",
    ]),
  );
});

test('an error of an expression is shown in place of what else is wrong with the same element', async () => {
  assert.equal(
    await problemsOf(
      `${START}<bpmn:callActivity id="c">${extensions('<zeebe:calledElement processId="" bindingType="newest" />')}</bpmn:callActivity>${flow('start', 'c')}`,
    ),
    listing(['c > extensionElements > calledElement', 'Expected expression but not found.']),
  );
});

test('a loop that never waits is refused, with the way round', async () => {
  const loop = (middle: string, id: string): string =>
    `${START}<bpmn:exclusiveGateway id="join" />${middle}<bpmn:exclusiveGateway id="again" default="again-end" />${END}${flow('start', 'join')}${flow('join', id)}${flow(id, 'again')}${flow('again', 'join', '=true')}${flow('again', 'end')}`;
  assert.equal(
    await problemsOf(loop('<bpmn:task id="t" />', 't')),
    '`m.bpmn`: - Process: p\n    - ERROR: Processes are not allowed to contain a straight-through processing loop: t > again > join > t\n',
  );
  assert.equal(await problemsOf(loop(serviceTask('t'), 't')), 'accepted');
});

test('a loop of gateways is found behind a task, and by whichever way leads round', async () => {
  const gateways = `<bpmn:exclusiveGateway id="g1" /><bpmn:exclusiveGateway id="g2" />${flow('start', 'g1')}${flow('g1', 'g2', '=a')}${flow('g2', 'g1')}`;
  assert.equal(await problemsOf(`${START}${gateways}`), 'accepted');
  assert.match(
    await problemsOf(`${START}${gateways}<bpmn:task id="t" />${flow('g1', 't', '=b')}${flow('t', 'g2')}`),
    /straight-through processing loop: t > g2 > g1 > t/,
  );
});

test('a process that calls itself without waiting is a loop', async () => {
  const call = `<bpmn:callActivity id="c">${extensions('<zeebe:calledElement processId="p" />')}</bpmn:callActivity>`;
  assert.equal(
    await problemsOf(`${START}${call}${flow('start', 'c')}`),
    '`m.bpmn`: - Process: p\n    - ERROR: Processes are not allowed to contain a straight-through processing loop: c > start > c\n',
  );
});

test('a chain of ten thousand tasks is looked through in one go', async () => {
  const tasks = Array.from(
    { length: 10_000 },
    (_, n) => `<bpmn:task id="t${n}" />${flow(n === 0 ? 'start' : `t${n - 1}`, `t${n}`)}`,
  );
  assert.equal(await problemsOf(`${START}${tasks.join('')}`), 'accepted');
});

test('what is static in a timer is read at deployment, what needs variables is not', async () => {
  const wait = (child: string, text: string): string =>
    `${START}<bpmn:intermediateCatchEvent id="w"><bpmn:timerEventDefinition id="d"><bpmn:${child} xsi:type="bpmn:tFormalExpression">${text}</bpmn:${child}></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>${flow('start', 'w')}`;
  for (const text of ['PT60S', 'P1DT2H', '-PT5M', 'P1Y2M3W4D', 'PT0.5S', '=later']) {
    assert.equal(await problemsOf(wait('timeDuration', text)), 'accepted', text);
  }
  for (const text of ['P', 'PT', 'pt60s', 'P1H', '1 day']) {
    assert.equal(
      await problemsOf(wait('timeDuration', text)),
      listing([
        'w',
        `Invalid timer duration expression (Invalid duration format '${text}' for expression '${text}'.)`,
      ]),
    );
  }
  for (const text of ['2040-02-29T10:00:00Z', '2040-01-01T10:00+02:00[Europe/Berlin]']) {
    assert.equal(await problemsOf(wait('timeDate', text)), 'accepted', text);
  }
  assert.equal(
    await problemsOf(wait('timeDate', '2041-02-29T10:00:00Z')),
    listing([
      'w',
      "Invalid timer date expression (Invalid date-time format '2041-02-29T10:00:00Z' for expression '2041-02-29T10:00:00Z'.)",
    ]),
  );
});

test('cycles are repeating intervals or cron texts of six fields', async () => {
  const remind = (text: string): string =>
    `${START}${serviceTask('work')}<bpmn:boundaryEvent id="b" attachedToRef="work" cancelActivity="false"><bpmn:timerEventDefinition id="d"><bpmn:timeCycle xsi:type="bpmn:tFormalExpression">${text}</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:boundaryEvent>${END}${flow('start', 'work')}${flow('b', 'end')}`;
  for (const text of [
    'R/PT10S',
    'R3/PT10S',
    'R2/2045-01-01T01:00:00Z/PT1H',
    '0 0 9-17 * * MON-FRI',
    '@daily',
  ]) {
    assert.equal(await problemsOf(remind(text)), 'accepted', text);
  }
  const wrong: Readonly<Record<string, string>> = {
    R3: 'No interval given',
    'Rx/PT1S': 'Cannot parse repetitions count',
    'R/1S': 'Text cannot be parsed to a Period',
    '0 0 9 * *': 'Cron expression contains 5 parts but we expect one of [6]',
  };
  for (const [text, error] of Object.entries(wrong)) {
    assert.equal(
      await problemsOf(remind(text)),
      listing(['b', `Invalid timer cycle expression (${error})`]),
      text,
    );
  }
});

test('a process id that two resources share is named with both', async () => {
  const parsed = await parseBpmn('a.bpmn', model(`${START}`));
  assert.ok(parsed.ok);
  const { processes } = parsed;
  assert.equal(
    duplicateProcessProblem([
      { resourceName: 'a.bpmn', processes },
      { resourceName: 'b.bpmn', processes },
    ]),
    "Duplicated process id in resources 'a.bpmn' and 'b.bpmn'",
  );
  assert.equal(duplicateProcessProblem([{ resourceName: 'a.bpmn', processes }]), undefined);
});
