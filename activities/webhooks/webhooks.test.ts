import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { eventually, testConfiguration } from '../../test/api';
import { customer } from '../../test/builders';
import type { DeliverOnce } from '../../test/deliver-once';
import { hookServer, status, type HookServer } from '../../test/hook-server';
import { mailSink, testDatabase, type MailSink, type TestDatabase } from '../../test/servers';
import type { Configuration } from '../../domain/configuration';
import { days } from '../../domain/duration';
import { forgetCustomer } from '../../store/forget';
import { exportCustomer } from '../../store/personal-data';
import { openStore, type Store } from '../../store/store';
import type { EnrolmentRef, JourneyActivities, WebhookRequest } from '../contract';
import { createSmtpProvider } from '../messaging/smtp';
import { seal } from './seal';
import { newSecret } from './sign';
import { createWebhooks } from './webhooks';

const [oldSecret, secret] = [newSecret(), newSecret()];

let database: TestDatabase;
let store: Store;
let server: HookServer;
let mail: MailSink;
let configuration: Configuration;
let activities: Pick<JourneyActivities, 'callWebhook' | 'alertTeam'>;
let smtp: ReturnType<typeof createSmtpProvider>;
let time = Date.now();

beforeAll(async () => {
  [database, server, mail] = await Promise.all([testDatabase(), hookServer(), mailSink()]);
  store = await openStore(database.db, database.client);
  const base = testConfiguration();
  configuration = { ...base, webhookHosts: [server.host], business: { ...base.business, locale: 'en' } };
  smtp = createSmtpProvider({ url: mail.url, from: configuration.email.from });
  activities = createWebhooks({ store, configuration, email: smtp, now: () => time });
  await store.customers.collection.insertOne(customer({ _id: 'ana' }));
  const key = configuration.keys.secret;
  await store.webhooks.save({
    _id: 'crm',
    url: `${server.url}/crm`,
    secret: seal(secret, key),
    previous: { secret: seal(oldSecret, key), until: new Date(time + days(1)) },
    createdAt: new Date(),
    updatedAt: new Date(),
  });
});
afterAll(async () => {
  smtp.close();
  await Promise.all([server.close(), mail.close()]);
  await database.close();
});

const ref = (change: Partial<EnrolmentRef> = {}): EnrolmentRef => ({
  id: 'care/ana/v1#1',
  journey: 'care',
  customerId: 'ana',
  key: 'v1',
  holdout: false,
  ...change,
});
let steps = 0;
const request = (change: Partial<WebhookRequest> = {}): WebhookRequest => ({
  enrolment: ref(),
  step: `webhook:crm#${String(++steps)}`,
  to: 'crm',
  data: { stage: 'delivered', score: 6 },
  personal: [],
  patience: days(3),
  ...change,
});
const ledger = ({ enrolment, step }: { enrolment: EnrolmentRef; step: string }) =>
  store.deliveries.collection.findOne({ _id: `${enrolment.id}/${step}` });
const lastCall = () => server.received.at(-1);
const verified = (key: string): unknown => {
  const { body = '', headers = {} } = lastCall() ?? {};
  return new Webhook(key).verify(body, headers as Record<string, string>);
};

describe('a webhook of a journey', () => {
  it('is signed as Standard Webhooks says, with both secrets while they change, and says only what was named', async () => {
    const asked = request({ personal: ['email', 'firstName'] });
    expect(await activities.callWebhook(asked)).toEqual({ state: 'delivered' });
    const told = verified(secret);
    expect(verified(oldSecret)).toEqual(told);
    expect(() => verified(newSecret())).toThrow();
    expect(told).toEqual({
      type: 'journey.webhook',
      timestamp: new Date(time).toISOString(),
      data: {
        name: 'crm',
        customerId: 'ana',
        journey: 'care',
        enrolment: 'care/ana/v1#1',
        step: asked.step,
        stage: 'delivered',
        score: 6,
        customer: { email: 'ana@example.com', firstName: 'Ana' },
      },
    });
    await activities.callWebhook(request());
    expect(lastCall()?.body).not.toContain('ana@example.com');
    expect(JSON.stringify(await ledger(asked))).not.toMatch(/whsec|example\.com/);
    time += days(1);
    await activities.callWebhook(request());
    expect(lastCall()?.headers['webhook-signature']).not.toContain(' ');
    time -= days(1);
  });

  it('is tried again under the same id, when the other side asks, then less and less often, and not once it was taken', async () => {
    const asked = request();
    const before = server.received.length;
    server.answer(status(429, { 'retry-after': '90' }), status(500), status(500));
    const first = await activities.callWebhook(asked);
    expect(first).toEqual({ state: 'deferred', until: time + 90_000 });
    const waits: number[] = [];
    for (let n = 0; n < 2; n++) {
      time += 600_000;
      const again = await activities.callWebhook(asked);
      waits.push('until' in again ? again.until - time : 0);
    }
    expect(waits[0]).toBeGreaterThanOrEqual(15_000);
    expect(waits[1]).toBeGreaterThanOrEqual(45_000);
    expect(await ledger(asked)).toMatchObject({
      state: 'planned',
      reason: 'http-500',
      status: 500,
      attempts: 3,
    });
    expect(await activities.callWebhook(asked)).toEqual({ state: 'delivered' });
    expect(await activities.callWebhook(asked)).toEqual({ state: 'delivered' });
    const calls = server.received.slice(before);
    expect(calls).toHaveLength(4);
    expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(calls.map(({ body }) => body)).size).toBe(1);
    expect(await ledger(asked)).toMatchObject({ state: 'delivered', attempts: 4, status: 204 });
    time = Date.now();
  });

  it('fails for good where trying again would not help, and when its patience is over', async () => {
    server.answer(status(400), status(302, { location: 'https://example.com' }), status(503), status(503));
    expect(await activities.callWebhook(request())).toEqual({ state: 'failed', reason: 'http-400' });
    expect(await activities.callWebhook(request())).toEqual({ state: 'failed', reason: 'redirect' });
    const asked = request({ patience: days(1) });
    expect(await activities.callWebhook(asked)).toMatchObject({ state: 'deferred' });
    time += days(1);
    expect(await activities.callWebhook(asked)).toEqual({ state: 'failed', reason: 'http-503' });
    expect(await ledger(asked)).toMatchObject({ state: 'failed', reason: 'http-503', attempts: 2 });
    time = Date.now();
    const private_ = {
      _id: 'inside',
      url: 'https://169.254.169.254/',
      createdAt: new Date(),
      updatedAt: new Date(),
    };
    await store.webhooks.save({ ...private_, secret: seal(secret, configuration.keys.secret) });
    const inside = { state: 'failed', reason: 'address-not-public' };
    expect(await activities.callWebhook(request({ to: 'inside' }))).toEqual(inside);
  });

  it('waits for an address that is not set yet, and stays away from one that says 410', async () => {
    expect(await activities.callWebhook(request({ to: 'later' }))).toMatchObject({ state: 'deferred' });
    const url = `${server.url}/gone`;
    const sealed = seal(secret, configuration.keys.secret);
    await store.webhooks.save({
      _id: 'gone',
      url,
      secret: sealed,
      createdAt: new Date(),
      updatedAt: new Date(),
    });
    server.answer(status(410));
    expect(await activities.callWebhook(request({ to: 'gone' }))).toEqual({
      state: 'failed',
      reason: 'gone',
    });
    const before = server.received.length;
    const disabled = { state: 'failed', reason: 'webhook-disabled' };
    expect(await activities.callWebhook(request({ to: 'gone' }))).toEqual(disabled);
    expect(server.received).toHaveLength(before);
  });

  it('is held while the journey is paused, and not made for a control group or somebody erased', async () => {
    const before = server.received.length;
    await store.journeys.pause('care', new Date());
    const asked = request();
    expect(await activities.callWebhook(asked)).toMatchObject({ state: 'deferred' });
    await store.journeys.resume('care');
    const held = { enrolment: ref({ id: 'care/ana/v1#2', holdout: true }) };
    expect(await activities.callWebhook(request(held))).toEqual({ state: 'suppressed', reason: 'holdout' });
    await store.customers.collection.insertOne(customer({ _id: 'gone', erasedAt: new Date() }));
    const erased = request({ enrolment: ref({ id: 'care/gone/v#1', customerId: 'gone' }) });
    expect(await activities.callWebhook(erased)).toEqual({ state: 'suppressed', reason: 'customer-erased' });
    expect(await ledger(erased)).toBeNull();
    expect(server.received).toHaveLength(before);
    expect(await activities.callWebhook(asked)).toEqual({ state: 'delivered' });
  });

  it('is made again under the same id where a worker was killed while it waited for the answer', async () => {
    const asked = request();
    server.answer(() => undefined);
    const before = server.received.length;
    const told: DeliverOnce = { mongodbUri: database.uri, configuration, request: asked };
    const program = join(__dirname, '..', '..', 'test', 'deliver-once.ts');
    const worker = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(told)]);
    await eventually(async () => server.received.length === before + 1);
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    expect(await ledger(asked)).toMatchObject({ state: 'planned', attempts: 1 });
    expect(await activities.callWebhook(asked)).toEqual({ state: 'delivered' });
    const [killed, again] = server.received.slice(before);
    expect(again?.headers['webhook-id']).toBe(killed?.headers['webhook-id']);
    expect(again?.body).toBe(killed?.body);
  });

  it('leaves nothing with the customer’s data where they are erased', async () => {
    await store.customers.collection.insertOne(customer({ _id: 'eva' }));
    await activities.callWebhook(request({ enrolment: ref({ id: 'care/eva/v9#1', customerId: 'eva' }) }));
    expect((await exportCustomer(store, 'eva'))['deliveries']).toHaveLength(1);
    await forgetCustomer(store, 'eva', { at: new Date(), salt: 'salt' });
    expect(await store.deliveries.collection.countDocuments({ customerId: 'eva' })).toBe(0);
  });
});

describe('an alert', () => {
  const alert = (name: string) => ({
    enrolment: ref(),
    step: `alertTeam:${name}#${String(++steps)}`,
    alert: name,
    data: { score: 3, words: '<b>bad</b>' },
    patience: days(1),
  });

  it('goes to each of the team once, also where a mail server is away in between, and to the webhook', async () => {
    const emails = ['desk@motors.example', 'boss@motors.example'];
    await store.alerts.save({ _id: 'detractor', emails, webhook: 'crm', updatedAt: new Date() });
    const asked = alert('detractor');
    mail.inject({ kind: 'delay', ms: 0 }, { kind: 'reject', code: 451, at: 'recipient' });
    expect(await activities.alertTeam(asked)).toMatchObject({ state: 'deferred' });
    expect(await activities.alertTeam(asked)).toEqual({ state: 'delivered' });
    expect(await activities.alertTeam(asked)).toEqual({ state: 'delivered' });
    expect(mail.received.flatMap(({ to }) => to)).toEqual(emails);
    const [first] = mail.received;
    expect(first?.subject).toBe('Alert: detractor (ana)');
    expect(first?.text).toContain('score: 3');
    expect(first?.html).toContain('&lt;b&gt;bad&lt;/b&gt;');
    expect(first?.raw).not.toContain('ana@example.com');
    expect(verified(secret)).toMatchObject({ type: 'journey.alert', data: { name: 'detractor', score: 3 } });
  });

  it('without an entry of its own goes to the default one, and says where there is none', async () => {
    expect(await activities.alertTeam(alert('odd'))).toEqual({ state: 'failed', reason: 'nobody-to-tell' });
    await store.alerts.save({ _id: 'default', emails: ['all@motors.example'], updatedAt: new Date() });
    expect(await activities.alertTeam(alert('odd'))).toEqual({ state: 'delivered' });
    expect(mail.received.at(-1)?.to).toEqual(['all@motors.example']);
  });
});
