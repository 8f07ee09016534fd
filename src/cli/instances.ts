import { call, serverUrl } from './client.ts';
import { EXIT } from './exit-codes.ts';
import { flagValues, OptionError } from './flags.ts';
import type { Command } from './run.ts';

interface Page {
  readonly items: readonly {
    readonly processInstanceKey: string;
    readonly processDefinitionId: string;
    readonly processDefinitionVersion: number;
    readonly state: string;
    readonly startDate: string;
    readonly incidents: number;
    readonly standsAt: readonly { readonly elementId: string; readonly elementName: string | null }[];
  }[];
}

/** `tutti instances`: one line each, newest first. */
export const instances: Command = async (args, io) => {
  const flags = flagValues(args, ['--url', '--process', '--state', '--limit']);
  const flag = (name: string) => flags.findLast((candidate) => candidate.flag === name)?.value;
  const limit = flag('--limit') ?? '20';
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > 200) {
    throw new OptionError('--limit', `--limit must be a number from 1 to 200, but was '${limit}'.`);
  }
  const query = new URLSearchParams({ limit });
  for (const name of ['process', 'state']) {
    const value = flag(`--${name}`);
    if (value !== undefined) query.set(name, value);
  }
  const url = serverUrl(flag('--url'), io.environment);
  const page = (await call(url, `/api/console/instances?${query}`, { method: 'GET' })) as Page;
  for (const item of page.items) {
    const places = item.standsAt.map(({ elementId, elementName }) => elementName ?? elementId).join(', ');
    const process = `${item.processDefinitionId} v${item.processDefinitionVersion}`;
    const incident = item.incidents > 0 ? `  ${item.incidents} incident${item.incidents > 1 ? 's' : ''}` : '';
    io.out(
      `${item.processInstanceKey}  ${item.startDate}  ${item.state.padEnd(10)}  ${process}  ${places}${incident}`.trimEnd(),
    );
  }
  if (page.items.length === 0) io.out('No instances.');
  return EXIT.ok;
};
