import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { oneTask } from '../support/grpc.ts';
import { open } from '../support/orchestration.ts';

/** What requests are told that Camunda's client would not send. */

describe('A raw request to /v2', () => {
  const cases: readonly (readonly [sent: string, body: unknown, title: string, detail: string])[] = [
    ['POST process-instances', undefined, 'Bad Request', 'Required request body is missing'],
    [
      'POST process-instances',
      {},
      'INVALID_ARGUMENT',
      'At least one of [processDefinitionId, processDefinitionKey] is required.',
    ],
    [
      'POST process-instances',
      { processDefinitionKey: 'order' },
      'INVALID_ARGUMENT',
      "The provided processDefinitionKey 'order' is not a valid key. Expected a numeric value. Did you pass an entity id instead of an entity key?.",
    ],
    [
      'POST process-instances',
      { processDefinitionId: 'a', businessId: 'x'.repeat(257), operationReference: 0 },
      'INVALID_ARGUMENT',
      "The value for operationReference is '0' but must be > 0.",
    ],
    [
      'POST process-instances',
      { processDefinitionId: 'a', businessId: 'x'.repeat(257), tags: ['1 a'] },
      'INVALID_ARGUMENT',
      "The provided businessId exceeds the limit of 256 characters. The provided tag '1 a' is not valid. Tags must start with a letter (a-z, A-Z), followed by alphanumerics, underscores, minuses, colons, or periods. It must not be blank and must be 100 characters or less.",
    ],
    [
      'POST process-instances',
      { processDefinitionId: 'a', tenantId: 'other' },
      'INVALID_ARGUMENT',
      "Expected to handle request Create Process Instance with tenant identifier 'other', but multi-tenancy is disabled",
    ],
    [
      'POST jobs/activation',
      { type: 'a', timeout: 1, maxJobsToActivate: 1, tenantIds: ['a', 'b'] },
      'INVALID_ARGUMENT',
      'Expected to handle request Activate Jobs with tenant identifiers [a, b], but multi-tenancy is disabled',
    ],
    ['POST messages/correlation', {}, 'Bad Request', 'Request property [nmae] cannot be parsed'],
    ['POST messages/correlation', { name: ' ' }, 'INVALID_ARGUMENT', 'No messageName provided.'],
    ['PUT element-instances/1/variables', { variables: {} }, 'INVALID_ARGUMENT', 'No variables provided.'],
    [
      'POST process-instances/1/migration',
      { targetProcessDefinitionKey: '1', mappingInstructions: [{ sourceElementId: 'a' }] },
      'INVALID_ARGUMENT',
      'All [sourceElementId, targetElementId] are required.',
    ],
    [
      'POST process-instances/1/modification',
      { activateInstructions: [{ elementId: 'a', variableInstructions: [{ variables: {} }] }, {}] },
      'INVALID_ARGUMENT',
      'No variables provided.',
    ],
    [
      'POST element-instances/ad-hoc-activities/1/activation',
      { elements: [{ elementId: 'a' }, { elementId: '' }] },
      'INVALID_ARGUMENT',
      'No elements[1].elementId provided.',
    ],
    [
      'PUT clock',
      { timestamp: -1 },
      'INVALID_ARGUMENT',
      "The value for timestamp is '-1' but must be not negative.",
    ],
    [
      'GET jobs/statistics/global?from=a&to=b',
      undefined,
      'INVALID_ARGUMENT',
      "The provided from 'a' cannot be parsed as a date according to RFC 3339, section 5.6.",
    ],
    [
      'POST process-instances/search',
      { filter: { startDate: '2030-01-31', processInstanceKey: 'x', tags: ['_'] } },
      'INVALID_ARGUMENT',
      "The provided processInstanceKey 'x' is not a valid key. Expected a numeric value. Did you pass an entity id instead of an entity key?. The provided startDate '2030-01-31' cannot be parsed as a date according to RFC 3339, section 5.6. The provided tag '_' is not valid. Tags must start with a letter (a-z, A-Z), followed by alphanumerics, underscores, minuses, colons, or periods. It must not be blank and must be 100 characters or less.",
    ],
    [
      'POST process-instances/search',
      { filter: { variables: [{}] } },
      'INVALID_ARGUMENT',
      'Variable name must not be null. Variable value must not be null.',
    ],
    [
      'GET process-instances/order',
      undefined,
      'Bad Request',
      "Failed to convert 'processInstanceKey' with value: 'order'",
    ],
  ];
  it('is refused with the title and the words of Camunda 8.9', async (t) => {
    const { tutti } = await open(t);
    for (const [sent, given, title, detail] of cases) {
      const [method = '', path = ''] = sent.split(' ');
      const body = detail.includes('[nmae]') ? { nmae: 'a' } : given;
      const response = await fetch(`${tutti.addresses.http}/v2/${path}`, {
        method,
        ...(body !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      });
      const told = (await response.json()) as Record<string, unknown>;
      assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
      const { detail: text, ...others } = told;
      assert.deepEqual(
        others,
        { type: 'about:blank', title, status: 400, instance: `/v2/${path.replace(/\?.*/, '')}` },
        sent,
      );
      if (detail.includes('[nmae]')) assert.ok(String(text).startsWith(`${detail}: it is unknown`));
      else assert.equal(text, detail, sent);
    }
  });

  it('may have null for a body that may be left out, and for each member that may', async (t) => {
    const { tutti, deployXml, start } = await open(t);
    await deployXml('order.bpmn', oneTask('order', 'charge'));
    const key = await start('order');
    const response = await fetch(`${tutti.addresses.http}/v2/process-instances/${key}/cancellation`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: 'null',
    });
    assert.equal(response.status, 204);
    const found = await fetch(`${tutti.addresses.http}/v2/process-instances/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        filter: { state: null, tags: null },
        sort: null,
        page: { from: null, limit: 0 },
      }),
    });
    const { items, page } = (await found.json()) as { items: unknown[]; page: { totalItems: number } };
    assert.deepEqual([items, page.totalItems], [[], 1]);
  });
});
