import fc from 'fast-check';
import { arbitrate, diversely, explainFactors, screenOffers, type ArbitrationOffer } from './arbitration';
import { createBandit } from './bandit/state';
import { updateBandit } from './bandit/update';
import { defaultFatigue, fatigueOf } from './fatigue';
import { seededRandom } from './random';

const day = 24 * 3600 * 1000;
const now = Date.UTC(2026, 2, 10, 12);

function offer(id: string, terms: Partial<ArbitrationOffer> = {}): ArbitrationOffer {
  return { id, value: 10_000, features: [1], ...terms };
}

const model = updateBandit(
  createBandit({
    policy: 'lints',
    features: { names: ['intercept'], perOffer: [0] },
    expected: 0.1,
    exploration: 0,
  }),
  Array.from({ length: 100 }, (_, i) => ({ id: 'tyres', features: [1], reward: i % 2 })),
);
const options = { random: seededRandom('arbitration'), now };

describe('arbitration', () => {
  it('names the rule that rejects each offer', () => {
    const { eligible, rejected } = screenOffers(
      [
        offer('off', { lever: 0 }),
        offer('loss', { value: -5 }),
        offer('thin', { value: 900 }),
        offer('gone', { stock: 0 }),
        offer('spent', { budget: { remaining: 99, cost: 100 } }),
        offer('capped', { cap: { times: 1, within: 7 * day } }),
        offer('tired'),
        offer('fine', { stock: 1, budget: { remaining: 100, cost: 100 }, cap: { times: 1, within: day } }),
      ],
      {
        now,
        minimumValue: 1000,
        showings: [
          { offerId: 'capped', at: now - 2 * day, answered: true },
          ...[1, 2, 3].map((ago) => ({ offerId: 'tired', at: now - ago * day, answered: false })),
          { offerId: 'fine', at: now - 2 * day, answered: true },
        ],
      },
    );
    expect(eligible.map(({ offer: { id } }) => id)).toEqual(['fine']);
    expect(rejected).toMatchObject([
      { id: 'off', rule: 'lever-off' },
      { id: 'loss', rule: 'margin-too-low' },
      { id: 'thin', rule: 'margin-too-low' },
      { id: 'gone', rule: 'out-of-stock' },
      { id: 'spent', rule: 'budget-spent' },
      { id: 'capped', rule: 'offer-cap', until: now + 5 * day },
      { id: 'tired', rule: 'fatigued' },
    ]);
  });

  it('holds every offer back when the customer has seen enough', () => {
    const showings = [1, 3].map((ago) => ({ offerId: 'oil', at: now - ago * day, answered: true }));
    const { rejected } = screenOffers([offer('tyres')], {
      now,
      showings,
      customerCap: { times: 2, within: 7 * day },
    });
    expect(rejected).toEqual([{ id: 'tyres', rule: 'customer-cap', until: now + 4 * day }]);
  });

  it('multiplies propensity, value, context weight, lever and fatigue', () => {
    const showings = [{ offerId: 'tyres', at: now, answered: false }];
    const { chosen } = arbitrate(model, [offer('tyres', { contextWeight: 0.5, lever: 3 })], {
      ...options,
      showings,
    });
    const [best] = chosen;
    expect(best?.propensity).toBeCloseTo(0.47, 1);
    expect(best?.score).toBeCloseTo(
      (best?.propensity ?? 0) * 10_000 * 0.5 * 3 * defaultFatigue.perIgnored,
      9,
    );
    expect(
      explainFactors(best?.factors ?? { value: 1, contextWeight: 1, lever: 1, fatigue: 1 }, 'pt-BR'),
    ).toEqual(['adequação ao momento: × 0,5', 'ajuste do marketing: × 3', 'ignorada antes: × 0,67']);
  });

  it('prefers a rarer sale that earns more', () => {
    const { chosen } = arbitrate(model, [offer('tyres'), offer('car', { value: 900_000 })], {
      ...options,
      count: 2,
    });
    expect(chosen.map(({ id }) => id)).toEqual(['car', 'tyres']);
  });

  it('does not repeat a group in a diverse list, unless it is worth it', () => {
    const alike = [
      offer('a', { value: 1000, group: 'oil' }),
      offer('b', { value: 900, group: 'oil' }),
      offer('c', { value: 500, group: 'tyres' }),
    ];
    const ids = (repeat: number) =>
      arbitrate(model, alike, { ...options, count: 3, diversity: { repeat } }).chosen.map(({ id }) => id);
    expect(ids(0.5)).toEqual(['a', 'c', 'b']);
    expect(ids(0.9)).toEqual(['a', 'b', 'c']);
  });

  it('gives the same answer for the same seed in any run', () => {
    const offers = ['a', 'b', 'c', 'd'].map((id) => offer(id));
    const draw = () =>
      arbitrate({ ...model, exploration: 1 }, offers, {
        now,
        random: seededRandom('d7'),
        count: 2,
        tieSeed: 'd7',
      });
    expect(draw()).toEqual(draw());
  });

  it('orders all candidates once, whatever the utilities', () => {
    const group = fc.constantFrom('x', 'y');
    fc.assert(
      fc.property(fc.array(fc.tuple(group, fc.double({ noNaN: true, min: -1e3, max: 1e3 }))), (items) => {
        const candidates = items.map(([name], i) => ({ id: `${i}`, group: name }));
        const arrange = diversely(candidates, { repeat: 0.3 }, { tieSeed: 's', count: items.length });
        const order = arrange(Float64Array.from(items, ([, utility]) => utility));
        expect([...order].sort((a, b) => a - b)).toEqual(items.map((_, i) => i));
      }),
      { seed: 4 },
    );
  });
});

describe('fatigue', () => {
  const showing = (ago: number, more = {}) => ({ offerId: 'tyres', at: now - ago, answered: false, ...more });
  const tired = (showings: ReturnType<typeof showing>[], at = now) =>
    fatigueOf({ id: 'tyres', group: 'wheels' }, showings, { now: at });

  it('recovers by half of its load in a half-life', () => {
    expect(tired([showing(0)]).factor).toBeCloseTo(defaultFatigue.perIgnored, 12);
    expect(tired([showing(defaultFatigue.halfLife)]).factor).toBeCloseTo(
      Math.sqrt(defaultFatigue.perIgnored),
      12,
    );
  });

  it('ignores what was answered and what comes later', () => {
    expect(tired([showing(0, { answered: true }), showing(-day)]).factor).toBe(1);
  });

  it('spreads a little over the group', () => {
    const { factor } = tired([
      showing(0, { offerId: 'rims', group: 'wheels' }),
      showing(0, { offerId: 'oil' }),
    ]);
    expect(factor).toBeCloseTo(defaultFatigue.perIgnored ** defaultFatigue.groupShare, 12);
  });

  it('tells when a resting offer is back, and it is', () => {
    const showings = [0, 1, 2, 3].map((ago) => showing(ago * day));
    const { resting, recoversAt } = tired(showings);
    expect(resting).toBe(true);
    expect(tired(showings, recoversAt - 60_000).resting).toBe(true);
    expect(tired(showings, recoversAt + 60_000).resting).toBe(false);
  });
});
