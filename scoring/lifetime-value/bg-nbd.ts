import { lnBeta, lnGamma } from '../special/gamma';
import { lnHypergeometric } from '../special/hypergeometric';
import { distinct, fit, type Fit } from './fit';
import type { PurchaseHistory } from './history';

// Bound once: a look-up of the global Math for each number is slow inside a vm context, where Jest runs.
const { abs, exp, expm1, log } = Math;

/** Purchase rates are gamma (r, alpha) over customers; after a purchase one leaves with a chance that is beta (a, b). */
export interface BgNbd {
  readonly r: number;
  /** In the unit of time. */
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

type Timing = Pick<PurchaseHistory, 'frequency' | 'recency' | 'age'>;

/** Spread of ln a and ln b beforehand: so wide that some hundred customers outweigh it. */
const spread = 30;

/**
 * Fits the BG/NBD model of Fader, Hardie and Lee (2005), "Counting your customers the easy way", equation 6. Where customers
 * differ too little in their chance of leaving, or are too few to tell, the likelihood grows without end as a and b grow
 * together; a prior that is nearly flat then keeps them finite.
 *
 * @throws RangeError where there is no customer.
 */
export function fitBgNbd(histories: readonly Timing[]): Fit<keyof BgNbd> {
  const kinds = distinct(histories, ({ frequency, recency, age }) => `${frequency}/${recency}/${age}`);
  const meanAge = histories.reduce((sum, { age }) => sum + age, 0) / histories.length;
  return fit({ r: 0.5, alpha: Math.max(meanAge / 4, 1e-3), a: 0.8, b: 2 }, kinds, {
    logLikelihood: bgNbdLogLikelihood,
    lnPrior: ({ a, b }) => -(log(a) ** 2 + log(b) ** 2) / (2 * spread ** 2),
  });
}

/** ln of the likelihood of one history. */
export function bgNbdLogLikelihood(model: BgNbd, history: Timing): number {
  const { r, alpha, a, b } = model;
  const { frequency: x, age } = history;
  const common = lnGamma(r + x) - lnGamma(r) + r * log(alpha) - lnBeta(a, b);
  const active = lnBeta(a, b + x) - (r + x) * log(alpha + age);
  if (x === 0) return common + active;
  const lnOdds = lnOddsLeft(model, history);
  return common + active + (lnOdds > 0 ? lnOdds + log(1 + exp(-lnOdds)) : log(1 + exp(lnOdds)));
}

/** ln of the odds that the customer left right after the last purchase: the ratio of the likelihood's two terms. */
function lnOddsLeft({ r, alpha, a, b }: BgNbd, { frequency: x, recency, age }: Timing): number {
  return log(a / (b + x - 1)) + (r + x) * log((alpha + age) / (alpha + recency));
}

/**
 * The chance that a customer has not left. It is 1 for all who bought only once, since in this model one leaves only
 * after a purchase that is repeated: do not rank customers by it alone.
 */
export function bgNbdAlive(model: BgNbd, history: Timing): number {
  return history.frequency === 0 ? 1 : 1 / (1 + exp(lnOddsLeft(model, history)));
}

/** Purchases expected within `time` from now on, for a customer with this history (equation 10). */
export function bgNbdExpected(model: BgNbd, history: Timing, time: number): number {
  const { r, alpha, b } = model;
  const { frequency: x, age } = history;
  const a = apartFromOne(model.a);
  const lnShrunk =
    (r + x) * log((alpha + age) / (alpha + age + time)) +
    lnHypergeometric(r + x, b + x, a + b + x - 1, time / (alpha + age + time));
  return ((a + b + x - 1) / (a - 1)) * -expm1(lnShrunk) * bgNbdAlive(model, history);
}

/** Purchases after the first that a new customer is expected to make within `time` (equation 9). */
export function bgNbdExpectedNew(model: BgNbd, time: number): number {
  return bgNbdExpected(model, { frequency: 0, recency: 0, age: 0 }, time);
}

/** The formulas have a removable singularity at a = 1. */
function apartFromOne(a: number): number {
  return abs(a - 1) < 1e-6 ? 1 + 1e-6 : a;
}
