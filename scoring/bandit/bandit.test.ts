import fc from 'fast-check';
import { Matrix, inverse } from 'ml-matrix';
import { plainFeatures } from '../features';
import { seededRandom, type Random } from '../random';
import { chooseOffers, choiceProbabilities } from './choose';
import { explain } from './explain';
import { forgetBandit } from './forget';
import { scoreCandidates } from './score';
import { createBandit, type BanditState, type Policy } from './state';
import { correctBandit, retireOffers, unlearnBandit, updateBandit, type Outcome } from './update';

const names = ['intercept', 'recency', 'vip'];
const policies: Policy[] = ['linucb', 'lints', 'logistic'];

function bandit(policy: Policy, options: { exploration?: number; perOffer?: number[] } = {}): BanditState {
  const { perOffer = [0, 1], ...rest } = options;
  return createBandit({
    policy,
    features: { names, perOffer },
    expected: 0.3,
    spread: 1,
    noise: 0.2,
    ...rest,
  });
}

function outcomes(n: number, random: Random = seededRandom('outcomes')): Outcome[] {
  return Array.from({ length: n }, () => {
    const id = `offer-${random.integer(4)}`;
    const features = [1, random.normal(), random.integer(2)];
    const chance = 0.2 + (id === 'offer-2' ? 0.4 : 0) + 0.1 * (features[2] ?? 0);
    return { id, features, reward: random.uniform() < chance ? 1 : 0 };
  });
}

function means(
  state: BanditState,
  features = [1, 0.5, 1],
  ids = ['offer-0', 'offer-1', 'offer-2', 'new'],
): number[] {
  const candidates = ids.map((id) => ({ id, features }));
  return scoreCandidates(state, candidates, { random: seededRandom(1) }).map(({ mean }) => mean);
}

/** The same posterior from one dense regression over shared and own coefficients of every offer. */
function denseMeans(state: BanditState, data: readonly Outcome[], features: number[], ids: string[]) {
  const offers = [...new Set([...data.map(({ id }) => id), ...ids])];
  const { perOffer, prior } = state;
  const d = names.length;
  const p = perOffer.length;
  const row = (id: string, z: ArrayLike<number>): number[] => {
    const wide = [...Array.from(z), ...new Array<number>(p * offers.length).fill(0)];
    perOffer.forEach((column, i) => (wide[d + offers.indexOf(id) * p + i] = z[column] ?? 0));
    return wide;
  };
  const variances = [...prior.variance, ...offers.flatMap(() => prior.offerVariance)];
  const precision = Matrix.diag(variances.map((variance) => 1 / variance));
  const right = Matrix.columnVector(variances.map((variance, j) => (prior.mean[j] ?? 0) / variance));
  for (const { id, features: z, reward, weight = 1 } of data) {
    const x = Matrix.columnVector(row(id, z));
    precision.add(x.mmul(x.transpose()).mul(weight / prior.noise));
    right.add(Matrix.mul(x, (weight * reward) / prior.noise));
  }
  const covariance = inverse(precision);
  const mean = covariance.mmul(right);
  return ids.map((id) => {
    const x = Matrix.rowVector(row(id, features));
    const variance = x.mmul(covariance).mmul(x.transpose()).get(0, 0);
    return { mean: x.mmul(mean).get(0, 0), deviation: Math.sqrt(variance) };
  });
}

describe('the bandit', () => {
  it('gives the posterior of one dense Bayesian regression over shared and own coefficients', () => {
    const data = outcomes(300).map((outcome, i) => ({ ...outcome, weight: i % 3 === 0 ? 2 : 0.5 }));
    const state = updateBandit(bandit('lints'), data);
    const ids = ['offer-0', 'offer-2', 'new'];
    const features = [1, 0.5, 1];
    const dense = denseMeans(state, data, features, ids);
    const scores = scoreCandidates(
      state,
      ids.map((id) => ({ id, features })),
      { random: seededRandom(1) },
    );
    scores.forEach(({ mean, deviation }, i) => {
      expect(mean).toBeCloseTo(dense[i]?.mean ?? Number.NaN, 9);
      expect(deviation).toBeCloseTo(dense[i]?.deviation ?? Number.NaN, 9);
    });
  });

  it.each(policies)('folds a batch in exactly as its outcomes one by one (%s)', (policy) => {
    const outcome = fc.record({
      id: fc.constantFrom('a', 'b', 'c.d', '$e'),
      features: fc.tuple(fc.constant(1), fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(0, 1)),
      reward: fc.constantFrom(0, 1),
      weight: fc.double({ min: 0, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 25 }), (data) => {
        const start = bandit(policy);
        const oneByOne = data.reduce((state, item) => updateBandit(state, [item]), start);
        expect(updateBandit(start, data)).toEqual(oneByOne);
        expect(start).toEqual(bandit(policy));
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('does not depend on the order of outcomes in a linear model', () => {
    const data = outcomes(200);
    const forwards = means(updateBandit(bandit('lints'), data));
    const backwards = means(updateBandit(bandit('lints'), data.toReversed()));
    forwards.forEach((mean, i) => expect(mean).toBeCloseTo(backwards[i] ?? Number.NaN, 10));
  });

  it.each(policies)('survives a trip through JSON (%s)', (policy) => {
    const state = updateBandit(bandit(policy), outcomes(50));
    const stored: BanditState = JSON.parse(JSON.stringify(state)) as BanditState;
    expect(stored).toEqual(state);
    expect(means(stored)).toEqual(means(state));
  });

  it.each(policies)('puts an unseen offer where the others stand, with more doubt (%s)', (policy) => {
    const state = updateBandit(bandit(policy), outcomes(2000));
    const [unseen, known] = scoreCandidates(
      state,
      [
        { id: 'new', features: [1, 0, 0] },
        { id: 'offer-0', features: [1, 0, 0] },
      ],
      { random: seededRandom(1) },
    );
    expect(unseen?.mean).toBeGreaterThan(0.15);
    expect(unseen?.mean).toBeLessThan(0.6);
    expect(unseen?.deviation).toBeGreaterThan(3 * (known?.deviation ?? 0));
  });

  it.each(policies)('learns which offer is best (%s)', (policy) => {
    const random = seededRandom('learning');
    const ids = ['offer-0', 'offer-1', 'offer-2'];
    let state = bandit(policy);
    let best = 0;
    for (let round = 0; round < 600; round++) {
      const features = [1, random.normal(), random.integer(2)];
      const [choice] = chooseOffers(
        state,
        ids.map((id) => ({ id, features })),
        { random, draws: 1 },
      );
      if (!choice) throw new Error('nothing was chosen');
      if (round >= 300 && choice.id === 'offer-2') best++;
      const reward = random.uniform() < (choice.id === 'offer-2' ? 0.6 : 0.2) ? 1 : 0;
      state = updateBandit(state, [{ id: choice.id, features, reward }]);
    }
    expect(best).toBeGreaterThan(270);
  });

  it('explains a mean completely by its contributions', () => {
    const state = updateBandit(bandit('lints'), outcomes(400));
    for (const { mean, contributions } of scoreCandidates(
      state,
      ['offer-1', 'new'].map((id) => ({ id, features: [1, -2, 1] })),
      { random: seededRandom(1) },
    )) {
      expect(contributions.reduce((sum, part) => sum + part, 0)).toBeCloseTo(mean, 12);
    }
  });

  it('says the reasons in both languages, largest first', () => {
    const space = { names, label: (column: number) => names[column] ?? '' };
    const reasons = explain([0.3, -0.0215, 0.1], space, { locale: 'en' });
    expect(reasons.map(({ words }) => words)).toEqual(['vip: +10.0 points', 'recency: -2.2 points']);
    expect(explain([0.3, 0, 0.1], space, { locale: 'pt-BR' })[0]?.words).toBe('vip: +10,0 pontos');
  });

  it('corrects a reward exactly, as if it had been right from the start', () => {
    const data = outcomes(100);
    const late = { id: 'offer-1', features: [1, 0.7, 1] };
    const wrong = updateBandit(bandit('lints'), [{ ...late, reward: 0 }, ...data]);
    const right = updateBandit(bandit('lints'), [{ ...late, reward: 1 }, ...data]);
    const corrected = correctBandit(wrong, [{ ...late, change: 1 }]);
    means(corrected).forEach((mean, i) => expect(mean).toBeCloseTo(means(right)[i] ?? Number.NaN, 10));
    expect(corrected.weight).toBe(right.weight);
  });

  it('unlearns outcomes into the state that the others alone would have given, at the weight that they have', () => {
    const [kept, apart] = [outcomes(60), outcomes(40, seededRandom('apart'))];
    const weighed = apart.map((outcome, i) => ({ ...outcome, weight: 1 / (1 + (i % 3)) }));
    const both = updateBandit(updateBandit(bandit('lints'), kept), weighed);
    const back = unlearnBandit(both, weighed);
    const expected = updateBandit(bandit('lints'), kept);
    expect(back.weight).toBeCloseTo(expected.weight, 9);
    means(back).forEach((mean, i) => expect(mean).toBeCloseTo(means(expected)[i] ?? NaN, 9));
    back.shared.covariance.forEach((value, i) =>
      expect(value).toBeCloseTo(expected.shared.covariance[i] ?? NaN, 9),
    );
    expect(() => unlearnBandit(bandit('logistic'), apart)).toThrow(RangeError);
  });

  it('raises a logistic estimate when a late order corrects it', () => {
    const late = { id: 'offer-1', features: [1, 0.7, 1] };
    const wrong = updateBandit(bandit('logistic'), [{ ...late, reward: 0 }, ...outcomes(100)]);
    const right = updateBandit(bandit('logistic'), [{ ...late, reward: 1 }, ...outcomes(100)]);
    const corrected = means(correctBandit(wrong, [{ ...late, change: 1 }]));
    expect(Math.abs((corrected[1] ?? 0) - (means(right)[1] ?? 0))).toBeLessThan(0.01);
    expect(corrected[1]).toBeGreaterThan(means(wrong)[1] ?? 1);
  });

  it('forgets into the state that outcomes of less weight would have given', () => {
    const data = outcomes(150);
    const forgotten = forgetBandit(updateBandit(bandit('lints'), data), 0.4);
    const lighter = updateBandit(
      bandit('lints'),
      data.map((item) => ({ ...item, weight: 0.4 })),
    );
    means(forgotten).forEach((mean, i) => expect(mean).toBeCloseTo(means(lighter)[i] ?? Number.NaN, 8));
    expect(forgotten.weight).toBeCloseTo(60, 9);
    forgotten.shared.covariance.forEach((value, i) =>
      expect(value).toBeCloseTo(lighter.shared.covariance[i] ?? Number.NaN, 8),
    );
  });

  it('follows a world that changes better when it forgets', () => {
    const before = Array.from({ length: 400 }, () => ({ id: 'a', features: [1, 0, 0], reward: 0 }));
    const after = Array.from({ length: 40 }, () => ({ id: 'a', features: [1, 0, 0], reward: 1 }));
    const old = updateBandit(bandit('lints'), before);
    const [kept] = means(updateBandit(old, after), [1, 0, 0], ['a']);
    const [faded] = means(updateBandit(forgetBandit(old, 0.1), after), [1, 0, 0], ['a']);
    expect(kept).toBeLessThan(0.2);
    expect(faded).toBeGreaterThan(0.4);
  });

  it('keeps what a retired offer taught about all offers', () => {
    const state = updateBandit(bandit('lints'), outcomes(300));
    const retired = retireOffers(state, new Set(['offer-0']));
    expect(retired.offers.map(({ id }) => id)).not.toContain('offer-0');
    expect(means(retired)[3]).toBe(means(state)[3]);
  });

  it('stays a covariance after 20,000 outcomes', () => {
    const data = outcomes(20_000);
    const state = updateBandit(bandit('lints'), data);
    const dense = denseMeans(state, data, [1, 0.5, 1], ['offer-0']);
    expect(means(state)[0]).toBeCloseTo(dense[0]?.mean ?? Number.NaN, 7);
  });

  it('refuses what does not fit, and folds in nothing then', () => {
    const state = bandit('logistic');
    const good = { id: 'a', features: [1, 0, 0], reward: 1 };
    expect(() => updateBandit(state, [good, { ...good, features: [1, 0] }])).toThrow('2 features');
    expect(() => updateBandit(state, [{ ...good, features: [1, Number.NaN, 0] }])).toThrow('recency');
    expect(() => updateBandit(state, [{ ...good, reward: 2 }])).toThrow('between 0 and 1');
    expect(() => updateBandit(state, [{ ...good, weight: -1 }])).toThrow('negative');
    expect(() => forgetBandit(state, 0)).toThrow('keep');
    expect(() => createBandit({ policy: 'logistic', features: plainFeatures(names), expected: 1 })).toThrow();
    expect(state).toEqual(bandit('logistic'));
  });
});

describe('the choice', () => {
  const features = [1, 0, 0];
  const trained = updateBandit(bandit('lints'), outcomes(60));
  const candidates = ['offer-0', 'offer-1', 'offer-2', 'offer-3'].map((id) => ({ id, features }));

  it('logs the probability with which it really chooses', () => {
    const trials = 1500;
    const chosen = new Map<string, number>();
    const logged = new Map<string, number>();
    for (let trial = 0; trial < trials; trial++) {
      const [choice] = chooseOffers(trained, candidates, {
        random: seededRandom(`t${trial}`),
        draws: 200,
        floor: 0.1,
      });
      if (!choice) throw new Error('nothing was chosen');
      chosen.set(choice.id, (chosen.get(choice.id) ?? 0) + 1);
      logged.set(choice.id, (logged.get(choice.id) ?? 0) + 1 / choice.probability);
    }
    for (const { id } of candidates) {
      // The mean of 1 / probability over all trials is 1 for every offer: what importance weighting needs.
      expect((logged.get(id) ?? 0) / trials).toBeGreaterThan(0.85);
      expect((logged.get(id) ?? 0) / trials).toBeLessThan(1.15);
    }
    const probabilities = choiceProbabilities(trained, candidates, {
      random: seededRandom('p'),
      draws: 5000,
      floor: 0.1,
    });
    probabilities.forEach((probability, i) => {
      expect(Math.abs(probability - (chosen.get(candidates[i]?.id ?? '') ?? 0) / trials)).toBeLessThan(0.03);
    });
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  });

  it('states the standard error of an estimated probability', () => {
    const [choice] = chooseOffers(trained, candidates, { random: seededRandom('error'), draws: 400 });
    const p = choice?.probability ?? 0;
    expect(choice?.probabilityError).toBeCloseTo(Math.sqrt((p * (1 - p)) / 400), 10);
  });

  it('is certain where the policy is deterministic, but for the floor', () => {
    const state = updateBandit(bandit('linucb'), outcomes(60));
    const [choice] = chooseOffers(state, candidates, { random: seededRandom('greedy'), floor: 0.2 });
    expect(choice).toMatchObject({ explored: false, probability: 0.8 + 0.05, probabilityError: 0 });
    const explored = Array.from({ length: 60 }, (_, i) =>
      chooseOffers(state, candidates, { random: seededRandom(`x${i}`), floor: 0.2 }),
    ).flat();
    expect(explored.some((one) => one.explored && one.probability === 0.05)).toBe(true);
  });

  it('ranks by value times the multiplier', () => {
    const state = updateBandit(bandit('lints', { exploration: 0 }), outcomes(400));
    const heavy = candidates.map((one) => ({ ...one, multiplier: one.id === 'offer-0' ? 100 : 1 }));
    const list = chooseOffers(state, heavy, { random: seededRandom(1), count: 3 });
    expect(list.map(({ id }) => id).slice(0, 2)).toEqual(['offer-0', 'offer-2']);
    expect(list.map(({ rank }) => rank)).toEqual([0, 1, 2]);
    expect(list[0]?.utility).toBeCloseTo(100 * (list[0]?.mean ?? 0), 9);
  });

  it('breaks ties by the decision, whatever the order of the candidates', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(candidates, { minLength: 4 }), fc.string(), (shuffled, tieSeed) => {
        const pick = (from: typeof candidates) =>
          chooseOffers(bandit('linucb'), from, { random: seededRandom(1), tieSeed, count: 2 }).map(
            ({ id }) => id,
          );
        expect(pick(shuffled)).toEqual(pick(candidates));
      }),
      { numRuns: 50, seed: 3 },
    );
    const winners = new Set(
      Array.from({ length: 40 }, (_, i) =>
        chooseOffers(bandit('linucb'), candidates, { random: seededRandom(1), tieSeed: `${i}` }).map(
          ({ id }) => id,
        ),
      ).flat(),
    );
    expect(winners.size).toBe(4);
  });

  it('draws only those that may win, and logs a right probability for them and for those only the floor covers', () => {
    const state = updateBandit(bandit('lints'), outcomes(60));
    const options = { floor: 0.2, draws: 2_000, shortlist: 2 };
    const probabilities = choiceProbabilities(state, candidates, { ...options, random: seededRandom('p') });
    const listed = probabilities.filter((probability) => probability > 0.2 / candidates.length + 1e-9);
    expect(listed).toHaveLength(2);
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    const choices = Array.from({ length: 300 }, (_, i) =>
      chooseOffers(state, candidates, { ...options, draws: 100, random: seededRandom(`s${i}`) }),
    ).flat();
    for (const { id, probability, explored } of choices) {
      const place = candidates.findIndex((candidate) => candidate.id === id);
      expect(Math.abs(probability - (probabilities[place] ?? 0))).toBeLessThan(0.15);
      if (probabilities[place] === 0.2 / candidates.length) expect(explored).toBe(true);
    }
  });

  it('chooses nothing from nothing', () => {
    expect(chooseOffers(trained, [], { random: seededRandom(1) })).toEqual([]);
  });
});
