import type { OfferInput } from '../../domain/offer-schemas';
import { openStore, type Store } from '../../store/store';
import { customer, offer } from '../../test/builders';
import { beforeEachOnEmptyStore } from '../../test/empty-store';
import type { TestDatabase } from '../../test/servers';
import { createLearning } from '../operations/learning';
import { createDecisions, type Decisions } from './decisions';
import { MongoClient } from 'mongodb';

const now = Date.parse('2026-03-10T15:00:00Z');
const day = 86_400_000;
const business = { timeZone: 'America/Sao_Paulo', locale: 'pt-BR', currency: 'BRL' } as const;

let database: TestDatabase;
let store: Store;
let decisions: Decisions;
let clock: number;

beforeEachOnEmptyStore(async (opened, itsDatabase) => {
  store = opened;
  database = itsDatabase;
  clock = now;
  decisions = createDecisions({ store, business, now: () => clock });
  const people = Array.from({ length: 12 }, (_, n) => customer({ _id: `customer-${n}` }));
  await store.customers.collection.insertMany([customer(), customer({ _id: 'bia' }), ...people]);
});

const money = (amount: number) => ({ amount, currency: 'BRL' as const });
const put = (id: string, change: Partial<OfferInput> = {}) =>
  store.offers.save(id, offer(change), new Date(clock));
const decide = (customerId: string, count = 1) => decisions.decideFor({ customerId, slot: 'upsell', count });
const shownTo = async (customerId: string, count?: number) =>
  (await decide(customerId, count))?.offers.map(({ offerId }) => offerId);
const heldOf = async (id: string) => (await store.offers.find(id))?.held ?? 0;
const release = () => createLearning({ store, now: () => clock }).foldOutcomes();

describe('an offer of which there is not any number', () => {
  it('is held for who was shown it, so that the next customer gets the next best, and why', async () => {
    await put('tyres', { value: money(900_00), stock: 1 });
    await put('oil', { value: money(10_00) });
    expect(await shownTo('ana', 2)).toHaveLength(2);
    const other = await decide('bia');
    expect(other?.offers).toMatchObject([{ offerId: 'oil' }]);
    expect(other?.rejected).toEqual([{ offerId: 'tyres', rule: 'out-of-stock' }]);
    expect(await shownTo('ana', 2)).toContain('tyres');
    expect(await heldOf('tyres')).toBe(1);
  });

  it('chooses again where another process has taken the last piece since, and names the rule', async () => {
    await put('tyres', { value: money(900_00), budget: { total: 500, cost: 300 } });
    await put('oil', { value: money(10_00) });
    const elsewhere = await openStore(database.db, database.client);
    const theirs = createDecisions({ store: elsewhere, business, now: () => clock });
    await elsewhere.offers.current();
    expect(await shownTo('ana', 2)).toContain('tyres');
    const late = await theirs.decideFor({ customerId: 'bia', slot: 'upsell', count: 2 });
    expect(late?.offers).toMatchObject([{ offerId: 'oil' }]);
    expect(late?.rejected).toEqual([{ offerId: 'tyres', rule: 'budget-spent' }]);
    const stored = await store.decisions.find(late?.decisionId ?? '');
    expect(stored).toMatchObject({ field: { open: 1, rules: ['budget-spent'] } });
  });

  it('is free again when it is refused, and when its days on the customer’s clock are over', async () => {
    await put('tyres', { stock: 1, holdDays: 2 });
    const { decisionId = '' } = (await decide('ana')) ?? {};
    expect(await shownTo('bia')).toEqual([]);
    await decisions.recordOutcome({ decisionId, offerId: 'tyres', response: 'dismissed' });
    expect(await heldOf('tyres')).toBe(0);
    expect(await shownTo('bia')).toEqual(['tyres']);
    clock = now + 2 * day - 1;
    await release();
    expect(await shownTo('customer-1')).toEqual([]);
    clock = now + 2 * day;
    await release();
    expect(await shownTo('customer-1')).toEqual(['tyres']);
  });

  it('counts a piece once when it is taken, whether it was held or not', async () => {
    await put('tyres', { stock: 2, holdDays: 2 });
    const { decisionId = '' } = (await decide('ana')) ?? {};
    const accept = { decisionId, offerId: 'tyres', response: 'accepted' } as const;
    await decisions.recordOutcome(accept);
    await decisions.recordOutcome(accept);
    expect(await store.offers.find('tyres')).toMatchObject({ taken: 1, held: 0 });
    const late = (await decide('bia'))?.decisionId ?? '';
    clock = now + 3 * day;
    await release();
    await decisions.recordOutcome({ decisionId: late, offerId: 'tyres', response: 'accepted' });
    expect(await store.offers.find('tyres')).toMatchObject({ taken: 2, held: 0 });
    expect((await decide('customer-1'))?.rejected).toEqual([{ offerId: 'tyres', rule: 'out-of-stock' }]);
  });

  it('is not held for the control group, nor twice for a step that is asked for again', async () => {
    await put('tyres', { stock: 3 });
    const enrolment = { id: 'upsell/ana#1', journey: 'upsell', customerId: 'ana', holdout: false };
    const request = { enrolment, step: 'offer', slot: 'upsell', count: 1 } as const;
    await decisions.decide({ ...request, enrolment: { ...enrolment, id: 'upsell/ana#2', holdout: true } });
    expect(await heldOf('tyres')).toBe(0);
    const twice = await Promise.all([decisions.decide(request), decisions.decide(request)]);
    expect(twice[0]).toEqual(twice[1]);
    expect(twice[0]).toHaveLength(1);
    expect(await heldOf('tyres')).toBe(1);
    expect(await store.holds.collection.countDocuments()).toBe(1);
  });

  it('never goes beyond its stock or budget, however many processes choose at once', async () => {
    await put('tyres', { value: money(900_00), stock: 5 });
    await put('brakes', { value: money(800_00), budget: { total: 1_000, cost: 150 } });
    await put('oil', { value: money(10_00) });
    const clients = await Promise.all([1, 2].map(() => new MongoClient(database.uri).connect()));
    const stores = await Promise.all(
      [database.client, ...clients].map((client) => openStore(client.db(), client)),
    );
    const processes = stores.map((each) => createDecisions({ store: each, business, now: () => clock }));
    const made = await Promise.all(
      processes.flatMap((process) =>
        Array.from({ length: 12 }, (_, n) =>
          process.decideFor({ customerId: `customer-${n}`, slot: 'upsell', count: 2 }),
        ),
      ),
    );
    await Promise.all(clients.map((client) => client.close()));
    const holders = (id: string) =>
      new Set(
        made.flatMap((decision, index) =>
          decision?.offers.some(({ offerId }) => offerId === id) ? [index % 12] : [],
        ),
      );
    expect(holders('tyres').size).toBe(5);
    expect(holders('brakes').size).toBe(6);
    expect(await store.offers.find('tyres')).toMatchObject({ taken: 0, held: 5 });
    expect(await store.offers.find('brakes')).toMatchObject({ taken: 0, held: 6 });
    expect(await store.holds.collection.countDocuments()).toBe(11);
    expect(await store.decisions.collection.countDocuments()).toBe(36);
  });
});
