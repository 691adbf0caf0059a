import { lnGamma } from '../special/gamma';
import { distinct, fit, type Fit } from './fit';
import type { PurchaseHistory } from './history';

// Bound once: a look-up of the global Math for each number is slow inside a vm context, where Jest runs.
const { log } = Math;

/** What a purchase brings is gamma (p, nu) for a customer, and nu is gamma (q, v) over customers. */
export interface GammaGamma {
  readonly p: number;
  readonly q: number;
  /** In the unit of money. */
  readonly v: number;
}

type Spending = Pick<PurchaseHistory, 'frequency' | 'spend'>;

/**
 * Fits the Gamma-Gamma model of spend per purchase (Fader, Hardie and Lee 2005, "RFM and CLV"; Fader and Hardie 2013,
 * "The Gamma-Gamma model of monetary value", equation 1a) to customers with a repeated purchase and a spend above 0.
 *
 * @throws RangeError where there is none.
 */
export function fitGammaGamma(histories: readonly Spending[]): Fit<keyof GammaGamma> {
  const returning = histories.filter(({ frequency, spend }) => frequency > 0 && spend > 0);
  const mean = returning.reduce((sum, { spend }) => sum + spend, 0) / Math.max(returning.length, 1);
  const kinds = distinct(returning, ({ frequency, spend }) => `${frequency}/${spend}`);
  return fit({ p: 3, q: 3, v: Math.max(mean, 1e-6) }, kinds, {
    logLikelihood: gammaGammaLogLikelihood,
  });
}

/** ln of the likelihood of one customer's mean spend. */
export function gammaGammaLogLikelihood({ p, q, v }: GammaGamma, { frequency: x, spend }: Spending): number {
  return (
    lnGamma(p * x + q) -
    lnGamma(p * x) -
    lnGamma(q) +
    q * log(v) +
    (p * x - 1) * log(spend) +
    p * x * log(x) -
    (p * x + q) * log(x * spend + v)
  );
}

/** What one purchase of the customer is expected to bring (Fader and Hardie 2013, equation 5). Needs p x + q > 1. */
export function gammaGammaSpend({ p, q, v }: GammaGamma, { frequency: x, spend }: Spending): number {
  return (p * (v + x * spend)) / (p * x + q - 1);
}
