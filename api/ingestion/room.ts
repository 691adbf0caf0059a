import { attributesInAll } from '../../domain/customer-schemas';
import type { CustomerDocument } from '../../store/customers';
import type { Store } from '../../store/store';
import type { Arrival } from './arrival';

/** What callers are told beforehand. */
export const roomRule =
  `A customer has at most ${String(attributesInAll.count)} attributes, whose names and values take at most ` +
  `${String(attributesInAll.bytes / 1_024)} KiB in all; a call that would go beyond is refused.`;

/** Why attributes are refused that a customer has no room for. */
export const noRoom = {
  path: 'traits',
  message:
    `the customer would have more attributes than ${String(attributesInAll.count)}, or more than ` +
    `${String(attributesInAll.bytes / 1_024)} KiB of them in all: send what changes as properties of an event, ` +
    'or give attributes that exist new values',
};

/**
 * Arrivals whose attributes their customers have no room for, with those of the arrivals before them that have. Calls at
 * the same time do not see each other, so a customer may come to a little more.
 */
export async function withoutRoom(
  { customers }: Pick<Store, 'customers'>,
  arrivals: readonly Arrival[],
): Promise<ReadonlySet<Arrival>> {
  const bringing = arrivals.flatMap((arrival) => {
    const { attributes = {} } = arrival.profile ?? {};
    const { customerId } = arrival.event;
    return customerId === null || Object.keys(attributes).length === 0
      ? []
      : [{ arrival, customerId, attributes }];
  });
  const held = await customers.attributesOf([...new Set(bringing.map(({ customerId }) => customerId))]);
  const refused = new Set<Arrival>();
  for (const { arrival, customerId, attributes } of bringing) {
    const all = { ...held.get(customerId), ...attributes };
    if (fits(all)) held.set(customerId, all);
    else refused.add(arrival);
  }
  return refused;
}

const fits = (attributes: CustomerDocument['attributes']): boolean =>
  Object.keys(attributes).length <= attributesInAll.count &&
  Buffer.byteLength(JSON.stringify(attributes)) <= attributesInAll.bytes;
