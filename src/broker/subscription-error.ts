/** A subscription that cannot be used. `path` names the place in the JSON. */
export class SubscriptionError extends Error {
  override readonly name = 'SubscriptionError';
  readonly code = 'INVALID_SUBSCRIPTION';
  readonly path: string;

  constructor(path: string, rule: string) {
    super(`${path}: ${rule}`);
    this.path = path;
  }
}

/** @throws SubscriptionError unless it is a JSON object */
export function objectOf(json: unknown, path: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new SubscriptionError(path, 'must be a JSON object');
  }
  return json as Record<string, unknown>;
}

/** Refuses members of `object` beyond `known`. */
export function refuseUnknown(
  object: Readonly<Record<string, unknown>>,
  path: string,
  known: readonly string[],
): void {
  const unknown = Object.keys(object).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new SubscriptionError(`${path}.${unknown.slice(0, 60)}`, `is not known; use ${known.join(', ')}`);
}
