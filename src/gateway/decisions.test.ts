import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTutti } from '../tutti.ts';

const SCENARIOS = join(import.meta.dirname, '../../scenarios');

test('decisions are deployed, evaluated by id and by key, and evaluated again after a restart', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'tutti-decisions-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  let tutti = await startTutti({ data, http: 0, grpc: 0 });
  t.after(() => tutti.close());
  const post = async (path: string, body: unknown) => {
    const response = await fetch(tutti.addresses.http + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const deploy = async (name: string, xml: string) => {
    const form = new FormData();
    form.append('resources', new Blob([xml]), name);
    const response = await fetch(`${tutti.addresses.http}/v2/deployments`, { method: 'POST', body: form });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const xml = readFileSync(join(SCENARIOS, 'business-rule-task/decision-table/d.dmn'), 'utf8');
  const deployed = await deploy('d.dmn', xml);
  assert.equal(deployed.status, 200);
  const [first, second] = deployed.body.deployments as Record<string, Record<string, unknown> | null>[];
  const decisionDefinitionKey = String(first?.decisionDefinition?.decisionDefinitionKey);
  const { decisionRequirementsKey } = second?.decisionRequirements ?? {};
  assert.deepEqual(first?.decisionDefinition, {
    decisionDefinitionId: 'br-table-decision',
    version: 1,
    name: 'Discount',
    tenantId: '<default>',
    decisionRequirementsId: 'br-table-decisions',
    decisionDefinitionKey,
    decisionRequirementsKey,
  });
  assert.equal(second?.decisionRequirements?.resourceName, 'd.dmn');

  const variables = { customer: 'gold', total: 50 };
  const byId = await post('/v2/decision-definitions/evaluation', {
    decisionDefinitionId: 'br-table-decision',
    variables,
  });
  const { decisionEvaluationKey } = byId.body;
  assert.match(String(decisionEvaluationKey), /^\d+$/);
  assert.deepEqual(byId, {
    status: 200,
    body: {
      decisionDefinitionId: 'br-table-decision',
      decisionDefinitionKey,
      decisionDefinitionName: 'Discount',
      decisionDefinitionVersion: 1,
      decisionRequirementsId: 'br-table-decisions',
      decisionRequirementsKey,
      decisionEvaluationKey,
      decisionInstanceKey: decisionEvaluationKey,
      tenantId: '<default>',
      output: '10',
      failedDecisionDefinitionId: null,
      failureMessage: null,
      evaluatedDecisions: [
        {
          decisionDefinitionId: 'br-table-decision',
          decisionDefinitionKey,
          decisionDefinitionName: 'Discount',
          decisionDefinitionVersion: 1,
          decisionDefinitionType: 'DECISION_TABLE',
          decisionEvaluationInstanceKey: `${decisionEvaluationKey}-1`,
          tenantId: '<default>',
          output: '10',
          evaluatedInputs: [
            { inputId: 'br-table-decision-input-1', inputName: 'Type', inputValue: '"gold"' },
            { inputId: 'br-table-decision-input-2', inputName: 'Total', inputValue: '50' },
          ],
          matchedRules: [
            {
              ruleId: 'br-table-decision-rule-2',
              ruleIndex: 2,
              evaluatedOutputs: [
                {
                  outputId: 'br-table-decision-output-1',
                  outputName: 'percent',
                  outputValue: '10',
                  ruleId: 'br-table-decision-rule-2',
                  ruleIndex: 2,
                },
              ],
            },
          ],
        },
      ],
    },
  });
  const { items } = (await post('/v2/decision-instances/search', {})).body as {
    items: readonly Record<string, unknown>[];
  };
  // As in Camunda 8.9, and not null: its client for Java cannot read that.
  assert.deepEqual(
    [items[0]?.['processDefinitionKey'], items[0]?.['processInstanceKey'], items[0]?.['elementInstanceKey']],
    ['-1', '-1', '-1'],
  );
  const failed = await post('/v2/decision-definitions/evaluation', {
    decisionDefinitionKey,
    variables: { customer: 'gold', total: 500 },
  });
  assert.equal(failed.status, 200);
  assert.equal(failed.body.failedDecisionDefinitionId, 'br-table-decision');
  assert.match(String(failed.body.failureMessage), /multiple values aren't allowed for UNIQUE hit policy/);

  const records = await (await fetch(`${tutti.addresses.http}/api/records`)).text();
  const requirements = records
    .split('\n')
    .filter((line) => line.includes('"DECISION_REQUIREMENTS"'))
    .map((line) => JSON.parse(line) as { value: { resource: string; graph?: object } });
  assert.equal(requirements.length, 1);
  assert.equal(requirements[0]?.value.graph, undefined);
  assert.equal(Buffer.from(requirements[0]?.value.resource ?? '', 'base64').toString(), xml);
  await tutti.close();
  tutti = await startTutti({ data, http: 0, grpc: 0 });
  const again = await post('/v2/decision-definitions/evaluation', { decisionDefinitionKey, variables });
  assert.equal(again.body.output, '10');
  const deleted = await post(`/v2/resources/${decisionRequirementsKey}/deletion`, {});
  assert.equal(deleted.status, 200);
  const gone = await post('/v2/decision-definitions/evaluation', { decisionDefinitionKey, variables });
  assert.equal(gone.status, 404);
  assert.match(String(gone.body.detail), /no decision found for key/);

  const both = { decisionDefinitionKey, decisionDefinitionId: 'br-table-decision' };
  for (const body of [both, {}])
    assert.equal((await post('/v2/decision-definitions/evaluation', body)).status, 400);
  const broken = await deploy('d.dmn', xml.slice(0, 900));
  assert.equal(broken.status, 400);
  assert.match(String(broken.body.detail), /'d\.dmn': Failed to parse DMN: .*\n.*does not end as a tag must/);
});
