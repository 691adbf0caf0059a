/** One purchase. */
export interface Transaction {
  readonly customer: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** In one unit and currency for all transactions. */
  readonly amount: number;
}

/** What the models know of a customer; times in the unit of {@link summarise}. */
export interface PurchaseHistory {
  /** Purchases after the first; those of one day count as one. */
  readonly frequency: number;
  /** From the first purchase to the last. */
  readonly recency: number;
  /** From the first purchase to the end of observation. */
  readonly age: number;
  /** Mean amount of a purchase after the first; 0 where there is none. */
  readonly spend: number;
}

export interface CustomerHistory extends PurchaseHistory {
  readonly customer: string;
  /** Amount of all purchases, the first among them. */
  readonly total: number;
  /** Days with a purchase after the end of observation. */
  readonly later: number;
}

/** Milliseconds of a day and of a week. */
export const day = 24 * 60 * 60 * 1000;
export const week = 7 * day;

/**
 * Sums transactions up by customer. Customers whose first purchase is after `end` are left out.
 *
 * @param options.end End of observation, epoch milliseconds; transactions after its UTC day count as `later`.
 * @param options.unit Milliseconds in a unit of time. Default: a week.
 */
export function summarise(
  transactions: readonly Transaction[],
  { end, unit = week }: { readonly end: number; readonly unit?: number },
): CustomerHistory[] {
  const lastDay = Math.floor(end / day);
  const byCustomer = new Map<string, Map<number, number>>();
  for (const { customer, at, amount } of transactions) {
    const days = byCustomer.get(customer) ?? new Map<number, number>();
    const on = Math.floor(at / day);
    days.set(on, (days.get(on) ?? 0) + amount);
    byCustomer.set(customer, days);
  }
  return [...byCustomer].flatMap(([customer, days]) => {
    const seen = [...days].filter(([on]) => on <= lastDay).sort(([a], [b]) => a - b);
    const [first] = seen;
    const last = seen.at(-1);
    if (!first || !last) return [];
    const repeated = seen.slice(1).reduce((sum, [, amount]) => sum + amount, 0);
    const frequency = seen.length - 1;
    return [
      {
        customer,
        frequency,
        recency: ((last[0] - first[0]) * day) / unit,
        age: ((lastDay - first[0]) * day) / unit,
        spend: frequency === 0 ? 0 : repeated / frequency,
        total: first[1] + repeated,
        later: days.size - seen.length,
      },
    ];
  });
}
