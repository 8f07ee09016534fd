import { documentText, objectMembers, RawJson, toJson } from '../gateway/json.ts';
import type { Arguments } from './arguments.ts';
import { OptionError } from './flags.ts';
import { readText } from './input.ts';
import type { CommandIo } from './io.ts';

/** Requests as JSON, with the numbers of the user exactly as they were written. */

/** A JSON object of these members; those that are undefined are left out. */
export function bodyOf(members: Readonly<Record<string, unknown>>): string {
  return toJson(members);
}

/**
 * `--variables JSON`, `@FILE` or `-`, and each `--var NAME=VALUE` on top of them; undefined if none was given.
 * Throws `OptionError` if they are no JSON object.
 */
export async function variablesOf(given: Arguments, io: CommandIo): Promise<RawJson | undefined> {
  const text = given.one('--variables');
  const singles = given.all('--var');
  if (text === undefined && singles.length === 0) return undefined;
  const members =
    text === undefined ? new Map<string, string>() : membersOf('--variables', await textOf(text, io));
  for (const single of singles) {
    const equals = single.indexOf('=');
    if (equals < 1) throw new OptionError('--var', `--var must be NAME=VALUE, but was '${single}'.`);
    members.set(single.slice(0, equals), jsonOrText(single.slice(equals + 1)));
  }
  return new RawJson(documentText(members));
}

/** The members of a JSON object with their exact texts. Throws `OptionError` that names where it came from. */
export function membersOf(flag: string, text: string): Map<string, string> {
  let members: Map<string, string> | undefined;
  try {
    JSON.parse(text);
    members = objectMembers(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OptionError(flag, `${flag} is no JSON: ${why}. Quote it for the shell, such as '{"a": 1}'.`);
  }
  if (members === undefined) {
    throw new OptionError(flag, `${flag} must be a JSON object, such as '{"amount": 12}'.`);
  }
  return members;
}

async function textOf(text: string, io: CommandIo): Promise<string> {
  if (text === '-') return readText('-', io);
  return text.startsWith('@') ? readText(text.slice(1), io) : text;
}

/** What is no JSON is a text: `--var name=Ann` needs no quotes within quotes. */
function jsonOrText(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
