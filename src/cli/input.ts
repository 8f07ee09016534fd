import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { OptionError } from './flags.ts';
import type { CommandIo } from './io.ts';

/** Standard input as a whole. */
export async function readInput(io: CommandIo): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of inputOf(io)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The text of a file, or of standard input for `-`. Throws `OptionError` if it is no UTF-8. */
export async function readText(file: string, io: CommandIo): Promise<string> {
  const bytes = file === '-' ? await readInput(io) : await readFile(file);
  return decode(bytes, file);
}

/** The lines of a file, or of standard input for `-`, without the memory of all of it. */
export async function* readLines(file: string, io: CommandIo, longest: number): AsyncGenerator<string> {
  const chunks: AsyncIterable<Uint8Array> = file === '-' ? inputOf(io) : createReadStream(file);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    for await (const chunk of chunks) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longest) {
        throw new OptionError('--file', `${nameOf(file)} has a line of more than ${longest} characters.`);
      }
      yield* lines;
    }
    rest += decoder.decode();
  } catch (error) {
    throw error instanceof TypeError ? notUtf8(file) : error;
  }
  if (rest !== '') yield rest;
}

export function nameOf(file: string): string {
  return file === '-' ? 'standard input' : file;
}

async function* inputOf(io: CommandIo): AsyncGenerator<Uint8Array> {
  if (io.input !== undefined) yield* io.input();
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notUtf8(file);
  }
}

function notUtf8(file: string): OptionError {
  return new OptionError('--file', `${nameOf(file)} is not UTF-8 text.`);
}
