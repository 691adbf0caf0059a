import { requestName } from '../../domain/double-opt-in';
import type { Channel } from '../../domain/messages';
import type { Arrival } from './arrival';

/**
 * An event that tells what somebody said of marketing on a channel: the same for the same statement.
 *
 * @param at of a request and its confirmation, since when the request waits
 */
export function consentEvent(
  name: 'consent.requested' | 'consent.confirmed' | 'consent.refused',
  { customerId, channel, at }: { readonly customerId: string; readonly channel: Channel; readonly at: Date },
): Arrival['event'] {
  const _id = `${name}:${channel}:${at.getTime()}:${customerId}`;
  const properties = { channel, ...(name !== 'consent.refused' && { request: requestName(at) }) };
  return { _id, name, customerId, properties, occurredAt: at };
}
