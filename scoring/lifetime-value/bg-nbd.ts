import { lnBeta, lnGamma } from '../special/gamma';
import { lnHypergeometric } from '../special/hypergeometric';
import { distinct, fit, type Fit } from './fit';
import type { PurchaseHistory } from './history';

/** Purchase rates are gamma (r, alpha) over customers; after a purchase one leaves with a chance that is beta (a, b). */
export interface BgNbd {
  readonly r: number;
  /** In the unit of time. */
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

type Timing = Pick<PurchaseHistory, 'frequency' | 'recency' | 'age'>;

/**
 * Fits the BG/NBD model of Fader, Hardie and Lee (2005), "Counting your customers the easy way", equation 6.
 *
 * @throws RangeError where there is no customer.
 */
export function fitBgNbd(histories: readonly Timing[]): Fit<keyof BgNbd> {
  const kinds = distinct(histories, ({ frequency, recency, age }) => `${frequency}/${recency}/${age}`);
  const meanAge = histories.reduce((sum, { age }) => sum + age, 0) / histories.length;
  return fit({ r: 0.5, alpha: Math.max(meanAge / 4, 1e-3), a: 0.8, b: 2 }, kinds, bgNbdLogLikelihood);
}

/** ln of the likelihood of one history. */
export function bgNbdLogLikelihood(
  { r, alpha, a, b }: BgNbd,
  { frequency: x, recency, age }: Timing,
): number {
  const common = lnGamma(r + x) - lnGamma(r) + r * Math.log(alpha) - lnBeta(a, b);
  const active = lnBeta(a, b + x) - (r + x) * Math.log(alpha + age);
  if (x === 0) return common + active;
  const left = lnBeta(a + 1, b + x - 1) - (r + x) * Math.log(alpha + recency);
  const larger = Math.max(active, left);
  return common + larger + Math.log(Math.exp(active - larger) + Math.exp(left - larger));
}

/**
 * The chance that a customer has not left. It is 1 for all who bought only once, since in this model one leaves only
 * after a purchase that is repeated: do not rank customers by it alone.
 */
export function bgNbdAlive({ r, alpha, a, b }: BgNbd, { frequency: x, recency, age }: Timing): number {
  if (x === 0) return 1;
  const lnOdds = Math.log(a / (b + x - 1)) + (r + x) * Math.log((alpha + age) / (alpha + recency));
  return 1 / (1 + Math.exp(lnOdds));
}

/** Purchases expected within `time` from now on, for a customer with this history (equation 10). */
export function bgNbdExpected(model: BgNbd, history: Timing, time: number): number {
  const { r, alpha, b } = model;
  const { frequency: x, age } = history;
  const a = apartFromOne(model.a);
  const lnShrunk =
    (r + x) * Math.log((alpha + age) / (alpha + age + time)) +
    lnHypergeometric(r + x, b + x, a + b + x - 1, time / (alpha + age + time));
  return ((a + b + x - 1) / (a - 1)) * -Math.expm1(lnShrunk) * bgNbdAlive(model, history);
}

/** Purchases after the first that a new customer is expected to make within `time` (equation 9). */
export function bgNbdExpectedNew(model: BgNbd, time: number): number {
  return bgNbdExpected(model, { frequency: 0, recency: 0, age: 0 }, time);
}

/** The formulas have a removable singularity at a = 1. */
function apartFromOne(a: number): number {
  return Math.abs(a - 1) < 1e-6 ? 1 + 1e-6 : a;
}
