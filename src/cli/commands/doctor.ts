import type { TuttiOptions } from '../../options.ts';
import type { Finding } from '../checks.ts';
import { serverOf } from '../client.ts';
import { SERVER_OPTIONS } from '../common-options.ts';
import { EXIT, explain } from '../exit-codes.ts';
import type { PlainCommand } from '../spec.ts';
import { paint, printable, type Tone } from '../terminal.ts';
import { SERVE_OPTIONS } from './serve.ts';

const TONES: Readonly<Record<Finding['state'], Tone>> = { ok: 'good', warning: 'waiting', problem: 'bad' };

/** `tutti doctor`. */
export const doctor: PlainCommand = {
  summary: 'checks this machine, the data folder, the ports and the server, and says what to do',
  options: [...SERVE_OPTIONS, ...SERVER_OPTIONS],
  notes: [
    'It takes the options of tutti serve, and changes nothing. The exit code is 1 if there is a problem.',
  ],
  examples: ['tutti doctor', 'tutti doctor --data /srv/tutti --url http://127.0.0.1:8080'],
  run: async (given, io) => {
    // The store is loaded only to look into it: help and completion read this description too.
    const local = await import('../checks.ts');
    const network = await import('../server-checks.ts');
    const server = serverOf(given, io);
    const findings: Finding[] = [local.checkNode(process.version)];
    const options = await optionsOrProblem(given.without(['--url', '--json']), io.environment);
    const reached = await network.checkServer(server);
    const answers = reached.state !== 'warning';
    if ('what' in options) findings.push(options);
    else {
      findings.push(configFinding(options), ...local.checkFolder(options.data, answers));
      findings.push(...local.checkDisk(options.data), local.checkLocalClock(options.data, Date.now()));
      const taken = answers ? await network.portsOf(server) : [];
      for (const name of ['http', 'grpc'] as const) {
        const port = options[name];
        findings.push(await network.checkPort(name, options.host, port, taken.includes(port)));
      }
    }
    findings.push(reached);
    if (reached.state === 'ok') findings.push(await network.checkServerClock(server));
    for (const finding of findings) {
      if (given.has('--json')) {
        io.out(JSON.stringify(finding));
        continue;
      }
      const state = paint(io, TONES[finding.state], finding.state.padEnd(7));
      io.out(`${state}  ${finding.what}: ${printable(finding.found)}`);
      if (finding.remedy !== undefined) io.out(`         ${printable(finding.remedy)}`);
    }
    return findings.some(({ state }) => state === 'problem') ? EXIT.failed : EXIT.ok;
  },
};

function configFinding({ config }: TuttiOptions): Finding {
  const found = config === undefined ? 'There is no tutti.yaml; defaults hold.' : `${config.file} is valid.`;
  return { what: 'configuration', state: 'ok', found };
}

async function optionsOrProblem(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<TuttiOptions | Finding> {
  const { parseOptions } = await import('../../options.ts');
  try {
    return parseOptions(args, environment);
  } catch (error) {
    // Only what the user can repair; a mistake in the program is no finding.
    if (explain(error)?.code !== EXIT.usage || !(error instanceof Error)) throw error;
    const remedy = 'Repair it as the message says; tutti serve would not start.';
    return { what: 'configuration', state: 'problem', found: error.message, remedy };
  }
}
