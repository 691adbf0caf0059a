import fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { rankingMetrics } from '../ranking-metrics';
import { seededRandom } from '../random';
import { factorize, type Factors } from './als';
import {
  leadingSingularValue,
  rowOf,
  tabulate,
  type Interaction,
  type InteractionTable,
} from './interactions';
import { openRecommender, trainRecommender } from './recommender';

/** Customers of four tastes, each of which buys from its own eight items, and everybody a few popular ones. */
function tastes(customers: number): Interaction[] {
  const random = seededRandom('tastes');
  return Array.from({ length: customers }, (_, i) => i).flatMap((i) => [
    ...Array.from({ length: 4 }, () => ({
      customer: `c${i}`,
      item: `taste${i % 4}-${random.integer(8)}`,
      weight: 1 + random.integer(3),
    })),
    { customer: `c${i}`, item: `popular-${random.integer(3)}`, weight: 1 },
  ]);
}

function loss(
  { customers, items, factors, regularization, confidence }: Factors,
  table: InteractionTable,
): number {
  let sum = 0;
  for (let u = 0; u < table.customers.length; u++) {
    const weights = new Map<number, number>();
    const { columns, values } = rowOf(table.byCustomer, u);
    columns.forEach((column, at) => weights.set(column, values[at] ?? 0));
    for (let i = 0; i < table.items.length; i++) {
      let product = 0;
      for (let f = 0; f < factors; f++)
        product += (customers[u * factors + f] ?? 0) * (items[i * factors + f] ?? 0);
      const weight = weights.get(i);
      sum += weight === undefined ? product ** 2 : confidence * weight * (1 - product) ** 2;
    }
  }
  const squares = [...customers, ...items].reduce((total, value) => total + value * value, 0);
  return sum + regularization * squares;
}

describe('interaction tables', () => {
  it('hold every pair once, seen from both sides', () => {
    const interaction = fc.record({
      customer: fc.constantFrom('a', 'b', 'c'),
      item: fc.constantFrom('x', 'y', 'z', '__proto__'),
      weight: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(interaction), (interactions) => {
        const { customers, items, byCustomer, byItem } = tabulate(interactions);
        const expected = new Map<string, number>();
        for (const { customer, item, weight } of interactions) {
          if (weight > 0)
            expected.set(`${customer} ${item}`, (expected.get(`${customer} ${item}`) ?? 0) + weight);
        }
        const read = (rows: typeof byCustomer, name: (row: number, column: number) => string) =>
          Array.from({ length: rows.rows }, (_, row) => {
            const { columns, values } = rowOf(rows, row);
            return [...columns].map((column, at): [string, number] => [name(row, column), values[at] ?? 0]);
          }).flat();
        const fromCustomers = read(
          byCustomer,
          (row, column) => `${customers[row] ?? ''} ${items[column] ?? ''}`,
        );
        const fromItems = read(byItem, (row, column) => `${customers[column] ?? ''} ${items[row] ?? ''}`);
        expect(new Map(fromCustomers)).toEqual(expected);
        expect(new Map(fromItems)).toEqual(expected);
        expect(fromItems).toHaveLength(expected.size);
      }),
      { seed: 9 },
    );
  });

  it('refuse a negative weight', () => {
    expect(() => tabulate([{ customer: 'a', item: 'x', weight: -1 }])).toThrow('at least 0');
  });

  it('know their largest singular value', () => {
    const pairs = [1, 2, 3].flatMap((i) =>
      [1, 2].map((j) => ({ customer: `${i}`, item: `${j}`, weight: 1 })),
    );
    expect(leadingSingularValue(tabulate(pairs).byCustomer)).toBeCloseTo(Math.sqrt(6), 6);
  });
});

describe('implicit ALS', () => {
  const table = tabulate(tastes(80));
  const options = () => ({ factors: 6, random: seededRandom('als') });

  it('lowers its loss in every round', () => {
    const losses = [1, 2, 3, 5, 8, 13].map((iterations) =>
      loss(factorize(table, { ...options(), iterations }), table),
    );
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] ?? 0));
  });

  it('ends where every item solves its normal equations', () => {
    const { customers, items, factors, regularization, confidence } = factorize(table, {
      ...options(),
      iterations: 200,
      steps: 8,
    });
    const x = Matrix.from1DArray(table.customers.length, factors, customers);
    for (const item of [0, 5, 20]) {
      const system = x.transpose().mmul(x).add(Matrix.eye(factors).mul(regularization));
      const right = Matrix.zeros(factors, 1);
      const { columns, values } = rowOf(table.byItem, item);
      columns.forEach((customer, at) => {
        const row = x.getRowVector(customer).transpose();
        const c = confidence * (values[at] ?? 0);
        system.add(row.mmul(row.transpose()).mul(c - 1));
        right.add(Matrix.mul(row, c));
      });
      solve(system, right)
        .to1DArray()
        .forEach((value, f) => expect(items[item * factors + f]).toBeCloseTo(value, 3));
    }
  });

  it('does not depend on the unit of the weights', () => {
    const heavier = tabulate(tastes(80).map((one) => ({ ...one, weight: one.weight * 1000 })));
    const [light, heavy] = [table, heavier].map((one) => factorize(one, options()).items);
    light?.forEach((value, at) => expect(heavy?.[at]).toBeCloseTo(value, 6));
  });

  it('folds a customer in where training put them', () => {
    const trained = factorize(table, { ...options(), iterations: 200, steps: 8 });
    const recommender = openRecommender(trainRecommender(table, { ...options(), iterations: 200, steps: 8 }));
    const { columns, values } = rowOf(table.byCustomer, 7);
    const history = new Map([...columns].map((column, at) => [table.items[column] ?? '', values[at] ?? 0]));
    recommender
      .foldIn(history)
      .forEach((value, f) => expect(value).toBeCloseTo(trained.customers[7 * 6 + f] ?? Number.NaN, 3));
  });
});

describe('the recommender', () => {
  const table = tabulate(tastes(200));
  const recommender = openRecommender(
    trainRecommender(table, { factors: 8, random: seededRandom('recommender') }),
  );

  it('recommends to a new customer what others of the same taste chose', () => {
    const history = new Map([
      ['taste2-0', 1],
      ['taste2-1', 2],
    ]);
    const list = recommender.recommend(history, 5).map(({ id }) => id);
    expect(list).toHaveLength(5);
    expect(list.filter((id) => id.startsWith('taste2')).length).toBeGreaterThanOrEqual(4);
    expect(list).not.toContain('taste2-0');
    const customer = recommender.foldIn(history);
    expect(recommender.affinity(customer, 'taste2-5')).toBeGreaterThan(
      recommender.affinity(customer, 'taste0-5') ?? 1,
    );
    expect(recommender.affinity(customer, 'never sold')).toBeUndefined();
  });

  it('falls back on popularity for who has no history that it knows', () => {
    const popular = recommender.popular(new Map(), 3);
    expect(popular.map(({ id }) => id).toSorted()).toEqual(['popular-0', 'popular-1', 'popular-2']);
    expect(popular[0]?.score).toBe(1);
    expect(recommender.recommend(new Map([['never sold', 1]]), 3)).toEqual(popular);
  });

  it('beats popularity on what customers chose next', () => {
    const later = tastes(200).map(({ customer }, i) => ({
      customer,
      item: `taste${Number(customer.slice(1)) % 4}-${i % 8}`,
    }));
    const ndcg = (list: (history: Map<string, number>) => { id: string }[]): number => {
      const scores = table.customers.map((customer, row) => {
        const { columns, values } = rowOf(table.byCustomer, row);
        const history = new Map(
          [...columns].map((column, at) => [table.items[column] ?? '', values[at] ?? 0]),
        );
        const relevant = new Set(later.filter((one) => one.customer === customer).map(({ item }) => item));
        return rankingMetrics(
          list(history).map(({ id }) => id),
          relevant,
          10,
        ).ndcg;
      });
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    };
    expect(ndcg((history) => recommender.recommend(history, 10))).toBeGreaterThan(
      2 * ndcg((history) => recommender.popular(history, 10)),
    );
  });

  it('survives an empty table', () => {
    const empty = openRecommender(trainRecommender(tabulate([]), { random: seededRandom(1) }));
    expect(empty.recommend(new Map([['x', 1]]), 3)).toEqual([]);
  });
});
