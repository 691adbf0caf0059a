import { seededRandom } from '../../scoring';
import { pick } from './people';

const day = 86_400_000;

/** A purchase of the past. */
export interface Purchase {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Minor units. */
  readonly amount: number;
}

/** What some customers bought, oldest first, each list of one customer. */
export type Histories = readonly (readonly Purchase[])[];

/**
 * How much a workshop's purchase costs for each unit of the file's: what a customer pays there is some twenty times what a
 * shop of records takes. It changes amounts only; who bought when stays.
 */
const priceLevel = 20;

/** Days between the last purchase of a history and the present: younger events would not be history. */
const gap = 8;

/**
 * Reads purchases from `customer,date,amount` lines.
 *
 * @param amounts in the file are units of money with decimals; in the result minor units at the price level of a workshop
 * @returns by customer, in the order of the file
 * @throws Error that names the first line that is not one
 */
export function parseTransactions(csv: string): Map<string, Purchase[]> {
  const [header = '', ...lines] = csv.trim().split(/\r?\n/);
  if (header !== 'customer,date,amount') throw new Error('The first line must be customer,date,amount.');
  const customers = new Map<string, Purchase[]>();
  for (const [index, line] of lines.entries()) {
    const [customer = '', date = '', amount = ''] = line.split(',');
    const at = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(date) : NaN;
    const price = Number(amount);
    if (customer === '' || Number.isNaN(at) || !(price >= 0) || amount === '')
      throw new Error(`Line ${index + 2} is no purchase: ${line}`);
    const purchases = customers.get(customer) ?? [];
    purchases.push({ at, amount: Math.round(price * priceLevel * 100) });
    customers.set(customer, purchases);
  }
  return customers;
}

/**
 * Some of the customers of a file, evenly spread over it, their purchases moved so that the latest of the whole file is
 * eight days before the present.
 *
 * @param run another run takes other customers
 */
export function sampleHistories(
  customers: ReadonlyMap<string, readonly Purchase[]>,
  { count, run, now }: { readonly count: number; readonly run: number; readonly now: number },
): Histories {
  const all = [...customers.values()];
  const last = all.flat().reduce((latest, { at }) => Math.max(latest, at), 0);
  const shift = now - gap * day - last;
  const step = Math.max(1, all.length / Math.max(1, count));
  const chosen = Array.from({ length: Math.min(count, all.length) }, (_, i) => {
    return all[(Math.floor(i * step) + run - 1) % all.length] ?? [];
  });
  return chosen.map((purchases) =>
    purchases.map(({ at, amount }) => ({ at: at + shift, amount })).sort((a, b) => a.at - b.at),
  );
}

/**
 * Invents histories: everybody buys at a pace of their own, and after each purchase one in five never comes again.
 */
export function inventHistories({
  count,
  run,
  now,
}: {
  readonly count: number;
  readonly run: number;
  readonly now: number;
}): Histories {
  return Array.from({ length: count }, (_, i) => {
    const random = seededRandom(`history/${run}/${i}`);
    const pause = (40 + 160 * random.uniform()) * day;
    const end = now - gap * day;
    const purchases: Purchase[] = [];
    let at = end - (100 + 440 * random.uniform()) * day;
    do {
      purchases.push({ at, amount: pick([18_000, 34_900, 52_000, 69_000, 149_000], random) });
      at -= Math.log(1 - random.uniform()) * pause;
    } while (at < end && random.uniform() < 0.8);
    return purchases;
  });
}
