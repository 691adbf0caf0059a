import { addressOn } from '../activities/messaging/addresses';
import { covers, type ConsentProof, type ConsentStatement, type ConsentTopic } from '../domain/consent';
import { underPolicy, type DoubleOptIn } from '../domain/double-opt-in';
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
  /** Asked for, and not confirmed yet. */
  readonly awaited: ReadonlySet<Topic>;
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
    awaited: new Set(customer.consent[channel]?.awaiting?.topics),
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

/** When a person said something on a page of ours, to which wording, and what shows that they did. */
export interface Said {
  readonly at: Date;
  readonly textVersion: string;
  readonly proof: ConsentProof;
}

/** What a person chose on a page of ours. */
export interface Choice extends Said {
  readonly wanted: ReadonlyMap<Channel, ReadonlySet<Topic>>;
  readonly doubleOptIn: DoubleOptIn;
  /** The page was opened from the customer's own mailbox: a yes to e-mail is confirmed by that. */
  readonly isFromMailbox: boolean;
}

type Preferring = Pick<Store, 'suppressions' | 'customers' | 'consents' | 'messages' | 'transaction'>;

/** Records what a person chose, topic by topic, on each channel that has an address. */
export async function savePreferences(
  store: Preferring,
  customer: CustomerDocument,
  choice: Choice,
): Promise<void> {
  const { suppressions } = store;
  const { at } = choice;
  for (const channel of channels) {
    const address = addressOf(customer, channel);
    const chosen = choice.wanted.get(channel);
    if (!address || !chosen) continue;
    await recordChoice(store, customer._id, { address, chosen, choice });
    for (const topic of topics) {
      await (chosen.has(topic)
        ? suppressions.resubscribe(address, topic, at)
        : suppressions.unsubscribe(address, topic, at));
    }
    if (chosen.size > 0) await suppressions.resubscribe(address, 'all', at);
    await sendsUnderWay(store, customer._id, channel);
  }
}

async function recordChoice(
  store: Preferring,
  customerId: string,
  { address, chosen, choice }: { address: Address; chosen: ReadonlySet<Topic>; choice: Choice },
): Promise<void> {
  const { at, textVersion, proof, doubleOptIn, isFromMailbox } = choice;
  const { channel } = address;
  const say = (topic: ConsentTopic, state: 'given' | 'revoked'): ConsentStatement => ({
    ...{ channel, topic, state, at, source: 'preferences', textVersion, proof },
  });
  const refused = topics.filter((topic) => !chosen.has(topic));
  const no = chosen.size === 0 ? [say('all', 'revoked')] : refused.map((topic) => say(topic, 'revoked'));
  const yes = [...chosen].map((topic) => say(topic, 'given'));
  const asked = yes.flatMap((statement) => underPolicy(doubleOptIn, statement));
  // A yes from the mailbox counts for that mailbox alone.
  const [, outcomes = []] = await recordConsents(
    store,
    [
      { customerId, statements: no },
      isFromMailbox ? { customerId, statements: yes, from: address } : { customerId, statements: asked },
    ],
    at,
  );
  if (outcomes.includes('address-changed'))
    await recordConsents(store, [{ customerId, statements: asked }], at);
}

/** Where a person is reached on a channel, if at all. */
export function addressOf(customer: CustomerDocument, channel: Channel): Address | undefined {
  const address = addressOn(channel, customer);
  return address === undefined ? undefined : { channel, address };
}
