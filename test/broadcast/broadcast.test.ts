import { localHour } from '../../activities/calendar';
import { nextLocalTime } from '../../activities/local-instant';
import { demoClock } from '../../cli/demo/pace';
import { broadcastKey } from '../../domain/broadcast';
import { customerTime } from '../../domain/clock';
import type { CustomerDocument } from '../../store/customers';
import { journeys } from '../../workflows/journeys';
import { eventually } from '../api';
import { customer } from '../builders';
import { bundleOf } from '../bundle';
import { testSystem, type TestSystem } from '../system';
import { openZone } from './open-zone';

interface Shown {
  readonly state: string;
  readonly progress: Readonly<Record<'sent' | 'suppressed' | 'waiting' | 'unknown' | 'failed', number>> & {
    readonly audience: number | null;
  };
}

let system: TestSystem;
beforeAll(async () => {
  // Somebody whose zone nobody knows lives by the business's hours.
  system = await testSystem(journeys, undefined, { BUSINESS_TIME_ZONE: openZone() });
  await system.startWorkers(await bundleOf());
});
afterAll(() => system.close());
beforeEach(async () => {
  await system.store.customers.collection.deleteMany({});
});

/** Puts people into the database whom no other test has written to. */
async function people(
  prefix: string,
  count: number,
  change: (n: number) => Partial<CustomerDocument> = () => ({}),
): Promise<void> {
  const timeZone = openZone();
  const all = Array.from({ length: count }, (_, n) => {
    const _id = `${prefix}-${String(n).padStart(4, '0')}`;
    return customer({ _id, email: `${_id}@example.com`, timeZone, ...change(n) });
  });
  await system.store.customers.collection.insertMany(all);
}

const begin = (id: string, body: object = {}) =>
  system.admin<Shown>('POST', '/v1/broadcasts', {
    id,
    segment: 'everyone',
    channel: 'email',
    template: 'winback',
    ...body,
  });
const show = (id: string) => system.admin<Shown>('GET', `/v1/broadcasts/${id}`);
const reaches = (id: string, state: string) =>
  eventually(async () => {
    const shown = await show(id);
    return shown.state === state && shown;
  });
const statesOf = (id: string) =>
  system.store.messages.statesWithin(broadcastKey(id), { after: null, until: null });
describe('a broadcast', () => {
  it('reaches everybody in its segment once, by the rules that every message keeps to', async () => {
    await people('all', 60, (n) => {
      if (n === 7) return { consent: {} };
      if (n === 8) return { timeZone: 'Nowhere/Atlantis', email: '' };
      return n < 30 ? { attributes: { orders: 3 } } : {};
    });
    const before = system.mail.received.length;
    await begin('loyal', { segment: 'repeat-buyers' });
    const { progress } = await reaches('loyal', 'completed');
    expect(progress).toEqual({ audience: 28, sent: 28, suppressed: 0, failed: 0, unknown: 0, waiting: 0 });
    await begin('all', { template: 'winback' });
    // Those who had one today are capped.
    expect((await reaches('all', 'completed')).progress).toMatchObject({
      audience: 60,
      sent: 30,
      suppressed: 30,
    });
    await begin('all');
    const mails = system.mail.received.slice(before).flatMap(({ to }) => to);
    expect(mails).toHaveLength(58);
    expect(new Set(mails).size).toBe(58);
  });

  it('stops when it is paused, goes on when it is resumed, and keeps to its rate', async () => {
    await people('slow', 60);
    const before = system.mail.received.length;
    const sent = () => system.mail.received.length - before;
    await begin('slow', { perSecond: 10 });
    await eventually(async () => sent() > 3);
    await system.admin('POST', '/v1/broadcasts/slow/pause');
    await eventually(async () => {
      const { raw } = await system.client.workflow.getHandle('broadcast/slow').describe();
      return (raw.pendingActivities ?? []).length === 0;
    });
    expect(await show('slow')).toMatchObject({ state: 'paused' });
    const whenPaused = sent();
    expect(whenPaused).toBeLessThan(60);
    await system.admin('POST', '/v1/broadcasts/slow/resume');
    expect((await reaches('slow', 'completed')).progress).toMatchObject({ sent: 60, waiting: 0 });
    expect(sent()).toBe(60);
  });

  it('comes to each at noon of their own zone, once, though its workers are replaced meanwhile', async () => {
    // Noon goes round these zones in three quarters of a day, and a day lasts sixteen seconds.
    const zones = [
      'America/Sao_Paulo',
      'America/Los_Angeles',
      'Pacific/Auckland',
      'Asia/Tokyo',
      'Asia/Kolkata',
    ];
    const clock = demoClock(Date.now(), 16_000);
    const timeZoneOf = (n: number) => zones[n % zones.length] ?? '';
    await people('noon', 20, (n) => ({ timeZone: timeZoneOf(n), clock }));
    const before = system.mail.received.length;
    const began = Date.now();
    await begin('noon', { at: { time: '12:00' } });
    await eventually(async () => (await show('noon')).progress.sent >= 4);
    await system.stopWorkers();
    await system.startWorkers(await bundleOf());
    expect((await reaches('noon', 'completed')).progress).toMatchObject({
      audience: 20,
      sent: 20,
      waiting: 0,
    });
    const mails = system.mail.received.slice(before).flatMap(({ to }) => to);
    expect([mails.length, new Set(mails).size]).toEqual([20, 20]);
    const messages = system.store.messages.collection.find({ journey: broadcastKey('noon') });
    for await (const { customerId, claimedAt } of messages) {
      const zone = timeZoneOf(Number(customerId.slice(-4)));
      const reached = customerTime(clock, claimedAt?.getTime() ?? 0);
      // One that a slow machine brings after nine in the evening comes next morning.
      expect(reached).toBeGreaterThanOrEqual(nextLocalTime(customerTime(clock, began), '12:00', zone));
      // Between the look at the clock and the claim a slow machine may spend the evening's hours, two seconds.
      expect([zone, localHour(reached, zone) >= 8]).toEqual([zone, true]);
    }
  });

  it('ends at once when it is cancelled, also while everybody waits for their hour', async () => {
    await people('later', 5);
    await begin('later', { startsAt: new Date(Date.now() + 3_600_000).toISOString() });
    await system.admin('POST', '/v1/broadcasts/later/cancel');
    await system.client.workflow.getHandle('broadcast/later').result();
    expect((await statesOf('later')).size).toBe(0);
  });
});
