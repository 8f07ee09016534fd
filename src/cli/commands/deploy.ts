import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { request, serverOf } from '../client.ts';
import { SERVER_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import type { PlainCommand } from '../spec.ts';
import { printable } from '../terminal.ts';

interface Deployment {
  readonly deployments: readonly {
    readonly processDefinition: {
      readonly processDefinitionId: string;
      readonly processDefinitionVersion: number;
      readonly processDefinitionKey: string;
      readonly resourceName: string;
    } | null;
    readonly decisionDefinition: {
      readonly decisionDefinitionId: string;
      readonly version: number;
      readonly decisionDefinitionKey: string;
    } | null;
    readonly form: {
      readonly formId: string;
      readonly version: number;
      readonly formKey: string;
      readonly resourceName: string;
    } | null;
  }[];
}

/** `tutti deploy FILE…`: all files in one deployment, so all or none. */
export const deploy: PlainCommand = {
  summary: 'deploys models to a running server',
  words: [{ name: 'FILE', help: 'a model (.bpmn, .dmn, .form)', least: 1, most: 1000, file: true }],
  options: SERVER_OPTIONS,
  examples: ['tutti deploy order.bpmn', 'tutti deploy order.bpmn discount.dmn'],
  run: async (given, io) => {
    const form = new FormData();
    for (const file of given.words)
      form.append('resources', new Blob([await readFile(file)]), basename(file));
    const response = await request(serverOf(given, io), '/v2/deployments', { method: 'POST', body: form });
    const text = await response.text();
    if (given.has('--json')) {
      io.out(text);
      return EXIT.ok;
    }
    for (const { processDefinition, decisionDefinition, form: deployed } of (JSON.parse(text) as Deployment)
      .deployments) {
      if (processDefinition !== null) {
        const { processDefinitionId: id, processDefinitionVersion, processDefinitionKey } = processDefinition;
        const file = printable(processDefinition.resourceName);
        io.out(`${file}: ${id} version ${processDefinitionVersion} (${processDefinitionKey})`);
      }
      if (decisionDefinition !== null) {
        const { decisionDefinitionId: id, version, decisionDefinitionKey } = decisionDefinition;
        io.out(`decision ${printable(id)} version ${version} (${decisionDefinitionKey})`);
      }
      if (deployed !== null) {
        const { resourceName, formId, version, formKey } = deployed;
        io.out(`${printable(resourceName)}: form ${printable(formId)} version ${version} (${formKey})`);
      }
    }
    return EXIT.ok;
  },
};
