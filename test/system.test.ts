import { Analytics } from '@segment/analytics-node';
import { defineSearchAttributeKey } from '@temporalio/common';
import { demoClock } from '../cli/demo/pace';
import type { CustomerClock } from '../domain/clock';
import { noticeSignalName, searchAttributes, traceQueryName } from '../domain/temporal-names';
import type { JournalEntry } from '../domain/journal';
import { journeys } from '../workflows/journeys';
import { isHeldOut } from '../api/routing/plan';
import { eventually } from './api';
import { customer, offer } from './builders';
import { bundleOf } from './bundle';
import { adminKey, testSystem, writeKey, type TestSystem } from './system';
import { failedWorkflowTasks } from './histories';
import { uniqueName } from './servers';

/** For a customer of this clock a day passes in so many real milliseconds. */
const fast = (day = 2_000): CustomerClock => demoClock(Date.now(), day);

let system: TestSystem;
let origin: string;
/** Somebody whose journey of weeks goes on beside the other tests. */
let traveller: string;

beforeAll(async () => {
  system = await testSystem(journeys);
  await system.startWorkers(await bundleOf());
  origin = await system.app.listen({ port: 0, host: '127.0.0.1' });
  await system.store.offers.save('tyres', offer(), new Date());
  traveller = await signUp(fast());
});
afterAll(() => system.close());

/** A customer id that is in no journey's control group. */
function messagedId(): string {
  for (;;) {
    const id = uniqueName('c');
    if (!journeys.some((journey) => isHeldOut(journey, id))) return id;
  }
}

async function signUp(clock?: CustomerClock, id = messagedId()): Promise<string> {
  if (clock) await know(id, clock);
  const body = { id, email: `${id}@example.com`, firstName: 'Ana', consent: { email: true, sms: true } };
  expect(await system.post('/v1/customers', { ...body, phone: '+5511987654321', locale: 'pt-BR' })).toBe(201);
  return id;
}

/** Puts a customer into the database who did not sign up. */
async function know(id: string, clock: CustomerClock): Promise<void> {
  await system.store.customers.collection.insertOne(customer({ _id: id, email: `${id}@example.com`, clock }));
}

const track = (userId: string, event: string, properties: object = {}) =>
  system.post('/v1/track', { userId, event, properties });

const enrolment = (id: string) => system.store.enrolments.find(id);

const waitsAt = (id: string, step: string) =>
  eventually(async () => {
    const found = await enrolment(id);
    return found?.step === step && found;
  });

const ended = (id: string) =>
  eventually(async () => {
    const found = await enrolment(id);
    return found?.open === false && found;
  });

const messagesOf = async (customerId: string) =>
  (await system.store.messages.collection.find({ customerId }).sort({ createdAt: 1 }).toArray()).map(
    ({ template, state, reason }) =>
      reason === undefined ? `${template} ${state}` : `${template} ${state} ${reason}`,
  );

describe('onboarding', () => {
  it('welcomes a signup by e-mail in the customer’s language, and waits for the profile', async () => {
    const id = await signUp();
    const mail = await system.mail.next(({ to }) => to.includes(`${id}@example.com`));
    expect(mail.subject).toContain('Ana');
    expect(mail.html).toContain('BEMVINDO10');
    expect(mail.headers.get('list-unsubscribe')).toBeUndefined();

    await waitsAt(`onboarding/${id}#1`, 'waitFor:profile.completed');
    const trace = await system.client.workflow
      .getHandle(`onboarding/${id}`)
      .query<readonly JournalEntry[]>(traceQueryName);
    expect(trace.map(({ step }) => step)).toEqual(['email:welcome']);
    const described = await system.client.workflow.getHandle(`onboarding/${id}`).describe();
    expect(described.type).toBe('onboarding');
    const { customerId, journeyStep, waitingFor } = searchAttributes;
    const shown = [customerId, journeyStep, waitingFor].map((name) =>
      described.typedSearchAttributes.get(defineSearchAttributeKey(name, 'KEYWORD')),
    );
    expect(shown).toEqual([id, 'waitFor:profile.completed', 'profile.completed']);
  });

  it('ends as converted within a second of the goal, in mid-wait', async () => {
    const id = await signUp();
    await waitsAt(`onboarding/${id}#1`, 'waitFor:profile.completed');
    await track(id, 'order.completed', { orderId: 'o1', amount: 120_000_00, currency: 'BRL' });
    expect(await ended(`onboarding/${id}#1`)).toMatchObject({ outcome: 'converted' });
    const result: unknown = await system.client.workflow.getHandle(`onboarding/${id}`).result();
    expect(result).toMatchObject({ outcome: 'converted' });
  });

  it('measures the control group and tells it nothing but what answers their own act', async () => {
    const onboarding = journeys.filter(({ name }) => name === 'onboarding');
    let id = uniqueName('c');
    while (!onboarding.every((journey) => isHeldOut(journey, id))) id = uniqueName('c');
    await signUp(fast(200), id);
    expect(await ended(`onboarding/${id}#1`)).toMatchObject({ holdout: true, outcome: 'completed' });
    const messages = await messagesOf(id);
    expect(messages[0]).toBe('welcome sent');
    expect(messages.slice(1).every((message) => message.endsWith('suppressed holdout'))).toBe(true);
  });

  it('goes on without consent and without an address, and says why nothing was sent', async () => {
    const id = messagedId();
    await system.store.customers.collection.insertOne(customer({ _id: id, email: '', clock: fast(200) }));
    await system.store.customers.collection.updateOne(
      { _id: id },
      { $unset: { email: 1, phone: 1 }, $set: { consent: {} } },
    );
    await system.post('/v1/customers', { id });
    expect(await ended(`onboarding/${id}#1`)).toMatchObject({ outcome: 'completed' });
    expect(await messagesOf(id)).toEqual(
      expect.arrayContaining(['welcome suppressed no-address', 'complete-profile suppressed no-address']),
    );
  });
});

describe('aftercare', () => {
  it('asks by e-mail, goes on with what is answered on the page, and counts it', async () => {
    const id = messagedId();
    await know(id, fast());
    await track(id, 'service.completed', { vehicleId: 'uno' });
    const mail = await system.mail.next(({ to }) => to.includes(`${id}@example.com`));
    const link = /https?:\/\/[^\s"]*(\/s\/[^\s"?&]+)/.exec(mail.text)?.[1] ?? '';
    await waitsAt(`aftercare/${id}/uno#1`, 'answer:csat');
    expect(await (await fetch(`${origin}${link}?score=2`)).text()).toMatch(/value="2"[^>]*checked/);
    const form = {
      method: 'POST',
      body: new URLSearchParams({ score: '2', comment: 'O carro voltou sujo' }),
    };
    expect((await fetch(`${origin}${link}`, form)).status).toBe(200);

    const run = await ended(`aftercare/${id}/uno#1`);
    expect(run.outcome).toBe('completed');
    expect(run.trace.map(({ step }) => step)).toContain('alertTeam:unhappy-after-service');
    expect(JSON.stringify(run)).not.toContain('sujo');
    const handle = system.client.workflow.getHandle(`aftercare/${id}/uno`);
    const shown = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(shown.currentDetails).toContain('| survey.answered: 2 |');
    const { surveys } = await system.admin<{ surveys: object[] }>('GET', '/v1/surveys');
    expect(surveys).toMatchObject([
      { journey: 'aftercare', survey: 'csat', answers: 1, value: 0, response: { sent: 1, rate: 100 } },
    ]);
    const login = await fetch(`${origin}/?key=${adminKey}`, { redirect: 'manual' });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = await fetch(`${origin}/console/measures`, { headers: { cookie, 'accept-language': 'en' } });
    expect(await page.text()).toContain('100% of 1 sent answered');
  });
});

describe('Segment’s own client', () => {
  it('starts a journey and moves it', async () => {
    const id = messagedId();
    const analytics = new Analytics({ writeKey, host: origin, flushAt: 2 });
    analytics.identify({
      userId: id,
      traits: { email: `${id}@example.com`, firstName: 'Bia', locale: 'en' },
    });
    analytics.track({ userId: id, event: 'customer.signed_up', properties: { source: 'web' } });
    await waitsAt(`onboarding/${id}#1`, 'waitFor:profile.completed');
    expect((await system.mail.next(({ to }) => to.includes(`${id}@example.com`))).subject).toContain('Bia');
    analytics.track({ userId: id, event: 'profile.completed' });
    await analytics.closeAndFlush();
    await waitsAt(`onboarding/${id}#1`, 'wait:3d');
  });
});

describe('an event', () => {
  it('that was stored but never signalled still ends its wait', async () => {
    const id = await signUp(fast(4_000));
    await waitsAt(`onboarding/${id}#1`, 'waitFor:profile.completed');
    const now = new Date();
    await system.store.events.insert([
      {
        _id: uniqueName('e'),
        name: 'profile.completed',
        customerId: id,
        properties: {},
        occurredAt: now,
        receivedAt: now,
      },
    ]);
    const step = await eventually(async () =>
      (await enrolment(`onboarding/${id}#1`))?.trace.find(
        (entry) => entry.step === 'waitFor:profile.completed',
      ),
    );
    expect(step.result).toMatchObject({ name: 'profile.completed' });
    expect(await messagesOf(id)).not.toContainEqual(expect.stringContaining('complete-profile'));
  });

  it('that is signalled twice counts once', async () => {
    const id = await signUp();
    await waitsAt(`onboarding/${id}#1`, 'waitFor:profile.completed');
    const event = { id: uniqueName('e'), name: 'profile.completed', receivedAt: Date.now(), properties: {} };
    const handle = system.client.workflow.getHandle(`onboarding/${id}`);
    await handle.signal(noticeSignalName, { event });
    await handle.signal(noticeSignalName, { event });
    const run = await waitsAt(`onboarding/${id}#1`, 'wait:3d');
    expect(run.trace.filter(({ step }) => step.startsWith('waitFor'))).toHaveLength(1);
  });
});

describe('maintenance', () => {
  it('has one run for each vehicle; a booking ends the cycle and opens the next', async () => {
    const id = messagedId();
    await know(id, { origin: Date.now(), scale: 1 });
    const car = (vehicleId: string) => ({ vehicleId, model: 'Perene 208' });
    await track(id, 'vehicle.delivered', car('v1'));
    await track(id, 'vehicle.delivered', car('v2'));
    await waitsAt(`maintenance/${id}/v1#1`, 'waitFor:vehicle.odometer_read');
    await waitsAt(`maintenance/${id}/v2#1`, 'waitFor:vehicle.odometer_read');

    await track(id, 'vehicle.odometer_read', { vehicleId: 'v1', odometerKm: 30 });
    await waitsAt(`maintenance/${id}/v1#1`, 'waitFor:vehicle.odometer_read#2');

    await track(id, 'service.booked', car('v1'));
    expect(await ended(`maintenance/${id}/v1#1`)).toMatchObject({ outcome: 'converted' });
    await waitsAt(`maintenance/${id}/v1#2`, 'waitFor:vehicle.odometer_read');
    expect(await enrolment(`maintenance/${id}/v2#1`)).toMatchObject({ open: true });
  });
});

describe('erasing a customer', () => {
  it('ends their runs at once', async () => {
    const id = await signUp();
    await waitsAt(`onboarding/${id}#1`, 'waitFor:profile.completed');
    await system.admin('DELETE', `/v1/customers/${id}`);
    expect(await ended(`onboarding/${id}#1`)).toMatchObject({ outcome: 'erased' });
  });
});

describe('a run of weeks', () => {
  it('goes all the way to an offer, once each, while others come', async () => {
    const run = await ended(`onboarding/${traveller}#1`);
    expect(run.outcome).toBe('completed');
    expect(await messagesOf(traveller)).toEqual([
      'welcome sent',
      'complete-profile sent',
      expect.stringMatching(/^offer-(warm|direct) sent$/),
    ]);
    expect(await failedWorkflowTasks(system.client, `onboarding/${traveller}`)).toEqual([]);
    const decisions = await system.store.decisions.collection.find({ customerId: traveller }).toArray();
    expect(decisions).toHaveLength(1);
  });
});
