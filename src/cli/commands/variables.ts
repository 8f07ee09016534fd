import { keyOf } from '../arguments.ts';
import { bodyOf, variablesOf } from '../body.ts';
import { send, serverOf } from '../client.ts';
import { SERVER_OPTIONS, VARIABLE_OPTIONS } from '../common-options.ts';
import { EXIT } from '../exit-codes.ts';
import { OptionError } from '../flags.ts';
import { printTable } from '../print-table.ts';
import { printLines, search } from '../search.ts';
import type { GroupCommand, WordSpec } from '../spec.ts';

export interface Variable {
  readonly variableKey: string;
  readonly name: string;
  /** JSON text. */
  readonly value: string;
  readonly scopeKey: string;
  readonly processInstanceKey: string;
}

export const VARIABLE_COLUMNS = [
  { title: 'name', least: 12 },
  { title: 'scope', least: 8 },
  { title: 'value', least: 20 },
];

const SCOPE: WordSpec = {
  name: 'SCOPE',
  help: 'the key of a process instance or of an element instance',
  least: 1,
  most: 1,
};

/** Those of the instance first, then those of its elements; values are JSON. */
export function variableRows(instance: string, variables: readonly Variable[]): string[][] {
  return variables
    .toSorted((left, right) => Number(right.scopeKey === instance) - Number(left.scopeKey === instance))
    .map(({ name, scopeKey, value }) => [name, scopeKey === instance ? 'instance' : scopeKey, value]);
}

/** `tutti variables [show|set]`. */
export const variables: GroupCommand = {
  summary: 'shows and sets variables of an instance',
  actions: {
    show: {
      summary: 'lists the variables of a process instance, or of one scope, as JSON',
      words: [SCOPE],
      options: [
        { flag: '--name', value: 'NAME', help: 'only the value of this variable, as it is' },
        ...SERVER_OPTIONS,
      ],
      run: async (given, io) => {
        const server = serverOf(given, io);
        const key = keyOf(given.word(0), 'a process instance or element instance');
        const name = given.one('--name');
        const order = { field: 'name', order: 'ASC' } as const;
        const find = (scope: object) => search<Variable>(server, 'variables', { ...scope, name }, order);
        const { items: ofInstance } = await find({ processInstanceKey: key });
        const items = ofInstance.length > 0 ? ofInstance : (await find({ scopeKey: key })).items;
        if (name !== undefined) {
          const found = items.find(({ scopeKey }) => scopeKey === key) ?? items[0];
          if (found === undefined) {
            io.err(`tutti variables: ${key} has no variable '${name}'. tutti variables ${key} lists all.`);
            return EXIT.failed;
          }
          io.out(given.has('--json') ? JSON.stringify(found) : found.value);
          return EXIT.ok;
        }
        if (given.has('--json')) printLines(io, items);
        else if (items.length === 0) io.out('No variables.');
        else printTable(io, VARIABLE_COLUMNS, variableRows(key, items));
        return EXIT.ok;
      },
    },
    set: {
      summary: 'sets variables; each where it is known, otherwise in the instance',
      words: [SCOPE],
      options: [
        ...VARIABLE_OPTIONS,
        { flag: '--local', help: 'in this scope, wherever else a variable of the name is' },
        ...SERVER_OPTIONS,
      ],
      run: async (given, io) => {
        const key = keyOf(given.word(0), 'a process instance or element instance');
        const values = await variablesOf(given, io);
        if (values === undefined) {
          throw new OptionError('--variables', 'Say what to set: --variables JSON or --var NAME=VALUE.');
        }
        const body = bodyOf({ variables: values, local: given.has('--local') });
        await send(serverOf(given, io), `/v2/element-instances/${key}/variables`, 'PUT', body);
        io.out(given.has('--json') ? JSON.stringify({ key, done: true }) : `Variables of ${key} set.`);
        return EXIT.ok;
      },
    },
  },
  examples: [
    'tutti variables 2251799813685253',
    'tutti variables 2251799813685253 --name order | jq .amount',
    `tutti variables set 2251799813685253 --variables '{"amount": 13}'`,
  ],
};
