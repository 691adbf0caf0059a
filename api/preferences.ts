import { addressOn } from '../activities/messaging/addresses';
import { channels, topics, type Channel, type Topic } from '../domain/messages';
import type { CustomerDocument } from '../store/customers';
import type { Store } from '../store/store';
import type { Address, SuppressionDocument } from '../store/suppressions';
import { sendsUnderWay } from './revocation';

/** What one person may be sent on one channel. */
export interface ChannelPreferences {
  readonly channel: Channel;
  /** They said STOP to a message, or the address is of no use: no choice on a page undoes that. */
  readonly blocked: boolean;
  readonly wanted: ReadonlySet<Topic>;
}

/** Which marketing a person gets, by channel and topic; a channel without an address is left out. */
export async function readPreferences(
  { suppressions }: Pick<Store, 'suppressions'>,
  customer: CustomerDocument,
): Promise<ChannelPreferences[]> {
  const addresses = channels.flatMap((channel) => addressOf(customer, channel) ?? []);
  const found = await Promise.all(addresses.map((address) => suppressions.find(address)));
  return addresses.map(({ channel }, i) => ({
    channel,
    blocked: found[i]?.blocked !== undefined,
    wanted: new Set(topics.filter((topic) => isWanted(customer, channel, topic, found[i] ?? null))),
  }));
}

function isWanted(
  { consent }: CustomerDocument,
  channel: Channel,
  topic: Topic,
  suppression: SuppressionDocument | null,
): boolean {
  const { unsubscribed = {} } = suppression ?? {};
  return consent[channel]?.granted === true && !unsubscribed.all && !unsubscribed[topic];
}

/** Records what a person chose: consent to a channel where they want anything on it, and topics one by one. */
export async function savePreferences(
  store: Pick<Store, 'suppressions' | 'customers' | 'messages'>,
  customer: CustomerDocument,
  { wanted, at }: { readonly wanted: ReadonlyMap<Channel, ReadonlySet<Topic>>; readonly at: Date },
): Promise<void> {
  const { suppressions, customers } = store;
  for (const channel of channels) {
    const address = addressOf(customer, channel);
    const chosen = wanted.get(channel);
    if (!address || !chosen) continue;
    const granted = chosen.size > 0;
    for (const topic of topics) {
      await (chosen.has(topic)
        ? suppressions.resubscribe(address, topic, at)
        : suppressions.unsubscribe(address, topic, at));
    }
    if (granted) await suppressions.resubscribe(address, 'all', at);
    if (customer.consent[channel]?.granted !== granted) {
      const change = { consent: { [channel]: { granted, at, source: 'preferences' } } };
      await customers.saveProfiles([{ id: customer._id, change, at }]);
    }
    await sendsUnderWay(store, customer._id, channel);
  }
}

/** Where a person is reached on a channel, if at all. */
export function addressOf(customer: CustomerDocument, channel: Channel): Address | undefined {
  const address = addressOn(channel, customer);
  return address === undefined ? undefined : { channel, address };
}
