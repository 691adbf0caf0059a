import { lnGamma } from '../special/gamma';
import { lnHypergeometric } from '../special/hypergeometric';
import { distinct, fit, type Fit } from './fit';
import type { PurchaseHistory } from './history';

// Bound once: a look-up of the global Math for each number is slow inside a vm context, where Jest runs.
const { abs, exp, expm1, log } = Math;

/** Purchase rates are gamma (r, alpha) over customers, rates of leaving gamma (s, beta), at any moment. */
export interface ParetoNbd {
  readonly r: number;
  /** In the unit of time, as `beta`. */
  readonly alpha: number;
  readonly s: number;
  readonly beta: number;
}

type Timing = Pick<PurchaseHistory, 'frequency' | 'recency' | 'age'>;

/**
 * Fits the Pareto/NBD model of Schmittlein, Morrison and Colombo (1987), with the likelihood in the form of Fader and
 * Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions", equation 20.
 *
 * @throws RangeError where there is no customer.
 */
export function fitParetoNbd(histories: readonly Timing[]): Fit<keyof ParetoNbd> {
  const kinds = distinct(histories, ({ frequency, recency, age }) => `${frequency}/${recency}/${age}`);
  const scale = Math.max(histories.reduce((sum, { age }) => sum + age, 0) / histories.length / 3, 1e-3);
  return fit({ r: 0.5, alpha: scale, s: 0.5, beta: scale }, kinds, {
    logLikelihood: paretoNbdLogLikelihood,
  });
}

/** ln of the likelihood of one history. */
export function paretoNbdLogLikelihood(model: ParetoNbd, history: Timing): number {
  const { r, alpha, s, beta } = model;
  const { frequency: x, age } = history;
  const active = -(r + x) * log(alpha + age) - s * log(beta + age);
  const left = log(s / (r + s + x)) + lnLeft(model, history);
  const larger = Math.max(active, left);
  return (
    lnGamma(r + x) -
    lnGamma(r) +
    r * log(alpha) +
    s * log(beta) +
    larger +
    log(exp(active - larger) + exp(left - larger))
  );
}

/** The chance that a customer has not left (Fader and Hardie 2005, equation 22). */
export function paretoNbdAlive(model: ParetoNbd, history: Timing): number {
  const { r, alpha, s, beta } = model;
  const { frequency: x, age } = history;
  const lnOdds =
    log(s / (r + s + x)) + (r + x) * log(alpha + age) + s * log(beta + age) + lnLeft(model, history);
  return 1 / (1 + exp(lnOdds));
}

/** Purchases expected within `time` from now on, for a customer with this history (equation 25). */
export function paretoNbdExpected(model: ParetoNbd, history: Timing, time: number): number {
  const { r, alpha, beta } = model;
  const { frequency: x, age } = history;
  const rate = (r + x) / (alpha + age);
  const s = abs(model.s - 1) < 1e-9 ? 1 + 1e-9 : model.s;
  const shrunk = expm1((s - 1) * log((beta + age) / (beta + age + time)));
  return ((rate * (beta + age)) / (s - 1)) * -shrunk * paretoNbdAlive(model, history);
}

/**
 * ln of A0, the integral of the likelihood over the times after the last purchase at which the customer may have left:
 * a difference of two terms that each hold a hypergeometric function (equations 17 and 18).
 */
function lnLeft({ r, alpha, s, beta }: ParetoNbd, { frequency: x, recency, age }: Timing): number {
  const [larger, second] = alpha >= beta ? [alpha, s + 1] : [beta, r + x];
  const gap = abs(alpha - beta);
  const order = r + s + x;
  const at = (time: number): number =>
    lnHypergeometric(order, second, order + 1, gap / (larger + time)) - order * log(larger + time);
  const first = at(recency);
  return age === recency ? Number.NEGATIVE_INFINITY : first + log(-expm1(at(age) - first));
}
