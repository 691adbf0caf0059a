import { highest } from '../highest';
import { solveSymmetric } from '../symmetric';
import { factorize, type AlsOptions } from './als';
import { rowOf, type InteractionTable } from './interactions';
import { gramOf } from './kernels';

/**
 * What is needed to recommend to anyone, customers unseen in training among them, as a plain document. Customers' own
 * factors are not in it: they follow from what the customer did, by {@link foldIn}.
 */
export interface RecommenderState {
  readonly items: readonly string[];
  readonly factors: number;
  /** Item factors, row by row. */
  readonly itemFactors: readonly number[];
  /** Number of customers with an interaction, for each item. */
  readonly popularity: readonly number[];
  readonly regularization: number;
  /** Confidence in an interaction of weight 1. */
  readonly confidence: number;
}

/** What a customer did, by item id. */
export type History = ReadonlyMap<string, number>;

/** Learns item factors and popularity. */
export function trainRecommender(table: InteractionTable, options: AlsOptions): RecommenderState {
  const { factors, items, regularization, confidence } = factorize(table, options);
  return {
    items: table.items,
    factors,
    itemFactors: Array.from(items),
    popularity: table.items.map((_, item) => rowOf(table.byItem, item).columns.length),
    regularization,
    confidence,
  };
}

export interface Recommended {
  readonly id: string;
  /** Affinity: near 1 for what the customer would have chosen, near 0 for the rest. Popularity share in a fallback. */
  readonly score: number;
}

/** Recommends from one state; keeps its matrices unpacked. */
export interface Recommender {
  /** The factors of a customer with this history; all 0 where none of it is known. */
  foldIn(history: History): Float64Array;
  /** Affinity of a customer's factors to an item; undefined where the item was not there in training. */
  affinity(customer: Float64Array, item: string): number | undefined;
  /** The best items that the history does not hold, best first; the most popular ones for an unknown customer. */
  recommend(history: History, count: number): Recommended[];
  /** The most popular items that the history does not hold. */
  popular(history: History, count: number): Recommended[];
}

/** Unpacks a state, once: O(items x factors²). */
export function openRecommender(state: RecommenderState): Recommender {
  const { factors, regularization } = state;
  const vectors = Float64Array.from(state.itemFactors);
  const gram = new Float64Array(factors * factors);
  gramOf(vectors, factors, regularization, gram);
  const index = new Map(state.items.map((id, item) => [id, item]));
  const most = Math.max(1, ...state.popularity);
  const popularity = Float64Array.from(state.popularity, (count) => count / most);

  const foldIn = (history: History): Float64Array => {
    const system = gram.slice();
    const right = new Float64Array(factors);
    let known = false;
    for (const [id, weight] of history) {
      const item = index.get(id);
      if (item === undefined || !(weight > 0)) continue;
      known = true;
      const confidence = state.confidence * weight;
      const at = item * factors;
      for (let i = 0; i < factors; i++) {
        const y = vectors[at + i] ?? 0;
        right[i] = (right[i] ?? 0) + confidence * y;
        for (let j = 0; j <= i; j++) {
          system[i * factors + j] =
            (system[i * factors + j] ?? 0) + (confidence - 1) * y * (vectors[at + j] ?? 0);
        }
      }
    }
    return known ? solveSymmetric(system, right) : right;
  };

  const product = (customer: Float64Array, item: number): number => {
    let sum = 0;
    for (let j = 0, at = item * factors; j < factors; j++, at++)
      sum += (customer[j] ?? 0) * (vectors[at] ?? 0);
    return sum;
  };

  const best = (scores: Float64Array, history: History, count: number): Recommended[] => {
    const candidates: number[] = [];
    state.items.forEach((id, item) => {
      if (!history.has(id)) candidates.push(item);
    });
    const value = (place: number): number => scores[candidates[place] ?? 0] ?? 0;
    return highest(
      candidates.length,
      count,
      (a, b) => value(a) > value(b) || (value(a) === value(b) && a < b),
    ).map((place) => ({ id: state.items[candidates[place] ?? 0] ?? '', score: value(place) }));
  };

  const popular = (history: History, count: number): Recommended[] => best(popularity, history, count);
  return {
    foldIn,
    affinity: (customer, id) => {
      const item = index.get(id);
      return item === undefined ? undefined : product(customer, item);
    },
    recommend: (history, count) => {
      const customer = foldIn(history);
      if (customer.every((value) => value === 0)) return popular(history, count);
      const scores = new Float64Array(state.items.length);
      for (let item = 0; item < scores.length; item++) scores[item] = product(customer, item);
      return best(scores, history, count);
    },
    popular,
  };
}
