import { highest } from '../highest';
import { solveSymmetric } from '../symmetric';
import { factorize, factorizingRounds, type AlsOptions, type Factors } from './als';
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
  /** Mean of the factors of all customers in training. */
  readonly typical: readonly number[];
  /** Root mean square, over all customers and items in training, of how far an affinity is from the item's mean. */
  readonly spread: number;
}

/** What a customer did, by item id. */
export type History = ReadonlyMap<string, number>;

/** Learns item factors and popularity. */
export function trainRecommender(table: InteractionTable, options: AlsOptions): RecommenderState {
  return stateOf(table, factorize(table, options));
}

/** As {@link trainRecommender}, a round at each step, so that whoever trains may do something else in between. */
export function* trainingRounds(
  table: InteractionTable,
  options: AlsOptions,
): Generator<number, RecommenderState> {
  return stateOf(table, yield* factorizingRounds(table, options));
}

function stateOf(table: InteractionTable, learned: Factors): RecommenderState {
  const { factors, customers, items, regularization, confidence } = learned;
  const typical = meanRow(customers, factors);
  return {
    items: table.items,
    factors,
    itemFactors: Array.from(items),
    popularity: table.items.map((_, item) => rowOf(table.byItem, item).columns.length),
    regularization,
    confidence,
    typical: Array.from(typical),
    spread: Math.sqrt(meanSquare(customers, items, typical)),
  };
}

function meanRow(rows: Float64Array, width: number): Float64Array {
  const mean = new Float64Array(width);
  const count = Math.max(rows.length / width, 1);
  rows.forEach((value, at) => (mean[at % width] = (mean[at % width] ?? 0) + value / count));
  return mean;
}

/** Mean over all pairs of ((x - typical)ᵀ y)²: the sum of the products of the entries of both sides' second moments. */
function meanSquare(customers: Float64Array, items: Float64Array, typical: Float64Array): number {
  const width = typical.length;
  const centred = customers.map((value, at) => value - (typical[at % width] ?? 0));
  const [ours, theirs] = [new Float64Array(width * width), new Float64Array(width * width)];
  gramOf(centred, width, 0, ours);
  gramOf(items, width, 0, theirs);
  const pairs = (customers.length / width) * (items.length / width);
  return ours.reduce((sum, value, at) => sum + value * (theirs[at] ?? 0), 0) / Math.max(pairs, 1);
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
  /**
   * For some items, in their order: how much more a customer with a history is drawn to each than customers are on
   * average, in units of the spread over all pairs. It says nothing of how popular an item is. 0 for an item that was not
   * there in training; null where nothing of the history was.
   */
  leaningsAmong(items: readonly string[]): (history: History) => Float64Array | null;
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

  const leaningsAmong = (ids: readonly string[]) => {
    const places = Int32Array.from(ids, (id) => index.get(id) ?? -1);
    return (history: History): Float64Array | null => {
      const customer = foldIn(history);
      if (customer.every((value) => value === 0)) return null;
      for (let j = 0; j < factors; j++) customer[j] = (customer[j] ?? 0) - (state.typical[j] ?? 0);
      const unit = state.spread > 0 ? 1 / state.spread : 0;
      return Float64Array.from(places, (item) => (item < 0 ? 0 : unit * product(customer, item)));
    };
  };

  const popular = (history: History, count: number): Recommended[] => best(popularity, history, count);
  return {
    leaningsAmong,
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
