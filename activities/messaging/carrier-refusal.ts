import { recordConsents } from '../../store/consent-ledger';
import type { Store } from '../../store/store';

/**
 * Records that the carrier refuses a number because its owner answered STOP, which it may have kept to itself, and blocks
 * the number. The block comes last: while it is missing, whoever tries again comes here again.
 *
 * @param refusal.messageId the message that was refused, as the proof
 */
export async function recordCarrierRefusal(
  store: Pick<Store, 'customers' | 'consents' | 'transaction' | 'suppressions'>,
  { phone, messageId, at }: { readonly phone: string; readonly messageId: string; readonly at: Date },
): Promise<void> {
  const people = await store.customers.withPhone(phone);
  const statement = { channel: 'sms', topic: 'all', state: 'revoked', at, source: 'carrier' } as const;
  const acts = people
    .filter(({ erasedAt }) => erasedAt === undefined)
    .map(({ _id }) => ({ customerId: _id, statements: [{ ...statement, proof: { messageId } }] }));
  await recordConsents(store, acts, at);
  await store.suppressions.block({ channel: 'sms', address: phone }, 'stopped', at);
}
