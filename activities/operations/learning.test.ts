import { updateBandit, type BanditState } from '../../scoring';
import { openStore, type Store } from '../../store/store';
import { customer, event, message, offer } from '../../test/builders';
import { beforeEachOnEmptyStore } from '../../test/empty-store';
import type { TestDatabase } from '../../test/servers';
import { createDecisions, type Decisions } from '../decisions/decisions';
import { featureSpace } from '../decisions/features';
import { banditPacking } from '../decisions/packing';
import { offerModels, priorModel, vectorOf } from '../decisions/model';
import { createLearning } from './learning';
import { fadedTo, halfLife } from './lessons';

const now = Date.parse('2026-03-10T15:00:00Z');
const day = 86_400_000;
const business = { timeZone: 'America/Sao_Paulo', locale: 'en', currency: 'BRL' } as const;
const batch = { decisions: 7, outcomes: 7 };

let database: TestDatabase;
let store: Store;
let decisions: Decisions;
let clock: number;

beforeEachOnEmptyStore(async (opened, itsDatabase) => {
  store = opened;
  database = itsDatabase;
  clock = now;
  decisions = createDecisions({ store, business, now: () => clock });
  for (const id of ['oil', 'tyres', 'brakes']) {
    await store.offers.save(id, offer({ features: { discount: id.length } }), new Date(now));
  }
});

/** Decisions for some customers, every third of whom accepts. */
async function history(customers: number): Promise<void> {
  for (let n = 0; n < customers; n++) {
    const _id = `customer-${String(n).padStart(3, '0')}`;
    await store.customers.collection.insertOne(customer({ _id, attributes: { orders: n % 5 } }));
    const decision = await decisions.decideFor({ customerId: _id, slot: 'upsell', count: 1 });
    const offerId = decision?.offers[0]?.offerId;
    if (n % 3 !== 0) continue;
    clock += 1_000;
    await decisions.recordOutcomes([
      event({
        name: 'offer.accepted',
        customerId: _id,
        properties: { offerId },
        receivedAt: new Date(clock),
      }),
    ]);
  }
}

const latest = () => offerModels(store).latest();
const learning = () => createLearning({ store, now: () => clock, batch });

async function foldAll(fold = learning().foldOutcomes): Promise<number> {
  let folded = 0;
  for (;;) {
    const report = await fold();
    folded += report.folded;
    if (!report.more) return folded;
  }
}

/** The model that all outcomes give, folded one by one. */
async function sequential(): Promise<BanditState> {
  const space = featureSpace(await store.offers.list());
  let state = priorModel(space);
  let faded: Date | undefined;
  for (const { decisionId, offerId, reward, folded } of await inOrder()) {
    state = fadedTo(state, faded ?? folded?.at ?? new Date(now), folded?.at ?? new Date(now));
    faded = folded?.at;
    const decision = await store.decisions.find(decisionId);
    const shown = decision?.shown.find((one) => one.offerId === offerId);
    const features = vectorOf(state.features, shown?.features ?? []);
    state = updateBandit(state, [{ id: offerId, features, reward }]);
  }
  return state;
}

/** Outcomes in the order in which they were folded in, oldest first within a batch. */
const inOrder = () => store.outcomes.collection.find().sort({ 'folded.version': 1, at: 1, _id: 1 }).toArray();

async function expectTheSequentialModel(outcomes: number): Promise<void> {
  const model = await latest();
  const expected = await sequential();
  expect(model && banditPacking.pack(model.state)).toEqual(banditPacking.pack(expected));
  expect(await store.outcomes.anyPending()).toBe(false);
  expect(await store.outcomes.collection.countDocuments({ 'folded.version': { $exists: true } })).toBe(
    outcomes,
  );
}

describe('folding outcomes', () => {
  it('takes them in batches, in their order, until nothing is left', async () => {
    await history(30);
    expect(await foldAll()).toBe(10);
    expect((await latest())?.version).toBe(2);
    await expectTheSequentialModel(10);
    const times = (await inOrder()).map(({ at }) => at.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(await foldAll()).toBe(0);
    expect((await latest())?.version).toBe(2);
  });

  it('counts as ignored what nothing was heard of within thirty days, once', async () => {
    await history(12);
    clock = now + 30 * day - 1;
    expect(await learning().foldOutcomes()).toMatchObject({ settled: 0, folded: 4 });
    clock = now + 31 * day;
    expect(await foldAll()).toBe(8);
    expect(await foldAll()).toBe(0);
    const kinds = await store.outcomes.collection.distinct('kind');
    expect(kinds.sort()).toEqual(['accepted', 'ignored']);
    await expectTheSequentialModel(12);
  });

  it('counts as ignored only what a journey’s message has brought before the customer’s eyes', async () => {
    await store.customers.collection.insertOne(customer());
    const states = ['sent', 'suppressed', 'bounced', 'opened', 'clicked', 'planned'] as const;
    const ids: string[] = [];
    for (const state of states) {
      const enrolment = { id: `upsell/ana#${state}`, journey: 'upsell', customerId: 'ana', holdout: false };
      const [chosen] = await decisions.decide({ enrolment, step: 's', slot: 'upsell', count: 3 });
      ids.push(chosen?.decisionId ?? '');
      await store.messages.collection.insertOne(
        message({
          _id: `message ${state}`,
          decisionId: chosen?.decisionId ?? '',
          offerId: chosen?.offerId ?? '',
          state,
        }),
      );
      clock += 60 * day;
    }
    await foldAll();
    const ignored = await store.outcomes.collection.distinct('decisionId', { kind: 'ignored' });
    expect(ignored.sort()).toEqual([ids[0], ids[3], ids[4]].sort());
    expect(await store.outcomes.collection.countDocuments()).toBe(3);
    expect(await store.decisions.collection.countDocuments({ settlesAt: { $exists: true } })).toBe(0);
  });

  it('neither loses nor doubles an outcome when it dies before the end of the transaction', async () => {
    await history(30);
    const dying = createLearning({
      store: {
        ...store,
        transaction: (work) =>
          store.transaction(async (session) => {
            await work(session);
            throw new Error('killed');
          }),
      },
      now: () => clock,
      batch,
    });
    await expect(dying.foldOutcomes()).rejects.toThrow('killed');
    expect(await latest()).toBeNull();
    await learning().foldOutcomes();
    await expect(dying.foldOutcomes()).rejects.toThrow('killed');
    expect((await latest())?.version).toBe(1);
    expect(await foldAll()).toBe(3);
    await expectTheSequentialModel(10);
  });

  it('neither loses nor doubles an outcome when it dies between settling and folding', async () => {
    await history(12);
    clock = now + 31 * day;
    const stopped = createLearning({
      store: {
        ...store,
        decisions: { ...store.decisions, markSettled: () => Promise.reject(new Error('killed')) },
      },
      now: () => clock,
      batch,
    });
    await expect(stopped.foldOutcomes()).rejects.toThrow('killed');
    await foldAll();
    await expectTheSequentialModel(12);
  });

  it('gives the same model when several workers fold at once', async () => {
    await history(60);
    clock = now + 31 * day;
    const workers = await Promise.all([1, 2, 3, 4].map(() => openStore(database.db, database.client)));
    const counts = await Promise.all(
      workers.map((each) => foldAll(createLearning({ store: each, now: () => clock, batch }).foldOutcomes)),
    );
    await foldAll();
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(60);
    await expectTheSequentialModel(60);
    const versions = await store.models.collection.find().sort({ version: 1 }).toArray();
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
  });

  it('lets what it has learned count half after ninety days, and a late correction no more than what it corrects', async () => {
    await history(3);
    await foldAll();
    expect((await latest())?.state.weight).toBe(1);
    const [old] = await store.decisions.collection.find({ customerId: 'customer-001' }).toArray();
    const report = { decisionId: old?._id ?? '', offerId: old?.shown[0]?.offerId ?? '' };
    await decisions.recordOutcome({ ...report, response: 'dismissed' });
    await foldAll();
    const whole = await latest();
    clock += halfLife;
    await store.customers.collection.insertOne(customer({ _id: 'late' }));
    const decision = await decisions.decideFor({ customerId: 'late', slot: 'upsell', count: 1 });
    const offerId = decision?.offers[0]?.offerId ?? '';
    await decisions.recordOutcome({ decisionId: decision?.decisionId ?? '', offerId, response: 'accepted' });
    await store.outcomes.collection.updateOne(
      { decisionId: report.decisionId },
      { $set: { kind: 'accepted', reward: 1, pendingSince: new Date(clock) } },
    );
    expect(await learning().foldOutcomes()).toMatchObject({ folded: 2 + 1 });
    const after = await latest();
    expect(whole?.state.weight).toBe(2);
    expect(after?.state.weight).toBeCloseTo(1 + 2, 9);
    expect(after?.faded).toEqual(new Date(clock));
    const corrected = await store.outcomes.collection.findOne({ decisionId: report.decisionId });
    expect(corrected?.folded).toEqual({ reward: 1, version: after?.version, since: 2, at: whole?.faded });
  });

  it('corrects the model where an offer was accepted after it had counted as ignored', async () => {
    await history(3);
    await foldAll();
    const [late] = await store.decisions.collection.find({ customerId: 'customer-001' }).toArray();
    const report = { decisionId: late?._id ?? '', offerId: late?.shown[0]?.offerId ?? '' };
    await decisions.recordOutcome({ ...report, response: 'dismissed' });
    await foldAll();
    await decisions.recordOutcome({ ...report, response: 'accepted' });
    expect(await foldAll()).toBe(1);
    const { state } = (await latest()) ?? {};
    expect(state?.weight).toBe(2);
    const expected = await sequential();
    state?.shared.mean.forEach((value, index) =>
      expect(value).toBeCloseTo(expected.shared.mean[index] ?? NaN, 10),
    );
  });

  it('moves what is expected of an offer that customers take', async () => {
    await store.customers.collection.insertOne(customer());
    const propensity = async () => {
      const decision = await decisions.decideFor({ customerId: 'ana', slot: 'winback', count: 3 });
      return new Map(decision?.offers.map((one) => [one.offerId, one.propensity]));
    };
    const before = await propensity();
    for (let n = 0; n < 30; n++) {
      const _id = `customer-${String(n)}`;
      await store.customers.collection.insertOne(customer({ _id }));
      const decision = await decisions.decideFor({ customerId: _id, slot: 'winback', count: 3 });
      for (const { offerId } of decision?.offers ?? []) {
        const response = offerId === 'oil' ? 'accepted' : 'dismissed';
        await decisions.recordOutcome({ decisionId: decision?.decisionId ?? '', offerId, response });
      }
    }
    await foldAll();
    const after = new Map(
      (
        await createDecisions({ store, business, now: () => clock + 100 * day }).decideFor({
          customerId: 'ana',
          slot: 'winback',
          count: 3,
        })
      )?.offers.map((one) => [one.offerId, one.propensity]),
    );
    expect(after.get('oil')).toBeGreaterThan(2 * (before.get('oil') ?? NaN));
    expect(after.get('oil')).toBeGreaterThan(2 * (after.get('tyres') ?? NaN));
  });

  it('keeps what it has learned when the offers get features it did not know', async () => {
    await history(9);
    await foldAll();
    const before = await latest();
    await store.offers.save('wash', offer({ features: { minutes: 20 } }), new Date(now));
    await store.customers.collection.insertOne(customer());
    const decision = await decisions.decideFor({ customerId: 'ana', slot: 'upsell', count: 4 });
    await decisions.recordOutcome({
      decisionId: decision?.decisionId ?? '',
      offerId: 'wash',
      response: 'accepted',
    });
    await foldAll();
    const after = await latest();
    expect(after?.state.features).toEqual([...(before?.state.features ?? []), 'offer.own.minutes']);
    expect(after?.state.weight).toBe(4);
    expect(after?.state.offers.map(({ id }) => id)).toContain('wash');
  });
});
