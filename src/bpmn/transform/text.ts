import type { ModelText } from '../graph.ts';

/** Reads an attribute of the model: `=` at the start makes it a FEEL expression; a `=` alone is a static text. */
export function modelText(text: string): ModelText {
  return text.startsWith('=') && text.length > 1
    ? { kind: 'feel', text: text.slice(1) }
    : { kind: 'static', value: text };
}

/** As {@link modelText} for what may be absent or blank. */
export function optionalText(text: string | undefined): ModelText | undefined {
  return text === undefined || text.trim() === '' ? undefined : modelText(text);
}

/** As {@link modelText} for what may be absent or empty; blank is a text. */
export function givenText(text: string | undefined): ModelText | undefined {
  return text === undefined || text === '' ? undefined : modelText(text);
}
