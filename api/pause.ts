import { customerTime, realTime } from '../domain/clock';
import { isPaused } from '../domain/consent';
import { channels } from '../domain/messages';
import { recordConsents } from '../store/consent-ledger';
import type { CustomerDocument } from '../store/customers';
import type { Store } from '../store/store';
import type { Said } from './preferences';
import { sendsUnderWay } from './revocation';

/** For how long a pause holds, milliseconds of the customer's clock. */
const pauseTime = 30 * 86_400_000;

type Parts = Pick<Store, 'customers' | 'consents' | 'messages' | 'transaction'>;

/**
 * Puts off all marketing to a person, on every channel, for thirty days; what they said yes to stays as it is. Resolves when
 * nothing is on its way any more.
 */
export async function pause(store: Parts, customer: CustomerDocument, said: Said): Promise<void> {
  const { _id: customerId } = customer;
  const until = pauseEnd(customer, said.at);
  const statements = channels.map(
    (channel) => ({ channel, topic: 'all', state: 'paused', source: 'preferences', until, ...said }) as const,
  );
  await recordConsents(store, [{ customerId, statements }], said.at);
  for (const channel of channels) await sendsUnderWay(store, customerId, channel);
}

/** The real instant at which a pause of thirty days ends that a person begins. */
export const pauseEnd = ({ clock }: Pick<CustomerDocument, 'clock'>, at: Date): Date =>
  new Date(realTime(clock, customerTime(clock, at.getTime()) + pauseTime));

/** Ends a person's pause before its time. */
export async function endPause(
  store: Parts,
  { _id: customerId }: CustomerDocument,
  said: Said,
): Promise<void> {
  const statements = channels.map(
    (channel) => ({ channel, topic: 'all', state: 'resumed', source: 'preferences', ...said }) as const,
  );
  await recordConsents(store, [{ customerId, statements }], said.at);
}

/** The real instant at which the last of a person's pauses ends; undefined where none holds. */
export function pausedUntil({ consent }: CustomerDocument, at: Date): Date | undefined {
  const ends = channels.flatMap((channel) =>
    isPaused(consent[channel], at) ? (consent[channel]?.pausedUntil?.getTime() ?? []) : [],
  );
  return ends.length === 0 ? undefined : new Date(Math.max(...ends));
}
