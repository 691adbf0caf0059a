import { topicStates } from '../domain/consent';
import type { Topic } from '../domain/messages';
import type { Keyword } from '../domain/sms-keywords';
import { recordConsents } from '../store/consent-ledger';
import type { CustomerDocument } from '../store/customers';
import type { Store } from '../store/store';

/**
 * Records what STOP and START say of marketing by SMS, for everybody with the number. START gives back what a STOP took, also one that only the carrier saw,
 * and nothing that was refused in another way or never given.
 *
 * @param messageId the provider's name of the text message, as the proof
 */
export async function recordKeyword(
  store: Pick<Store, 'customers' | 'consents' | 'transaction'>,
  keyword: Keyword | undefined,
  {
    people,
    messageId,
    at,
  }: { readonly people: readonly CustomerDocument[]; readonly messageId: string; readonly at: Date },
): Promise<void> {
  if (keyword !== 'STOP' && keyword !== 'START') return;
  for (const { _id: customerId } of people) {
    const topics = keyword === 'STOP' ? (['all'] as const) : await stoppedTopics(store, customerId);
    const statements = topics.map((topic) => {
      const state = keyword === 'STOP' ? ('revoked' as const) : ('given' as const);
      return { channel: 'sms' as const, topic, state, at, source: 'keyword' as const, proof: { messageId } };
    });
    await recordConsents(store, [{ customerId, statements }], at);
  }
}

/** Topics that stand refused by a STOP and were given before it. */
async function stoppedTopics({ consents }: Pick<Store, 'consents'>, customerId: string): Promise<Topic[]> {
  const entries = await consents.ofCustomer(customerId);
  return [...topicStates(entries, 'sms')].flatMap(([topic, { state, source, seq }]) => {
    if (state !== 'revoked' || (source !== 'keyword' && source !== 'carrier')) return [];
    const before = topicStates(
      entries.filter((entry) => entry.seq < seq),
      'sms',
    );
    return before.get(topic)?.state === 'given' ? [topic] : [];
  });
}
