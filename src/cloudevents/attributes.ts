import { CloudEventError, excerpt } from './errors.ts';
import { extensionProblem } from './extensions.ts';
import { parseMediaType } from './media-type.ts';
import { isTimestamp } from './timestamp.ts';
import { isAbsoluteUri, isUriReference } from './uri.ts';
import { encodeUtf8 } from './utf8.ts';

/**
 * Value of an attribute: text, or the integer (32 bits, signed) or Boolean that the JSON format carried.
 * Text covers the types String, Binary (base64), URI, URI-reference and Timestamp.
 */
export type AttributeValue = string | number | boolean;

/** Attributes by name, in the order in which they came. */
export type Attributes = ReadonlyMap<string, AttributeValue>;

/** The version of the specification that events carry. */
export const SPEC_VERSION = '1.0';

/** Bytes of all attributes of an event that is read: the specification's smallest size that everybody accepts. */
export const MAX_ATTRIBUTE_BYTES = 64 * 1024;

const REQUIRED = ['specversion', 'id', 'source', 'type'] as const;
const NAME = /^[a-z0-9]+$/;
const NOT_PRINTABLE_ASCII = /[^\x20-\x7e]/;
const FORBIDDEN_CHARACTER =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the rule is about control characters
  /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef\ufffe\uffff]|[\ud83f\ud87f\ud8bf\ud8ff\ud93f\ud97f\ud9bf\ud9ff\uda3f\uda7f\udabf\udaff\udb3f\udb7f\udbbf\udbff][\udffe\udfff]/;

/** Canonical text of an attribute value (CloudEvents section "Type System"). */
export function canonicalText(value: AttributeValue): string {
  return typeof value === 'string' ? value : String(value);
}

/** True if the text may name an attribute: lower-case letters and digits only, and not `data`. */
export function isAttributeName(name: string): boolean {
  return NAME.test(name) && name !== 'data';
}

/** Throws CloudEventError `invalidAttribute` unless the text may name an attribute. */
export function checkAttributeName(name: string): void {
  if (isAttributeName(name)) return;
  if (name === 'data') throw invalid(name, 'the name data is kept for the payload; choose another name');
  throw invalid(name, 'names are lower-case ASCII letters and digits only; rename the attribute');
}

/** Throws CloudEventError unless `value` keeps the rules of its type and those of the attribute `name`. */
export function checkAttribute(name: string, value: AttributeValue): void {
  if (typeof value === 'string') checkText(name, value);
  else if (typeof value === 'number') checkInteger(name, value);
  else if (typeof value !== 'boolean')
    throw invalid(name, 'must be a string, an integer or a Boolean; move it to data');
  switch (name) {
    case 'id':
    case 'type':
    case 'subject':
      checkFilled(name, value);
      return;
    case 'source':
      if (!isUriReference(checkFilled(name, value))) {
        throw invalid(
          name,
          `must be a URI-reference (RFC 3986), got ${excerpt(String(value))}; percent-encode blanks and what is not ASCII (in a ce- header, write that percent sign as %25)`,
        );
      }
      return;
    case 'specversion':
      checkVersion(value);
      return;
    case 'time':
      if (!isTimestamp(checkFilled(name, value))) {
        throw invalid(
          name,
          `must be an RFC 3339 timestamp such as 2030-01-31T12:00:00Z, got ${excerpt(String(value))}; correct it or leave it out`,
        );
      }
      return;
    case 'dataschema':
      if (!isAbsoluteUri(checkFilled(name, value))) {
        throw invalid(
          name,
          `must be an absolute URI (RFC 3986), got ${excerpt(String(value))}; give it a scheme or leave it out`,
        );
      }
      return;
    case 'datacontenttype':
      if (value !== 'application/json' && parseMediaType(checkFilled(name, value)) === undefined) {
        throw invalid(
          name,
          `must be a media type (RFC 2046) such as application/json, got ${excerpt(String(value))}; correct it or leave it out`,
        );
      }
      return;
    default: {
      const problem = extensionProblem(name, value);
      if (problem !== undefined) throw invalid(name, problem);
    }
  }
}

/**
 * Throws CloudEventError `attributesTooLarge` if names and values are longer than `MAX_ATTRIBUTE_BYTES` in UTF-8.
 * Such an event could leave only in structured mode, and no consumer has to take it.
 */
export function checkAttributeBytes(attributes: Attributes): void {
  let characters = 0;
  // Not by pairs, each of which would be an object.
  attributes.forEach((value, name) => {
    characters += name.length + canonicalText(value).length;
  });
  // A UTF-16 unit is at most three bytes of UTF-8.
  if (characters * 3 <= MAX_ATTRIBUTE_BYTES) return;
  let bytes = 0;
  for (const [name, value] of attributes) bytes += name.length + encodeUtf8(canonicalText(value)).length;
  if (bytes <= MAX_ATTRIBUTE_BYTES) return;
  throw new CloudEventError(
    'attributesTooLarge',
    `names and values of the attributes are ${bytes} bytes long, at most ${MAX_ATTRIBUTE_BYTES} are accepted; move what is long to data`,
  );
}

/** Throws CloudEventError `missingAttribute` unless all required attributes are there. */
export function checkRequired(attributes: Attributes): void {
  for (const name of REQUIRED) {
    if (!attributes.has(name)) {
      throw new CloudEventError(
        'missingAttribute',
        'is required; send it as a ce- header (binary mode) or as a member of the JSON event',
        { attribute: name },
      );
    }
  }
}

function checkVersion(value: AttributeValue): void {
  if (value === SPEC_VERSION) return;
  const remedy =
    typeof value === 'number'
      ? 'must be the string "1.0", not a number'
      : `only specversion 1.0 is understood, got ${excerpt(String(value))}; let the sender produce CloudEvents 1.0 (from 0.3: rename schemaurl to dataschema, drop datacontentencoding)`;
  throw new CloudEventError('unsupportedVersion', remedy, { attribute: 'specversion' });
}

/** The value as text; attributes that the specification defines are strings and not empty. */
function checkFilled(name: string, value: AttributeValue): string {
  if (typeof value !== 'string')
    throw invalid(name, `must be a string, got the ${typeof value} ${value}; quote it`);
  if (value === '')
    throw invalid(name, 'must not be empty; give it a value, or leave it out if it is optional');
  return value;
}

function checkText(name: string, value: string): void {
  if (!NOT_PRINTABLE_ASCII.test(value)) return;
  if (!value.isWellFormed())
    throw invalid(name, 'must not hold half of a surrogate pair; send whole characters');
  if (FORBIDDEN_CHARACTER.test(value)) {
    throw invalid(name, 'must not hold control characters or Unicode noncharacters; remove them');
  }
}

function checkInteger(name: string, value: number): void {
  if (Number.isInteger(value) && value === (value | 0)) return;
  throw invalid(
    name,
    `numbers must be integers from -2147483648 to 2147483647, got ${value}; send it as a string`,
  );
}

function invalid(attribute: string, rule: string): CloudEventError {
  return new CloudEventError('invalidAttribute', rule, { attribute });
}
