/** What RFM looks at: time since the last purchase, number of purchases, money. */
export interface RfmInput {
  readonly customer: string;
  readonly sinceLast: number;
  readonly purchases: number;
  readonly total: number;
}

export type RfmSegment =
  | 'champions'
  | 'loyal'
  | 'promising'
  | 'new'
  | 'needs-attention'
  | 'at-risk'
  | 'cannot-lose'
  | 'hibernating'
  | 'lost';

export interface Rfm {
  readonly customer: string;
  /** Quintiles from 1 (worst) to 5 (best). */
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number;
  readonly segment: RfmSegment;
}

/**
 * Recency, frequency and monetary quintiles (Hughes 1994) and a segment for each customer, in their order. Equal values
 * share a quintile, that of the middle of their ranks.
 */
export function rfm(customers: readonly RfmInput[]): Rfm[] {
  const recency = quintiles(customers.map(({ sinceLast }) => -sinceLast));
  const frequency = quintiles(customers.map(({ purchases }) => purchases));
  const monetary = quintiles(customers.map(({ total }) => total));
  return customers.map(({ customer }, i) => {
    const scores = { recency: recency[i] ?? 1, frequency: frequency[i] ?? 1, monetary: monetary[i] ?? 1 };
    return { customer, ...scores, segment: segmentOf(scores) };
  });
}

/** Quintile of each value, 1 to 5. */
function quintiles(values: readonly number[]): number[] {
  const n = values.length;
  const sorted = Float64Array.from(values).sort();
  return values.map((value) => {
    const middle = (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2;
    return Math.min(1 + Math.floor((5 * middle) / n), 5);
  });
}

/** How many sorted values are below `value`, or with `orEqual` not above it (by bisection). */
function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle] ?? 0;
    if (at < value || (orEqual && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function segmentOf(scores: Pick<Rfm, 'recency' | 'frequency' | 'monetary'>): RfmSegment {
  const { recency } = scores;
  const worth = (scores.frequency + scores.monetary) / 2;
  if (recency >= 4) return worth >= 4 ? 'champions' : worth >= 3 ? 'loyal' : worth >= 2 ? 'promising' : 'new';
  if (recency === 3) return worth >= 4 ? 'loyal' : worth >= 2 ? 'needs-attention' : 'hibernating';
  if (worth >= 4.5) return 'cannot-lose';
  if (worth >= 3) return 'at-risk';
  return recency === 2 ? 'hibernating' : 'lost';
}
