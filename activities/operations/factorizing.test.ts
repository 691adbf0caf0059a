import { updateBandit, type BanditState } from '../../scoring';
import { forgetCustomer } from '../../store/forget';
import { unpackAffinities } from '../../store/decisions';
import { openStore, type Store } from '../../store/store';
import { customer, event, offer } from '../../test/builders';
import { beforeEachOnEmptyStore } from '../../test/empty-store';
import type { TestDatabase } from '../../test/servers';
import { affinitiesAmong, factorsModel, type FactorsState } from '../decisions/affinity';
import { createDecisions } from '../decisions/decisions';
import { featureSpace } from '../decisions/features';
import { priorModel } from '../decisions/model';
import { createRecommendations } from '../decisions/recommendations';
import { createFactorizing } from './factorizing';
import { createLearning } from './learning';
import { valueOnDecisions } from './judging';

const now = Date.parse('2026-03-10T15:00:00Z');
const day = 86_400_000;
const business = { timeZone: 'America/Sao_Paulo', locale: 'en', currency: 'BRL' } as const;
/** Half of the customers keep their cars going, half make them shine. */
const tastes = [
  ['oil', 'tyres', 'brakes', 'battery'],
  ['wash', 'polish', 'film', 'mats'],
] as const;
const catalogue = tastes.flat();

let database: TestDatabase;
let store: Store;

beforeEachOnEmptyStore(async (opened, itsDatabase) => {
  store = opened;
  database = itsDatabase;
  for (const id of catalogue) await store.offers.save(id, offer(), new Date(now));
});

const factors = () => store.models.of<FactorsState>(factorsModel);
const factorizing = (of: Store = store) => createFactorizing({ store: of, now: () => now });
const decisions = () => createDecisions({ store, business, now: () => now });

/** Orders of customers who each took two offers of their taste, and looked at a third. */
async function purchases(customers: number): Promise<void> {
  const at = new Date(now - 30 * day);
  await store.events.insert(
    Array.from({ length: customers }, (_, n) => n).flatMap((n) => {
      const taste = tastes[n % 2] ?? tastes[0];
      const customerId = `c-${String(n)}`;
      const first = Math.floor(n / 2);
      const second = first + 1 + (Math.floor(n / 8) % 3);
      const third = [1, 2, 3].map((step) => first + step).find((one) => one % 4 !== second % 4) ?? first;
      const about = (name: string, place: number) => {
        const properties = { offerId: taste[place % 4], orderId: 'o' };
        return event({ name, customerId, properties, occurredAt: at });
      };
      return [about('order.completed', first), about('offer.accepted', second), about('offer.viewed', third)];
    }),
  );
}

const newcomer = (properties: object) =>
  store.events.insert([
    event({ name: 'order.completed', customerId: 'ana', properties: { orderId: 'x', ...properties } }),
  ]);

async function affinityOf(decisionId: string | undefined): Promise<Map<string, number> | null> {
  const field = (await store.decisions.find(decisionId ?? ''))?.field;
  const stood = field && (await store.catalogues.find(field.catalogue));
  const affinities = field && unpackAffinities(field);
  return stood && affinities ? new Map(stood.offers.map(({ _id }, i) => [_id, affinities[i] ?? 0])) : null;
}

const ask = () => decisions().decideFor({ customerId: 'ana', slot: 'upsell', count: 2 });

describe('factorizing offers', () => {
  it('tells decisions what customers like this one take, also for one who came later', async () => {
    await purchases(80);
    expect(await factorizing().factorizeOffers('night')).toEqual({ version: 1 });
    const report = (await factors().latest())?.state.report;
    expect(report).toMatchObject({ customers: 80, offers: 8, outcome: 'in-force' });
    expect(report?.ranks?.leaning.high).toBeLessThan(0.5);

    await store.customers.collection.insertOne(customer());
    expect(await affinityOf((await ask())?.decisionId)).toBeNull();
    await newcomer({ offerId: 'wash' });
    const decision = await ask();
    const affinities = await affinityOf(decision?.decisionId);
    const [mechanics = 0, shine = 0] = tastes.map((taste) =>
      taste.reduce((sum, id) => sum + (affinities?.get(id) ?? 0) / 4, 0),
    );
    expect(shine).toBeGreaterThan(mechanics + 16);
    const stored = await store.decisions.find(decision?.decisionId ?? '');
    for (const { offerId, features } of stored?.shown ?? []) {
      expect(new Map(features).get('pair.affinity')).toBe((affinities?.get(offerId) ?? 0) / 32);
    }
  });

  it('moves choices towards them once the model has learned that they matter, and says so', async () => {
    await purchases(80);
    await factorizing().factorizeOffers('night');
    await store.customers.collection.insertOne(customer());
    await newcomer({ offerId: 'wash' });
    const state = priorModel(featureSpace(await store.offers.list()));
    const column = state.features.indexOf('pair.affinity');
    const taught = updateBandit(
      state,
      Array.from({ length: 600 }, (_, n) => ({
        id: catalogue[n % 8] ?? '',
        features: state.features.map((_, i) => (i === 0 ? 1 : i === column ? (n % 3) - 1 : 0)),
        reward: n % 3 === 2 ? 1 : 0,
      })),
    );
    await store.transaction((session) =>
      store.models.of<BanditState>('offers').add(0, taught, { at: new Date(now), session }),
    );
    // All are shown, so that it does not go by the draw which are.
    const request = { customerId: 'ana', slot: 'upsell', count: catalogue.length } as const;
    const offers = (await decisions().decideFor(request))?.offers ?? [];
    const likeliest = offers.toSorted((a, b) => b.propensity - a.propensity).slice(0, 2);
    expect([...tastes[1]]).toEqual(expect.arrayContaining(likeliest.map(({ offerId }) => offerId)));
    expect(likeliest[0]?.reasons.join()).toMatch(/customers like this one take it: \+\d+\.\d points/);
  });

  it('leaves decisions without them where little is known, or where they say nothing', async () => {
    await purchases(10);
    expect(await factorizing().factorizeOffers('first')).toEqual({ version: null });
    await store.events.collection.deleteMany({});
    const at = new Date(now - day);
    await store.events.insert(
      Array.from({ length: 300 }, (_, n) =>
        event({
          name: 'order.completed',
          customerId: `c-${String(n % 100)}`,
          properties: { orderId: 'o', offerId: catalogue[Math.floor(((n * n * 0.618_034) % 1) * 8)] },
          occurredAt: at,
        }),
      ),
    );
    await store.retrainings.collection.insertOne({
      ...{ _id: 'second', at, status: 'rejected', reason: 'undecided', base: 0, evaluation: null },
      ...{ lessons: { learned: 0, heldOut: 0 }, drift: null, calibration: null },
    });
    expect(await factorizing().factorizeOffers('second')).toEqual({ version: null });
    expect(await store.retrainings.find('second')).toMatchObject({
      factors: { outcome: 'no-better-than-chance' },
    });
    expect(await factors().latest()).toBeNull();
  });

  it('adds one version a night, whoever dies or hurries in between', async () => {
    await purchases(60);
    const dying = factorizing({
      ...store,
      transaction: (work) =>
        store.transaction(async (session) => {
          await work(session);
          throw new Error('killed');
        }),
    });
    await expect(dying.factorizeOffers('night')).rejects.toThrow('killed');
    expect(await factors().latest()).toBeNull();
    const stores = await Promise.all([1, 2].map(() => openStore(database.db, database.client)));
    const made = await Promise.all(stores.map((each) => factorizing(each).factorizeOffers('night')));
    expect(made).toEqual([{ version: 1 }, { version: 1 }]);
    expect(await factorizing().factorizeOffers('next')).toEqual({ version: 2 });
  });

  it('keeps nothing of any customer, and nothing of one who was erased', async () => {
    await purchases(60);
    await factorizing().factorizeOffers('night');
    expect(JSON.stringify(await factors().latest())).not.toContain('c-1');
    await store.customers.collection.insertOne(customer({ _id: 'c-1' }));
    await forgetCustomer(store, 'c-1', { at: new Date(now), salt: 'salt' });
    await factorizing().factorizeOffers('next');
    expect((await factors().latest())?.state.report.customers).toBe(59);
  });
});

describe('recommendations', () => {
  const list = (customerId = 'ana') =>
    createRecommendations({ store, currency: 'BRL', now: () => now })({
      customerId,
      slot: 'upsell',
      count: 3,
    });

  it('are what similar customers took, else what is popular, and never what may not be shown', async () => {
    await purchases(81);
    await factorizing().factorizeOffers('night');
    await store.customers.collection.insertOne(customer());
    expect(await list()).toMatchObject({ basis: 'popularity', offers: [{ score: 1 }, {}, {}] });
    await store.offers.save('film', offer({ rules: [{ rule: 'segment', segment: 'vip' }] }), new Date(now));
    await newcomer({ offerId: 'wash' });
    await newcomer({ offerId: 'mats' });
    const found = await list();
    expect(found?.basis).toBe('affinity');
    expect(found?.offers[0]?.offerId).toBe('polish');
    expect(found?.offers.map(({ offerId }) => offerId)).not.toContain('film');
    expect(await list('nobody')).toBeNull();
    await forgetCustomer(store, 'ana', { at: new Date(now), salt: 'salt' });
    expect(await list()).toBeNull();
  });
});

describe('while old and new programs run side by side', () => {
  /** A model as an older program stores it, without the column of affinities. */
  async function olderModel(): Promise<BanditState> {
    const { names, perOffer } = featureSpace(await store.offers.list());
    const old = { names: names.filter((name) => name !== 'pair.affinity'), perOffer };
    return updateBandit(priorModel(old), [{ id: 'oil', features: old.names.map(() => 1), reward: 1 }]);
  }

  it('a model without the column decides, learns it and goes on', async () => {
    await purchases(80);
    await factorizing().factorizeOffers('night');
    await store.customers.collection.insertOne(customer());
    await newcomer({ offerId: 'wash' });
    const old = await olderModel();
    const models = store.models.of<BanditState>('offers');
    await store.transaction((session) => models.add(0, old, { at: new Date(now), session }));
    const decision = await ask();
    expect(decision?.offers).toHaveLength(2);
    const [first] = decision?.offers ?? [];
    await decisions().recordOutcome({
      decisionId: decision?.decisionId ?? '',
      offerId: first?.offerId ?? '',
      response: 'accepted',
    });
    await createLearning({ store, now: () => now }).foldOutcomes();
    const after = await models.latest();
    expect(after?.state.features).toEqual([...old.features, 'pair.affinity']);
    expect(after?.state.weight).toBeCloseTo(2, 6);
    expect((await ask())?.offers).toHaveLength(2);
  });

  it('a model is valued on decisions with affinities and on those from before', async () => {
    await purchases(80);
    await store.customers.collection.insertOne(customer());
    await newcomer({ offerId: 'wash' });
    await ask();
    await factorizing().factorizeOffers('night');
    await ask();
    const made = await store.decisions.collection.find().sort({ at: 1 }).toArray();
    expect(made.map(({ field }) => field.affinities !== undefined).sort()).toEqual([false, true]);
    const state = priorModel(featureSpace(await store.offers.list()));
    const known = made.map((decision) => ({ decision, reward: 1 as const }));
    const value = await valueOnDecisions(store, known, { candidate: state, incumbent: state, seed: 's' });
    expect(value.evaluation).toMatchObject({ n: 2, difference: { value: 0 } });
  });
});

describe('affinities', () => {
  it('are 0 for an offer that nobody has taken, and within a byte', async () => {
    await purchases(80);
    await factorizing().factorizeOffers('night');
    const affinitiesOf = affinitiesAmong([{ _id: 'new' }, { _id: 'wash' }], await factors().latest());
    const affinities = affinitiesOf(new Map([['wash', 4]]));
    expect(affinities?.[0]).toBe(0);
    expect(affinities?.[1]).toBeGreaterThan(16);
    expect(affinitiesOf(new Map([['new', 4]]))).toBeNull();
    expect(affinitiesOf(new Map())).toBeNull();
  });
});
