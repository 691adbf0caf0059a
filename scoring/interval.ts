import type { Random } from './random';

/** An estimate by decision: its value is the mean of `terms` over the mean of `weights` (1 where there are none). */
export interface Terms {
  readonly terms: Float64Array;
  readonly weights?: Float64Array;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A value with its interval by the normal approximation (`low`, `high`) and by the bootstrap. */
export interface Estimate extends Interval {
  readonly value: number;
  readonly standardError: number;
  readonly bootstrap: Interval;
  readonly n: number;
}

export interface IntervalOptions {
  /** For the bootstrap. */
  readonly random: Random;
  /** Share of intervals that cover the truth. Default 0.95. */
  readonly level?: number;
  /** Resamples of the bootstrap. Default 500. */
  readonly resamples?: number;
}

/**
 * Estimates means and ratios of means. The standard error is the delta method's: that of the mean of
 * (term - value x weight) / mean weight. The bootstrap resamples decisions with replacement (the same resamples for
 * all of `all`) and takes percentiles (Efron 1979).
 */
export function estimateAll(all: readonly Terms[], options: IntervalOptions): Estimate[] {
  const { level = 0.95 } = options;
  const width = normalQuantile((1 + level) / 2);
  const resampled = bootstrap(all, options);
  return all.map((one, index) => {
    const value = ratio(one);
    const standardError = errorOf(influences(one, value));
    const sorted = (resampled[index] ?? new Float64Array()).filter((v) => Number.isFinite(v)).sort();
    return {
      value,
      low: value - width * standardError,
      high: value + width * standardError,
      standardError,
      bootstrap: { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) },
      n: one.terms.length,
    };
  });
}

/** What each decision moves the estimate by, times n; they sum to 0. */
export function influences({ terms, weights }: Terms, value: number): Float64Array {
  if (!weights) return terms.map((term) => term - value);
  const scale = mean(weights);
  return terms.map((term, i) => (term - value * (weights[i] ?? 0)) / scale);
}

/** Standard error of the mean of values that sum to 0. */
export function errorOf(values: Float64Array): number {
  const n = values.length;
  if (n < 2) return Number.POSITIVE_INFINITY;
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares / (n - 1) / n);
}

/** The estimate itself; NaN where all weights are 0. */
export function ratio({ terms, weights }: Terms): number {
  return weights ? mean(terms) / mean(weights) : mean(terms);
}

/** The 95 % interval of a share of which `count` of `n` were seen; `n` is at least 1 (Wilson 1927). */
export function shareInterval(count: number, n: number): Interval {
  const z = 1.959964;
  const share = count / n;
  const centre = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2))) / (1 + z ** 2 / n);
  return { low: centre - half, high: centre + half };
}

/**
 * The quantile of a standard normal, for p between 1e-11 and 1 - 1e-11: algorithm AS 241, PPND7 (Wichura 1988), good to
 * 1 part in 10^7.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    const above = polynomial([3.3871327179, 50.434271938, 159.29113202, 59.10937472], r);
    return (q * above) / polynomial([1, 17.895169469, 78.757757664, 67.1875636], r);
  }
  const r = Math.sqrt(-Math.log(Math.min(p, 1 - p))) - 1.6;
  const above = polynomial([1.4234372777, 2.75681539, 1.3067284816, 0.17023821103], r);
  return (Math.sign(q) * above) / polynomial([1, 0.7370016425, 0.12021132975], r);
}

/** Horner's rule; the coefficient of x^0 comes first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

function bootstrap(all: readonly Terms[], { random, resamples = 500 }: IntervalOptions): Float64Array[] {
  const n = all[0]?.terms.length ?? 0;
  const results = all.map(() => new Float64Array(resamples));
  const times = new Uint16Array(n);
  for (let round = 0; round < resamples; round++) {
    times.fill(0);
    for (let draw = 0; draw < n; draw++) {
      const i = random.integer(n);
      times[i] = (times[i] ?? 0) + 1;
    }
    all.forEach(({ terms, weights }, index) => {
      let above = 0;
      let below = weights ? 0 : n;
      for (let i = 0; i < n; i++) {
        const count = times[i] ?? 0;
        above += count * (terms[i] ?? 0);
        if (weights) below += count * (weights[i] ?? 0);
      }
      const into = results[index];
      if (into) into[round] = above / below;
    });
  }
  return results;
}

/**
 * The quantile that stands at place p (B + 1) of B sorted values (Hyndman and Fan 1996, definition 6): between two such ones
 * lies the share that they say, however few values there are (Davison and Hinkley 1997, section 5.2.1).
 */
function quantile(sorted: Float64Array, p: number): number {
  const at = Math.min(Math.max(p * (sorted.length + 1) - 1, 0), sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
