import { testConfiguration } from '../../test/api';
import { customer } from '../../test/builders';
import { hookServer, status, type HookServer } from '../../test/hook-server';
import { testDatabase, type TestDatabase } from '../../test/servers';
import { days, minutes } from '../../domain/duration';
import { retentionDefaults } from '../../domain/retention';
import type { EnrolmentDocument } from '../../store/enrolments';
import { removeExpired } from '../../store/retention';
import { openStore, type Store } from '../../store/store';
import type { JourneyActivities } from '../contract';
import { createWaits } from '../waits';
import { seal } from './seal';
import { createDeliverySettling } from './settling';
import { newSecret } from './sign';
import { createWebhooks } from './webhooks';

const start = Date.parse('2026-03-10T15:00:00Z');
let time = start;
const now = () => time;

let database: TestDatabase;
let store: Store;
let server: HookServer;
let activities: Pick<JourneyActivities, 'callWebhook' | 'finish'>;

beforeAll(async () => {
  [database, server] = await Promise.all([testDatabase(), hookServer()]);
  store = await openStore(database.db, database.client);
  const configuration = { ...testConfiguration(), webhookHosts: [server.host] };
  const email = { send: () => Promise.reject(new Error('No e-mail is part of this.')) };
  activities = {
    ...createWebhooks({ store, configuration, email, now }),
    ...createWaits({ store, businessTimeZone: 'America/Sao_Paulo', now }),
  };
  await store.customers.collection.insertOne(customer({ _id: 'ana' }));
  const sealed = seal(newSecret(), configuration.keys.secret);
  const at = new Date(start);
  const crm = { _id: 'crm', url: `${server.url}/crm`, secret: sealed };
  await store.webhooks.save({ ...crm, createdAt: at, updatedAt: at });
});
afterAll(async () => {
  await server.close();
  await database.close();
});
beforeEach(async () => {
  time = start;
  await Promise.all([store.deliveries.collection.deleteMany({}), store.enrolments.collection.deleteMany({})]);
});

/** An open run; gives what steps of it name. */
async function open(key: string) {
  const workflowId = `care/ana/${key}`;
  const run: EnrolmentDocument = {
    ...{ _id: `${workflowId}#1`, workflowId, n: 1, journey: 'care', customerId: 'ana', key },
    ...{ triggerEventId: key, holdout: false, startedAt: new Date(start), open: true, trace: [] },
  };
  await store.enrolments.insert([run]);
  return { id: run._id, journey: run.journey, customerId: run.customerId, key, holdout: run.holdout };
}
type Run = Awaited<ReturnType<typeof open>>;

const call = (enrolment: Run) => {
  const asked = { enrolment, step: 'webhook:crm', to: 'crm', data: {}, personal: [], patience: days(3) };
  return activities.callWebhook(asked);
};
const convert = (enrolment: Run) => {
  const end = { outcome: 'converted', splits: false, unsent: true, trace: [] } as const;
  return activities.finish({ enrolment, ...end });
};
const stateOf = async ({ id }: Run) => {
  const { state, reason } = (await store.deliveries.collection.findOne({ _id: `${id}/webhook:crm` })) ?? {};
  return `${String(state)}: ${String(reason)}`;
};
const stopped = 'suppressed: journey-stopped';

describe('a delivery whose run ends before it was taken', () => {
  it('is dropped with it, is not tried again, and goes when its time has come; those of other runs stay', async () => {
    server.answer(status(503), status(503));
    // The second one's id begins with the first one's.
    const [ended, other] = [await open('v1'), await open('v1#1/v')];
    for (const run of [ended, other]) expect(await call(run)).toMatchObject({ state: 'deferred' });
    await convert(ended);
    expect([await stateOf(ended), await stateOf(other)]).toEqual([stopped, 'planned: http-503']);
    const calls = server.received.length;
    expect(await call(ended)).toEqual({ state: 'suppressed', reason: 'journey-stopped' });
    expect(server.received).toHaveLength(calls);

    const later = new Date(start + days(retentionDefaults.deliveries + 1));
    expect(await removeExpired(store, { retention: retentionDefaults, now: later })).toMatchObject({
      deliveries: 1,
    });
    expect(await stateOf(other)).toBe('planned: http-503');
  });

  it('says how it went where it was under way just then', async () => {
    const run = await open('v1');
    server.answer((reply) => void convert(run).then(() => status(204)(reply)));
    expect(await call(run)).toEqual({ state: 'delivered' });
    expect(await store.enrolments.find(run.id)).toMatchObject({ open: false, outcome: 'converted' });
    expect(await stateOf(run)).toBe('delivered: undefined');
  });

  it('is settled some minutes after where a worker was killed or it was put off just then', async () => {
    const settle = createDeliverySettling({ store, now });
    const [killed, late, waiting] = [await open('v1'), await open('v2'), await open('v3')];
    const plan = ({ id: enrolmentId, customerId, journey }: Run) =>
      store.deliveries.plan({
        ...{ _id: `${enrolmentId}/webhook:crm`, enrolmentId, customerId, journey, step: 'webhook:crm' },
        ...{ kind: 'webhook', to: 'crm', createdAt: new Date(time) },
      });
    for (const run of [killed, late, waiting]) await plan(run);
    await convert(killed);
    await convert(late);
    server.answer(status(503));
    expect(await call(late)).toMatchObject({ state: 'deferred' });
    time += minutes(4);
    expect(await settle()).toBe(0);
    time += minutes(2);
    expect(await settle()).toBe(2);
    const states = await Promise.all([killed, late, waiting].map(stateOf));
    expect(states).toEqual([stopped, stopped, 'planned: undefined']);
    expect(await settle()).toBe(0);
  });

  it('is found behind many that go on waiting', async () => {
    const settle = createDeliverySettling({ store, now });
    const [waiting, gone] = [await open('v1'), await open('v2')];
    const planned = (n: number, { id: enrolmentId, customerId, journey }: Run) => ({
      ...{ _id: `${enrolmentId}/webhook:crm#${String(n)}`, enrolmentId, customerId, journey, to: 'crm' },
      ...({ step: 'webhook:crm', kind: 'webhook', state: 'planned', attempts: 1 } as const),
      ...{ createdAt: new Date(start + n), updatedAt: new Date(start + n) },
    });
    const many = Array.from({ length: 300 }, (_, n) => planned(n, waiting));
    await store.deliveries.collection.insertMany([...many, planned(300, gone)]);
    await convert(gone);
    time += minutes(10);
    expect([await settle(), await settle(), await settle()]).toEqual([0, 1, 0]);
  });
});
