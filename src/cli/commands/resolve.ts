import { keyOf, wholeNumber } from '../arguments.ts';
import { bodyOf } from '../body.ts';
import { call, type Server, send, serverOf } from '../client.ts';
import { SERVER_OPTIONS } from '../common-options.ts';
import { eachOf } from '../each.ts';
import type { PlainCommand } from '../spec.ts';
import type { Incident } from './incidents.ts';

/** `tutti resolve INCIDENT…`. */
export const resolve: PlainCommand = {
  summary: 'resolves incidents: the instance tries again where it stands',
  words: [{ name: 'INCIDENT', help: 'the key of an incident', least: 1, most: 1000 }],
  options: [
    { flag: '--retries', value: 'N', help: 'attempts that the job gets, if it has none left (default 1)' },
    ...SERVER_OPTIONS,
  ],
  examples: ['tutti resolve 2251799813685270', 'tutti resolve 2251799813685270 --retries 3'],
  run: (given, io) => {
    const server = serverOf(given, io);
    const retries = wholeNumber(given, '--retries', 1, 1000);
    const keys = given.words.map((word) => keyOf(word, 'an incident'));
    return eachOf(keys, given.has('--json'), io, async (key) => {
      const job = await retriesOf(server, key, retries);
      await send(server, `/v2/incidents/${key}/resolution`, 'POST', '{}');
      return `Incident ${key} resolved${job === undefined ? '' : `; job ${job.key} has ${job.retries} more attempt${job.retries === 1 ? '' : 's'}`}.`;
    });
  },
};

/** A job without attempts would only raise its incident again, so it gets some first. */
async function retriesOf(
  server: Server,
  key: string,
  asked: number | undefined,
): Promise<{ readonly key: string; readonly retries: number } | undefined> {
  const incident = (await call(server, `/v2/incidents/${key}`, {})) as Incident;
  const exhausted = /NO_RETRIES$/.test(incident.errorType);
  if (incident.jobKey === null || (!exhausted && asked === undefined)) return undefined;
  const retries = asked ?? 1;
  await send(server, `/v2/jobs/${incident.jobKey}`, 'PATCH', bodyOf({ changeset: { retries } }));
  return { key: incident.jobKey, retries };
}
