import { BSON } from 'mongodb';
import { estimateCandidates, seededRandom, updateBandit, type BanditState } from '../../scoring';
import { openStore } from '../../store/store';
import { testDatabase, type TestDatabase } from '../../test/servers';
import { featureSpace } from './features';
import { offerModels, priorModel } from './model';
import { banditPacking } from './packing';

let database: TestDatabase;
beforeAll(async () => (database = await testDatabase()));
afterAll(() => database.close());

const random = seededRandom('packing');
const prior = priorModel(featureSpace([]));
const vector = () => prior.features.map((_, column) => (column === 0 ? 1 : random.normal()));
/** Numbers of no meaning, as many as a model of so many offers has. */
function large(offers: number): BanditState {
  const [d, p] = [prior.features.length, prior.perOffer.length];
  const numbers = (length: number) => Float64Array.from({ length }, () => random.uniform());
  return {
    ...prior,
    offers: Array.from({ length: offers }, (_, n) => ({
      id: `oferta-${n}-\u{1f697}`,
      covariance: numbers(p * p),
      offset: numbers(p),
      slope: numbers(p * d),
      weight: n,
    })),
  };
}
const plain = (state: BanditState) => ({
  ...state,
  shared: { mean: [...state.shared.mean], covariance: [...state.shared.covariance] },
  offers: state.offers.map(({ covariance, offset, slope, ...rest }) => {
    return { ...rest, covariance: [...covariance], offset: [...offset], slope: [...slope] };
  }),
});

describe('a model in bytes', () => {
  it('is the very same when it comes back, and learns and expects the same', () => {
    const outcomes = Array.from({ length: 60 }, (_, n) => {
      return { id: `offer-${n % 7}`, features: vector(), reward: n % 3 === 0 ? 1 : 0 };
    });
    const state = updateBandit(prior, outcomes);
    const { head, bytes } = banditPacking.pack(state);
    const back = banditPacking.unpack(head, bytes);
    expect(plain(back)).toEqual(plain(state));
    expect(plain(updateBandit(back, outcomes))).toEqual(plain(updateBandit(state, outcomes)));
    const candidates = outcomes.slice(0, 9);
    expect(estimateCandidates(back, candidates)).toEqual(estimateCandidates(state, candidates));
  });

  it('may have any number of offers: no document is near the limit of 16 MiB, and none is left behind', async () => {
    const store = await openStore(database.db, database.client);
    const models = offerModels(store);
    const state = large(3_000);
    const add = (after: number) =>
      store.transaction((session) => models.add(after, state, { at: new Date(0), session }));
    await add(0);
    await add(1);
    expect(plain((await models.latest())?.state ?? prior)).toEqual(plain(state));
    const parts = await store.models.parts.find().toArray();
    expect(parts.length).toBeGreaterThan(50);
    const documents = [...parts, ...(await store.models.collection.find().toArray())];
    for (const one of documents) expect(BSON.calculateObjectSize(one)).toBeLessThan(4.5 * 2 ** 20);
    await models.settle(2, 1);
    expect(await store.models.parts.countDocuments()).toBe(parts.length);
    expect(await models.find(1)).toBeNull();
    expect((await models.current())?.state.offers).toHaveLength(3_000);
    await add(2);
    await store.transaction((session) => models.add(3, large(1), { at: new Date(0), session }));
    await models.settle(4, 1);
    expect(await store.models.parts.countDocuments()).toBe(1);
  });

  it('stores of a version what differs from the one before, and each version stays whole', async () => {
    const store = await openStore(database.db, database.client);
    const models = offerModels(store, 'offers.candidates');
    const states = [large(400)];
    for (const id of ['oferta-100-\u{1f697}', 'oferta-300-\u{1f697}', 'new']) {
      states.push(updateBandit(states.at(-1) ?? prior, [{ id, features: vector(), reward: 1 }]));
    }
    const added: number[] = [];
    for (const [after, state] of states.entries()) {
      const before = await store.models.parts.countDocuments();
      await store.transaction((session) => models.add(after, state, { at: new Date(0), session }));
      added.push((await store.models.parts.countDocuments()) - before);
      expect(plain((await models.current())?.state ?? prior)).toEqual(plain(state));
      await models.settle(after + 1);
    }
    expect(added[0]).toBeGreaterThan(8);
    // The shared numbers, the offer's own, which may lie in two parts, and the ids where one is new.
    for (const parts of added.slice(1)) expect(parts).toBeLessThanOrEqual(3);
    await models.settle(states.length, 2);
    expect(await models.find(2)).toBeNull();
    for (const [index, state] of states.entries()) {
      if (index >= 2) expect(plain((await models.find(index + 1))?.state ?? prior)).toEqual(plain(state));
    }
    await models.settle(states.length, 1);
    expect(plain((await models.latest())?.state ?? prior)).toEqual(plain(states.at(-1) ?? prior));
    const named = await store.models.collection.findOne({ name: 'offers.candidates' });
    expect(await store.models.parts.countDocuments({ _id: /^offers.candidates/ })).toBe(
      named?.parts?.length ?? -1,
    );
  });
});
