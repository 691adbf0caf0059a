import { chanceOf } from '../../domain/chance';
import { chooseOffers } from '../bandit/choose';
import { createBandit } from '../bandit/state';
import { updateBandit } from '../bandit/update';
import { seededRandom } from '../random';
import { tabulate, type Interaction } from './interactions';
import { percentileRanks } from './percentile';
import { openRecommender, trainRecommender, type Recommender } from './recommender';

const [customers, offers, rank, nights] = [250, 20, 3, 14];
const ids = Array.from({ length: offers }, (_, offer) => `offer-${String(offer)}`);
const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Preferences of few dimensions: how likely each customer takes each offer that is shown. */
const chances = ((): number[][] => {
  const random = seededRandom('planted');
  const vectors = (count: number) =>
    Array.from({ length: count }, () => Array.from({ length: rank }, () => random.normal()));
  const tastes = vectors(offers);
  return vectors(customers).map((customer) =>
    tastes.map((taste) => {
      const liking = customer.reduce((sum, value, i) => sum + value * (taste[i] ?? 0), 0);
      return 1 / (1 + Math.exp(2.5 - 1.5 * liking));
    }),
  );
})();

const train = (interactions: readonly Interaction[]): Recommender =>
  openRecommender(trainRecommender(tabulate(interactions), { factors: 8, random: seededRandom('als') }));

const interactionsOf = (taken: readonly ReadonlyMap<string, number>[]): Interaction[] =>
  taken.flatMap((history, customer) =>
    [...history].map(([item, weight]) => ({ customer: String(customer), item, weight })),
  );

/**
 * Every night each customer is shown one offer; in the morning the model learns what became of it, and the factors are
 * made anew. Gives the share that was taken in the second half.
 */
function play(withFactors: boolean): number {
  const random = seededRandom('play');
  const taken = chances.map(() => new Map<string, number>());
  const names = withFactors ? ['intercept', 'leaning'] : ['intercept'];
  let state = createBandit({ policy: 'lints', features: { names, perOffer: [0] } });
  let leaningsOf: ReturnType<Recommender['leaningsAmong']> = () => null;
  const rewards: number[] = [];
  for (let night = 0; night < nights; night++) {
    const outcomes = chances.map((chance, customer) => {
      const history = taken[customer] ?? new Map<string, number>();
      const leanings = leaningsOf(history);
      const candidates = ids.map((id, offer) => {
        return { id, features: withFactors ? [1, leanings?.[offer] ?? 0] : [1] };
      });
      const [choice] = chooseOffers(state, candidates, { random, draws: 1 });
      const offer = ids.indexOf(choice?.id ?? '');
      const reward = random.uniform() < (chance[offer] ?? 0) ? 1 : 0;
      if (night >= nights / 2) rewards.push(reward);
      if (reward) history.set(ids[offer] ?? '', 1);
      return { id: ids[offer] ?? '', features: candidates[offer]?.features ?? [], reward };
    });
    state = updateBandit(state, outcomes);
    if (withFactors) leaningsOf = train(interactionsOf(taken)).leaningsAmong(ids);
  }
  return average(rewards);
}

/** What some customers took of all that they were shown. */
function takenBy(from: number, to: number, shown: number): Map<string, number>[] {
  const random = seededRandom('taken');
  return chances.slice(from, to).map((chance) => {
    const all = ids.filter((_, offer) => random.uniform() < shown && random.uniform() < (chance[offer] ?? 0));
    return new Map(all.map((id) => [id, 1]));
  });
}

describe('leanings', () => {
  it('as a feature let a bandit find what each customer likes: half as much again is taken, at least', () => {
    expect(play(true)).toBeGreaterThan(1.5 * play(false));
  });

  it('rank the offers for a new customer of whom two or three acts are known', () => {
    const recommender = train(interactionsOf(takenBy(0, 200, 0.8)));
    const leaningsOf = recommender.leaningsAmong(ids);
    const gains = takenBy(200, customers, 1).flatMap((all, index) => {
      const history = new Map([...all].slice(0, 3));
      const leanings = leaningsOf(history);
      if (history.size < 2 || !leanings) return [];
      const left = ids.flatMap((id, offer) => (history.has(id) ? [] : [offer]));
      const chance = (offer: number) => chances[200 + index]?.[offer] ?? 0;
      const mean = (some: readonly number[]) => average(some.slice(0, 3).map(chance));
      const popular = recommender.popular(history, 3).map(({ id }) => ids.indexOf(id));
      const leaning = left.toSorted((a, b) => (leanings[b] ?? 0) - (leanings[a] ?? 0));
      const recommended = recommender.recommend(history, 3).map(({ id }) => ids.indexOf(id));
      return [{ recommended: mean(recommended), leaning: mean(leaning), popular: mean(popular) }];
    });
    expect(gains.length).toBeGreaterThan(25);
    const popular = average(gains.map((gain) => gain.popular));
    expect(average(gains.map((gain) => gain.recommended))).toBeGreaterThan(1.33 * popular);
    expect(average(gains.map((gain) => gain.leaning))).toBeGreaterThan(1.33 * popular);
  });

  it('are in units of how far customers differ, and say nothing of popularity', () => {
    const taken = takenBy(0, customers, 0.8);
    const leaningsOf = train(interactionsOf(taken)).leaningsAmong([...ids, 'never taken']);
    const all = taken.flatMap((history) => {
      const leanings = leaningsOf(history);
      return leanings ? [leanings] : [];
    });
    const columns = ids.map((_, offer) => average(all.map((leanings) => leanings[offer] ?? 0)));
    for (const mean of columns) expect(Math.abs(mean)).toBeLessThan(0.25);
    const square = average(all.flatMap((leanings) => ids.map((_, offer) => (leanings[offer] ?? 0) ** 2)));
    expect(Math.sqrt(square)).toBeGreaterThan(0.8);
    expect(Math.sqrt(square)).toBeLessThan(1.2);
    expect(all.every((leanings) => leanings[offers] === 0)).toBe(true);
    expect(leaningsOf(new Map([['never taken', 3]]))).toBeNull();
  });
});

describe('percentile ranks', () => {
  const judge = (interactions: readonly Interaction[]) => {
    const rounds = percentileRanks(interactions, {
      factors: 8,
      random: seededRandom('ranks'),
      isApart: ({ customer, item }) => chanceOf(`${customer}/${item}`) < 0.2,
    });
    for (;;) {
      const { done, value } = rounds.next();
      if (done === true) return value;
    }
  };

  it('tell factors that know something from chance and from popularity', () => {
    const ranks = judge(interactionsOf(takenBy(0, customers, 0.8)));
    expect(ranks?.n).toBeGreaterThan(100);
    expect(ranks?.leaning.high).toBeLessThan(0.45);
    expect(ranks?.affinity.high).toBeLessThan(ranks?.popularity.value ?? 0);
  });

  it('find chance where customers have no taste, and nothing where there is nothing to judge', () => {
    const random = seededRandom('tasteless');
    const same = chances.map(() => new Map(ids.flatMap((id) => (random.uniform() < 0.25 ? [[id, 1]] : []))));
    const ranks = judge(interactionsOf(same));
    expect(ranks?.leaning.low).toBeLessThan(0.5);
    expect(ranks?.leaning.high).toBeGreaterThan(0.45);
    expect(judge([])).toBeNull();
  });
});
