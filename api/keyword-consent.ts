import { topicStates, type ConsentStatement } from '../domain/consent';
import type { Topic } from '../domain/messages';
import type { Keyword } from '../domain/sms-keywords';
import { recordConsents } from '../store/consent-ledger';
import type { CustomerDocument } from '../store/customers';
import type { Store } from '../store/store';

/**
 * Records what STOP and START say of marketing by SMS, for everybody with the number. START ends a pause of text messages
 * and gives back what a STOP took, also one that only the carrier saw, and nothing that was refused in another way or never
 * given.
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
    const said = { channel: 'sms', at, source: 'keyword', proof: { messageId } } as const;
    const statements: ConsentStatement[] =
      keyword === 'STOP'
        ? [{ ...said, topic: 'all', state: 'revoked' }]
        : [
            ...(await stoppedTopics(store, customerId)).map((topic) => ({
              ...said,
              topic,
              state: 'given' as const,
            })),
            { ...said, topic: 'all', state: 'resumed' },
          ];
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
