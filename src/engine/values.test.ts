import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBpmn } from '../bpmn/index.ts';
import { createEngine } from './create-engine.ts';
import type { ClientCommand } from './records/command.ts';
import type { LogRecord } from './records/log.ts';
import { MemoryState } from './state/memory.ts';

const NOW = Date.parse('2040-01-01T00:00:00Z');

/** A process of one script, which copies, reads or makes a value. */
function model(script: string): string {
  const expression = script.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="s" /><bpmn:sequenceFlow id="s-t" sourceRef="s" targetRef="t" />
    <bpmn:scriptTask id="t"><bpmn:extensionElements><zeebe:script expression="=${expression}" resultVariable="result" /></bpmn:extensionElements></bpmn:scriptTask>
  </bpmn:process>
</bpmn:definitions>`;
}

/** The JSON texts of the variables that one instance has in the end, by name. */
async function variablesAfter(
  script: string,
  variables: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const parsed = await parseBpmn('p.bpmn', model(script));
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.problems);
  const engine = createEngine();
  const state = new MemoryState();
  const resource = { resourceName: 'p.bpmn', resource: '', checksum: 'c', processes: parsed.processes };
  const commands: ClientCommand[] = [
    { valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources: [resource] } },
    {
      valueType: 'PROCESS_INSTANCE_CREATION',
      intent: 'CREATE',
      value: {
        bpmnProcessId: 'p',
        processDefinitionKey: -1,
        version: -1,
        variables: new Map(variables),
        startInstructions: [],
        fetchVariables: [],
      },
    },
  ];
  const records: LogRecord[] = [];
  for (const command of commands) records.push(...engine.process(command, state, NOW).records);
  const found = new Map<string, string>();
  for (const record of records) {
    if (record.recordType === 'EVENT' && record.valueType === 'VARIABLE')
      found.set(record.value.name, record.value.value);
  }
  return found;
}

const TEXTS: readonly (readonly [what: string, json: string])[] = [
  ['the largest integer of 64 bits', '9223372036854775807'],
  ['the smallest integer of 64 bits', '-9223372036854775808'],
  ['an integer beyond those of doubles', '9007199254740993'],
  ['more digits than a double has', '0.1000000000000000055511151231257827'],
  ['a number with its zeros', '10.00'],
  ['an exponent', '1E+2'],
  ['a number that no double holds', '1e400'],
  ['spaces within', '{"a" : [ 1 , 2 ]}'],
  ['keys of prototypes', '{"__proto__":1,"constructor":{"prototype":2},"toString":null}'],
  ['a lone surrogate', '"\\ud800"'],
  ['every kind of character', '"\\u0000\\u001f\\u007f\\u2028é🐎\\uffff"'],
  ['an empty key', '{"":0}'],
];

for (const [what, json] of TEXTS) {
  test(`${what} passes through an instance as it was written`, async () => {
    const variables = await variablesAfter('1', new Map([['x', json]]));
    assert.equal(variables.get('x'), json);
  });
}

const COMPUTED: readonly (readonly [script: string, json: string, result: string])[] = [
  ['x', '9223372036854775807', '9223372036854775807'],
  ['x - 1', '9223372036854775807', '9223372036854775806'],
  ['x + 1', '9007199254740993', '9007199254740994'],
  ['x * 1000 + 1', '9007199254740993', '9007199254740993001'],
  ['[x, -x]', '9223372036854775807', '[9223372036854775807,-9223372036854775807]'],
  ['x = 9007199254740992', '9007199254740993', 'false'],
  ['x + 0.2', '0.1', '0.3'],
  ['string(x)', '10.00', '"10.0"'],
  ['x', '"\\ud800"', '"\\ud800"'],
  ['x + "b"', '"a\\udc00"', '"a\\udc00b"'],
  ['string length(x)', '"🐎"', '2'],
  ['x.__proto__', '{"__proto__":1}', '1'],
  ['{__proto__: x, constructor: 2}', '1', '{"__proto__":1,"constructor":2}'],
  ['context put(x, "__proto__", 3)', '{"toString":1}', '{"toString":1,"__proto__":3}'],
  ['get value(x, "constructor")', '{}', 'null'],
  ['x.toString', '{}', 'null'],
];

for (const [script, json, result] of COMPUTED) {
  test(`${script} of ${json} is ${result} in an instance`, async () => {
    const variables = await variablesAfter(script, new Map([['x', json]]));
    assert.equal(variables.get('result'), result);
  });
}

test('names of prototypes are names of variables like any other', async () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    const without = await variablesAfter(`${name} = null`, new Map());
    assert.equal(without.get('result'), 'true', name);
    const variables = await variablesAfter(`${name} + 1`, new Map([[name, '1']]));
    assert.equal(variables.get('result'), '2', name);
    assert.equal(variables.get(name), '1', name);
  }
});

for (const size of [100_000, 1_000_000]) {
  test(`a document of ${size} characters passes through and is read`, async () => {
    const items = Array.from({ length: Math.floor(size / 15) }, (_, index) => `{"id":${10_000_000 + index}}`);
    const json = `[${items.join(',')}]`;
    assert.ok(json.length >= size - 100);
    const variables = await variablesAfter('x[-1].id', new Map([['x', json]]));
    assert.equal(variables.get('x'), json);
    assert.equal(variables.get('result'), String(10_000_000 + items.length - 1));
    assert.equal((await variablesAfter('x', new Map([['x', json]]))).get('result'), json);
  });
}
