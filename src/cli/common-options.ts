import type { OptionSpec } from './spec.ts';

/** Options that many commands take. */

export const URL_OPTION: OptionSpec = {
  flag: '--url',
  value: 'URL',
  help: 'of the server (default http://127.0.0.1:8080) [TUTTI_URL]',
};

export const JSON_OPTION: OptionSpec = {
  flag: '--json',
  help: 'for programs: one JSON document, or one a line for lists',
};

/** Of commands that talk to a server. */
export const SERVER_OPTIONS: readonly OptionSpec[] = [JSON_OPTION, URL_OPTION];

/** Variables as JSON, and one by one. */
export const VARIABLE_OPTIONS: readonly OptionSpec[] = [
  {
    flag: '--variables',
    value: 'JSON',
    help: 'a JSON object; @FILE reads a file, - standard input',
    file: true,
  },
  { flag: '--var', value: 'NAME=VALUE', help: 'one variable: JSON, else a text; repeatable', several: true },
];

/** How many rows a list shows. */
export function limitOption(limit: number): OptionSpec {
  return { flag: '--limit', value: 'N', help: `at most so many (default ${limit})` };
}
