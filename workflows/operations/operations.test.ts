import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createDecisions } from '../../activities/decisions/decisions';
import { createLapse } from '../../activities/operations/lapse';
import { createLearning } from '../../activities/operations/learning';
import { createMomentLearning } from '../../activities/operations/moments';
import { createFactorizing } from '../../activities/operations/factorizing';
import { createRetraining } from '../../activities/operations/retraining';
import { openStore, type Store } from '../../store/store';
import { customer, event, message, offer } from '../../test/builders';
import { bundleOf } from '../../test/bundle';
import {
  testDatabase,
  testTemporal,
  uniqueName,
  type TestDatabase,
  type TestTemporal,
} from '../../test/servers';

const now = Date.parse('2026-03-10T15:00:00Z');
const business = { timeZone: 'America/Sao_Paulo', locale: 'en', currency: 'BRL' } as const;

let database: TestDatabase;
let temporal: TestTemporal;
let store: Store;
let workflowBundle: { code: string };

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  workflowBundle = await bundleOf(require.resolve('./index'));
  [database, temporal] = await Promise.all([testDatabase(), testTemporal()]);
  store = await openStore(database.db, database.client);
});
afterAll(async () => {
  await temporal.close();
  await database.close();
});

/** Runs one scheduled workflow to its end, with small batches. */
async function run(name: 'learning' | 'retraining' | 'lapse'): Promise<unknown> {
  const taskQueue = uniqueName(name);
  const batch = { decisions: 2, outcomes: 2 };
  const sizes = { page: 2, sample: 100, returning: 30 };
  const worker = await Worker.create({
    connection: await temporal.native(),
    namespace: temporal.namespace,
    taskQueue,
    workflowBundle,
    activities: {
      ...createLearning({ store, now: () => now, batch }),
      ...createMomentLearning({ store, now: () => now, batch: 2 }),
      ...createRetraining({ store, now: () => now }),
      ...createFactorizing({ store, now: () => now }),
      ...createLapse({ store, now: () => now, sizes }),
    },
  });
  return worker.runUntil(temporal.client.workflow.execute(name, { taskQueue, workflowId: uniqueName(name) }));
}

describe('scheduled operations', () => {
  it('learn from all outcomes and messages that wait, batch by batch', async () => {
    const decisions = createDecisions({ store, business, now: () => now });
    await store.offers.save('oil', offer(), new Date(now));
    for (let n = 0; n < 5; n++) {
      const customerId = `learner-${String(n)}`;
      await store.customers.collection.insertOne(customer({ _id: customerId }));
      const decision = await decisions.decideFor({ customerId, slot: 'upsell', count: 1 });
      const decisionId = decision?.decisionId ?? '';
      await decisions.recordOutcome({ decisionId, offerId: 'oil', response: 'accepted' });
    }
    await store.messages.collection.insertMany(
      Array.from({ length: 5 }, (_, n) =>
        message({ _id: `lesson-${String(n)}`, lesson: { at: new Date(now), hour: 9 } }),
      ),
    );
    expect(await run('learning')).toEqual({ outcomes: 5, messages: 5 });
    expect((await store.moments.find('ana'))?.counts).toEqual([
      { channel: 'email', hour: 9, sent: 5, answered: 0 },
    ]);
    expect(await store.outcomes.anyPending()).toBe(false);
    expect(await store.models.collection.countDocuments({ name: 'offers' })).toBe(3);
  });

  it('learn anew, and leave what is in force where little is known', async () => {
    const before = await store.models.collection.countDocuments({ name: 'offers' });
    const result = await run('retraining');
    const [report] = await store.retrainings.latest(1);
    expect(result).toEqual({ rolledBackTo: null, reason: report?.reason, inForce: null, factors: null });
    expect(report).toMatchObject({ status: 'rejected', base: 3, lessons: { heldOut: 0 } });
    expect(report?.factors).toMatchObject({ customers: 5, offers: 1, outcome: 'few-interactions' });
    expect(await store.models.collection.countDocuments({ name: 'offers' })).toBe(before);
  });

  it('look at every customer for lapses', async () => {
    for (const customerId of ['a', 'b', 'c', 'd', 'e']) {
      await store.customers.collection.insertOne(customer({ _id: customerId }));
      await store.events.insert(
        [400, 407, 414, 421].map((daysAgo) =>
          event({ name: 'order.completed', customerId, occurredAt: new Date(now - daysAgo * 86_400_000) }),
        ),
      );
    }
    // Those who learned above are customers too.
    expect(await run('lapse')).toEqual({ rhythm: null, customers: 10, lapsed: 5 });
    const lapsed = await store.events.collection.distinct('customerId', { name: 'customer.lapsed' });
    expect(lapsed.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
