import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClientSuite, endOf, execute, runProgram, toolFolder } from '../suite.ts';

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
  run: (target) => {
    const java = home();
    const program = java === undefined ? 'java' : join(java, 'bin', 'java');
    const path = [join(build(), 'classes'), readFileSync(classPath(), 'utf8').trim()].join(':');
    return runProgram(
      program,
      ['--sun-misc-unsafe-memory-access=allow', '-cp', path, 'tutti.Clients'],
      target,
    );
  },
};
