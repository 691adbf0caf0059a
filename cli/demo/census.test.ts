import { packFates, type DecisionDocument } from '../../store/decisions';
import type { EnrolmentDocument } from '../../store/enrolments';
import { openStore, type Store } from '../../store/store';
import { message } from '../../test/builders';
import { testDatabase, type TestDatabase } from '../../test/servers';
import { nextRun } from './cast';
import { takeCensus } from './census';

const at = new Date('2026-03-10T15:00:00Z');
const ana = 'demo-3-0001';
const stranger = 'demo-30-0001';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await testDatabase();
  store = await openStore(database.db, database.client);
});
afterAll(() => database.close());

const enrolment = (n: number, change: Partial<EnrolmentDocument> = {}): EnrolmentDocument => {
  const { customerId = ana, journey = 'upsell' } = change;
  const workflowId = `${journey}/${customerId}/${n}`;
  return {
    ...{ _id: `${workflowId}#1`, workflowId, n: 1, journey, customerId },
    ...{ triggerEventId: `e${n}`, holdout: false, startedAt: at, open: false, trace: [] },
    ...change,
  };
};

const decision = (id: string, offerIds: readonly string[], change: Partial<DecisionDocument> = {}) =>
  store.decisions.record({
    ...{ _id: id, customerId: ana, slot: 'upsell', at, currency: 'BRL', modelVersion: 0, policy: 'lints' },
    ...{ input: { customer: {}, context: {} }, candidates: [] },
    field: { catalogue: 'c', ...packFates([]) },
    shown: offerIds.map((offerId) => ({
      ...{ offerId, score: 1, propensity: 0.1, value: 10, probability: 0.5, probabilityError: 0 },
      ...{ explored: false, features: [], contributions: [] },
      factors: { value: 10, contextWeight: 1, lever: 1, fatigue: 1 },
    })),
    ...change,
  });

describe('a census', () => {
  it('counts the runs of its customers by journey and outcome', async () => {
    await store.enrolments.insert([
      enrolment(1, { open: true }),
      enrolment(2, { outcome: 'converted' }),
      enrolment(3, { outcome: 'converted', holdout: true }),
      enrolment(4, { outcome: 'exited', journey: 'winback' }),
      enrolment(5, { outcome: 'completed', customerId: stranger }),
    ]);
    expect(Object.fromEntries((await takeCensus(store, 3)).runs)).toEqual({
      upsell: { open: 1, converted: 2, completed: 0, exited: 0, erased: 0, control: 1 },
      winback: { open: 0, converted: 0, completed: 0, exited: 1, erased: 0, control: 0 },
    });
  });

  it('counts messages by channel and state, and why some were not sent', async () => {
    const of = (n: number, change: Parameters<typeof message>[0]) =>
      message({ _id: `upsell/${ana}#1/${n}`, customerId: ana, ...change });
    await store.messages.collection.insertMany([
      of(1, { state: 'sent' }),
      of(2, { state: 'sent' }),
      of(3, { state: 'suppressed', reason: 'no-consent' }),
      of(4, { state: 'planned', heldBy: 'hours' }),
      of(5, { state: 'delivered', channel: 'sms' }),
      of(6, { state: 'failed', reason: 'no-sms-provider', channel: 'sms' }),
      of(7, { state: 'sent', customerId: stranger }),
    ]);
    expect((await takeCensus(store, 3)).messages).toEqual({
      email: { sent: 2, states: { sent: 2, suppressed: 1, planned: 1 }, reasons: { 'no-consent': 1 } },
      sms: { sent: 1, states: { delivered: 1, failed: 1 }, reasons: { 'no-sms-provider': 1 } },
    });
  });

  it('counts an offer as shown once a message or a page has brought it, and as taken once it was', async () => {
    const enrolmentId = `upsell/${ana}#9`;
    const carrying = { customerId: ana, offerId: 'tyres', enrolmentId };
    await decision('sent', ['tyres'], { enrolmentId });
    await decision('held', ['tyres'], { enrolmentId });
    await decision('web', ['tyres', 'oil']);
    await decision('control', ['oil'], { enrolmentId, withheld: true });
    await decision('else', ['oil'], { customerId: stranger });
    await store.messages.collection.insertMany([
      message({ _id: `${enrolmentId}/a`, ...carrying, decisionId: 'sent', state: 'sent' }),
      message({ _id: `${enrolmentId}/b`, ...carrying, decisionId: 'held', state: 'planned' }),
    ]);
    await store.transaction(async (session) => {
      const taken = { customerId: ana, kind: 'accepted', at } as const;
      await store.outcomes.record({ ...taken, decisionId: 'sent', offerId: 'tyres' }, session);
      const refused = { ...taken, kind: 'dismissed' } as const;
      await store.outcomes.record({ ...refused, decisionId: 'web', offerId: 'oil' }, session);
    });
    const { decisions, offers } = await takeCensus(store, 3);
    expect(decisions).toBe(4);
    expect(Object.fromEntries(offers)).toEqual({
      tyres: { shown: 2, taken: 1 },
      oil: { shown: 1, taken: 0 },
    });
  });
});

it('numbers runs from one, each after the highest there is', async () => {
  expect(await nextRun(store)).toBe(1);
  const change = { clock: { origin: 0, scale: 1 } };
  await store.customers.saveProfiles(
    ['demo-2-0001', 'demo-10-0002', 'demo-x', 'demo-.', 'ana'].map((id) => ({ id, change, at })),
  );
  expect(await nextRun(store)).toBe(11);
});
