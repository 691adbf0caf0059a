import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeTaking, Delivery, Email, EmailProvider } from './providers';

/** A provider among several. */
export interface RankedProvider {
  readonly provider: EmailProvider;
  /** Most e-mails per second through it, all workers together; absent: as many as it takes. */
  readonly ratePerSecond?: number;
}

export interface FailoverDependencies {
  /** As `store.sendSlots.takeNow`: null for a place now, else the instant at which there may be one. */
  readonly takePlace: (provider: string, now: number, perSecond: number) => Promise<number | null>;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}

/** For how long, in milliseconds, a provider that was out of reach is asked only after all others. */
const rest = 30_000;
/** For how long, in milliseconds, a message waits for a place before it goes back to the queue. */
const patience = 5_000;

/**
 * Several providers as one. A message goes to the first that has a place in this second; the next one is asked only where
 * the one before surely did not take it. One that refused it, or that may have taken it, has decided for all.
 *
 * @param ranked at least one, the preferred one first
 */
export function createFailover(
  ranked: readonly RankedProvider[],
  { takePlace, now }: FailoverDependencies,
): EmailProvider {
  const restsUntil = new Map<string, number>();
  const isResting = ({ provider }: RankedProvider): boolean => (restsUntil.get(provider.name) ?? 0) > now();

  /** What became of the message, or the instant at which a provider may have a place for it. */
  const tryEach = async (email: Email, beforeTaking: BeforeTaking): Promise<Delivery | number> => {
    let out: Delivery | undefined;
    let nextPlace = Infinity;
    const order = [
      ...ranked.filter((server) => !isResting(server)),
      ...ranked.filter((server) => isResting(server)),
    ];
    for (const { provider, ratePerSecond } of order) {
      const wait = ratePerSecond === undefined ? null : await takePlace(provider.name, now(), ratePerSecond);
      if (wait !== null) {
        nextPlace = Math.min(nextPlace, wait);
        continue;
      }
      const delivery = await provider.send(email, beforeTaking);
      if (delivery.outcome === 'accepted') {
        restsUntil.delete(provider.name);
        return { ...delivery, provider: provider.name };
      }
      if (delivery.outcome !== 'unavailable' || delivery.scope === 'recipient') return delivery;
      restsUntil.set(provider.name, now() + rest);
      out = delivery;
    }
    return out ?? nextPlace;
  };

  return {
    name: ranked.map(({ provider }) => provider.name).join(' '),
    close() {
      for (const { provider } of ranked) provider.close();
    },
    async send(email, beforeTaking) {
      const end = now() + patience;
      for (;;) {
        const tried = await tryEach(email, beforeTaking);
        if (typeof tried !== 'number') return tried;
        if (tried > end) return { outcome: 'unavailable', reason: 'rate', scope: 'provider' };
        await sleep(Math.max(tried - now(), 1));
      }
    },
  };
}
