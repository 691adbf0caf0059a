import { openStore, type Store } from '../../store/store';
import { event } from '../../test/builders';
import { testDatabase, type TestDatabase } from '../../test/servers';
import type { EnrolmentDocument } from '../../store/enrolments';
import { always, days, journey, on, percent } from '../../workflows/engine/vocabulary';
import { createSplits } from '../../activities/splits';
import { createFigures } from '../journey-figures';
import { resultsOf } from '../journey-results';
import { createLateGoals } from './late-goals';

const offered = journey(
  'offered',
  {
    entry: on('order.delivered'),
    reentry: always,
    goal: on('order.completed'),
    attribution: days(10),
    holdout: percent(50),
  },
  () => Promise.resolve(),
);
const end = Date.parse('2026-03-10T12:00:00Z');

let database: TestDatabase;
let store: Store;
let record: ReturnType<typeof createLateGoals>;

beforeAll(async () => {
  database = await testDatabase();
  store = await openStore(database.db, database.client);
  record = createLateGoals([offered], store);
});
afterAll(() => database.close());

async function completed(
  customerId: string,
  change: Partial<EnrolmentDocument> = {},
): Promise<EnrolmentDocument> {
  const run: EnrolmentDocument = {
    _id: `offered/${customerId}#1`,
    workflowId: `offered/${customerId}`,
    n: 1,
    journey: 'offered',
    customerId,
    triggerEventId: `delivered-${customerId}`,
    holdout: false,
    startedAt: new Date(end - days(5)),
    endedAt: new Date(end),
    outcome: 'completed',
    open: false,
    trace: [],
    ...change,
  };
  await store.enrolments.insert([run]);
  return run;
}

const order = (customerId: string, at: number) =>
  event({ name: 'order.completed', customerId, properties: { orderId: 'o' }, receivedAt: new Date(at) });

describe('a goal that comes when the run is over', () => {
  it('counts once within the window', async () => {
    await completed('ana');
    const first = order('ana', end + days(10));
    await record([first, first, order('ana', end + days(2))]);
    await record([first]);
    expect(await store.enrolments.find('offered/ana#1')).toMatchObject({
      outcome: 'converted',
      convertedBy: first._id,
      convertedAt: first.receivedAt,
    });
  });

  it('does not count after it, nor for a run that was exited or that another has followed', async () => {
    await completed('late');
    await completed('exited', { outcome: 'exited' });
    await completed('again');
    await completed('again', {
      _id: 'offered/again#2',
      n: 2,
      open: true,
      startedAt: new Date(end + days(1)),
    });
    await record([
      order('late', end + days(10) + 1),
      order('exited', end + 1),
      order('again', end + days(2)),
    ]);
    const outcomes = ['late', 'exited', 'again'].map(
      async (id) => (await store.enrolments.find(`offered/${id}#1`))?.outcome,
    );
    expect(await Promise.all(outcomes)).toEqual(['completed', 'exited', 'completed']);
  });

  it('is measured on the customer’s own clock', async () => {
    await completed('fast', { clock: { origin: end, scale: 1_000 } });
    await record([order('fast', end + days(1))]);
    expect(await store.enrolments.find('offered/fast#1')).toMatchObject({ outcome: 'completed' });
  });
});

describe('a split', () => {
  const enrolment = (customerId: string, n = 1) => ({
    id: `offered/${customerId}#${String(n)}`,
    journey: 'offered',
    customerId,
    holdout: false,
  });

  it('keeps its customers when it is reweighted, also in later runs, and draws anew where an arm is gone', async () => {
    const { assign } = createSplits({ store, now: () => end });
    const people = Array.from({ length: 60 }, (_, i) => `tone-${String(i)}`);
    const ask = (weights: Record<string, number>, n: number) =>
      Promise.all(
        people.map((id) => assign({ enrolment: enrolment(id, n), split: 'tone', weights, adaptive: false })),
      );
    const before = await ask({ warm: 50, direct: 50 }, 1);
    expect(new Set(before)).toEqual(new Set(['warm', 'direct']));
    expect(await ask({ warm: 1, direct: 99 }, 2)).toEqual(before);
    const after = await ask({ warm: 50, new: 50 }, 3);
    expect(after.filter((arm, i) => before[i] === 'warm' && arm !== 'warm')).toEqual([]);
    expect(after).not.toContain('direct');
  });

  it('that adapts learns from runs that are over, late goals too, and logs the probability of each draw', async () => {
    let now = end;
    const { assign } = createSplits({ store, now: () => now });
    const draw = (id: string) =>
      assign({ enrolment: enrolment(id), split: 'learned', weights: { good: 1, bad: 1 }, adaptive: true });
    for (let i = 0; i < 60; i++) {
      const arm = await draw(`early-${String(i)}`);
      await store.assignments.settle(`offered/early-${String(i)}#1`, 0);
      if (arm === 'good' && i % 2 === 0) await store.assignments.settle(`offered/early-${String(i)}#1`, 1);
    }
    now += 60_000;
    await draw('later');
    const drawn = await store.assignments.find('offered/learned/later');
    expect(drawn?.probabilities['good']).toBeGreaterThan(0.9);
    expect(drawn?.probabilities['bad']).toBeGreaterThanOrEqual(0.05);
  });
});

describe('the results of a journey', () => {
  it('show lift, arms and whether customers are divided as they should be', async () => {
    const results = await resultsOf(offered, {
      store,
      figures: createFigures(store, () => new Date()),
    });
    expect(results.holdout.treated).toMatchObject({ converted: 1, open: 0 });
    expect(results.holdout).toMatchObject({ lift: null, ratioAlarm: false });
    const [learned, tone] = results.splits;
    expect(learned).toMatchObject({ name: 'learned', adaptive: true, ratioAlarm: null });
    expect(tone).toMatchObject({ name: 'tone', adaptive: false, ratioAlarm: false });
    const lost = {
      journey: 'offered',
      split: 'lost',
      adaptive: false,
      holdout: false,
      enrolmentId: 'x',
      at: new Date(end),
    };
    await store.assignments.collection.insertMany(
      Array.from({ length: 200 }, (_, i) => ({
        ...lost,
        _id: `offered/lost/${String(i)}`,
        customerId: String(i),
        arm: i < 150 ? 'a' : 'b',
        probabilities: { a: 0.5, b: 0.5 },
        reward: i % 3 === 0 ? 1 : 0,
      })),
    );
    const found = (
      await resultsOf(offered, { store, figures: createFigures(store, () => new Date()) })
    ).splits.find(({ name }) => name === 'lost');
    expect(found?.ratioAlarm).toBe(true);
    expect(found?.arms).toMatchObject([
      { arm: 'a', customers: 150, converted: 50, difference: null },
      { arm: 'b', customers: 50, converted: 17 },
    ]);
    expect(found?.arms[1]?.difference?.low).toBeLessThan(0);
  });
});
