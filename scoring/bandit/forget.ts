import { addOuter, invertSymmetric, times } from '../symmetric';
import { posteriorOf, type OfferBlock } from './posterior';
import type { BanditState, OfferState } from './state';

/**
 * Scales the weight of everything learned so far by `keep`, so that a world that changes can be followed: the state
 * becomes the one that the same outcomes, each with its weight times `keep`, would have given (exactly for linear
 * models). Call it at equal intervals with 0.5 ** (interval / halfLife). Costs an inversion for each offer, so not
 * once an outcome.
 *
 * With A the precision of an offer's own coefficients, S = slope and m = offset, the data's share is A less the
 * prior's precision, A S and A m; the shared precision without the offers' own part integrated out is the marginal
 * one plus the sum of SᵀAS.
 *
 * @throws RangeError where `keep` is not in (0, 1].
 */
export function forgetBandit(state: BanditState, keep: number): BanditState {
  if (!(keep > 0 && keep <= 1)) throw new RangeError('keep must be above 0 and at most 1.');
  if (keep === 1) return state;
  const { mean, covariance, offers } = posteriorOf(state);
  const { prior } = state;
  const d = state.features.length;
  const marginal = invertSymmetric(covariance, d);
  const right = times(marginal, mean, d);
  for (let j = 0; j < d; j++) {
    const precision = 1 / (prior.variance[j] ?? 1);
    marginal[j * d + j] = (marginal[j * d + j] ?? 0) - precision;
    right[j] = (right[j] ?? 0) - precision * (prior.mean[j] ?? 0);
  }
  const blocks = [...offers].map(([id, block]) => [id, natural(block, prior.offerVariance, d)] as const);
  for (const [, { slope, precision, offset }] of blocks)
    addShare({ marginal, right }, slope, precision, offset, 1);
  for (let k = 0; k < marginal.length; k++) marginal[k] = keep * (marginal[k] ?? 0);
  for (let j = 0; j < d; j++) {
    const precision = 1 / (prior.variance[j] ?? 1);
    marginal[j * d + j] = (marginal[j * d + j] ?? 0) + precision;
    right[j] = keep * (right[j] ?? 0) + precision * (prior.mean[j] ?? 0);
  }
  const kept = blocks.map(([id, block]): OfferState => {
    const after = faded(block, prior.offerVariance, keep, d);
    addShare({ marginal, right }, after.slope, after.precision, after.offset, -1);
    return {
      id,
      covariance: Array.from(after.covariance),
      offset: Array.from(after.offset),
      slope: Array.from(after.slope),
      weight: keep * block.weight,
    };
  });
  const after = invertSymmetric(marginal, d);
  return {
    ...state,
    shared: { mean: Array.from(times(after, right, d)), covariance: Array.from(after) },
    offers: kept,
    weight: keep * state.weight,
  };
}

interface Natural {
  readonly slope: Float64Array;
  readonly offset: Float64Array;
  readonly precision: Float64Array;
  /** The data's part of the precision, of precision x slope and of precision x offset. */
  readonly data: {
    readonly precision: Float64Array;
    readonly slope: Float64Array;
    readonly offset: Float64Array;
  };
  readonly weight: number;
}

function natural(block: OfferBlock, offerVariance: readonly number[], d: number): Natural {
  const p = offerVariance.length;
  const precision = invertSymmetric(block.covariance, p);
  const own = precision.slice();
  offerVariance.forEach((variance, i) => (own[i * p + i] = (own[i * p + i] ?? 0) - 1 / variance));
  return {
    slope: block.slope,
    offset: block.offset,
    precision,
    data: {
      precision: own,
      slope: product(precision, block.slope, p, d),
      offset: times(precision, block.offset, p),
    },
    weight: block.weight,
  };
}

function faded({ data }: Natural, offerVariance: readonly number[], keep: number, d: number) {
  const p = offerVariance.length;
  const precision = data.precision.map((value) => keep * value);
  offerVariance.forEach((variance, i) => (precision[i * p + i] = (precision[i * p + i] ?? 0) + 1 / variance));
  const covariance = invertSymmetric(precision, p);
  return {
    precision,
    covariance,
    slope: product(covariance, data.slope, p, d).map((value) => keep * value),
    offset: times(covariance, data.offset, p).map((value) => keep * value),
  };
}

/** Adds `sign` x SᵀAS and `sign` x SᵀAm. */
function addShare(
  { marginal, right }: { marginal: Float64Array; right: Float64Array },
  slope: Float64Array,
  precision: Float64Array,
  offset: Float64Array,
  sign: 1 | -1,
): void {
  const p = offset.length;
  const d = right.length;
  const weighted = product(precision, slope, p, d);
  const weightedOffset = times(precision, offset, p);
  for (let i = 0; i < p; i++) {
    const row = slope.subarray(i * d, (i + 1) * d);
    addOuter(marginal, row, weighted.subarray(i * d, (i + 1) * d), sign);
    addOuter(right, row, [weightedOffset[i] ?? 0], sign);
  }
}

/** A p x p matrix times a p x d one, row by row. */
function product(left: Float64Array, right: Float64Array, p: number, d: number): Float64Array {
  const result = new Float64Array(p * d);
  for (let i = 0; i < p; i++) {
    for (let k = 0; k < p; k++) {
      const factor = left[i * p + k] ?? 0;
      for (let j = 0; j < d; j++)
        result[i * d + j] = (result[i * d + j] ?? 0) + factor * (right[k * d + j] ?? 0);
    }
  }
  return result;
}
