/**
 * Names of the elements of a model, by id. A tolerant scan of the start tags is enough here: the model was parsed
 * and checked when it was deployed, and the names are only shown.
 */
export function elementNames(xml: string): Map<string, string> {
  const names = new Map<string, string>();
  const withoutComments = xml.replace(/<!--[\s\S]*?-->/g, '');
  for (const [, attributes = ''] of withoutComments.matchAll(
    /<[A-Za-z_][\w.:-]*((?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>/g,
  )) {
    const id = attribute(attributes, 'id');
    const name = attribute(attributes, 'name');
    if (id !== undefined && name !== undefined && name.trim() !== '') names.set(id, name);
  }
  return names;
}

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  const text = match?.[1] ?? match?.[2];
  return text === undefined ? undefined : unescapeXml(text);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]+|#[0-9]+|\w+);/g, (whole, entity: string) => {
    if (!entity.startsWith('#')) return ENTITIES[entity] ?? whole;
    const code = entity.startsWith('#x')
      ? Number.parseInt(entity.slice(2), 16)
      : Number.parseInt(entity.slice(1), 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

const TAG = /<(\/?)(?:[\w.-]+:)?([\w.-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;

/**
 * Id of the form that is linked to the start event of a process; undefined if there is none. Start events inside
 * subprocesses have no forms.
 */
export function startForm(xml: string, processId: string): string | undefined {
  let inProcess = false;
  let inStart = false;
  for (const [, closes, name, attributes = '', empty] of xml.replace(/<!--[\s\S]*?-->/g, '').matchAll(TAG)) {
    const opens = closes === '' && empty === '';
    if (name === 'process') inProcess = opens && attribute(attributes, 'id') === processId;
    else if (name === 'startEvent') inStart = inProcess && opens;
    else if (name === 'formDefinition' && inStart) {
      const id = attribute(attributes, 'formId');
      if (id !== undefined && id !== '') return id;
    }
  }
  return undefined;
}
