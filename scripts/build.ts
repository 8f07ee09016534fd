/**
 * `npm run build`: makes the package in `dist`, for `npm pack ./dist`. Node runs no TypeScript of installed packages, and
 * plain JavaScript starts with less memory.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Shapes of the members of package.json that the package has, too. */
interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const TARGET = resolve(process.argv[2] ?? `${ROOT}dist`);
/** What the code reads from beside itself. */
const ASSETS = new Set(['', '.sql', '.proto']);

rmSync(TARGET, { recursive: true, force: true });
const tsc = [
  `${ROOT}node_modules/typescript/bin/tsc`,
  '-p',
  `${ROOT}tsconfig.build.json`,
  '--outDir',
  TARGET,
];
execFileSync(process.execPath, tsc, { stdio: 'inherit' });
cpSync(`${ROOT}src`, `${TARGET}/src`, { recursive: true, filter: (path) => ASSETS.has(extname(path)) });
if (!existsSync(`${ROOT}console/dist`))
  execFileSync('npm', ['run', 'build:console'], { cwd: ROOT, stdio: 'inherit' });
for (const folder of ['console/dist', 'templates'])
  cpSync(`${ROOT}${folder}`, `${TARGET}/${folder}`, { recursive: true });
for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) cpSync(`${ROOT}${file}`, `${TARGET}/${file}`);
writeFileSync(`${TARGET}/package.json`, `${JSON.stringify(manifest(), null, 2)}\n`);

function manifest(): object {
  const {
    devDependencies: _dev,
    scripts: _scripts,
    private: _private,
    allowScripts: _allow,
    ...kept
  } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
  const { exports, bin } = kept as Manifest;
  return {
    ...kept,
    // The repository brings its own Node; the package needs one.
    engines: { node: '>=26' },
    bin: mapped(bin, compiled),
    exports: mapped(exports, (path) =>
      path.endsWith('.ts') ? { types: path.replace(/\.ts$/, '.d.ts'), default: compiled(path) } : path,
    ),
  };
}

function compiled(path: string): string {
  return path.replace(/\.ts$/, '.js');
}

function mapped<Value>(
  members: Readonly<Record<string, string>>,
  map: (value: string) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, map(value)]));
}
