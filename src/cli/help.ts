import { type ActionSpec, type CommandSpec, isGroup, type OptionSpec, type WordSpec } from './spec.ts';

/** What `tutti --help` and `tutti COMMAND --help` print. Pure. */

export const EXIT_CODES = [
  'Exit codes: 0 done, 1 failed, 2 wrong command line, 3 data folder in use or unusable, 4 port in use,',
  '5 server not reached or it refused.',
];

/** All commands in short. */
export function overview(commands: readonly (readonly [string, CommandSpec])[]): string[] {
  return [
    'Tutti orchestrates CloudEvents with BPMN.',
    '',
    ...commands.map(([name, { summary }]) => `  ${`tutti ${name}`.padEnd(20)} ${summary}`),
    '',
    'tutti COMMAND --help tells its options, with examples. tutti --version',
    '',
    ...EXIT_CODES,
  ];
}

/** One command in full. */
export function commandHelp(name: string, command: CommandSpec): string[] {
  const title = `tutti ${name}: ${command.summary}`;
  const body = isGroup(command)
    ? groupLines(name, Object.entries(command.actions))
    : [
        `  ${usageOf(`tutti ${name}`, command)}`,
        '',
        ...wordLines(command.words),
        ...optionLines(command.options),
      ];
  const notes = command.notes === undefined ? [] : ['', ...command.notes];
  return [
    title,
    '',
    ...body,
    ...notes,
    '',
    'Examples:',
    ...command.examples.map((line) => `  ${line}`),
    '',
    ...EXIT_CODES,
  ];
}

function groupLines(name: string, actions: readonly (readonly [string, ActionSpec])[]): string[] {
  const common = (actions[0]?.[1].options ?? []).filter((option) =>
    actions.every(([, { options }]) =>
      options.some(({ flag, help }) => flag === option.flag && help === option.help),
    ),
  );
  const lines = actions.flatMap(([action, spec], index) => {
    const own = spec.options.filter(({ flag }) => !common.some((option) => option.flag === flag));
    const command = index === 0 ? `tutti ${name} [${action}]` : `tutti ${name} ${action}`;
    return [
      `  ${usageOf(command, { ...spec, options: own })}`,
      `      ${spec.summary}`,
      ...wordLines(spec.words, 6),
      ...optionLines(own, 6),
      '',
    ];
  });
  return [...lines, ...optionLines(common)];
}

/** Such as `tutti complete JOB… [options]`. */
export function usageOf(
  command: string,
  { words = [], options }: Pick<ActionSpec, 'words' | 'options'>,
): string {
  const shown = words.map(({ name, least, most }) => {
    const word = most > 1 ? `${name}…` : name;
    return least === 0 ? `[${word}]` : word;
  });
  return [command, ...shown, ...(options.length > 0 ? ['[options]'] : [])].join(' ');
}

const WIDTH = 26;

function wordLines(words: readonly WordSpec[] = [], indent = 2): string[] {
  return words.map(({ name, help }) => `${' '.repeat(indent)}${name.padEnd(WIDTH)} ${help}`);
}

function optionLines(options: readonly OptionSpec[], indent = 2): string[] {
  return options.map(({ flag, value, help, choices }) => {
    const left = value === undefined ? flag : `${flag} ${value}`;
    const right = choices === undefined ? help : `${help}: ${choices.join(', ')}`;
    return `${' '.repeat(indent)}${left.padEnd(WIDTH)} ${right}`;
  });
}
