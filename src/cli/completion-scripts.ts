import {
  type ActionSpec,
  type CommandSpec,
  isGroup,
  type OptionSpec,
  optionsOf,
  type WordSpec,
} from './spec.ts';

/** Scripts for shells, made of the descriptions of the commands. Pure. */

type Commands = readonly (readonly [name: string, command: CommandSpec])[];

/** For bash 3.2 and later: no associative arrays. */
export function bashScript(commands: Commands): string {
  const cases = commands.map(([name, command]) => {
    const words = firstWords(command);
    const files = takesFile(command) ? '; files=1' : '';
    const flags = optionsOf(command).map(({ flag }) => flag);
    return `    ${name}) words=${quoted(words)}; flags=${quoted(flags)}${files} ;;`;
  });
  const values = commands.flatMap(([name, command]) =>
    optionsOf(command).flatMap(({ flag, value, choices, file }) => {
      if (value === undefined) return [];
      const act = choices !== undefined ? `choices=${quoted(choices)}` : file === true ? 'files=1' : ':';
      return [`    ${name},${flag}) takes=1; ${act} ;;`];
    }),
  );
  return `# bash completion of tutti
_tutti() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  local words='' flags='' choices='' files='' takes=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted([...commands.map(([name]) => name), 'help', '--help', '--version'])} -- "$current"))
    return
  fi
  case "$command,$before" in
${values.join('\n')}
  esac
  if [ -n "$takes" ]; then
    if [ -n "$choices" ]; then COMPREPLY=($(compgen -W "$choices" -- "$current"))
    elif [ -n "$files" ]; then COMPREPLY=($(compgen -f -- "$current")); fi
    return
  fi
  case "$command" in
    help) words=${quoted(commands.map(([name]) => name))} ;;
${cases.join('\n')}
  esac
  if [ "\${current:0:1}" = - ]; then COMPREPLY=($(compgen -W "$flags --help" -- "$current")); return; fi
  if [ "$COMP_CWORD" -eq 2 ] && [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
  if [ -n "$files" ]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _tutti tutti`;
}

export function zshScript(commands: Commands): string {
  const described = commands.map(([name, { summary }]) => `    ${single(`${name}:${summary}`)}`);
  const cases = commands.map(([name, command]) => {
    const words = isGroup(command)
      ? [`'1:action:(${Object.keys(command.actions).join(' ')})'`, `'*:word: '`]
      : (command.words ?? []).map(zshWord);
    const specs = [...words, ...optionsOf(command).map(zshOption), `'--help[tells all]'`];
    return `    ${name}) _arguments ${specs.join(' ')} ;;`;
  });
  return `#compdef tutti
_tutti() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _tutti tutti`;
}

export function fishScript(commands: Commands): string {
  const lines = ['# fish completion of tutti', 'complete -c tutti -f'];
  for (const [name, command] of commands) {
    lines.push(`complete -c tutti -n __fish_use_subcommand -a ${name} -d ${single(command.summary)}`);
    const condition = `-n ${single(`__fish_seen_subcommand_from ${name}`)}`;
    const words = firstWords(command);
    if (words.length > 0) lines.push(`complete -c tutti ${condition} -a ${single(words.join(' '))}`);
    if (takesFile(command)) lines.push(`complete -c tutti ${condition} -F`);
    for (const { flag, value, help, choices, file } of optionsOf(command)) {
      const argument =
        value === undefined
          ? ''
          : choices !== undefined
            ? ` -x -a ${single(choices.join(' '))}`
            : file === true
              ? ' -r -F'
              : ' -x';
      lines.push(`complete -c tutti ${condition} -l ${flag.slice(2)}${argument} -d ${single(help)}`);
    }
  }
  return lines.join('\n');
}

/** What may stand first after the command. */
function firstWords(command: CommandSpec): readonly string[] {
  return isGroup(command) ? Object.keys(command.actions) : (command.words?.[0]?.choices ?? []);
}

function takesFile(command: CommandSpec): boolean {
  const actions: readonly ActionSpec[] = isGroup(command) ? Object.values(command.actions) : [command];
  return actions.some(({ words = [] }) => words.some(({ file }) => file === true));
}

function zshWord({ name, most, file, choices }: WordSpec): string {
  const act = choices !== undefined ? `(${choices.join(' ')})` : file === true ? '_files' : ' ';
  return `'${most > 1 ? '*' : ''}:${name}:${act}'`;
}

function zshOption({ flag, value, help, several, choices, file }: OptionSpec): string {
  const text = help.replaceAll(/[[\]\\:]/g, (character) => `\\${character}`);
  const act = choices !== undefined ? `(${choices.join(' ')})` : file === true ? '_files' : ' ';
  return single(
    `${several === true ? '*' : ''}${flag}[${text}]${value === undefined ? '' : `:${value}:${act}`}`,
  );
}

/** One word for a POSIX shell, whatever stands in it. */
function single(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function quoted(words: readonly string[]): string {
  return single(words.join(' '));
}
