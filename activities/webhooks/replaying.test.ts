import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { eventually, testConfiguration } from '../../test/api';
import { customer } from '../../test/builders';
import type { DeliverOnce } from '../../test/deliver-once';
import { hookServer, status, type HookServer } from '../../test/hook-server';
import { mailSink, type MailSink } from '../../test/mail-sink';
import { testDatabase, type TestDatabase } from '../../test/servers';
import type { Configuration } from '../../domain/configuration';
import { days, minutes } from '../../domain/duration';
import { retentionDefaults } from '../../domain/retention';
import { forgetCustomer } from '../../store/forget';
import { removeExpired } from '../../store/retention';
import { openStore, type Store } from '../../store/store';
import type { EnrolmentRef, JourneyActivities, WebhookRequest } from '../contract';
import { createSmtpProvider } from '../messaging/smtp';
import { createReplaying, type ReplayDeliveries } from './replaying';
import { seal } from './seal';
import { createDeliverySettling } from './settling';
import { newSecret } from './sign';
import { createWebhooks } from './webhooks';

const secret = newSecret();

let database: TestDatabase;
let store: Store;
let server: HookServer;
let mail: MailSink;
let configuration: Configuration;
let activities: Pick<JourneyActivities, 'callWebhook' | 'alertTeam'>;
let replayDue: ReplayDeliveries;
let other: ReplayDeliveries;
let smtp: ReturnType<typeof createSmtpProvider>;
let time = Date.now();
const at = () => new Date(time);

beforeAll(async () => {
  [database, server, mail] = await Promise.all([testDatabase(), hookServer(), mailSink()]);
  store = await openStore(database.db, database.client);
  configuration = { ...testConfiguration(), webhookHosts: [server.host] };
  smtp = createSmtpProvider({ url: mail.url, from: configuration.email.from });
  const dependencies = { store, configuration, email: smtp, now: () => time };
  activities = createWebhooks(dependencies);
  replayDue = createReplaying(dependencies);
  other = createReplaying(dependencies);
  await store.customers.collection.insertOne(customer({ _id: 'ana' }));
  await putWebhook(`${server.url}/crm`);
});
afterAll(async () => {
  smtp.close();
  await Promise.all([server.close(), mail.close()]);
  await database.close();
});
afterEach(() => {
  time = Date.now();
});

const putWebhook = (url: string, _id = 'crm') =>
  store.webhooks.save({
    ...{ _id, url, secret: seal(secret, configuration.keys.secret) },
    ...{ createdAt: at(), updatedAt: at() },
  });
const ref = (customerId: string): EnrolmentRef => ({
  ...{ id: `care/${customerId}#1`, journey: 'care', customerId, holdout: false },
});
let steps = 0;

/** Tells something that the other side refuses for good; gives its id in the ledger. */
async function givenUp(customerId = 'ana', change: Partial<WebhookRequest> = {}): Promise<string> {
  const enrolment = ref(customerId);
  const asked = { ...{ enrolment, step: `webhook:crm#${String(++steps)}`, to: 'crm', ...change } };
  server.answer(status(400));
  const told = { data: { stage: 'booked', 10: 'ten', $a: '.' }, personal: ['email'] as const };
  expect(await activities.callWebhook({ ...asked, ...told, patience: days(1) })).toMatchObject({
    state: 'failed',
  });
  return `${enrolment.id}/${asked.step}`;
}
const ledger = (id: string) => store.deliveries.find(id);
const callsSince = (before: number) => server.received.slice(before);
/** Starts a replay and carries out what is due. */
async function replay(id: string): Promise<void> {
  expect(await store.deliveries.startReplay(id, at())).toMatchObject({ _id: id, state: 'replaying' });
  await replayDue();
}

describe('a delivery that was given up', () => {
  it('goes out again under the same id, with the same body and a signature of now, and is then forgotten', async () => {
    const before = server.received.length;
    time = Date.now() - days(20);
    const id = await givenUp();
    expect((await ledger(id))?.givenUp?.told).toContain('"stage":"booked"');
    expect(JSON.stringify(await ledger(id))).not.toContain('@');
    time = Date.now();
    await replay(id);
    const [first, again] = callsSince(before);
    expect(again?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(again?.body).toBe(first?.body);
    expect(Number(again?.headers['webhook-timestamp'])).toBe(Math.floor(time / 1_000));
    const { body = '', headers = {} } = again ?? {};
    const verified = new Webhook(secret).verify(body, headers as Record<string, string>);
    expect(verified).toMatchObject({ data: { stage: 'booked', customer: { email: 'ana@example.com' } } });
    const delivered = await ledger(id);
    expect(delivered).toMatchObject({ state: 'delivered', attempts: 2, status: 204 });
    for (const gone of ['givenUp', 'replay', 'reason']) expect(delivered).not.toHaveProperty(gone);
    expect(await store.deliveries.startReplay(id, at())).toBeNull();
    expect(await replayDue()).toBe(0);
  });

  it('is tried like a first one, more and more seldom, for a day, and can then be replayed again', async () => {
    const before = server.received.length;
    const id = await givenUp();
    server.answer(status(503, { 'retry-after': '60' }), status(500), status(500));
    await replay(id);
    expect(await ledger(id)).toMatchObject({ state: 'replaying', reason: 'http-503' });
    time += 59_000;
    expect(await replayDue()).toBe(0);
    time += 1_000;
    expect(await replayDue()).toBe(1);
    const wait = ((await ledger(id))?.replay?.dueAt.getTime() ?? 0) - time;
    expect(wait).toBeGreaterThanOrEqual(15_000);
    expect(wait).toBeLessThanOrEqual(16_500);
    time += days(1);
    expect(await replayDue()).toBe(1);
    expect(await ledger(id)).toMatchObject({ state: 'failed', reason: 'http-500', attempts: 4 });
    expect(await ledger(id)).not.toHaveProperty('replay');
    await replay(id);
    expect(await ledger(id)).toMatchObject({ state: 'delivered', attempts: 5 });
    expect(new Set(callsSince(before).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('is told its run no more, which went on when it was given up', async () => {
    const step = 'webhook:crm#run';
    const id = await givenUp('ana', { step });
    const asked = { enrolment: ref('ana'), step, to: 'crm', data: {}, personal: [], patience: days(1) };
    await store.deliveries.startReplay(id, at());
    const before = server.received.length;
    const failed = { state: 'failed', reason: 'http-400' };
    expect(await activities.callWebhook(asked)).toEqual(failed);
    expect(callsSince(before)).toHaveLength(0);
    // The run is over, and takes along what it has planned; a replay is nothing of its.
    await store.deliveries.dropWaiting('care/ana#1', 'journey-stopped', at());
    time += minutes(10);
    const settle = createDeliverySettling({ store, now: () => time });
    expect(await settle()).toBe(0);
    expect(await ledger(id)).toMatchObject({ state: 'replaying' });
    await replayDue();
    expect(await ledger(id)).toMatchObject({ state: 'delivered' });
  });

  it('is replayed once by however many ask, and carried out by one of the workers', async () => {
    const id = await givenUp();
    const before = server.received.length;
    const asked = await Promise.all(Array.from({ length: 12 }, () => store.deliveries.startReplay(id, at())));
    expect(asked.filter((each) => each !== null)).toHaveLength(1);
    await Promise.all([replayDue(), other(), replayDue(), other()]);
    expect(callsSince(before)).toHaveLength(1);
    expect(await ledger(id)).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  it('goes out again under the same id where a worker was killed while it waited for the answer', async () => {
    const id = await givenUp();
    const before = server.received.length;
    await store.deliveries.startReplay(id, at());
    server.answer(() => undefined);
    const told: DeliverOnce = { mongodbUri: database.uri, configuration };
    const program = join(__dirname, '..', '..', 'test', 'deliver-once.ts');
    const worker = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(told)]);
    await eventually(async () => callsSince(before).length === 1);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    expect(await replayDue()).toBe(0);
    expect(await ledger(id)).toMatchObject({ state: 'replaying' });
    time = Date.now() + minutes(5);
    expect(await replayDue()).toBe(1);
    const [killed, again] = callsSince(before);
    expect(again?.headers['webhook-id']).toBe(killed?.headers['webhook-id']);
    expect(again?.body).toBe(killed?.body);
    expect(await ledger(id)).toMatchObject({ state: 'delivered' });
  });

  it('is held while the journey is paused, and goes only where the address may be called', async () => {
    const id = await givenUp();
    const before = server.received.length;
    await store.journeys.pause('care', at());
    await replay(id);
    expect(await ledger(id)).toMatchObject({ state: 'replaying', attempts: 1 });
    await store.journeys.resume('care');
    await putWebhook('https://169.254.169.254/');
    time = (await ledger(id))?.replay?.dueAt.getTime() ?? 0;
    expect(await replayDue()).toBe(1);
    expect(await ledger(id)).toMatchObject({ state: 'failed', reason: 'address-not-public' });
    await putWebhook(`${server.url}/crm`);
    expect(callsSince(before)).toHaveLength(0);
  });

  it('of somebody who was erased is gone, and is not told any more where it was on its way', async () => {
    const erase = (id: string) => forgetCustomer(store, id, { at: at(), salt: 'salt' });
    await store.customers.collection.insertMany(['eva', 'rui'].map((_id) => customer({ _id })));
    const [first, second] = [await givenUp('eva'), await givenUp('rui')];
    const before = server.received.length;
    await erase('eva');
    expect(await store.deliveries.startReplay(first, at())).toBeNull();
    expect(await ledger(first)).toBeNull();
    await store.deliveries.startReplay(second, at());
    await store.customers.erase('rui', at());
    expect(await replayDue()).toBe(0);
    const left = await ledger(second);
    expect(left).toMatchObject({ state: 'suppressed', reason: 'customer-erased' });
    expect(left).not.toHaveProperty('givenUp');
    await erase('rui');
    expect(await ledger(second)).toBeNull();
    expect(callsSince(before)).toHaveLength(0);
  });

  it('keeps what it told for thirty days', async () => {
    const id = await givenUp();
    const expire = (after: number) =>
      removeExpired(store, { retention: retentionDefaults, now: new Date(time + after) });
    await expire(days(29));
    expect(await ledger(id)).toHaveProperty('givenUp');
    expect((await expire(days(31))).undelivered).toBeGreaterThan(0);
    expect(await ledger(id)).not.toHaveProperty('givenUp');
    expect(await store.deliveries.startReplay(id, at())).toBeNull();
    expect(await ledger(id)).toMatchObject({ state: 'failed' });
  });
});

it('replays what was given up to one name since an instant, some at a time, each once', async () => {
  await store.deliveries.collection.deleteMany({});
  await givenUp();
  time += minutes(1);
  const since = at();
  const ids: string[] = [];
  for (let n = 0; n < 5; n++) {
    ids.push(await givenUp());
    time += 1_000;
  }
  await putWebhook(`${server.url}/erp`, 'erp');
  await givenUp('ana', { to: 'erp' });
  const before = server.received.length;
  const parts: number[] = [];
  for (let next: Date | undefined = since; next;) {
    const begun: { started: number; next?: Date } = await store.deliveries.startReplays(
      { to: 'crm', since: next, at: at() },
      2,
    );
    parts.push(begun.started);
    next = begun.next;
  }
  expect(parts).toEqual([2, 2, 1]);
  expect(await store.deliveries.startReplays({ to: 'crm', since, at: at() }, 2)).toEqual({ started: 0 });
  expect(await replayDue()).toBe(5);
  expect(callsSince(before)).toHaveLength(5);
  const states = await Promise.all(ids.map(async (id) => (await ledger(id))?.state));
  expect(states).toEqual(ids.map(() => 'delivered'));
  expect(await store.deliveries.collection.countDocuments({ state: 'failed' })).toBe(2);
});

it('replays an alert to those of the team whom it has not reached, and its call by itself', async () => {
  const emails = ['desk@motors.example', 'boss@motors.example'];
  await store.alerts.save({ _id: 'detractor', emails, webhook: 'crm', updatedAt: at() });
  server.answer(status(400));
  mail.inject({ kind: 'delay', ms: 0 }, { kind: 'reject', code: 550, at: 'recipient' });
  const step = 'alertTeam:detractor';
  const asked = { enrolment: ref('ana'), step, alert: 'detractor', data: { score: 3 }, patience: days(1) };
  expect(await activities.alertTeam(asked)).toMatchObject({ state: 'failed' });
  const id = `care/ana#1/${step}`;
  await replay(id);
  expect(mail.received.flatMap(({ to }) => to)).toEqual(emails);
  expect(mail.received[1]?.text).toContain('score: 3');
  expect(await ledger(id)).toMatchObject({ state: 'delivered' });
  const call = `${id}~webhook`;
  expect(await ledger(call)).toMatchObject({ state: 'failed', reason: 'http-400' });
  const before = server.received.length;
  await replay(call);
  const [first, again] = server.received.slice(before - 1);
  expect(again?.body).toBe(first?.body);
  expect(JSON.parse(again?.body ?? '')).toMatchObject({ type: 'journey.alert', data: { score: 3 } });
  await store.alerts.save({ _id: 'detractor', emails: [], updatedAt: at() });
  expect(await ledger(call)).toMatchObject({ state: 'delivered' });
  expect(mail.received).toHaveLength(2);
});
