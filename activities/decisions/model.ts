import {
  createBandit,
  type BanditState,
  type FeatureInput,
  type FeatureSpace,
  type Numbers,
  type OfferEncoder,
} from '../../scoring';
import type { NamedFeature } from '../../store/decisions';
import type { ModelStore } from '../../store/models';
import type { Store } from '../../store/store';
import { banditPacking } from './packing';

/** Name under which the model of acceptance is stored, and that of candidates to take its place. */
export type OfferModelName = 'offers' | 'offers.candidates';

/** The versions of the model of acceptance. */
export function offerModels(
  { models }: Pick<Store, 'models'>,
  name: OfferModelName = 'offers',
): ModelStore<BanditState> {
  return models.of(name, banditPacking);
}

/** A model that has seen nothing: one showing in twenty is accepted. */
export function priorModel(space: Pick<FeatureSpace, 'names' | 'perOffer'>): BanditState {
  return createBandit({ policy: 'lints', features: space, expected: 0.05 });
}

/**
 * A model with a column for each of `names` too. In all it has learned from, a new column counted as 0, so its coefficient is
 * what it was before any outcome, and independent of the others: the wider model is the one that the same outcomes
 * would have given. Gives the model itself where nothing is new.
 *
 * @param perOffer those of the names for which each offer learns a coefficient of its own
 */
export function widened(
  state: BanditState,
  names: readonly string[],
  perOffer: ReadonlySet<string> = new Set(),
): BanditState {
  const known = new Set(state.features);
  const added = [...new Set(names)].filter((name) => !known.has(name));
  if (added.length === 0) return state;
  const d = state.features.length;
  const wide = d + added.length;
  const own = added.flatMap((name, index) => (perOffer.has(name) ? [index] : []));
  const { prior } = priorModel({
    names: ['intercept', ...added],
    perOffer: [0, ...own.map((index) => index + 1)],
  });
  const variance = prior.variance.slice(1);
  const ownAdded = own.map((index) => d + index);
  const ownVariance = prior.offerVariance.slice(1);
  const zeros = added.map(() => 0);
  return {
    ...state,
    features: [...state.features, ...added],
    perOffer: [...state.perOffer, ...ownAdded],
    prior: {
      ...state.prior,
      mean: [...state.prior.mean, ...zeros],
      variance: [...state.prior.variance, ...variance],
      offerVariance: [...state.prior.offerVariance, ...ownVariance],
    },
    shared: {
      mean: [...state.shared.mean, ...zeros],
      covariance: bordered(state.shared.covariance, variance),
    },
    offers: state.offers.map((offer) => ({
      ...offer,
      covariance: bordered(offer.covariance, ownVariance),
      offset: [...offer.offset, ...ownVariance.map(() => 0)],
      slope: lengthened(offer.slope, { from: d, to: wide, rows: state.perOffer.length + own.length }),
    })),
  };
}

/** A matrix, row by row, with columns and rows of zeros behind its own. */
function lengthened(
  matrix: Numbers,
  { from, to, rows }: { readonly from: number; readonly to: number; readonly rows: number },
): Float64Array {
  const long = new Float64Array(rows * to);
  matrix.forEach((value, at) => (long[Math.floor(at / from) * to + (at % from)] = value));
  return long;
}

/** A square matrix, row by row, with further entries on its diagonal. */
function bordered(matrix: Numbers, diagonal: readonly number[]): Numbers {
  if (diagonal.length === 0) return matrix;
  const n = Math.round(Math.sqrt(matrix.length));
  const size = n + diagonal.length;
  const wide = new Float64Array(size * size);
  matrix.forEach((value, at) => (wide[Math.floor(at / n) * size + (at % n)] = value));
  diagonal.forEach((value, index) => (wide[(n + index) * (size + 1)] = value));
  return wide;
}

/** A feature space in a model's column order; columns that the space does not have are always 0. */
export interface ModelSpace {
  readonly names: readonly string[];
  label: FeatureSpace['label'];
  among(offers: readonly FeatureInput['offer'][]): OfferEncoder;
}

/** Puts a feature space into the order of a model that has at least its columns. */
export function inOrderOf(state: BanditState, space: FeatureSpace): ModelSpace {
  const positions = new Map(space.names.map((name, index) => [name, index]));
  const order = Int32Array.from(state.features, (name) => positions.get(name) ?? -1);
  return {
    names: state.features,
    label: (column, locale) => {
      const position = order[column] ?? -1;
      return position < 0 ? (state.features[column] ?? String(column)) : space.label(position, locale);
    },
    among: (offers) => {
      const encoder = space.among(offers);
      if (order.length === space.names.length && order.every((position, column) => position === column)) {
        return encoder;
      }
      const values = new Float64Array(space.names.length);
      return (input, pairs) => {
        const encode = encoder(input, pairs);
        return (offer, into = new Float64Array(order.length), at = 0) => {
          encode(offer, values);
          for (let column = 0; column < order.length; column++) {
            into[at + column] = values[order[column] ?? -1] ?? 0;
          }
          return into;
        };
      };
    },
  };
}

/** A vector as it is stored: by name, without zeros. */
export function named(names: readonly string[], vector: ArrayLike<number>): NamedFeature[] {
  return names.flatMap((name, column) => {
    const value = vector[column] ?? 0;
    return value === 0 ? [] : [[name, value] as const];
  });
}

/** The inverse of {@link named}; names that are missing in `names` are left out. */
export function vectorOf(names: readonly string[], features: readonly NamedFeature[]): Float64Array {
  const values = new Map(features);
  return Float64Array.from(names, (name) => values.get(name) ?? 0);
}
