import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import test from 'node:test';

const root = resolve(import.meta.dirname, '..');

/** The house of `docs/design.md`, section 2: what each folder below `src` may import. */
const mayImport: Record<string, readonly string[]> = {
  cloudevents: [],
  feel: [],
  dmn: ['feel'],
  bpmn: ['feel'],
  engine: ['bpmn', 'dmn', 'feel'],
  router: ['cloudevents', 'feel', 'bpmn', 'engine/records'],
  compliance: ['engine/records', 'bpmn', 'router'],
  schemas: ['cloudevents'],
  threads: [],
  store: ['engine/state', 'engine/records'],
  broker: ['cloudevents', 'store'],
  runtime: ['engine', 'router', 'broker', 'store', 'threads', 'cloudevents', 'bpmn', 'schemas'],
  config: ['cloudevents', 'router', 'runtime', 'schemas'],
  documents: [],
  history: ['store', 'threads', 'engine/records', 'bpmn', 'compliance'],
  gateway: [
    'engine/records',
    'runtime',
    'history',
    'documents',
    'broker',
    'router',
    'cloudevents',
    'config',
    'bpmn',
    'dmn',
    'schemas',
    'compliance',
  ],
  zeebe: ['router', 'cloudevents', 'engine/records'],
  buses: ['cloudevents'],
  client: ['cloudevents'],
};
const pure = ['cloudevents', 'feel', 'dmn', 'bpmn', 'engine', 'router', 'compliance'].filter((folder) =>
  existsSync(join(root, 'src', folder)),
);
const impure =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\bprocess\.(?:env|argv|exit|on|cwd|hrtime|nextTick|memoryUsage|stdout|stderr|pid)\b|\bsetTimeout\b|\bsetInterval\b|\bTemporal\.Now\b|from 'node:|\bcrypto\./;
/** Packages that pure folders may use: they compute, and do nothing else. */
const purePackages = ['lezer-feel', '@lezer/lr', 'bpmn-moddle', 'zeebe-bpmn-moddle/', 'dmn-moddle'];

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.d\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('node_modules') && !file.includes('/dist/'));
}

/** By the path within the project: the folder that it lies in may have any name. */
const isTest = (file: string): boolean =>
  /\.test(-helper)?\.tsx?$|\.long\.ts$|\/testing(\.ts$|\/)/.test(relative(root, file).replaceAll('\\', '/'));

function importsOf(text: string): string[] {
  return [
    ...text.matchAll(/^(?:import|export)\s(?:[^;'"]*?\sfrom\s)?'([^']+)';?$|\bimport\('([^']+)'\)/gm),
  ].map((match) => match[1] ?? match[2] ?? '');
}

function firstFolders(file: string): string {
  return relative(join(root, 'src'), file).replaceAll('\\', '/');
}

test('folders import only what stands below them in the house', () => {
  const wrong: string[] = [];
  for (const file of sources('src').filter((name) => !isTest(name))) {
    const place = firstFolders(file);
    const folder = place.split('/')[0] ?? '';
    const allowed = mayImport[folder];
    if (!allowed || !place.includes('/')) continue;
    for (const imported of importsOf(readFileSync(file, 'utf8')).filter((name) => name.startsWith('.'))) {
      const target = firstFolders(resolve(file, '..', imported));
      const within = target.startsWith(`${folder}/`);
      if (!within && !allowed.some((name) => target.startsWith(`${name}/`)))
        wrong.push(`${place} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('pure folders have no clock, no chance, no input and output', () => {
  const wrong: string[] = [];
  for (const folder of pure) {
    for (const file of sources(`src/${folder}`).filter((name) => !isTest(name))) {
      const text = readFileSync(file, 'utf8');
      const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
      const found = impure.exec(code);
      if (found) wrong.push(`${firstFolders(file)} uses ${found[0]}`);
      for (const name of importsOf(text).filter((imported) => !imported.startsWith('.'))) {
        if (!purePackages.some((allowed) => name === allowed || name.startsWith(allowed))) {
          wrong.push(`${firstFolders(file)} imports ${name}`);
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test('the client runs in browsers: it uses no module of Node and no package', () => {
  const wrong = sources('src/client')
    .filter((file) => !isTest(file))
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      const foreign = importsOf(text).filter((name) => !name.startsWith('.'));
      return [...foreign, ...(text.match(/\b(?:process|Buffer|setImmediate|require)\b(?=[.(])/g) ?? [])].map(
        (name) => `${firstFolders(file)} uses ${name}`,
      );
    });
  assert.deepEqual(wrong, []);
});

test('only the options and the command line read the environment', () => {
  const readers = sources('src')
    .filter((file) => !isTest(file) && /process\.env/.test(readFileSync(file, 'utf8')))
    .map(firstFolders)
    .filter((file) => file !== 'options.ts' && !file.startsWith('cli/'));
  assert.deepEqual(readers, []);
});

test('the services of the concert import nothing of Tutti but the public package', () => {
  const wrong: string[] = [];
  for (const file of sources('examples/concert').filter(
    (name) => !isTest(name) && /services|website|lib/.test(name),
  )) {
    for (const imported of importsOf(readFileSync(file, 'utf8'))) {
      const reaches = imported.startsWith('.') && resolve(file, '..', imported).startsWith(join(root, 'src'));
      if (reaches || /bpmn|zeebe/i.test(imported)) wrong.push(`${relative(root, file)} imports ${imported}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('files stay short enough to be read at one sitting', () => {
  const long = [...sources('src'), ...sources('examples'), ...sources('console/src'), ...sources('bench')]
    .filter((file) => !isTest(file))
    .map((file) => ({ file: relative(root, file), lines: readFileSync(file, 'utf8').split('\n').length }))
    .filter(({ lines }) => lines > 301)
    .map(({ file, lines }) => `${file}: ${lines}`);
  assert.deepEqual(long, []);
});
