import { addOuter, times } from '../symmetric';
import {
  blockOf,
  observe,
  predict,
  project,
  unseenBlock,
  type OfferBlock,
  type Projection,
  type Working,
} from './posterior';
import { checkFeatures, sigmoid } from './score';
import type { BanditState, OfferState } from './state';

/** What became of one decision. */
export interface Outcome {
  /** Of the offer. */
  readonly id: string;
  /** The vector the offer was scored with, as it was logged. */
  readonly features: ArrayLike<number>;
  readonly reward: number;
  /** Counts as this many outcomes. Default 1; 0 changes nothing. */
  readonly weight?: number;
}

/** A reward that turned out otherwise after it was folded in. */
export interface Correction {
  readonly id: string;
  readonly features: ArrayLike<number>;
  /** New reward less old reward. */
  readonly change: number;
  readonly weight?: number;
}

/**
 * Folds outcomes in, in their order, and gives the new state; the old one is not touched. A batch gives the very state
 * that its outcomes one by one give. Linear models are exact (the order matters only to rounding). `logistic` folds in
 * each outcome at its posterior mode with the curvature there (online Laplace, MacKay 1992).
 *
 * @throws RangeError where an outcome does not fit the state, its weight is negative, or a `logistic` reward is not in
 * [0, 1]. Nothing is folded in then.
 */
export function updateBandit(state: BanditState, outcomes: readonly Outcome[]): BanditState {
  for (const outcome of outcomes) checkOutcome(state, outcome);
  return change(state, outcomes, (shared, block, projection, { reward, weight = 1 }) => {
    if (weight > 0)
      observe(shared, block, projection, evidence(state, shared, projection, { reward, weight }));
    return weight;
  });
}

/**
 * Takes outcomes out that were folded in before, each with the weight that it has now: what remains is the state that the
 * other outcomes alone would have given. Exact for linear models: a rank-one downdate is the update with the weight
 * below 0.
 *
 * @throws RangeError for a `logistic` model, and where an outcome does not fit the state.
 */
export function unlearnBandit(state: BanditState, outcomes: readonly Outcome[]): BanditState {
  if (state.policy === 'logistic') throw new RangeError('A logistic model cannot unlearn an outcome.');
  for (const outcome of outcomes) checkOutcome(state, outcome);
  return change(state, outcomes, (shared, block, projection, { reward, weight = 1 }) => {
    if (weight > 0)
      observe(shared, block, projection, { response: reward, noise: -state.prior.noise / weight });
    return -weight;
  });
}

/**
 * Corrects rewards that were folded in before: an order that came after its decision had been counted as ignored.
 * Exact for linear models that have not forgotten since; one Newton step for `logistic`.
 *
 * @throws RangeError where a correction does not fit the state. Nothing is corrected then.
 */
export function correctBandit(state: BanditState, corrections: readonly Correction[]): BanditState {
  for (const { id, features } of corrections) checkFeatures(state, id, features);
  const noise = state.policy === 'logistic' ? 1 : state.prior.noise;
  return change(state, corrections, (shared, block, { design, spread }, { change: by, weight = 1 }) => {
    const step = (by * weight) / noise;
    addOuter(shared.mean, times(shared.covariance, design, design.length), [step], 1);
    addOuter(block.offset, spread, [step], 1);
    return 0;
  });
}

/** Drops offers that are no longer made. What they taught about the shared coefficients stays. */
export function retireOffers(state: BanditState, ids: ReadonlySet<string>): BanditState {
  return { ...state, offers: state.offers.filter(({ id }) => !ids.has(id)) };
}

/** Applies changes in their order to copies; `apply` gives the weight that a change adds. */
function change<Item extends { readonly id: string; readonly features: ArrayLike<number> }>(
  state: BanditState,
  items: readonly Item[],
  apply: (shared: Working, block: OfferBlock, projection: Projection, item: Item) => number,
): BanditState {
  if (items.length === 0) return state;
  const shared = {
    mean: Float64Array.from(state.shared.mean),
    covariance: Float64Array.from(state.shared.covariance),
  };
  const known = new Map(state.offers.map((offer) => [offer.id, offer]));
  const touched = new Map<string, { block: OfferBlock; weight: number }>();
  let total = state.weight;
  for (const item of items) {
    const offer = known.get(item.id);
    const held = touched.get(item.id) ?? {
      block: offer ? blockOf(offer) : unseenBlock(state),
      weight: offer?.weight ?? 0,
    };
    const weight = apply(shared, held.block, project(held.block, item.features, state.perOffer), item);
    held.weight += weight;
    total += weight;
    touched.set(item.id, held);
  }
  const offers = state.offers.map((offer) => {
    const held = touched.get(offer.id);
    return held ? packed(offer.id, held.block, held.weight) : offer;
  });
  for (const [id, held] of touched) if (!known.has(id)) offers.push(packed(id, held.block, held.weight));
  return {
    ...state,
    shared: { mean: Array.from(shared.mean), covariance: Array.from(shared.covariance) },
    offers,
    weight: total,
  };
}

function packed(id: string, { covariance, offset, slope }: OfferBlock, weight: number): OfferState {
  return {
    id,
    covariance: Array.from(covariance),
    offset: Array.from(offset),
    slope: Array.from(slope),
    weight,
  };
}

/**
 * The response and its variance that fold an outcome in. For `logistic`: the mode of log-odds t with prior
 * N(m, v) and likelihood sigmoid(t)^r (1 - sigmoid(t))^(1 - r) solves t = m + v w (r - sigmoid(t)); a normal response
 * t + (r - s) / (s (1 - s)) with variance 1 / (w s (1 - s)), s = sigmoid(t), has that mode and that curvature.
 */
function evidence(
  state: BanditState,
  shared: Working,
  projection: Projection,
  { reward, weight }: { readonly reward: number; readonly weight: number },
): { response: number; noise: number } {
  if (state.policy !== 'logistic') return { response: reward, noise: state.prior.noise / weight };
  const { mean, deviation } = predict(shared, projection);
  const mode = modeOf(mean, weight * deviation ** 2, reward);
  const chance = sigmoid(mode);
  const curvature = Math.max(chance * (1 - chance), 1e-12);
  return { response: mode + (reward - chance) / curvature, noise: 1 / (weight * curvature) };
}

/** Solves t = mean + reach (reward - sigmoid(t)) by Newton's method, kept inside a bracket by bisection. */
function modeOf(mean: number, reach: number, reward: number): number {
  let low = mean - reach;
  let high = mean + reach;
  let mode = mean;
  for (let round = 0; round < 100; round++) {
    const chance = sigmoid(mode);
    const gap = mode - mean - reach * (reward - chance);
    if (gap > 0) high = mode;
    else low = mode;
    const next = mode - gap / (1 + reach * chance * (1 - chance));
    const inside = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(inside - mode) <= 1e-14 * (1 + Math.abs(mode))) return inside;
    mode = inside;
  }
  return mode;
}

function checkOutcome(state: BanditState, { id, features, reward, weight = 1 }: Outcome): void {
  checkFeatures(state, id, features);
  if (!Number.isFinite(reward)) throw new RangeError(`The reward of ${id} is not a number.`);
  if (!(weight >= 0)) throw new RangeError(`The weight of ${id} must not be negative.`);
  if (state.policy === 'logistic' && !(reward >= 0 && reward <= 1)) {
    throw new RangeError(`A logistic model takes rewards between 0 and 1; ${id} has ${reward}.`);
  }
}
