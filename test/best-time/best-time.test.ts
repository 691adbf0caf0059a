import { join } from 'node:path';
import { DateTime } from 'luxon';
import { answerWindow, everyonesMoments, type Moments } from '../../activities/best-time/counts';
import { customerTime, type CustomerClock } from '../../domain/clock';
import { taskQueues, traceQueryName } from '../../domain/temporal-names';
import type { JournalEntry } from '../../domain/journal';
import { eventually } from '../api';
import { customer, offer } from '../builders';
import { bundleOf } from '../bundle';
import { eventsOf, failedWorkflowTasks } from '../histories';
import { uniqueName } from '../servers';
import { testSystem, type TestSystem } from '../system';
import { timed } from './journeys';

let system: TestSystem;

/** The fixed zone in which it is ten in the morning, whenever the test runs: the best hour is always ahead. */
function zoneAtTen(): string {
  const ahead = 10 - new Date().getUTCHours();
  const offset = ahead < -12 ? ahead + 24 : ahead;
  return `Etc/GMT${offset > 0 ? '-' : '+'}${String(Math.abs(offset))}`;
}
const timeZone = zoneAtTen();
/** Well ahead, also of the hours beside it that are thought good too, and long before the evening. */
const bestHour = 14;

beforeAll(async () => {
  system = await testSystem([timed]);
  await system.startWorkers(await bundleOf(join(__dirname, 'workflows.ts')));
  await system.store.offers.save('tyres', offer(), new Date());
  // What everyone has done so far: they answer text messages after lunch, and little else.
  const counts = (['email', 'sms'] as const).flatMap((channel) =>
    Array.from({ length: 24 }, (_, hour) => ({
      ...{ channel, hour, sent: 20_000 },
      answered: channel === 'sms' && hour === bestHour ? 19_000 : 20,
    })),
  );
  const everyone = system.store.models.of<Moments>(everyonesMoments);
  await system.store.transaction((session) => everyone.add(0, { counts }, { at: new Date(), session }));
});
afterAll(() => system.close());

let phones = 0;
/** Lets a customer into the journey. */
async function enter(clock?: CustomerClock): Promise<{ id: string; phone: string }> {
  const id = uniqueName('c');
  const phone = `+551198765${String(1_000 + phones++)}`;
  await system.store.customers.collection.insertOne(
    customer({ _id: id, email: `${id}@example.com`, phone, timeZone, ...(clock && { clock }) }),
  );
  await system.post('/v1/track', { userId: id, event: 'profile.completed' });
  return { id, phone };
}

const messageOf = (id: string) => system.store.messages.find(`timed/${id}#1/message:winback-offer`);

describe('a message that waits for its best time', () => {
  it('is planned for the customer’s hour and channel, shown to engineers, and dropped by the goal', async () => {
    const { id } = await enter();
    const run = await eventually(async () => {
      const found = await system.store.enrolments.find(`timed/${id}#1`);
      return found?.step === 'message:winback-offer' && found;
    });
    const message = await messageOf(id);
    expect(message).toMatchObject({ state: 'planned', heldBy: 'best-time', channel: 'sms' });
    const hour = message?.timing?.hour ?? -1;
    expect(Math.abs(hour - bestHour)).toBeLessThanOrEqual(2);
    expect(DateTime.fromJSDate(message?.dueAt ?? new Date(0), { zone: timeZone }).hour).toBe(hour);
    expect(run.waitsUntil).toEqual(message?.dueAt);

    const handle = system.client.workflow.getHandle(`timed/${id}`);
    const trace = await handle.query<readonly JournalEntry[]>(traceQueryName);
    expect(trace.at(-1)).toMatchObject({
      step: 'time:message:winback-offer',
      result: { channel: 'sms', ...message?.timing, at: message?.dueAt?.getTime() },
    });
    const details = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(details.currentDetails).toContain('the best time for this customer');
    expect(details.currentDetails).toContain(`sms, hour ${hour}, at `);
    const timeline = await system.admin<{ items: { detail: object }[] }>(
      'GET',
      `/v1/customers/${id}/timeline`,
    );
    expect(timeline.items.map(({ detail }) => detail)).toContainEqual(
      expect.objectContaining({ channel: 'sms', state: 'planned', timing: message?.timing }),
    );

    await system.post('/v1/track', { userId: id, event: 'order.completed', properties: { orderId: 'o1' } });
    await eventually(async () => (await messageOf(id))?.state === 'suppressed');
    expect(await messageOf(id)).toMatchObject({ reason: 'journey-stopped' });
    expect(await system.store.enrolments.find(`timed/${id}#1`)).toMatchObject({ outcome: 'converted' });
  });

  it('goes then, with one timer and one activity, and teaches when it was answered', async () => {
    const clock = { origin: Date.now(), scale: 86_400_000 / 24_000 };
    const { id, phone } = await enter(clock);
    const message = await eventually(async () => {
      const found = await messageOf(id);
      return found?.state === 'sent' && found;
    });
    expect(system.texts.received.filter(({ to }) => to === phone)).toHaveLength(1);
    const went = message.claimedAt?.getTime() ?? 0;
    const hour = DateTime.fromMillis(customerTime(clock, went), { zone: timeZone }).hour;
    expect(message).toMatchObject({ timing: { hour: expect.any(Number) as number }, lesson: { hour } });
    expect(message.lesson?.at.getTime()).toBeGreaterThan(went + answerWindow / clock.scale - 10);

    await eventually(async () => (await system.store.enrolments.find(`timed/${id}#1`))?.open === false);
    expect(await failedWorkflowTasks(system.client, `timed/${id}`)).toEqual([]);
    expect(await scheduled(`timed/${id}`)).toEqual({ timers: 1, activities: 1 });

    await system.store.messages.recordProgress(message._id, { state: 'clicked', at: new Date() });
    // As if the three days were over.
    const { collection } = system.store.messages;
    await collection.updateOne({ _id: message._id }, { $set: { 'lesson.at': new Date() } });
    const taskQueue = taskQueues.journeys;
    await system.client.workflow.execute('learning', { taskQueue, workflowId: uniqueName('learning') });
    expect((await system.store.moments.find(id))?.counts).toEqual([
      { channel: 'sms', hour, sent: 1, answered: 1 },
    ]);
    expect(await messageOf(id)).not.toHaveProperty('lesson');
  });
});

/** How many timers and activities all executions of a run have asked the server for. */
async function scheduled(workflowId: string): Promise<{ timers: number; activities: number }> {
  const events = await eventsOf(system.client, workflowId);
  return {
    timers: events.filter((event) => event.timerStartedEventAttributes).length,
    activities: events.filter((event) => event.activityTaskScheduledEventAttributes).length,
  };
}
