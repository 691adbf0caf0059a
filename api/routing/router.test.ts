import { Client, Connection } from '@temporalio/client';
import pino from 'pino';
import { event } from '../../test/builders';
import {
  testDatabase,
  testTemporal,
  uniqueName,
  type TestDatabase,
  type TestTemporal,
} from '../../test/servers';
import { openStore, type Store } from '../../store/store';
import type { EventDocument } from '../../store/events';
import { always, after, days, journey, never, on, percent } from '../../workflows/engine/vocabulary';
import { isHeldOut } from './plan';
import { createRouter, type Router } from './router';
import { temporalRuns } from './runs';

const once = journey(
  'once',
  { entry: on('customer.signed_up'), reentry: never, goal: on('order.completed') },
  nothing,
);
const monthly = journey(
  'monthly',
  { entry: on('order.delivered'), reentry: after(days(30)), holdout: percent(40) },
  nothing,
);
const cycle = journey(
  'cycle',
  {
    entry: [on('vehicle.delivered'), on('service.booked')],
    key: 'vehicleId',
    reentry: always,
    goal: on('service.booked'),
    exit: on('customer.churned'),
  },
  nothing,
);
const journeys = [once, monthly, cycle];

async function nothing(): Promise<void> {
  await Promise.resolve();
}

let database: TestDatabase;
let temporal: TestTemporal;
let store: Store;
let router: Router;
let customerId: string;
const log = pino({ level: 'silent' });

beforeAll(async () => {
  [database, temporal] = await Promise.all([testDatabase(), testTemporal()]);
  store = await openStore(database.db, database.client);
  router = createRouter({ store, runs: temporalRuns(temporal.client), journeys, now: () => new Date(), log });
});
afterAll(async () => {
  await temporal.close();
  await database.close();
});
beforeEach(() => (customerId = uniqueName('ana')));

let milliseconds = 0;

/** A stored event of the customer with its note, received a millisecond after the one before. */
async function stored(name: string, properties: object = {}, change: Partial<EventDocument> = {}) {
  const document = event({
    _id: uniqueName(name),
    name,
    customerId,
    properties: { ...properties },
    receivedAt: new Date(Date.now() - 60_000 + milliseconds++),
    ...change,
  });
  await store.outbox.put({ _id: noteOf(document), eventIds: [document._id], dueAt: new Date() });
  await store.events.insert([document]);
  return document;
}
const noteOf = ({ _id }: EventDocument) => `note-${_id}`;
const noted = (event: EventDocument) => ({ note: noteOf(event), events: [event] });
const route = async (...events: EventDocument[]) => router.route(events.map(noted));
/** The note of an event that was put off. */
const delayOf = (event: EventDocument) => store.outbox.collection.findOne({ _id: `event:${event._id}` });
const routed = async (name: string, properties: object = {}, change: Partial<EventDocument> = {}) =>
  (await route(await stored(name, properties, change)))[0];
const runsOf = (workflowId: string) =>
  store.enrolments.collection.find({ workflowId }).sort({ n: 1 }).toArray();

/** What a workflow was told, in order. */
async function notices(workflowId: string): Promise<unknown[]> {
  const { events } = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
  const payloads = (events ?? []).flatMap(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.input?.payloads ?? [],
  );
  return payloads.map(({ data }) => JSON.parse(Buffer.from(data ?? []).toString()) as unknown);
}
const wait = (event: string, where?: object) => ({
  step: `wait:${event}`,
  waitKind: 'waitFor' as const,
  stepSince: new Date(),
  waitsUntil: null,
  waitsFor: [{ event, ...(where && { where: { ...where } }) }],
});
/** Ends a run as its workflow would. */
async function end(id: string, workflowId: string): Promise<void> {
  await store.enrolments.finish(id, { outcome: 'completed', endedAt: new Date() }, []);
  await temporal.client.workflow.getHandle(workflowId).terminate();
}

describe('an entry event', () => {
  it('starts one run, which an engineer finds by type, customer and summary', async () => {
    const trigger = await stored('customer.signed_up', { source: 'site', email: 'secret@example.com' });
    const [first] = await route(trigger);
    const [again] = await route(trigger);
    const id = `once/${customerId}#1`;
    expect(first).toMatchObject({ enrolments: [id], postponed: false });
    expect(again).toMatchObject({ enrolments: [id], postponed: false });
    expect(await runsOf(`once/${customerId}`)).toMatchObject([
      {
        _id: id,
        n: 1,
        open: true,
        journey: 'once',
        triggerEventId: trigger._id,
        startedAt: trigger.receivedAt,
      },
    ]);
    const handle = temporal.client.workflow.getHandle(`once/${customerId}`);
    const description = await handle.describe();
    expect(description).toMatchObject({ type: 'once', taskQueue: 'journeys', memo: { enrolment: id } });
    expect(description.raw.workflowExecutionInfo?.searchAttributes?.indexedFields).toHaveProperty(
      'CustomerId',
    );
    expect(await description.staticSummary()).toBe(`once of ${customerId}`);
    const history = JSON.stringify(await handle.fetchHistory());
    expect(Buffer.from(history).toString()).not.toContain('secret@example.com');
    expect(await store.outbox.holds(trigger._id)).toBe(false);
  });

  it('carries only what the catalogue names into Temporal', async () => {
    await routed('customer.signed_up', { source: 'site', email: 'secret@example.com' });
    const { events } = await temporal.client.workflow.getHandle(`once/${customerId}`).fetchHistory();
    const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    expect(JSON.parse(Buffer.from(input ?? []).toString())).toMatchObject({
      enrolment: { trigger: { name: 'customer.signed_up', properties: { source: 'site' } } },
    });
    expect(Buffer.from(input ?? []).toString()).not.toContain('secret');
  });

  it('starts nothing while a run is open, nor after it where re-entry is never', async () => {
    await routed('customer.signed_up');
    expect(await routed('customer.signed_up')).toMatchObject({ enrolments: [], refusals: ['already-open'] });
    await end(`once/${customerId}#1`, `once/${customerId}`);
    expect(await routed('customer.signed_up')).toMatchObject({ enrolments: [], refusals: ['re-entry'] });
    expect(await runsOf(`once/${customerId}`)).toHaveLength(1);
  });

  it('starts a second run when enough days of the clock of the customer have passed', async () => {
    const at = Date.now() - 10_000;
    const clock = { origin: at, scale: 86_400 };
    await store.customers.saveProfiles([{ id: customerId, change: { clock }, at: new Date() }]);
    const delivered = (secondsLater: number) =>
      routed('order.delivered', { orderId: 'o1' }, { receivedAt: new Date(at + secondsLater * 1_000) });
    await delivered(0);
    await end(`monthly/${customerId}#1`, `monthly/${customerId}`);
    expect(await delivered(29)).toMatchObject({ enrolments: [], refusals: ['re-entry'] });
    expect(await delivered(30)).toMatchObject({ enrolments: [`monthly/${customerId}#2`] });
    expect(await runsOf(`monthly/${customerId}`)).toMatchObject([{ n: 1 }, { n: 2, clock }]);
  });

  it('opens a run for each key', async () => {
    const events = await Promise.all(
      ['v1', 'v2', 'v1'].map((vehicleId) => stored('vehicle.delivered', { vehicleId, model: 'Uno' })),
    );
    const results = await route(...events);
    expect(results.map(({ enrolments }) => enrolments)).toEqual([
      [`cycle/${customerId}/v1#1`],
      [`cycle/${customerId}/v2#1`],
      [],
    ]);
  });

  it('starts nothing for a customer who was erased', async () => {
    await store.customers.erase(customerId, new Date());
    expect(await routed('customer.signed_up')).toMatchObject({ enrolments: [], refusals: ['erased'] });
  });

  it('puts the same customers into the control group every time', async () => {
    // The same ids in every run: who is held out goes by the id.
    const people = Array.from({ length: 60 }, (_, i) => `crowd-${i}`);
    const deliver = async (orderId: string) =>
      route(
        ...(await Promise.all(
          people.map((id) => stored('order.delivered', { orderId }, { customerId: id })),
        )),
      );
    await deliver('o1');
    const held = await store.enrolments.collection
      .find({ customerId: { $in: people }, holdout: true })
      .map((run) => run.customerId)
      .toArray();
    expect(held.sort()).toEqual(people.filter((id) => isHeldOut(monthly, id)).sort());
    expect(held.length).toBeGreaterThan(10);
    expect(held.length).toBeLessThan(40);
  });
});

describe('a crash between the ledger and Temporal', () => {
  it('is made good by routing the event again', async () => {
    const trigger = await stored('customer.signed_up');
    const workflowId = `once/${customerId}`;
    await store.enrolments.insert([
      {
        _id: `${workflowId}#1`,
        workflowId,
        n: 1,
        journey: 'once',
        customerId,
        triggerEventId: trigger._id,
        holdout: false,
        startedAt: trigger.receivedAt,
        open: true,
        trace: [],
      },
    ]);
    const earlier = await routed('order.completed', { orderId: 'o1' });
    expect(earlier).toMatchObject({ signals: 1, postponed: true });
    expect(await route(trigger)).toMatchObject([{ enrolments: [`${workflowId}#1`], postponed: false }]);
    expect((await temporal.client.workflow.getHandle(workflowId).describe()).status.name).toBe('RUNNING');
  });

  it('starts nothing again where the run is over', async () => {
    const trigger = await stored('customer.signed_up');
    await route(trigger);
    await end(`once/${customerId}#1`, `once/${customerId}`);
    expect(await route(trigger)).toMatchObject([{ enrolments: [], postponed: false }]);
    expect((await temporal.client.workflow.getHandle(`once/${customerId}`).describe()).status.name).toBe(
      'TERMINATED',
    );
  });
});

describe('an event during a run', () => {
  it('is told to a run that waits for it, with the properties that the catalogue names', async () => {
    await routed('customer.signed_up');
    await store.enrolments.reachWait(`once/${customerId}#1`, wait('survey.answered', { survey: 'nps' }), []);
    await routed('survey.answered', { survey: 'csat', score: 3 });
    const answer = await stored('survey.answered', { survey: 'nps', score: 9, comment: 'private words' });
    await route(answer);
    await routed('page.viewed', { name: 'Home' });
    expect(await notices(`once/${customerId}`)).toEqual([
      {
        event: {
          id: answer._id,
          name: 'survey.answered',
          receivedAt: answer.receivedAt.getTime(),
          properties: { survey: 'nps', score: 9 },
        },
      },
    ]);
  });

  it('that is a goal or an exit ends the run', async () => {
    await routed('customer.signed_up');
    await routed('vehicle.delivered', { vehicleId: 'v1', model: 'Uno' });
    await routed('order.completed', { orderId: 'o1' });
    await routed('customer.churned');
    expect(await notices(`once/${customerId}`)).toMatchObject([{ ends: 'converted' }]);
    expect(await notices(`cycle/${customerId}/v1`)).toMatchObject([{ ends: 'exited' }]);
  });

  it('about another key does not concern the run', async () => {
    for (const vehicleId of ['v1', 'v2']) await routed('vehicle.delivered', { vehicleId, model: 'Uno' });
    for (const vehicleId of ['v1', 'v2']) {
      const about = { property: 'vehicleId', value: vehicleId };
      const waiting = wait('vehicle.odometer_read');
      await store.enrolments.reachWait(
        `cycle/${customerId}/${vehicleId}#1`,
        { ...waiting, waitsFor: [{ event: 'vehicle.odometer_read', about }] },
        [],
      );
    }
    await routed('vehicle.odometer_read', { vehicleId: 'v2', odometerKm: 9_000 });
    expect(await notices(`cycle/${customerId}/v1`)).toEqual([]);
    expect(await notices(`cycle/${customerId}/v2`)).toHaveLength(1);
  });

  it('received before the run began does not end it', async () => {
    const order = await stored(
      'order.completed',
      { orderId: 'o1' },
      { receivedAt: new Date(Date.now() - 3_600_000) },
    );
    await routed('customer.signed_up');
    expect(await route(order)).toMatchObject([{ signals: 0, postponed: false }]);
  });

  it('is forgotten where the workflow is gone', async () => {
    await routed('customer.signed_up');
    await temporal.client.workflow.getHandle(`once/${customerId}`).terminate();
    expect(await routed('order.completed', { orderId: 'o1' })).toMatchObject({
      signals: 1,
      postponed: false,
    });
  });
});

describe('an event that ends a run and opens the next', () => {
  it('comes again until the first run is over, and ends only that one', async () => {
    const booking = { vehicleId: 'v1', model: 'Uno' };
    const workflowId = `cycle/${customerId}/v1`;
    await routed('vehicle.delivered', booking);
    const booked = await stored('service.booked', booking);
    const asked = Date.now();
    expect(await route(booked)).toMatchObject([{ signals: 1, enrolments: [], postponed: true }]);
    const waiting = await delayOf(booked);
    expect(waiting).toMatchObject({ failures: 1, eventIds: [booked._id] });
    expect(waiting?.dueAt.getTime()).toBeGreaterThan(asked);
    expect(await route(booked)).toMatchObject([{ postponed: true }]);

    await store.enrolments.finish(`${workflowId}#1`, { outcome: 'converted', endedAt: new Date() }, []);
    expect(await route(booked)).toMatchObject([
      { signals: 0, enrolments: [`${workflowId}#2`], postponed: true },
    ]);
    await temporal.client.workflow.getHandle(workflowId).terminate();
    expect(await route(booked)).toMatchObject([{ enrolments: [`${workflowId}#2`], postponed: false }]);
    expect(await notices(workflowId)).toEqual([]);
    expect(await route(booked)).toMatchObject([{ signals: 0, enrolments: [`${workflowId}#2`] }]);
    expect(await runsOf(workflowId)).toMatchObject([
      { n: 1, open: false },
      { n: 2, open: true },
    ]);
  });

  it('opens the next even where both came at the same instant', async () => {
    const booking = { vehicleId: 'v1', model: 'Uno' };
    const receivedAt = new Date();
    const workflowId = `cycle/${customerId}/v1`;
    const events = [
      await stored('vehicle.delivered', booking, { receivedAt }),
      await stored('service.booked', booking, { receivedAt }),
    ];
    expect(await route(...events)).toMatchObject([{ postponed: false }, { signals: 1, postponed: true }]);
    await end(`${workflowId}#1`, workflowId);
    expect(await route(...events.slice(1))).toMatchObject([{ enrolments: [`${workflowId}#2`] }]);
    await end(`${workflowId}#2`, workflowId);
    expect(await route(...events)).toMatchObject([{ enrolments: [] }, { enrolments: [] }]);
  });

  it('also holds back another entry that follows it', async () => {
    const booking = { vehicleId: 'v1', model: 'Uno' };
    await routed('vehicle.delivered', booking);
    const goal = await stored('service.booked', booking);
    const next = await stored('vehicle.delivered', booking);
    expect(await route(goal)).toMatchObject([{ postponed: true }]);
    expect(await route(next)).toMatchObject([{ postponed: true, refusals: [] }]);
  });
});

describe('a failure', () => {
  it('puts an event off, longer each time, and loses none', async () => {
    const connection = Connection.lazy({ address: '127.0.0.1:1' });
    const runs = temporalRuns(new Client({ connection }), 200);
    const cut = createRouter({ store, runs, journeys, now: () => new Date(0), log });
    const trigger = await stored('customer.signed_up');
    const other = await stored('page.viewed');
    const both = { note: 'both', events: [trigger, other] };
    const results = await cut.route([both]);
    expect(results.map(({ postponed }) => postponed)).toEqual([true, false]);
    expect(await delayOf(trigger)).toMatchObject({ failures: 1, dueAt: new Date(1_000) });
    expect(await delayOf(other)).toBeNull();
    for (const failures of [1, 2]) {
      await cut.route([{ note: `event:${trigger._id}`, events: [trigger], failures }]);
      const dueAt = new Date(1_000 * 2 ** failures);
      expect(await delayOf(trigger)).toMatchObject({ failures: failures + 1, dueAt });
    }
    await connection.close();
    const [last] = await store.outbox.due(new Date(10_000), 1);
    expect(last?.eventIds).toEqual([trigger._id]);
    await router.route([{ note: `event:${trigger._id}`, events: [trigger] }]);
    expect(await delayOf(trigger)).toBeNull();
    expect((await temporal.client.workflow.getHandle(`once/${customerId}`).describe()).status.name).toBe(
      'RUNNING',
    );
  });

  it('of what else takes events in puts them off too', async () => {
    let fails = true;
    const seen: string[] = [];
    const onRouted = async (events: readonly EventDocument[]) => {
      if (fails) throw new Error('no');
      seen.push(...events.map(({ name }) => name));
    };
    const withOutcomes = createRouter({
      store,
      runs: temporalRuns(temporal.client),
      journeys,
      onRouted,
      now: () => new Date(),
      log,
    });
    const accepted = await stored('offer.accepted', { offerId: 'alignment' });
    expect(await withOutcomes.route([noted(accepted)])).toMatchObject([{ postponed: true }]);
    fails = false;
    expect(await withOutcomes.route([noted(accepted)])).toMatchObject([{ postponed: false }]);
    expect(seen).toEqual(['offer.accepted']);
  });
});
