import assert from 'node:assert/strict';
import { join } from 'node:path';
import { until } from '../../support/until.ts';
import { type Ended, endOf, execute, type Target, toolFolder } from '../suite.ts';

export const zbctl = () => join(toolFolder('go'), process.platform === 'win32' ? 'zbctl.exe' : 'zbctl');

/** `zbctl` on a server, and what it cannot ask. */
export type ZbctlWorld = ReturnType<typeof zbctlOn>;

export function zbctlOn({ grpc, rest }: Target) {
  const run = (...args: string[]): Promise<Ended> =>
    execute(zbctl(), [...args, '--insecure', '--address', grpc], { limitMs: 30_000 });
  // biome-ignore lint/suspicious/noExplicitAny: each answer has members of its own
  const answer = async (...args: string[]): Promise<any> => {
    const ended = await run(...args);
    assert.equal(ended.code, 0, endOf(ended));
    return ended.out.trim().startsWith('{') ? JSON.parse(ended.out) : ended.out;
  };
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const get = async (path: string, body?: object): Promise<any> => {
    const sent = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    return (await fetch(rest + path, body === undefined ? {} : sent)).json();
  };
  const stateOf = async (key: string) => (await get(`/v2/process-instances/${key}`)).state;
  const completed = (key: string) =>
    until(`the end of ${key}`, async () => ((await stateOf(key)) === 'COMPLETED' ? true : undefined));
  const variablesOf = async (key: string) => {
    const { items } = await get('/v2/variables/search', { filter: { processInstanceKey: key } });
    return Object.fromEntries(
      (items as { name: string; value: string }[]).map(({ name, value }) => [name, JSON.parse(value)]),
    );
  };
  const started = async (process: string, variables: object): Promise<string> => {
    const created = await answer('create', 'instance', process, '--variables', JSON.stringify(variables));
    return String(created.processInstanceKey);
  };
  const taken = async (type: string): Promise<string> => {
    const { jobs } = await answer('activate', 'jobs', type);
    assert.equal(jobs.length, 1);
    return String(jobs[0].key);
  };
  /** A worker that runs until `done` is. Its handler is `cat`: the variables come back as they are. */
  const working = async (type: string, more: readonly string[], done: () => Promise<unknown>) => {
    const stop = new AbortController();
    const args = ['create', 'worker', type, '--handler', 'cat', ...more, '--insecure', '--address', grpc];
    const worker = execute(zbctl(), args, { signal: stop.signal });
    try {
      await done();
    } finally {
      stop.abort();
      await worker;
    }
  };
  return { run, answer, get, stateOf, completed, variablesOf, started, taken, working };
}
