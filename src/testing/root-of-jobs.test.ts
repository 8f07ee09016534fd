import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ActivatedJobs } from '../engine/index.ts';
import { Session } from './scenarios/session.ts';

test('who activates a job is told the instance that all calls began with', async () => {
  const folder = fileURLToPath(
    new URL('../../scenarios/call-activity/all-variables-both-ways', import.meta.url),
  );
  const session = new Session(folder, undefined);
  const resources = [await session.resource('parent.bpmn'), await session.resource('child.bpmn')];
  session.execute({ valueType: 'DEPLOYMENT', intent: 'CREATE', value: { resources } });
  const value = {
    bpmnProcessId: 'ca-all-variables-both-ways',
    processDefinitionKey: -1,
    version: -1,
    variables: new Map<string, string>(),
    startInstructions: [],
    fetchVariables: [],
  };
  const created = session.execute({ valueType: 'PROCESS_INSTANCE_CREATION', intent: 'CREATE', value });
  assert.equal(created.kind, 'accepted');
  const asked = { type: 'work', worker: '', timeout: 1000, maxJobsToActivate: 1, fetchVariables: [] };
  const answer = session.execute({ valueType: 'JOB_BATCH', intent: 'ACTIVATE', value: asked });
  assert.equal(answer.kind, 'accepted');
  const [job] = (answer.value as ActivatedJobs).jobs;
  assert.equal(job?.rootProcessInstanceKey, created.key);
  assert.notEqual(job?.value.processInstanceKey, created.key);
});
