import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { isHeldOut } from '../api/routing/plan';
import { demoClock } from '../cli/demo/pace';
import type { EventProperties } from '../domain/event-schemas';
import type { EventName } from '../domain/events';
import { journeys } from '../workflows/journeys';
import { putOffer } from './offers';
import type { Place } from './place';
import { enterConsenting } from './consenting';
import { channels } from './../domain/messages';

/** What a journey cost Temporal from its start to its end. */
export interface ActionsRow {
  readonly journey: string;
  /** What happened to the customer, in words. */
  readonly path: string;
  readonly messages: number;
  /** Workflow executions: the start, and one after each wait. */
  readonly executions: number;
  /** Billable actions as Temporal Cloud counts them, by kind; kinds that did not occur are left out. */
  readonly actions: Readonly<Partial<Record<ActionKind, number>>>;
  readonly total: number;
  /** History events of all executions together. */
  readonly events: number;
}

type ActionKind = 'starts' | 'local activities' | 'activities' | 'timers' | 'signals' | 'upserts';

type Happening = {
  [Name in EventName]: {
    readonly day: number;
    readonly event: Name;
    readonly properties: EventProperties[Name];
  };
}[EventName];

/** A customer's way through a journey: every step of it, ended by its goal. */
interface Play {
  readonly journey: string;
  readonly key?: string;
  readonly path: string;
  readonly happenings: readonly Happening[];
}

const plays: readonly Play[] = [
  {
    journey: 'onboarding',
    path: 'signup, profile completed, order',
    happenings: [
      { day: 0, event: 'customer.signed_up', properties: {} },
      { day: 1, event: 'profile.completed', properties: {} },
      { day: 7, event: 'order.completed', properties: { orderId: 'onboarding-order' } },
    ],
  },
  {
    journey: 'upsell',
    path: 'delivery, offer viewed, offer taken',
    happenings: [
      { day: 0, event: 'order.delivered', properties: { orderId: 'upsell-order' } },
      { day: 9, event: 'offer.viewed', properties: { offerId: 'tyres' } },
      { day: 14, event: 'offer.accepted', properties: { offerId: 'tyres' } },
    ],
  },
  {
    journey: 'winback',
    path: 'lapse, visit, order',
    happenings: [
      { day: 0, event: 'customer.lapsed', properties: { expectedOrders: 0.1, usualOrders: 1 } },
      { day: 3, event: 'page.viewed', properties: {} },
      { day: 12, event: 'order.completed', properties: { orderId: 'winback-order' } },
    ],
  },
  {
    journey: 'maintenance',
    key: 'car',
    path: 'delivery, odometer read, three reminders, booking',
    happenings: [
      { day: 0, event: 'vehicle.delivered', properties: { vehicleId: 'car', model: 'Aurora' } },
      { day: 6, event: 'vehicle.odometer_read', properties: { vehicleId: 'car', odometerKm: 6_000 } },
      { day: 40, event: 'service.booked', properties: { vehicleId: 'car', model: 'Aurora' } },
    ],
  },
];

/** A customer's day in real milliseconds: long enough for a message that is due in the morning to go before evening. */
const day = 2_000;

/** Plays every journey from end to end, at a day in two seconds, and counts in the histories what it cost. */
export async function measureActions({ http, store, client }: Place): Promise<ActionsRow[]> {
  await putOffer(http);
  return Promise.all(plays.map((play) => playOne(play, { http, store, client })));
}

async function playOne(
  { journey, key, path, happenings }: Play,
  { http, store, client }: Pick<Place, 'http' | 'store' | 'client'>,
): Promise<ActionsRow> {
  const began = Date.now();
  const customerId = somebodyIn(journey);
  const profile = {
    email: `${customerId}@customers.example`,
    phone: '+5511987654321',
    timeZone: 'America/Sao_Paulo',
    attributes: { orders: 3 },
    clock: demoClock(began, day),
  };
  await enterConsenting(store, [{ id: customerId, profile }], channels);
  for (const { day: onDay, event, properties } of happenings) {
    await sleep(Math.max(0, began + onDay * day - Date.now()));
    await http.post('/v1/batch', { batch: [{ type: 'track', userId: customerId, event, properties }] });
  }
  const workflowId = [journey, customerId, ...(key === undefined ? [] : [key])].join('/');
  const enrolment = `${workflowId}#1`;
  while ((await store.enrolments.find(enrolment))?.open !== false) await sleep(50);
  await sleep(1_000);
  const messages = await store.messages.collection.countDocuments({
    enrolmentId: enrolment,
    sentAt: { $exists: true },
  });
  const { executions, ...cost } = await costOfRun(client, workflowId);
  return { journey, path, messages, executions, ...cost };
}

/** Somebody who is not in the journey's control group. */
function somebodyIn(name: string): string {
  const journey = journeys.find((other) => other.name === name);
  if (!journey) throw new Error(`There is no journey "${name}".`);
  for (let n = 0; ; n++) if (!isHeldOut(journey, `${name}-player-${n}`)) return `${name}-player-${n}`;
}

/** Counts the actions and events of one enrolment; it begins with the first execution under the workflow id unless another is named. */
export async function costOfRun(
  client: Client,
  workflowId: string,
  first?: string,
): Promise<Pick<ActionsRow, 'executions' | 'actions' | 'total' | 'events'>> {
  const counted = new Map<ActionKind, number>();
  const count = (kind: ActionKind, times = 1) => counted.set(kind, (counted.get(kind) ?? 0) + times);
  let executions = 0;
  let events = 0;
  for (let runId = first ?? (await firstRun(client, workflowId)); runId !== undefined;) {
    const { events: history = [] } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    runId = undefined;
    executions += 1;
    events += history?.length ?? 0;
    const tasksWithLocalActivities = new Set<string>();
    for (const event of history ?? []) {
      if (event.workflowExecutionStartedEventAttributes) count('starts');
      if (event.activityTaskScheduledEventAttributes) count('activities');
      if (event.timerStartedEventAttributes) count('timers');
      if (event.workflowExecutionSignaledEventAttributes) count('signals');
      if (event.upsertWorkflowSearchAttributesEventAttributes) count('upserts');
      const { markerName, workflowTaskCompletedEventId } = event.markerRecordedEventAttributes ?? {};
      if (markerName === 'core_local_activity') {
        tasksWithLocalActivities.add(String(workflowTaskCompletedEventId));
      }
      runId = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? runId;
    }
    if (tasksWithLocalActivities.size > 0) count('local activities', tasksWithLocalActivities.size);
  }
  const total = [...counted.values()].reduce((sum, times) => sum + times, 0);
  return { executions, actions: Object.fromEntries(counted), total, events };
}

async function firstRun(client: Client, workflowId: string): Promise<string | undefined> {
  const runs: { runId: string; startTime: Date }[] = [];
  for await (const run of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) runs.push(run);
  return runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime())[0]?.runId;
}
