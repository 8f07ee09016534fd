const FOREIGN_CHARACTER = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/;
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const IP_LITERAL = /^\[[A-Za-z0-9\-._~!$&'()*+,;=:]+\](?::[0-9]*)?$/;
const NAMED_HOST = /^[^[\]:@]*(?::[0-9]*)?$/;

/** True if the text is a URI-reference (RFC 3986 section 4.1): a URI or a relative reference. */
export function isUriReference(text: string): boolean {
  if (FOREIGN_CHARACTER.test(text) || BROKEN_ESCAPE.test(text)) return false;
  const hash = text.indexOf('#');
  if (hash >= 0 && /[#[\]]/.test(text.slice(hash + 1))) return false;
  const noFragment = hash < 0 ? text : text.slice(0, hash);
  const question = noFragment.indexOf('?');
  if (question >= 0 && /[[\]]/.test(noFragment.slice(question))) return false;
  const hierarchy = question < 0 ? noFragment : noFragment.slice(0, question);
  const scheme = SCHEME.exec(hierarchy)?.[0];
  const rest = hierarchy.slice(scheme?.length ?? 0);
  if (!rest.startsWith('//')) return isPath(rest, scheme !== undefined);
  const slash = rest.indexOf('/', 2);
  const authority = rest.slice(2, slash < 0 ? rest.length : slash);
  return isAuthority(authority) && (slash < 0 || isPath(rest.slice(slash), true));
}

/** True if the text is a URI with a scheme (RFC 3986 section 3). A fragment is accepted. */
export function isAbsoluteUri(text: string): boolean {
  return SCHEME.test(text) && isUriReference(text);
}

function isPath(path: string, afterSchemeOrAuthority: boolean): boolean {
  if (path.includes('[') || path.includes(']')) return false;
  if (afterSchemeOrAuthority) return true;
  // A colon in the first segment would read as a scheme.
  const colon = path.indexOf(':');
  const slash = path.indexOf('/');
  return colon < 0 || (slash >= 0 && slash < colon);
}

function isAuthority(authority: string): boolean {
  const at = authority.indexOf('@');
  if (at >= 0 && /[[\]]/.test(authority.slice(0, at))) return false;
  const host = authority.slice(at + 1);
  return NAMED_HOST.test(host) || IP_LITERAL.test(host);
}
