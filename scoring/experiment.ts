import { lnBeta, lnGamma } from './special/gamma';
import type { Random } from './random';

/** Customers of one group whose run is over, and how many of them reached the goal. */
export interface Group {
  readonly customers: number;
  readonly converted: number;
}

/** A difference between two shares that may be looked at as often as one likes. */
export interface SequentialDifference {
  /** Share of the first group minus that of the second. */
  readonly difference: number;
  /** Bounds of the confidence sequence: with probability 1 - alpha the truth is never outside, at any look. */
  readonly low: number;
  readonly high: number;
  /** The smallest alpha at which the sequence excludes 0 now. */
  readonly p: number;
}

/**
 * Compares two shares with a confidence sequence: the mixture sequential probability ratio test with a normal mixture
 * (Robbins 1970; Johari, Koomen, Pekelis and Walsh 2017, "Peeking at A/B tests"; in the asymptotic form of
 * Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021). Shares are taken with one success and one failure
 * more (Agresti and Caffo 2000) for the variance, so that a group without a conversion is not taken for certain.
 *
 * @param options.alpha how often a difference that is not there may ever be seen, 0.05 by default
 * @param options.sharpestAt number of customers at which the sequence is narrowest for its kind, 2,000 by default
 * @returns null where a group is empty
 */
export function sequentialDifference(
  first: Group,
  second: Group,
  { alpha = 0.05, sharpestAt = 2_000 }: { readonly alpha?: number; readonly sharpestAt?: number } = {},
): SequentialDifference | null {
  if (first.customers === 0 || second.customers === 0) return null;
  const difference = first.converted / first.customers - second.converted / second.customers;
  const variance = varianceOf(first) + varianceOf(second);
  const n = first.customers + second.customers;
  // Variance of the mixture in units of one customer's, chosen as Waudby-Smith et al. do for the best at one size.
  const rho = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / sharpestAt;
  const growth = n * rho + 1;
  const radius = Math.sqrt(variance * (growth / (n * rho)) * (2 * Math.log(1 / alpha) + Math.log(growth)));
  const evidence = Math.exp((difference ** 2 / (2 * variance)) * ((n * rho) / growth)) / Math.sqrt(growth);
  return {
    difference,
    low: Math.max(-1, difference - radius),
    high: Math.min(1, difference + radius),
    p: Math.min(1, 1 / evidence),
  };
}

function varianceOf({ customers, converted }: Group): number {
  const share = (converted + 1) / (customers + 2);
  return (share * (1 - share)) / customers;
}

/**
 * Evidence that customers are not divided as they should be, which may be looked at after every customer: the Bayes factor
 * of a Dirichlet-multinomial against the wanted shares (Lindon and Malek 2022, "Anytime-valid inference for multinomial
 * count data"). Under the wanted shares it ever exceeds x with probability at most 1/x.
 *
 * @param counts customers of each arm
 * @param shares the wanted share of each, in the same order; above 0, of any sum
 * @returns natural logarithm of the factor
 */
export function ratioEvidence(counts: readonly number[], shares: readonly number[]): number {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const concentration = 100;
  let evidence = 0;
  let total = 0;
  counts.forEach((count, i) => {
    const share = (shares[i] ?? 0) / whole;
    if (count === 0) return;
    const prior = concentration * share;
    evidence += lnGamma(prior + count) - lnGamma(prior) - count * Math.log(share);
    total += count;
  });
  return evidence + lnGamma(concentration) - lnGamma(concentration + total);
}

/** Above this {@link ratioEvidence} customers are divided wrongly: a false alarm in a thousand experiments. */
export const ratioAlarm = Math.log(1_000);

/**
 * How probably each arm has the highest share, as Thompson sampling draws it: Beta posteriors over a uniform prior
 * (Thompson 1933), by simulation. No arm goes below a floor, so that each is still learned of and every logged
 * probability is above 0.
 *
 * @param floor least probability of an arm, at most 1 over their number
 */
export function thompsonProbabilities(
  arms: readonly Group[],
  random: Random,
  { draws = 1_000, floor = 0.05 }: { readonly draws?: number; readonly floor?: number } = {},
): number[] {
  const wins = arms.map(() => 0);
  for (let draw = 0; draw < draws; draw++) {
    let best = 0;
    let highest = -1;
    arms.forEach(({ customers, converted }, i) => {
      const share = random.beta(converted + 1, customers - converted + 1);
      if (share > highest) [best, highest] = [i, share];
    });
    wins[best] = (wins[best] ?? 0) + 1;
  }
  const least = Math.min(floor, 1 / arms.length);
  return wins.map((won) => least + (1 - least * arms.length) * (won / draws));
}

/** Bounds of a share that hold at every look: the beta-binomial mixture (Robbins 1970), by bisection. */
export function sequentialShare(
  { customers, converted }: Group,
  alpha = 0.05,
): { low: number; high: number } {
  if (customers === 0) return { low: 0, high: 1 };
  const failed = customers - converted;
  const mixture = lnBeta(1 + converted, 1 + failed);
  const excludes = (share: number) =>
    mixture - converted * Math.log(share) - failed * Math.log1p(-share) > Math.log(1 / alpha);
  const mean = converted / customers;
  const edge = (from: number, to: number): number => {
    let [inside, outside] = [from, to];
    for (let i = 0; i < 50; i++) {
      const middle = (inside + outside) / 2;
      if (middle > 0 && middle < 1 && !excludes(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return { low: converted === 0 ? 0 : edge(mean, 0), high: failed === 0 ? 1 : edge(mean, 1) };
}
