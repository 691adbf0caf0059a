import { addressOn } from '../activities/messaging/addresses';
import { covers, type ConsentProof, type ConsentStatement } from '../domain/consent';
import { channels, topics, type Channel, type Topic } from '../domain/messages';
import { recordConsents } from '../store/consent-ledger';
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
  return covers(consent[channel], topic) && !unsubscribed.all && !unsubscribed[topic];
}

/** What a person chose on a page of ours, and what shows that they did. */
export interface Choice {
  readonly wanted: ReadonlyMap<Channel, ReadonlySet<Topic>>;
  readonly at: Date;
  /** The wording of the page. */
  readonly textVersion: string;
  readonly proof: ConsentProof;
}

/** Records what a person chose, topic by topic, on each channel that has an address. */
export async function savePreferences(
  store: Pick<Store, 'suppressions' | 'customers' | 'consents' | 'messages' | 'transaction'>,
  customer: CustomerDocument,
  { wanted, at, textVersion, proof }: Choice,
): Promise<void> {
  const { suppressions } = store;
  for (const channel of channels) {
    const address = addressOf(customer, channel);
    const chosen = wanted.get(channel);
    if (!address || !chosen) continue;
    const statements = (chosen.size === 0 ? (['all'] as const) : topics).map((topic): ConsentStatement => ({
      ...{ channel, topic, at, source: 'preferences', textVersion, proof },
      state: topic !== 'all' && chosen.has(topic) ? 'given' : 'revoked',
    }));
    await recordConsents(store, [{ customerId: customer._id, statements }], at);
    for (const topic of topics) {
      await (chosen.has(topic)
        ? suppressions.resubscribe(address, topic, at)
        : suppressions.unsubscribe(address, topic, at));
    }
    if (chosen.size > 0) await suppressions.resubscribe(address, 'all', at);
    await sendsUnderWay(store, customer._id, channel);
  }
}

/** Where a person is reached on a channel, if at all. */
export function addressOf(customer: CustomerDocument, channel: Channel): Address | undefined {
  const address = addressOn(channel, customer);
  return address === undefined ? undefined : { channel, address };
}
