import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { call, serverUrl } from './client.ts';
import { EXIT } from './exit-codes.ts';
import { flagValues, OptionError } from './flags.ts';
import type { Command } from './run.ts';

interface Deployment {
  readonly deployments: readonly {
    readonly processDefinition: {
      readonly processDefinitionId: string;
      readonly processDefinitionVersion: number;
      readonly processDefinitionKey: string;
      readonly resourceName: string;
    } | null;
  }[];
}

/** `tutti deploy FILE…`: all files in one deployment, so all or none. */
export const deploy: Command = async (args, io) => {
  const flagAt = args.findIndex((argument) => argument.startsWith('--'));
  const files = flagAt === -1 ? args : args.slice(0, flagAt);
  const flags = flagValues(flagAt === -1 ? [] : args.slice(flagAt), ['--url']);
  if (files.length === 0) throw new OptionError('FILE', 'Name at least one file, before any option.');
  const form = new FormData();
  for (const file of files) form.append('resources', new Blob([await readFile(file)]), basename(file));
  const url = serverUrl(flags.at(-1)?.value, io.environment);
  const answer = (await call(url, '/v2/deployments', { method: 'POST', body: form })) as Deployment;
  for (const { processDefinition } of answer.deployments) {
    if (processDefinition === null) continue;
    const { processDefinitionId, processDefinitionVersion, processDefinitionKey, resourceName } =
      processDefinition;
    io.out(
      `${resourceName}: ${processDefinitionId} version ${processDefinitionVersion} (${processDefinitionKey})`,
    );
  }
  return EXIT.ok;
};
