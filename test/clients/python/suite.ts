import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ClientSuite, endOf, execute, runProgram, toolFolder } from '../suite.ts';

const PACKAGE = 'pyzeebe==4.7.0';

/** `pyzeebe`, the client for Python, over gRPC. */
export const pythonSuite: ClientSuite = {
  name: `Python: ${PACKAGE}`,
  prepare: async () => {
    const folder = toolFolder('python');
    const python = join(folder, 'bin', 'python');
    if (!existsSync(python)) {
      const made = await execute('python3', ['-m', 'venv', folder]);
      if (made.code !== 0) return `no virtual environment of Python can be made (${endOf(made)})`;
    }
    const installed = await execute(python, ['-m', 'pip', 'install', '--quiet', PACKAGE]);
    return installed.code === 0 ? undefined : `${PACKAGE} cannot be installed (${endOf(installed)})`;
  },
  run: (target) => {
    const program = new URL('./clients.py', import.meta.url).pathname;
    return runProgram(join(toolFolder('python'), 'bin', 'python'), ['-u', program], target);
  },
};
