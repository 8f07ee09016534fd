/** A parsed media type: names in lower case, parameter values as sent (unquoted). */
export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const NOT_IN_TOKEN = /[^A-Za-z0-9!#$%&'*+\-.^_`|~]/;
const NOT_IN_HEADER = /[^\t\x20-\x7e]/;
const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

/**
 * Parses a media type with parameters (RFC 2046, grammar of RFC 9110 section 8.3.1): names ignore case,
 * blanks around `;` and empty parameters are accepted. Undefined if it is none, or could not be a header
 * value: only printable ASCII and tabs, no blanks at the ends.
 */
export function parseMediaType(text: string): MediaType | undefined {
  if (NOT_IN_HEADER.test(text) || text !== text.trim()) return undefined;
  const semicolon = text.indexOf(';');
  const essence = (semicolon < 0 ? text : text.slice(0, semicolon)).trimEnd();
  const slash = essence.indexOf('/');
  if (slash < 0) return undefined;
  const type = essence.slice(0, slash);
  const subtype = essence.slice(slash + 1);
  if (!isToken(type) || !isToken(subtype)) return undefined;
  const parameters = semicolon < 0 ? NO_PARAMETERS : parseParameters(text, semicolon);
  if (parameters === undefined) return undefined;
  return { type: type.toLowerCase(), subtype: subtype.toLowerCase(), parameters };
}

/** True for media types that declare JSON: every subtype `json` or `…+json` (JSON format, section 3.1.1). */
export function declaresJson(media: MediaType): boolean {
  return media.subtype === 'json' || media.subtype.endsWith('+json');
}

/** True if text of this media type is UTF-8: by parameter, or because it says nothing else. */
export function isUtf8(media: MediaType): boolean {
  const charset = media.parameters.get('charset')?.toLowerCase();
  return charset === undefined || charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii';
}

/** True for media types whose data people read as text, so that JSON can show it as a string. */
export function declaresText(media: MediaType): boolean {
  if (media.type === 'text') return true;
  const { subtype } = media;
  return (
    subtype === 'xml' || subtype.endsWith('+xml') || subtype === 'x-www-form-urlencoded' || subtype === 'yaml'
  );
}

function parseParameters(text: string, start: number): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  let at = start;
  while (at < text.length) {
    if (text[at] !== ';') return undefined;
    at = skipBlanks(text, at + 1);
    if (at === text.length || text[at] === ';') continue;
    const equals = text.indexOf('=', at);
    if (equals < 0) return undefined;
    const name = text.slice(at, equals).toLowerCase();
    if (!isToken(name)) return undefined;
    const value = text[equals + 1] === '"' ? quotedValue(text, equals + 1) : tokenValue(text, equals + 1);
    if (value === undefined || parameters.has(name)) return undefined;
    parameters.set(name, value.text);
    at = skipBlanks(text, value.end);
  }
  return parameters;
}

interface ParameterValue {
  readonly text: string;
  readonly end: number;
}

function tokenValue(text: string, start: number): ParameterValue | undefined {
  const semicolon = text.indexOf(';', start);
  const token = text.slice(start, semicolon < 0 ? text.length : semicolon).trimEnd();
  return isToken(token) ? { text: token, end: start + token.length } : undefined;
}

function quotedValue(text: string, start: number): ParameterValue | undefined {
  let unquoted = '';
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '"') return { text: unquoted, end: at + 1 };
    if (char === '\\') at++;
    unquoted += text[at] ?? '';
  }
  return undefined;
}

function isToken(text: string): boolean {
  return text !== '' && !NOT_IN_TOKEN.test(text);
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}
