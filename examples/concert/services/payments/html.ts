/** HTML that cannot be broken by values: everything put into a template is escaped, unless it is HTML itself. */

/** Text that is known to be safe HTML. Made by {@link html} only. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A template of HTML. Values are escaped; `undefined` and `false` leave nothing; lists are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Html {
  let text = parts[0] ?? '';
  values.forEach((value, index) => {
    text += shown(value) + (parts[index + 1] ?? '');
  });
  return new Html(text);
}

function shown(value: unknown): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(shown).join('');
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
