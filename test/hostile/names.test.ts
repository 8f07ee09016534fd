import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { oneTask, openGrpc } from '../support/grpc.ts';

// Names that every object of the language has, and large values, on their way through all that takes names and values.

const NAMES = [
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
] as const;
const HEAD = `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">`;
/** Two jobs of a name's type, which have headers of these names; what the first gives is mapped by FEEL for the second. */
const model = (name: string) => {
  const headers = NAMES.map((key) => `<zeebe:header key="${key}" value="of ${key}" />`).join('');
  const task = (id: string, more: string) =>
    `<bpmn:serviceTask id="${id}"><bpmn:extensionElements><zeebe:taskDefinition type="${name}" />${more}</bpmn:extensionElements></bpmn:serviceTask>`;
  const context = NAMES.map((key) => `${key}: ${key}.own`).join(', ');
  return `${HEAD}<bpmn:process id="p-${name}" isExecutable="true"><bpmn:startEvent id="${name}" />
    ${task('first', `<zeebe:taskHeaders>${headers}</zeebe:taskHeaders>`)}
    ${task('second', `<zeebe:ioMapping><zeebe:input source="={${context}}" target="all" /><zeebe:input source="=${name}.own" target="${name}" /></zeebe:ioMapping>`)}
    <bpmn:sequenceFlow id="f" sourceRef="${name}" targetRef="first" /><bpmn:sequenceFlow id="g" sourceRef="first" targetRef="second" />
  </bpmn:process></bpmn:definitions>`;
};
/** Gives what it is asked with, by a table and by an expression. */
const decision = (name: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="g-${name}" name="Rules" namespace="t">
  <decision id="${name}" name="${name}"><decisionTable id="t-${name}" hitPolicy="COLLECT">
    <input id="i-${name}"><inputExpression id="ie-${name}"><text>${name}</text></inputExpression></input>
    <output id="o-${name}" name="${name}" />
    <rule id="r-${name}"><inputEntry id="e-${name}"><text>"${name}"</text></inputEntry><outputEntry id="x-${name}"><text>${name}</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>`;
/** As JSON text: a literal in the program would set a prototype. */
const variables = `{${NAMES.map((name) => `"${name}":{"own":"${name}","more":[{"${name}":1}]}`).join(',')}}`;

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function rest(http: string, method: string, path: string, body: string): Promise<Answer> {
  const response = await fetch(http + path, {
    method,
    body,
    headers: { 'content-type': 'application/json' },
  });
  return { status: response.status, text: await response.text() };
}

test('names of the language are names like any other: of variables, headers, elements, types, contexts, decisions and filters', async (t) => {
  const { tutti, call, collect, deploy } = await openGrpc(t);
  const { http } = tutti.addresses;
  const found = async (what: string, filter: string): Promise<Record<string, unknown>[]> => {
    const { status, text } = await rest(http, 'POST', `/v2/${what}/search`, `{"filter":${filter}}`);
    assert.equal(status, 200, text);
    return (JSON.parse(text) as { items: Record<string, unknown>[] }).items;
  };
  for (const name of NAMES) {
    await deploy(`${name}.bpmn`, model(name));
    const made = await call('CreateProcessInstance', { bpmnProcessId: `p-${name}`, version: -1, variables });
    const instance = String(made['processInstanceKey']);
    const over = `{"processDefinitionId":"p-${name}","variables":${variables}}`;
    const also = await rest(http, 'POST', '/v2/process-instances', over);
    assert.equal(also.status, 200, also.text);

    const of = `"processInstanceKey":"${instance}"`;
    for (const variable of NAMES) {
      const [row] = await found('variables', `{${of},"name":"${variable}"}`);
      assert.equal(row?.['value'], `{"own":"${variable}","more":[{"${variable}":1}]}`);
    }
    assert.equal((await found('element-instances', `{${of},"elementId":"${name}"}`)).length, 1);
    const byVariable = `{"variables":[{"name":"${name}","value":${JSON.stringify(JSON.stringify({ own: name, more: [{ x: 1 }] }).replace('"x"', `"${name}"`))}}]}`;
    assert.ok((await found('process-instances', byVariable)).length >= 2, byVariable);

    const take = async (request: object) => {
      const messages = await collect('ActivateJobs', {
        type: name,
        worker: name,
        timeout: 60_000,
        maxJobsToActivate: 10,
        ...request,
      });
      return messages.flatMap(({ jobs }) => jobs as Record<string, string>[]);
    };
    const first = await take({ fetchVariable: [name] });
    assert.equal(first.length, 2);
    for (const job of first) {
      assert.equal(
        job['customHeaders'],
        JSON.stringify(Object.fromEntries(NAMES.map((key) => [key, `of ${key}`]))),
      );
      assert.equal(job['variables'], `{"${name}":{"own":"${name}","more":[{"${name}":1}]}}`);
      await call('CompleteJob', { jobKey: job['key'], variables: `{"${name}":{"own":"given"}}` });
    }
    const second = await take({ fetchVariable: ['all', name] });
    assert.equal(second.length, 2);
    const all = NAMES.map((key) => `"${key}":"${key === name ? 'given' : key}"`).join(',');
    for (const job of second) {
      const { length } = job['variables'] ?? '';
      const expected = [`"all":{${all}}`, `"${name}":"given"`];
      for (const part of expected)
        assert.ok(job['variables']?.includes(part), `${job['variables']} has ${part}`);
      assert.equal(length, expected.join(',').length + 2);
      await call('CompleteJob', { jobKey: job['key'], variables: '{}' });
    }
  }
  assert.equal(({} as Record<string, unknown>)['own'], undefined);
});

test('names of the language are inputs and outputs of decisions like any other', async (t) => {
  const { tutti, call, deploy } = await openGrpc(t);
  for (const name of NAMES) {
    await deploy(`${name}.dmn`, decision(name));
    const given = `{"${name}":"${name}"}`;
    const told = await call('EvaluateDecision', { decisionId: name, variables: given });
    assert.equal(told['decisionOutput'], `["${name}"]`);
    const body = `{"decisionDefinitionId":"${name}","variables":${given}}`;
    const also = await rest(tutti.addresses.http, 'POST', '/v2/decision-definitions/evaluation', body);
    assert.equal(also.status, 200, also.text);
    assert.equal((JSON.parse(also.text) as { output: string }).output, `["${name}"]`);
    const without = await call('EvaluateDecision', { decisionId: name, variables: '{}' });
    assert.equal(without['decisionOutput'], 'null', 'no object has it by itself');
  }
});

test('filters, sorts and bodies by names of the language are refused, and say so', async (t) => {
  const { tutti } = await openGrpc(t);
  for (const name of NAMES)
    for (const body of [
      `{"filter":{"${name}":"x"}}`,
      `{"sort":[{"field":"${name}"}]}`,
      `{"${name}":{}}`,
      `{"filter":{"state":{"${name}":"ACTIVE"}}}`,
    ]) {
      const { status, text } = await rest(tutti.addresses.http, 'POST', '/v2/process-instances/search', body);
      assert.equal(status, 400, `${body}: ${text}`);
      assert.ok(text.includes(name), `${body}: ${text}`);
    }
});

test('texts of 100 kB and 1 MB, and data 990 deep, come through gRPC and REST as they are', async (t) => {
  const { tutti, call, collect, deploy } = await openGrpc(t);
  const { http } = tutti.addresses;
  await deploy('p.bpmn', oneTask('p-work'));
  const odd = 'a"\\\u0001é😀';
  const values = {
    small: JSON.stringify(odd.repeat(100_000 / odd.length)),
    large: JSON.stringify(odd.repeat(1_000_000 / odd.length)),
    list: JSON.stringify(Array.from({ length: 50_000 }, (_, at) => at)),
    deep: `${'[{"a":'.repeat(495)}1${'}]'.repeat(495)}`,
  };
  for (const [name, value] of Object.entries(values)) {
    const document = `{"${name}":${value}}`;
    const made = await call('CreateProcessInstance', {
      bpmnProcessId: 'p-work',
      version: -1,
      variables: document,
    });
    const body = `{"processDefinitionId":"p-work","variables":${document}}`;
    const also = await rest(http, 'POST', '/v2/process-instances', body);
    assert.equal(also.status, 200, also.text.slice(0, 500));
    const messages = await collect('ActivateJobs', { type: 'work', timeout: 60_000, maxJobsToActivate: 2 });
    const jobs = messages.flatMap(({ jobs: some }) => some as Record<string, string>[]);
    assert.equal(jobs.length, 2);
    for (const job of jobs) {
      assert.ok(isDeepStrictEqual(JSON.parse(job['variables'] ?? '')[name], JSON.parse(value)), name);
      const again = await rest(
        http,
        'POST',
        `/v2/jobs/${job['key']}/completion`,
        `{"variables":{"${name}":${value}}}`,
      );
      assert.equal(again.status, 204, again.text.slice(0, 500));
    }
    const filter = `{"filter":{"processInstanceKey":"${String(made['processInstanceKey'])}","name":"${name}"}}`;
    const shown = await rest(http, 'POST', '/v2/variables/search?truncateValues=false', filter);
    const { items } = JSON.parse(shown.text) as { items: { value: string }[] };
    assert.ok(isDeepStrictEqual(JSON.parse(items[0]?.value ?? ''), JSON.parse(value)), name);
  }
});

test('data beyond what is taken is refused over gRPC and REST, and the next request is served', async (t) => {
  const { tutti, call, deploy } = await openGrpc(t);
  await deploy('p.bpmn', oneTask('p-work'));
  const beyond = {
    deep: `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    large: `{"x":"${'y'.repeat(5 * 1024 * 1024)}"}`,
    broken: '{"x":',
    list: '[1]',
  };
  for (const [what, document] of Object.entries(beyond)) {
    await assert.rejects(
      call('CreateProcessInstance', { bpmnProcessId: 'p-work', version: -1, variables: document }),
      (error: { code: number; details: string }) => {
        assert.ok([3, 8].includes(error.code), `${what}: ${error.code} ${error.details.slice(0, 300)}`);
        return true;
      },
    );
    const body = `{"processDefinitionId":"p-work","variables":${document}}`;
    const { status, text } = await rest(tutti.addresses.http, 'POST', '/v2/process-instances', body);
    assert.ok([400, 413].includes(status), `${what}: ${status} ${text.slice(0, 300)}`);
    await call('CreateProcessInstance', { bpmnProcessId: 'p-work', version: -1, variables: '{}' });
  }
});
