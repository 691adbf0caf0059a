import type { Channel } from '../domain/messages';
import { recordConsents } from '../store/consent-ledger';
import type { ProfileChange } from '../store/customers';
import type { Store } from '../store/store';

/** Most people in one transaction. */
const together = 500;

/** Stores people who agreed to marketing on some channels, as their signup would. */
export async function enterConsenting(
  store: Store,
  people: readonly { readonly id: string; readonly profile: ProfileChange }[],
  channels: readonly Channel[],
): Promise<void> {
  const at = new Date();
  const statements = channels.map((channel) => {
    return { channel, topic: 'all', state: 'given', at, source: 'signup' } as const;
  });
  const acts = people.map(({ id: customerId, profile }) => ({ customerId, profile, statements }));
  for (let n = 0; n < acts.length; n += together)
    await recordConsents(store, acts.slice(n, n + together), at);
}
