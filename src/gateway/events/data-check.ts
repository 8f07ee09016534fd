import type { CloudEvent } from '../../cloudevents/index.ts';
import type { DataValidator } from '../../schemas/index.ts';
import { type GatewayResponse, problemWith } from '../http.ts';

/** The refusal of events whose data break a schema that refuses; nothing of a batch is kept then. */
export function refusedData(
  events: readonly CloudEvent[],
  validator: DataValidator | undefined,
  instance: string,
): GatewayResponse | undefined {
  for (const [index, event] of events.entries()) {
    const breach = validator?.checkEvent(event);
    if (breach?.mode !== 'refuse') continue;
    const { message: detail, pointer, rule } = breach;
    const place = events.length > 1 ? { index } : {};
    return problemWith('BAD_REQUEST', instance, {
      detail,
      code: 'dataBreaksSchema',
      pointer,
      rule,
      ...place,
    });
  }
  return undefined;
}
