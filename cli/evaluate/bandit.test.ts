import { seededRandom } from '../../scoring';
import { evaluateBandit, type PolicyName } from './bandit';
import { vectorsFor, type LogRow } from './decision-log';

/** Randomized decisions: `sedan` for those below 0, `truck` for those above, and `bike` is for nobody. */
function log(n: number, { seed = 'log', scale = 1 }: { seed?: string; scale?: number } = {}): LogRow[] {
  const random = seededRandom(seed);
  const actions = ['bike', 'sedan', 'truck'].map((id) => ({ id }));
  return Array.from({ length: n }, () => {
    const taste = 100 + 20 * random.normal();
    const chosen = actions[random.integer(3)]?.id ?? 'bike';
    const suits = (chosen === 'sedan' && taste < 100) || (chosen === 'truck' && taste >= 100);
    const reward = random.uniform() < (suits ? 0.5 : 0.1) ? scale : 0;
    return { context: [1, taste], actions, chosen, propensity: 1 / 3, reward };
  });
}

const ask = (policy: PolicyName, scale = 1) =>
  evaluateBandit({
    learn: log(2500, { scale }),
    test: log(2500, { seed: 'test', scale }),
    policy,
    seed: 's',
  });

describe('evaluating a bandit', () => {
  it.each(['linucb', 'lints', 'logistic'] as const)('finds who wants what, and proves it (%s)', (policy) => {
    const answer = ask(policy);
    expect(answer).toMatchObject({ policy, n: 2500, learned: 2500, support: { conclusive: true } });
    for (const { value, low, high } of [answer.ips, answer.snips, answer.dr ?? answer.ips]) {
      expect(value).toBeGreaterThan(0.4);
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    expect(answer.random.snips.value).toBeCloseTo(0.23, 1);
    expect(answer.against.random.verdict).toBe('better');
    expect(answer.against.bestAction.verdict).toBe('better');
    expect(answer.share['bike']).toBeLessThan(0.05);
    expect(Object.values(answer.share).reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 9);
  });

  it('learns amounts as well as rates', () => {
    const { snips, against } = ask('lints', 30_000);
    expect(snips.value).toBeGreaterThan(12_000);
    expect(against.bestAction.verdict).toBe('better');
    expect(() => ask('logistic', 30_000)).toThrow('between 0 and 1');
  });

  it('values uniform choice and the best action too', () => {
    const random = ask('random');
    expect(random.ips.value).toBeCloseTo(random.logged.value, 12);
    const best = ask('best-action');
    expect(best.share[best.bestAction.action]).toBe(1);
    expect(best.snips.value).toBeCloseTo(best.bestAction.snips.value, 12);
  });

  it('gives the same answer for the same seed', () => {
    expect(ask('lints')).toEqual(ask('lints'));
  });

  it('refuses to conclude from a handful of decisions', () => {
    const { support } = evaluateBandit({ learn: log(30), test: log(30), policy: 'linucb', seed: 's' });
    expect(support.conclusive).toBe(false);
    expect(support.gaps).toContain('few-effective-rewards');
  });

  it('scales what varies, drops what does not, and crosses context with action features', () => {
    const actions = [
      { id: 'a', features: [0, 5] },
      { id: 'b', features: [1, 5] },
    ];
    const row = { actions, chosen: 'a', propensity: 0.5, reward: 1 };
    const vectors = vectorsFor([
      { ...row, context: [1, 10] },
      { ...row, context: [1, 20] },
    ]);
    expect(vectors.names).toEqual(['intercept', 'context[1]', 'action[0]', 'context[1]*action[0]']);
    expect(vectors.perOffer).toEqual([0, 1]);
    expect(Array.from(vectors.encode([1, 20], { id: 'b', features: [1, 5] }).features)).toEqual([1, 1, 1, 1]);
    expect(Array.from(vectors.encode([1, 15], { id: 'a', features: [0, 5] }).features)).toEqual([
      1, 0, -1, -0,
    ]);
  });
});
