/** What of a form a deployment must know, or why it is refused. */
export type ParsedForm =
  | { readonly ok: true; readonly formId: string; readonly versionTag?: string }
  | { readonly ok: false; readonly problems: string };

/** How Zeebe 8.6 answers to a form that its JSON library cannot read. */
const UNREADABLE =
  'Cannot invoke "java.lang.Throwable.getMessage()" because the return value of ' +
  '"com.fasterxml.jackson.core.JsonProcessingException.getCause()" is null';

/** How it answers to a form that is `null`. */
const NOTHING = 'Cannot read field "id" because "form" is null';

/** Reads the id of a form from its JSON. The texts of refusals are Zeebe's; only one of them names the file. */
export function parseForm(resourceName: string, text: string): ParsedForm {
  const json = text.replace(/^\uFEFF/, '').trim();
  if (json === 'null') return { ok: false, problems: `'${resourceName}': ${NOTHING}` };
  const form = jsonObjectOf(firstValue(json));
  const id = form === undefined ? undefined : scalarText(form.id);
  const tag = form === undefined ? undefined : scalarText(form.versionTag);
  if (id === undefined || tag === undefined)
    return { ok: false, problems: `'${resourceName}': ${UNREADABLE}` };
  if (id === null) return { ok: false, problems: 'Expected the form id to be present, but none given' };
  if (id.trim() === '') return { ok: false, problems: 'Expected the form id to be filled, but it is blank' };
  return { ok: true, formId: id, ...(tag !== null && { versionTag: tag }) };
}

/** Texts, and the brackets outside of them. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}]/gs;

/** What the JSON library reads of a text: the first object or list, whatever follows. */
function firstValue(text: string): string {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    if (depth <= 0) return text.slice(0, index + token.length);
  }
  return text;
}

function jsonObjectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** Numbers and booleans are taken as texts; null if there is nothing, undefined if it is a list or an object. */
function scalarText(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? undefined : String(value);
}

/** What a deployment carries of a form besides its text. */
export function formOf(form: Extract<ParsedForm, { readonly ok: true }>): {
  readonly formId: string;
  readonly formVersionTag?: string;
} {
  const { formId, versionTag } = form;
  return { formId, ...(versionTag !== undefined && { formVersionTag: versionTag }) };
}
