import { join } from 'node:path';
import { demoClock } from '../../cli/demo/pace';
import { groupBy } from '../../domain/group-by';
import { healRun } from '../../worker/healing';
import { allRouted, eventually } from '../api';
import { customer } from '../builders';
import { bundleOf } from '../bundle';
import { eventsOf } from '../histories';
import { testSystem, type TestSystem } from '../system';
import { hookServer, status, type HookServer } from '../hook-server';
import { care, parent, patient, telling } from './journeys';

/** Most e-mails a second. */
const rate = 3;

let system: TestSystem;
let hooks: HookServer;
let bundle: { code: string };
beforeAll(async () => {
  hooks = await hookServer();
  system = await testSystem([parent, care, patient, telling], undefined, {
    EMAIL_RATE: String(rate),
    WEBHOOK_HOSTS: hooks.host,
  });
  bundle = await bundleOf(join(__dirname, 'workflows.ts'));
  await system.startWorkers(bundle);
});
afterAll(async () => {
  await system.close();
  await hooks.close();
});

/** Puts a customer into the database for whom a day lasts a second. */
const know = (_id: string) =>
  system.store.customers.collection.insertOne(
    customer({ _id, email: `${_id}@example.com`, clock: demoClock(Date.now(), 1_000) }),
  );

const run = (id: string) => system.store.enrolments.find(id);
const ended = (id: string) =>
  eventually(async () => {
    const found = await run(id);
    return found?.open === false && found;
  });
const mailsTo = (id: string) =>
  system.mail.received.filter(({ to }) => to.includes(`${id}@example.com`)).length;
const firstRunOf = async (workflowId: string) => {
  const { raw } = await system.client.workflow.getHandle(workflowId).describe();
  return raw.workflowExecutionInfo?.firstRunId ?? '';
};
const out = (journey: string, enrolment: string) =>
  system.admin('DELETE', `/v1/journeys/${journey}/enrolments/${encodeURIComponent(enrolment)}`);

describe('a run that enrols its customer in another journey', () => {
  const order = (orderId: string) =>
    system.post('/v1/track', {
      userId: 'ana',
      event: 'order.delivered',
      properties: { orderId, vehicleId: 'v1' },
    });

  it('begins one run, also when its history is gone through again, and follows it to its end', async () => {
    await know('ana');
    await order('o1');
    const child = await eventually(() => run('care/ana/v1#1'));
    // It is in the ledger a moment before Temporal knows it.
    await allRouted(system.store);
    expect(child).toMatchObject({ parent: 'parent/ana#1', key: 'v1', holdout: false });
    // Temporal keeps these details with the first execution only.
    const first = system.client.workflow.getHandle('care/ana/v1', await firstRunOf('care/ana/v1'));
    expect(await (await first.describe()).staticDetails()).toContain('begun by `parent/ana#1`');
    await eventually(async () => (await run('parent/ana#1'))?.step === 'ended:care');
    const runId = await firstRunOf('parent/ana');
    await healRun(system.client, { workflowId: 'parent/ana', runId, journey: 'parent' });
    await system.post('/v1/track', { userId: 'ana', event: 'profile.completed' });

    const { trace, outcome } = await ended('parent/ana#1');
    expect(trace.map(({ step }) => step)).toEqual(['enrol:care', 'ended:care', 'care-completed']);
    expect(outcome).toBe('completed');
    expect(mailsTo('ana')).toBe(1);
    const asked = { customerId: 'ana', name: 'enrolment.requested' };
    expect(await system.store.events.collection.countDocuments(asked)).toBe(1);
    expect(await system.store.enrolments.collection.countDocuments({ journey: 'care' })).toBe(1);
    const { items } = await system.admin<{ items: object[] }>('GET', '/v1/customers/ana/timeline');
    expect(JSON.stringify(items)).toContain('"parent":"parent/ana#1"');
  });

  it('goes on where the rules of the other journey let nobody in', async () => {
    await order('o2');
    const { trace } = await ended('parent/ana#2');
    expect(trace.map(({ step }) => step)).toEqual(['enrol:care', 'care-refused']);
  });
});

describe('a customer who is taken out', () => {
  it('ends as exited in the middle of a wait, on record, and stays out', async () => {
    await system.post('/v1/customers', { id: 'bob', email: 'bob@example.com' });
    await eventually(async () => (await run('patient/bob#1'))?.step === 'wait:2d');
    await expect(out('patient', 'patient/nobody#1')).rejects.toThrow('not-found');
    await expect(out('care', 'patient/bob#1')).rejects.toThrow('not-found');
    await out('patient', 'patient/bob#1');
    expect(await ended('patient/bob#1')).toMatchObject({ outcome: 'exited' });
    expect(await out('patient', 'patient/bob#1')).toMatchObject({ open: false, outcome: 'exited' });
    // An act is recorded once it was answered.
    await eventually(async () => {
      const acts = await system.store.audit.page(undefined, 10);
      const out = acts.filter(({ act }) => act === 'DELETE /v1/journeys/:name/enrolments/:id');
      return out.some(({ subject }) => subject['name'] === 'patient' && subject['id'] === 'patient/bob#1');
    });
  });
});

describe('a paused journey', () => {
  it('keeps everyone’s place, lets waits run on, holds what is due, and lets it go at the rate of the channel', async () => {
    const ids = ['out', 'gone', 'left', ...Array.from({ length: 6 }, (_, i) => `kept-${i}`)];
    await system.admin('POST', '/v1/journeys/patient/pause');
    await Promise.all(ids.map((id) => know(id)));
    await Promise.all(ids.map((id) => system.post('/v1/customers', { id, email: `${id}@example.com` })));
    const held = () =>
      system.store.messages.collection.find({ journey: 'patient', heldBy: 'journey-paused' }).toArray();
    await eventually(async () => (await held()).length === ids.length);
    // Each has a place of its own to go at, no more of them in a second than the channel sends.
    const perSecond = groupBy(await held(), ({ dueAt }) => Math.floor((dueAt?.getTime() ?? 0) / 1_000));
    expect(Math.max(...[...perSecond.values()].map((due) => due.length))).toBeLessThanOrEqual(rate);

    await system.stopWorkers();
    await system.startWorkers(bundle);
    await out('patient', 'patient/out#1');
    await system.admin('DELETE', '/v1/customers/gone');
    await system.post('/v1/track', { userId: 'left', event: 'customer.churned' });
    expect(await ended('patient/out#1')).toMatchObject({ outcome: 'exited' });
    expect(await ended('patient/gone#1')).toMatchObject({ outcome: 'erased' });
    expect(await ended('patient/left#1')).toMatchObject({ outcome: 'exited' });
    for (const id of ids) expect(mailsTo(id)).toBe(0);
    expect(await run('patient/kept-0#1')).toMatchObject({ open: true, step: 'email:welcome' });

    await system.admin('POST', '/v1/journeys/patient/resume');
    for (const id of ids.slice(3)) {
      const { outcome, trace } = await ended(`patient/${id}#1`);
      expect([outcome, trace.map(({ step }) => step)]).toEqual([
        'completed',
        ['wait:2d', 'email:welcome', 'after'],
      ]);
      expect(mailsTo(id)).toBe(1);
    }
    for (const id of ids.slice(0, 3)) expect(mailsTo(id)).toBe(0);
  });
});

describe('erasing a customer', () => {
  it('ends the runs of all journeys at once, in Temporal too', async () => {
    await system.post('/v1/customers', { id: 'eva', email: 'eva@example.com' });
    for (const vehicleId of ['v7', 'v8']) {
      const properties = { vehicleId, model: 'Uno' };
      await system.post('/v1/track', { userId: 'eva', event: 'vehicle.delivered', properties });
    }
    await eventually(async () => (await system.store.enrolments.openOf(['eva'])).length === 3);
    const { client } = system;
    const open = `CustomerId = 'eva' AND ExecutionStatus = 'Running'`;
    await eventually(async () => (await client.workflow.count(open)).count === 3);
    await system.admin('DELETE', '/v1/customers/eva');
    expect(await system.store.enrolments.openOf(['eva'])).toEqual([]);
    await eventually(async () => (await client.workflow.count(open)).count === 0);
  });
});

describe('a journey that tells another system and the team', () => {
  it('does so once, goes on when it was heard, and leaves no secret and no address in Temporal', async () => {
    const { secret } = await system.admin<{ secret: string }>('PUT', '/v1/webhooks/crm', {
      url: `${hooks.url}/crm`,
    });
    await system.admin('PUT', '/v1/alerts/booking', { emails: ['desk@motors.example'] });
    await know('lia');
    hooks.answer(status(503, { 'retry-after': '2' }));
    const booked = { vehicleId: 'v5', model: 'Uno' };
    await system.post('/v1/track', { userId: 'lia', event: 'service.booked', properties: booked });
    // The worker goes away before the other system is asked again.
    await eventually(async () => hooks.received.length === 1);
    await system.stopWorkers();
    await system.startWorkers(bundle);

    const { trace } = await ended('telling/lia/v5#1');
    expect(trace.map(({ step }) => step)).toEqual(['webhook:crm', 'alertTeam:booking', 'split:delivered']);
    const ids = new Set(hooks.received.map(({ headers }) => headers['webhook-id']));
    expect([hooks.received.length, ids.size]).toEqual([2, 1]);
    expect(hooks.received.at(-1)?.body).toContain('lia@example.com');
    const alerts = system.mail.received.filter(({ to }) => to.includes('desk@motors.example'));
    expect(alerts.map(({ subject }) => subject)).toEqual(['Alerta: booking (lia)']);
    const { deliveries } = await system.admin<{ deliveries: object[] }>('GET', '/v1/deliveries/crm');
    expect(deliveries).toMatchObject([{ state: 'delivered', status: 204 }]);
    const payloads = JSON.stringify(await eventsOf(system.client, 'telling/lia/v5')).replace(
      /"data":"([^"]*)"/g,
      (_, data: string) => Buffer.from(data, 'base64').toString(),
    );
    expect(payloads).toContain('booked');
    for (const hidden of ['lia@example.com', 'desk@motors', secret]) expect(payloads).not.toContain(hidden);
  });
});
