import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Currency } from '../../domain/money';
import type { Store } from '../../store/store';
import type { TrackingItem } from './api-client';
import { inventHistories, parseTransactions, sampleHistories, type Histories } from './history';
import type { Life } from './life';

/** The number of a new demonstration: one more than the highest whose customers are there. */
export async function nextRun({ customers }: Pick<Store, 'customers'>): Promise<number> {
  const known = await customers.collection
    .find({ _id: { $gte: 'demo-', $lt: 'demo.' } })
    .project<{ _id: string }>({ _id: 1 })
    .toArray();
  const runs = known.flatMap(({ _id }) => (/^demo-(\d+)-/.exec(_id) ?? []).slice(1).map(Number));
  return Math.max(0, ...runs) + 1;
}

/** Where a repository that stands beside shared data finds the purchases of real customers. */
export const sharedTransactions = (root: string): string =>
  join(root, '..', 'shared', 'data', 'cdnow-transactions.csv');

/** Purchases of the past, and where they come from. */
export interface Past {
  readonly histories: Histories;
  readonly source: 'file' | 'invented';
}

/**
 * The past of some customers: from a file of transactions, or invented where none is named and the shared one is missing.
 *
 * @throws Error - the named file can't be read, or a line of it is no purchase
 */
export async function readPast(
  { named, fallback }: { readonly named: string | undefined; readonly fallback: string },
  sample: { readonly count: number; readonly run: number; readonly now: number },
): Promise<Past> {
  const csv = await readFile(named ?? fallback, 'utf8').catch((cause: unknown) => {
    if (named === undefined) return undefined;
    throw new Error(`The file of transactions can't be read: ${named}`, { cause });
  });
  if (csv === undefined) return { histories: inventHistories(sample), source: 'invented' };
  return { histories: sampleHistories(parseTransactions(csv), sample), source: 'file' };
}

/** The calls that tell of a customer whom the dealership already has, and of what they bought: all of it history. */
export function importOf(
  { person, past }: Pick<Life, 'person' | 'past'>,
  currency: Currency,
): TrackingItem[] {
  const { id, car, firstName, lastName, email, phone, locale, timeZone, tier, consent } = person;
  const [first] = past;
  if (!first) return [];
  const traits = { firstName, lastName, email, phone, locale, timeZone, tier, consent };
  const vehicle = { vehicleId: car.vehicleId, model: car.model, odometerKm: 10 };
  const call = (name: string, at: number) => ({
    userId: id,
    messageId: `${id}-${name}`,
    timestamp: new Date(at).toISOString(),
  });
  const delivery = { type: 'track', event: 'vehicle.delivered', properties: vehicle } as const;
  return [
    { ...call('known', first.at), type: 'identify', traits },
    ...(person.ownsCar ? [{ ...call('car', first.at), ...delivery }] : []),
    ...past.map(({ at, amount }, n): TrackingItem => {
      const properties = { orderId: `${id}-past-${n + 1}`, amount, currency };
      return { ...call(`past-${n + 1}`, at), type: 'track', event: 'order.completed', properties };
    }),
  ];
}
