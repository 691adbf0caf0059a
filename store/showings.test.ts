import { beforeEachOnEmptyStore } from '../test/empty-store';
import { packFates, type DecisionDocument } from './decisions';
import type { Store } from './store';

const now = Date.parse('2026-03-10T15:00:00Z');
const day = 86_400_000;

let store: Store;
beforeEachOnEmptyStore((opened) => {
  store = opened;
});

const decision = (
  id: string,
  daysAgo: number,
  { offers = ['oil'], ...change }: Partial<DecisionDocument> & { readonly offers?: readonly string[] } = {},
): DecisionDocument => ({
  ...{ _id: id, customerId: 'ana', at: new Date(now - daysAgo * day), slot: 'upsell', currency: 'BRL' },
  ...{ modelVersion: 0, policy: 'lints', input: { customer: {}, context: {} }, candidates: [] },
  field: { catalogue: 'c', ...packFates([]) },
  shown: offers.map((offerId) => ({
    ...{ offerId, score: 1, propensity: 0.1, value: 10, probability: 0.5, probabilityError: 0 },
    ...{ explored: false, features: [], contributions: [] },
    factors: { value: 10, contextWeight: 1, lever: 1, fatigue: 1 },
  })),
  ...change,
});
const past = (daysAgo = 120) => store.showings.since('ana', new Date(now - daysAgo * day));
const ids = async (daysAgo?: number) => (await past(daysAgo)).map(({ _id }) => _id);

describe('what a customer was shown', () => {
  it('is told latest first since an instant, with what they looked at', async () => {
    const each = [
      decision('a', 40, { offers: ['oil', 'tyres'] }),
      decision('b', 3, { enrolmentId: 'upsell/ana#1' }),
      decision('c', 2),
      decision('of another', 1, { customerId: 'bia' }),
      decision('withheld', 1, { withheld: true }),
      decision('of nothing', 1, { offers: [] }),
    ];
    for (const one of each) await store.showings.add(one);
    await store.showings.markViewed(decision('a', 40), 'tyres');
    expect(await past()).toEqual([
      { _id: 'c', at: new Date(now - 2 * day), shown: [{ offerId: 'oil' }], viewed: [] },
      {
        ...{ _id: 'b', at: new Date(now - 3 * day), shown: [{ offerId: 'oil' }], viewed: [] },
        enrolmentId: 'upsell/ana#1',
      },
      {
        ...{ _id: 'a', at: new Date(now - 40 * day), shown: [{ offerId: 'oil' }, { offerId: 'tyres' }] },
        viewed: ['tyres'],
      },
    ]);
    expect(await ids(3)).toEqual(['c', 'b']);
    expect(await ids(2.5)).toEqual(['c']);
  });

  it('counts each decision once, however often and however many at once tell of it', async () => {
    const many = Array.from({ length: 30 }, (_, n) => decision(`d${n}`, n / 100));
    await Promise.all([...many, ...many].map((one) => store.showings.add(one)));
    for (const one of many) await store.showings.add(one);
    expect(await ids()).toEqual(many.map(({ _id }) => _id));
  });

  it('is read from one small document for each week', async () => {
    for (let n = 0; n < 60; n++) await store.showings.add(decision(`d${n}`, n / 4));
    expect(await ids()).toHaveLength(60);
    const weeks = await store.showings.collection.countDocuments();
    expect(weeks).toBeGreaterThanOrEqual(3);
    expect(weeks).toBeLessThanOrEqual(4);
  });
});
