import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionalRoutes } from './conditionals.ts';
import { RestSession } from './engine-session.test-helper.ts';

const PATH = '/v2/conditionals/evaluation';
const rest = () => new RestSession('conditional-start/one-definition', conditionalRoutes);

test('all instances that an evaluation of conditions started are answered by their keys', async () => {
  const world = rest();
  const a = await world.deploy('a.bpmn');
  const b = await world.deploy('b.bpmn');
  const { status, body } = await world.post(PATH, { variables: { x: 5 } });
  assert.equal(status, 200);
  const instances = body.processInstances as readonly Record<string, string>[];
  assert.deepEqual(
    instances.map((one) => one.processDefinitionKey),
    [String(a), String(b)],
  );
  for (const { processInstanceKey } of instances) assert.match(processInstanceKey ?? '', /^\d+$/);
  assert.match(String(body.conditionalEvaluationKey), /^\d+$/);
  assert.equal(body.tenantId, '<default>');
});

test('an evaluation that starts nothing is no error', async () => {
  const world = rest();
  await world.deploy('a.bpmn');
  const { status, body } = await world.post(PATH, { variables: { x: 0 } });
  assert.deepEqual([status, body.processInstances], [200, []]);
});

test('an evaluation may be restricted to one definition', async () => {
  const world = rest();
  await world.deploy('a.bpmn');
  const key = String(await world.deploy('b.bpmn'));
  const { body } = await world.post(PATH, { variables: { x: 5 }, processDefinitionKey: key });
  const instances = body.processInstances as readonly Record<string, string>[];
  assert.deepEqual(
    instances.map((one) => one.processDefinitionKey),
    [key],
  );
});

test('an evaluation needs variables, and a definition that exists', async () => {
  const world = rest();
  for (const none of [{}, { variables: {} }, { variables: null }])
    assert.deepEqual((await world.post(PATH, none)).body, {
      code: 'INVALID_ARGUMENT',
      detail: 'No variables provided.',
    });
  const { body } = await world.post(PATH, { variables: { x: 0 }, processDefinitionKey: '123' });
  assert.equal(body.code, 'NOT_FOUND');
  assert.match(
    String(body.detail),
    /Expected to evaluate conditional for process definition key '123', but no such process was found\./,
  );
});
