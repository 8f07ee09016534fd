import type { CommandSpec } from '../spec.ts';

/** All commands, in the order of the help. Each is loaded when it is needed: a list need not start what a server needs. */
export const COMMANDS = {
  serve: async () => (await import('./serve.ts')).serve,
  doctor: async () => (await import('./doctor.ts')).doctor,
  deploy: async () => (await import('./deploy.ts')).deploy,
  start: async () => (await import('./start.ts')).start,
  instances: async () => (await import('./instances.ts')).instances,
  instance: async () => (await import('./instance.ts')).instance,
  cancel: async () => (await import('./cancel.ts')).cancel,
  variables: async () => (await import('./variables.ts')).variables,
  incidents: async () => (await import('./incidents.ts')).incidents,
  resolve: async () => (await import('./resolve.ts')).resolve,
  message: async () => (await import('./message.ts')).message,
  signal: async () => (await import('./signal.ts')).signal,
  jobs: async () => (await import('./jobs.ts')).jobs,
  complete: async () => (await import('./complete.ts')).complete,
  fail: async () => (await import('./fail.ts')).fail,
  error: async () => (await import('./error.ts')).error,
  worker: async () => (await import('./worker.ts')).worker,
  tasks: async () => (await import('./tasks.ts')).tasks,
  decide: async () => (await import('./decide.ts')).decide,
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  publish: async () => (await import('./publish.ts')).publish,
  events: async () => (await import('./events.ts')).events,
  event: async () => (await import('./event.ts')).event,
  subscriptions: async () => (await import('./subscriptions.ts')).subscriptions,
  'dead-letters': async () => (await import('./dead-letters.ts')).deadLetters,
  records: async () => (await import('./records.ts')).records,
  test: async () => (await import('./test.ts')).test,
  completion: async () => (await import('./completion.ts')).completion,
} as const satisfies Readonly<Record<string, () => Promise<CommandSpec>>>;

export type CommandName = keyof typeof COMMANDS;

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/** Every command with its description. */
export async function allCommands(): Promise<readonly (readonly [CommandName, CommandSpec])[]> {
  const names = Object.keys(COMMANDS) as CommandName[];
  return Promise.all(names.map(async (name) => [name, await COMMANDS[name]()] as const));
}
