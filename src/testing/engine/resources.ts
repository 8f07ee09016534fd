import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ResourceValue } from '../../engine/records/record.ts';

/** A file to deploy: its path, or its name (which tells by its ending what it is) with its text. */
export type TestResource = string | URL | { readonly name: string; readonly content: string };

/** Texts that stay parsed, so that each test of a model need not parse it again. */
const MOST_PARSED = 100;
const parsed = new Map<string, Promise<ResourceValue>>();

/** Reads and parses a file; the same text is parsed once in the life of the program. */
export async function readTestResource(resource: TestResource): Promise<ResourceValue> {
  const { name, content } = await textOf(resource);
  const key = `${name}\0${content}`;
  let reading = parsed.get(key);
  if (reading === undefined) {
    if (parsed.size >= MOST_PARSED) parsed.clear();
    reading = parse(name, content);
    parsed.set(key, reading);
  }
  return reading;
}

async function parse(name: string, content: string): Promise<ResourceValue> {
  // The parsers are large; a test that deploys nothing does without them.
  const { readResource } = await import('../../gateway/deploy.ts');
  return readResource({ name, content: new TextEncoder().encode(content) });
}

async function textOf(resource: TestResource): Promise<{ readonly name: string; readonly content: string }> {
  if (typeof resource === 'object' && !(resource instanceof URL)) return resource;
  const path = resource instanceof URL ? fileURLToPath(resource) : resource;
  return { name: basename(path), content: await readFile(path, 'utf8') };
}
