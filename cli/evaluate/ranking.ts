import {
  estimateAll,
  openRecommender,
  rankingMetrics,
  seededRandom,
  tabulate,
  trainRecommender,
  type AlsOptions,
  type Estimate,
  type History,
  type Interaction,
  type RankingMetrics,
} from '../../scoring';

export interface RankingQuestion {
  readonly train: readonly Interaction[];
  readonly test: readonly Pick<Interaction, 'customer' | 'item'>[];
  /** Length of a list. */
  readonly k: number;
  readonly seed: string;
  readonly als: Omit<AlsOptions, 'random'>;
}

export interface RankingAnswer extends RankingMetrics {
  readonly k: number;
  /** Customers with an item in the test that is not already in their history; all means are over them. */
  readonly users: number;
  /** Those of them that training did not know: they get what is popular. */
  readonly unknown: number;
  readonly items: number;
  readonly popularity: RankingMetrics;
  /** 95% intervals of the means over customers, and of NDCG less that of popularity. */
  readonly intervals: {
    readonly factorization: Readonly<Record<keyof RankingMetrics, Estimate>>;
    readonly popularity: Readonly<Record<keyof RankingMetrics, Estimate>>;
    readonly ndcgGain: Estimate;
  };
  /** Training alone. */
  readonly seconds: number;
  readonly recommendingSeconds: number;
}

const metrics = ['ndcg', 'precision', 'recall', 'map'] as const;

/**
 * Trains the recommender on one table and judges its lists by another. Items of a customer's history are neither
 * recommended nor expected.
 *
 * @throws Error where no customer of the test has an item to be found.
 */
export function evaluateRanking({ train, test, k, seed, als }: RankingQuestion): RankingAnswer {
  const started = performance.now();
  const table = tabulate(train);
  const state = trainRecommender(table, { ...als, random: seededRandom(seed) });
  const trained = performance.now();
  const recommender = openRecommender(state);
  const histories = grouped(train);
  const relevant = relevantItems(test, histories);
  if (relevant.size === 0)
    throw new Error('No customer of the test has an item that is not in their history already.');
  const judged = [...relevant].map(([customer, items]) => {
    const history = histories.get(customer) ?? new Map<string, number>();
    const judge = (list: readonly { readonly id: string }[]): RankingMetrics =>
      rankingMetrics(
        list.map(({ id }) => id),
        items,
        k,
      );
    return {
      mine: judge(recommender.recommend(history, k)),
      popular: judge(recommender.popular(history, k)),
    };
  });
  const recommended = performance.now();
  const terms = [
    ...metrics.map((name) => judged.map(({ mine }) => mine[name])),
    ...metrics.map((name) => judged.map(({ popular }) => popular[name])),
    judged.map(({ mine, popular }) => mine.ndcg - popular.ndcg),
  ].map((values) => ({ terms: Float64Array.from(values) }));
  const estimates = estimateAll(terms, { random: seededRandom(seed) });
  const named = (from: number): Record<keyof RankingMetrics, Estimate> => ({
    ndcg: at(estimates, from),
    precision: at(estimates, from + 1),
    recall: at(estimates, from + 2),
    map: at(estimates, from + 3),
  });
  const [factorization, popularity] = [named(0), named(metrics.length)];
  return {
    k,
    users: judged.length,
    unknown: [...relevant.keys()].filter((customer) => !histories.has(customer)).length,
    items: table.items.length,
    ...values(factorization),
    popularity: values(popularity),
    intervals: { factorization, popularity, ndcgGain: at(estimates, 2 * metrics.length) },
    seconds: (trained - started) / 1000,
    recommendingSeconds: (recommended - trained) / 1000,
  };
}

function grouped(interactions: readonly Interaction[]): Map<string, Map<string, number>> {
  const histories = new Map<string, Map<string, number>>();
  for (const { customer, item, weight } of interactions) {
    const history = histories.get(customer) ?? new Map<string, number>();
    history.set(item, (history.get(item) ?? 0) + weight);
    histories.set(customer, history);
  }
  return histories;
}

function relevantItems(
  test: readonly Pick<Interaction, 'customer' | 'item'>[],
  histories: ReadonlyMap<string, History>,
): Map<string, Set<string>> {
  const relevant = new Map<string, Set<string>>();
  for (const { customer, item } of test) {
    if (histories.get(customer)?.has(item) === true) continue;
    relevant.set(customer, (relevant.get(customer) ?? new Set()).add(item));
  }
  return relevant;
}

function values(estimates: Readonly<Record<keyof RankingMetrics, Estimate>>): RankingMetrics {
  const { ndcg, precision, recall, map } = estimates;
  return { ndcg: ndcg.value, precision: precision.value, recall: recall.value, map: map.value };
}

function at(estimates: readonly Estimate[], index: number): Estimate {
  const estimate = estimates[index];
  if (!estimate) throw new RangeError(`There is no estimate ${index}.`);
  return estimate;
}
