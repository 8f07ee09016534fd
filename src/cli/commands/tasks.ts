import { keyOf } from '../arguments.ts';
import { bodyOf, variablesOf } from '../body.ts';
import { send, serverOf } from '../client.ts';
import { limitOption, SERVER_OPTIONS, VARIABLE_OPTIONS } from '../common-options.ts';
import { eachOf } from '../each.ts';
import { EXIT } from '../exit-codes.ts';
import { type Cell, printTable } from '../print-table.ts';
import { limitOf, printLines, search, tellMore } from '../search.ts';
import type { GroupCommand, OptionSpec, WordSpec } from '../spec.ts';
import { localTime, printable } from '../terminal.ts';

interface UserTask {
  readonly userTaskKey: string;
  readonly name: string | null;
  readonly elementId: string;
  readonly state: string;
  readonly assignee: string | null;
  readonly candidateGroups: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly dueDate: string | null;
  readonly priority: number;
  readonly processInstanceKey: string;
  readonly processDefinitionId: string;
}

const LIMIT = 20;
/** Of Camunda's API. */
const STATES = [
  'CREATING',
  'CREATED',
  'ASSIGNING',
  'UPDATING',
  'COMPLETING',
  'COMPLETED',
  'CANCELING',
  'CANCELED',
  'FAILED',
];
const ENDED = ['COMPLETED', 'CANCELED', 'FAILED'];
const COLUMNS = [
  { title: 'task', least: 16 },
  { title: 'name', least: 10 },
  { title: 'state', least: 8 },
  { title: 'assignee', least: 8 },
  { title: 'instance', least: 16 },
  { title: 'process', least: 8 },
  { title: 'due', least: 10 },
  { title: 'candidates', least: 10 },
];
const TASK: WordSpec = { name: 'TASK', help: 'the key of a user task', least: 1, most: 1 };
const ACTION: OptionSpec = { flag: '--action', value: 'TEXT', help: 'what task listeners are told' };

/** `tutti tasks [list|complete|assign|unassign]`. */
export const tasks: GroupCommand = {
  summary: 'lists user tasks, assigns and completes them',
  actions: {
    list: {
      summary: 'lists those that are open, the newest first',
      options: [
        { flag: '--assignee', value: 'USER', help: 'only those of this person' },
        { flag: '--group', value: 'GROUP', help: 'only those that this group may take' },
        { flag: '--process', value: 'ID', help: 'only those of this process' },
        { flag: '--instance', value: 'KEY', help: 'only those of this process instance' },
        { flag: '--state', value: 'STATE', help: 'only those in this state', choices: STATES },
        { flag: '--all', help: 'those that have ended too' },
        limitOption(LIMIT),
        ...SERVER_OPTIONS,
      ],
      run: async (given, io) => {
        const instance = given.one('--instance');
        const filter = {
          assignee: given.one('--assignee'),
          candidateGroup: given.one('--group'),
          processDefinitionId: given.one('--process'),
          processInstanceKey: instance === undefined ? undefined : keyOf(instance, 'a process instance'),
          state: given.one('--state') ?? (given.has('--all') ? undefined : { $notIn: ENDED }),
        };
        const sort = { field: 'creationDate', order: 'DESC' } as const;
        const server = serverOf(given, io);
        const found = await search<UserTask>(server, 'user-tasks', filter, sort, limitOf(given, LIMIT));
        if (given.has('--json')) printLines(io, found.items);
        else if (found.items.length === 0) io.out('No user tasks.');
        else {
          printTable(io, COLUMNS, found.items.map(rowOf));
          tellMore(io, found);
        }
        return EXIT.ok;
      },
    },
    complete: {
      summary: 'completes them',
      words: [{ ...TASK, most: 1000 }],
      options: [...VARIABLE_OPTIONS, ACTION, ...SERVER_OPTIONS],
      run: async (given, io) => {
        const server = serverOf(given, io);
        const keys = given.words.map((word) => keyOf(word, 'a user task'));
        const body = bodyOf({ variables: await variablesOf(given, io), action: given.one('--action') });
        return eachOf(keys, given.has('--json'), io, async (key) => {
          await send(server, `/v2/user-tasks/${key}/completion`, 'POST', body);
          return `Task ${key} completed.`;
        });
      },
    },
    assign: {
      summary: 'gives one to a person',
      words: [TASK, { name: 'USER', help: 'who gets it', least: 1, most: 1 }],
      options: [{ flag: '--claim', help: 'only if nobody else has it' }, ACTION, ...SERVER_OPTIONS],
      run: async (given, io) => {
        const key = keyOf(given.word(0), 'a user task');
        const assignee = given.word(1);
        const body = bodyOf({
          assignee,
          allowOverride: !given.has('--claim'),
          action: given.one('--action'),
        });
        await send(serverOf(given, io), `/v2/user-tasks/${key}/assignment`, 'POST', body);
        io.out(
          given.has('--json')
            ? JSON.stringify({ key, done: true })
            : `Task ${key} assigned to ${printable(assignee)}.`,
        );
        return EXIT.ok;
      },
    },
    unassign: {
      summary: 'takes them from who has them',
      words: [{ ...TASK, most: 1000 }],
      options: SERVER_OPTIONS,
      run: (given, io) => {
        const server = serverOf(given, io);
        const keys = given.words.map((word) => keyOf(word, 'a user task'));
        return eachOf(keys, given.has('--json'), io, async (key) => {
          await send(server, `/v2/user-tasks/${key}/assignee`, 'DELETE');
          return `Task ${key} has no assignee.`;
        });
      },
    },
  },
  examples: [
    'tutti tasks --assignee ann',
    'tutti tasks assign 2251799813685265 ann --claim',
    'tutti tasks complete 2251799813685265 --var approved=true',
  ],
};

function rowOf(task: UserTask): Cell[] {
  return [
    task.userTaskKey,
    task.name ?? task.elementId,
    task.state,
    task.assignee ?? '–',
    task.processInstanceKey,
    task.processDefinitionId,
    task.dueDate === null ? '–' : localTime(task.dueDate),
    [...task.candidateGroups, ...task.candidateUsers].join(', '),
  ];
}
