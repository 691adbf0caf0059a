import { standing } from '../domain/consent';
import { channels } from '../domain/messages';
import { findBreak, type BrokenLink, type ConsentEntry } from './consent-chain';
import type { CustomerDocument } from './customers';
import type { Store } from './store';

/** What a look through a customer's ledger found. */
export interface ConsentVerdict {
  readonly customerId: string;
  readonly entries: number;
  readonly verified: boolean;
  readonly broken?: BrokenLink | { readonly seq: number; readonly reason: 'state-differs' };
}

/** Proves a customer's chain, its end, and that what stands on the customer's document follows from it. */
export async function verifyConsents(
  { customers, consents }: Pick<Store, 'customers' | 'consents'>,
  customerId: string,
): Promise<ConsentVerdict> {
  for (;;) {
    const customer = await customers.find(customerId);
    const entries = await consents.ofCustomer(customerId);
    const after = await customers.find(customerId);
    // Appended in between: look again.
    if (customer?.consentHead?.hash === after?.consentHead?.hash) return judge(customerId, after, entries);
  }
}

/** Proves the chain of one customer, or of everybody who has one, one after another. */
export async function* verifyAllConsents(
  store: Pick<Store, 'customers' | 'consents'>,
  customerId?: string,
): AsyncGenerator<ConsentVerdict> {
  if (customerId !== undefined) {
    yield await verifyConsents(store, customerId);
    return;
  }
  const begun = store.customers.collection
    .find({ 'consentHead.seq': { $gte: 1 } })
    .project<{ _id: string }>({ _id: 1 });
  const seen = new Set<string>();
  for await (const { _id } of begun) {
    seen.add(_id);
    yield await verifyConsents(store, _id);
  }
  // Entries of which no customer's document knows.
  const groups = store.consents.collection.aggregate<{ _id: string }>([{ $group: { _id: '$customerId' } }]);
  for await (const { _id } of groups) if (!seen.has(_id)) yield await verifyConsents(store, _id);
}

function judge(
  customerId: string,
  customer: CustomerDocument | null,
  entries: readonly ConsentEntry[],
): ConsentVerdict {
  const isErased = customer?.erasedAt !== undefined;
  const of = { customerId, entries: entries.length };
  const broken = findBreak(entries, { head: customer?.consentHead, isErased });
  if (broken) return { ...of, verified: false, broken };
  const isFollowed = channels.every((channel) => {
    const stands = standing(entries, channel);
    return isErased || !stands || JSON.stringify(stands) === JSON.stringify(customer?.consent[channel]);
  });
  if (isFollowed) return { ...of, verified: true };
  return { ...of, verified: false, broken: { seq: entries.length, reason: 'state-differs' } };
}
