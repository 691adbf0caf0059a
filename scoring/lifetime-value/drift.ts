import { bgNbdExpected, type BgNbd } from './bg-nbd';
import type { PurchaseHistory } from './history';

type Timing = Pick<PurchaseHistory, 'frequency' | 'recency' | 'age'>;

export interface Drift {
  /** Purchases expected within the horizon from now on. */
  readonly expected: number;
  /** The same as it stood on the day of the customer's last purchase: their own past. */
  readonly before: number;
  /** expected / before, in (0, 1]: it falls with every quiet day, faster for those who used to buy often. */
  readonly ratio: number;
  /** before - expected: what the silence has cost so far. */
  readonly lost: number;
}

/**
 * How far a customer has drifted away, measured against themselves. It does not use the chance to be alive alone, which
 * is 1 for everyone who bought once, nor a fixed number of days, which is long for some and short for others.
 *
 * @param horizon In the unit of time.
 */
export function driftOf(model: BgNbd, history: Timing, horizon: number): Drift {
  const expected = bgNbdExpected(model, history, horizon);
  const before = bgNbdExpected(model, { ...history, age: history.recency }, horizon);
  return { expected, before, ratio: before > 0 ? expected / before : 1, lost: before - expected };
}

export interface DriftRules {
  readonly horizon: number;
  /** A customer drifts while the ratio is below this, in (0, 1). */
  readonly ratio: number;
}

/**
 * How long after the last purchase the customer begins to drift, in the unit of time, if nothing happens until then: a
 * date for win-back to wait for. Infinity where that takes more than a thousand horizons.
 */
export function driftsAfter(model: BgNbd, history: Timing, { horizon, ratio }: DriftRules): number {
  const ratioAt = (quiet: number): number =>
    driftOf(model, { ...history, age: history.recency + quiet }, horizon).ratio;
  let low = 0;
  let high = horizon;
  while (ratioAt(high) >= ratio) {
    if (high > 1000 * horizon) return Number.POSITIVE_INFINITY;
    low = high;
    high *= 2;
  }
  while (high - low > 1e-6 * horizon) {
    const middle = (low + high) / 2;
    if (ratioAt(middle) >= ratio) low = middle;
    else high = middle;
  }
  return high;
}
