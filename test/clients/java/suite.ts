import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tellAll } from '../sentences.ts';
import { type ClientSuite, endOf, execute, runProgram, toolFolder } from '../suite.ts';
import { protocolLines } from './protocol.ts';

/** The newest JDK that is here: the client of 8.8 needs 8, the programs of this suite 21. */
const JDKS = ['/usr/lib/jvm/temurin-25-jdk-amd64', '/usr/lib/jvm/temurin-21-jdk-amd64'];
const home = () => JDKS.find((folder) => existsSync(folder)) ?? process.env['JAVA_HOME'];
const build = () => toolFolder('java');
/** Where the jars of the clients are: in Maven's own store, so that none of an earlier version stays. */
const classPath = () => join(build(), 'classpath.txt');

/** Zeebe's client for Java over gRPC, and Camunda's over REST and gRPC. */
export const javaSuite: ClientSuite = {
  name: 'Java: zeebe-client-java 8.6.0, camunda-client-java 8.9.0',
  prepare: async () => {
    const java = home();
    const file = new URL('./pom.xml', import.meta.url).pathname;
    const args = [
      '-q',
      '-B',
      '-f',
      file,
      `-DbuildFolder=${build()}`,
      'compile',
      'dependency:build-classpath',
      `-Dmdep.outputFile=${classPath()}`,
    ];
    const built = await execute('mvn', args, java === undefined ? {} : { env: { JAVA_HOME: java } });
    if (built.code === 0) return undefined;
    // What does not compile is no missing tool.
    if (/COMPILATION ERROR/.test(built.out)) throw new Error(built.out);
    return `its parts cannot be fetched or built with Maven (${endOf(built)})`;
  },
  run: async (target) => {
    const known = await tellAll([
      ['the server speaks the protocol of the client, call by call', protocolIsKnown],
    ]);
    return (await runProgram(...java('tutti.Clients'), target)) && known;
  },
};

/** Program and arguments that run a class of this suite. */
function java(main: string): [program: string, args: string[]] {
  const folder = home();
  const path = [join(build(), 'classes'), readFileSync(classPath(), 'utf8').trim()].join(':');
  const program = folder === undefined ? 'java' : join(folder, 'bin', 'java');
  return [program, ['--sun-misc-unsafe-memory-access=allow', '-cp', path, main]];
}

/** A field of which the server knows nothing would be dropped without a word. */
async function protocolIsKnown(): Promise<void> {
  const printed = await execute(...java('tutti.Protocol'));
  assert.equal(printed.code, 0, endOf(printed));
  const ours = protocolLines();
  const lines = printed.out.trim().split('\n');
  assert.ok(lines.length > 100);
  assert.deepEqual(
    lines.filter((line) => !ours.has(line)),
    [],
  );
}
