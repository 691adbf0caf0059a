import { addOuter, dot, lowerCholesky, times } from '../symmetric';
import { diagonal, type BanditState, type OfferState } from './state';

/** One offer's block of the posterior in typed arrays; see {@link OfferState} for the shapes. */
export interface OfferBlock {
  readonly covariance: Float64Array;
  readonly offset: Float64Array;
  readonly slope: Float64Array;
  readonly weight: number;
}

/** A state unpacked for arithmetic. */
export interface Posterior {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  /** L with L Lᵀ = covariance. */
  readonly factor: Float64Array;
  /** Lᵀ: the columns of L one after the other. */
  readonly columns: Float64Array;
  readonly offers: ReadonlyMap<string, OfferBlock>;
  /** The block of an offer that has no history. */
  readonly unseen: OfferBlock;
}

/** The parts of one offer's prediction: it is normal with mean `design`ᵀb + `offset` and variance `variance`, given b. */
export interface Projection {
  readonly design: Float64Array;
  readonly offset: number;
  readonly variance: number;
  /** The per-offer columns of the features. */
  readonly own: Float64Array;
  /** The block's covariance times `own`. */
  readonly spread: Float64Array;
}

const compiled = new WeakMap<BanditState, Posterior>();

/** Unpacks a state, once for each state object. */
export function posteriorOf(state: BanditState): Posterior {
  const known = compiled.get(state);
  if (known) return known;
  const d = state.features.length;
  const factor = lowerCholesky(state.shared.covariance, d);
  const posterior: Posterior = {
    mean: typed(state.shared.mean),
    covariance: typed(state.shared.covariance),
    factor,
    columns: factor.map((_, at) => factor[(at % d) * d + Math.floor(at / d)] ?? 0),
    offers: new Map(state.offers.map((offer) => [offer.id, viewOf(offer)])),
    unseen: unseenBlock(state),
  };
  compiled.set(state, posterior);
  return posterior;
}

/** One offer's block, to be read only: where its numbers are typed already they are not copied. */
function viewOf({ covariance, offset, slope, weight }: OfferState): OfferBlock {
  return { covariance: typed(covariance), offset: typed(offset), slope: typed(slope), weight };
}

const typed = (numbers: ArrayLike<number>): Float64Array =>
  numbers instanceof Float64Array ? numbers : Float64Array.from(numbers);

/** One offer's block in arrays of its own, which may be changed. */
export function blockOf(offer: OfferState): OfferBlock {
  return {
    covariance: Float64Array.from(offer.covariance),
    offset: Float64Array.from(offer.offset),
    slope: Float64Array.from(offer.slope),
    weight: offer.weight,
  };
}

/** The block of an offer that has no history: the prior's. */
export function unseenBlock(state: BanditState): OfferBlock {
  const p = state.perOffer.length;
  return {
    covariance: Float64Array.from(diagonal(state.prior.offerVariance)),
    offset: new Float64Array(p),
    slope: new Float64Array(p * state.features.length),
    weight: 0,
  };
}

/**
 * Integrates an offer's own coefficients out of its prediction: zᵀb + xᵀt with t | b ~ N(offset - slope b, V) is, given
 * b, normal with mean (z - slopeᵀx)ᵀb + xᵀoffset and variance xᵀVx.
 */
export function project(
  block: OfferBlock,
  features: ArrayLike<number>,
  perOffer: readonly number[],
): Projection {
  const d = features.length;
  const own = new Float64Array(perOffer.length);
  for (let i = 0; i < own.length; i++) own[i] = features[perOffer[i] ?? 0] ?? 0;
  const design = new Float64Array(d);
  for (let j = 0; j < d; j++) design[j] = features[j] ?? 0;
  for (let i = 0; i < own.length; i++) {
    const x = own[i] ?? 0;
    if (x === 0) continue;
    for (let j = 0; j < d; j++) design[j] = (design[j] ?? 0) - x * (block.slope[i * d + j] ?? 0);
  }
  const spread = times(block.covariance, own, own.length);
  return { design, offset: dot(own, block.offset), variance: dot(own, spread), own, spread };
}

/**
 * Like {@link project}, but turns features that stand in a flat array from `at` on into the design, in place, and leaves out
 * what only updates need.
 *
 * @param own is filled with the per-offer columns
 */
export function projectInto(
  designs: Float64Array,
  at: number,
  {
    block: { covariance, offset: offsets, slope },
    perOffer,
    own,
    d,
  }: {
    readonly block: OfferBlock;
    readonly perOffer: readonly number[];
    readonly own: Float64Array;
    readonly d: number;
  },
): Pick<Projection, 'offset' | 'variance'> {
  const p = own.length;
  for (let i = 0; i < p; i++) own[i] = designs[at + (perOffer[i] ?? 0)] ?? 0;
  let offset = 0;
  let variance = 0;
  for (let i = 0; i < p; i++) {
    const x = own[i] ?? 0;
    if (x === 0) continue;
    offset += x * (offsets[i] ?? 0);
    for (let k = 0; k < p; k++) variance += x * (covariance[i * p + k] ?? 0) * (own[k] ?? 0);
    for (let j = 0; j < d; j++) designs[at + j] = (designs[at + j] ?? 0) - x * (slope[i * d + j] ?? 0);
  }
  return { offset, variance };
}

/** Mean and standard deviation of a prediction, on the model's own scale. */
export function predict(
  shared: Working,
  { design, offset, variance }: Projection,
): { mean: number; deviation: number } {
  const fromShared = dot(design, times(shared.covariance, design, design.length));
  return {
    mean: dot(design, shared.mean) + offset,
    deviation: Math.sqrt(Math.max(variance + fromShared, 0)),
  };
}

/** Arrays of one update, changed in place. */
export interface Working {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/**
 * Folds in a response with variance `noise` about the prediction: the rank-one (Sherman-Morrison, or Kalman) form of
 * the joint posterior of shared and own coefficients, exact, in O(d² + pd) for d features and p per-offer columns.
 */
export function observe(
  shared: Working,
  block: OfferBlock,
  { design, offset, variance, own, spread }: Projection,
  { response, noise }: { readonly response: number; readonly noise: number },
): void {
  const d = design.length;
  const left = response - offset;
  const sharedSpread = times(shared.covariance, design, d);
  const error = left - dot(design, shared.mean);
  const total = noise + variance + dot(design, sharedSpread);
  for (let j = 0; j < d; j++)
    shared.mean[j] = (shared.mean[j] ?? 0) + ((sharedSpread[j] ?? 0) * error) / total;
  addOuter(shared.covariance, sharedSpread, sharedSpread, -1 / total);

  const gain = 1 / (noise + variance);
  for (let i = 0; i < own.length; i++)
    block.offset[i] = (block.offset[i] ?? 0) + gain * (spread[i] ?? 0) * left;
  addOuter(block.slope, spread, design, gain);
  addOuter(block.covariance, spread, spread, -gain);
}
