import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../../store/store';
import { customer, event } from '../../test/builders';
import { beforeEachOnEmptyStore } from '../../test/empty-store';
import { createLapse } from './lapse';

const now = Date.parse('2026-03-10T15:00:00Z');
const day = 86_400_000;

let store: Store;
let clock: number;

beforeEachOnEmptyStore((opened) => {
  store = opened;
  clock = now;
});

const lapse = (sizes = { page: 2, sample: 1_000, returning: 30 }) =>
  createLapse({ store, now: () => clock, sizes });

/** A customer who ordered so many days ago, on their own clock. */
async function buyer(_id: string, daysAgo: readonly number[], change: Parameters<typeof customer>[0] = {}) {
  await store.customers.collection.insertOne(customer({ _id, ...change }));
  await store.events.insert(
    daysAgo.map((ago, n) =>
      event({
        name: 'order.completed',
        customerId: _id,
        properties: { orderId: `${_id}-${String(n)}` },
        occurredAt: new Date(now - ago * day),
      }),
    ),
  );
}

async function sweep(each = lapse()): Promise<number> {
  let told = 0;
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof each.findLapsed>> = await each.findLapsed({ after });
    told += page.lapsed;
    after = page.after;
    if (after === null) return told;
  }
}

const lapses = () =>
  store.events.collection.find({ name: 'customer.lapsed' }).sort({ customerId: 1 }).toArray();

const weekly = Array.from({ length: 20 }, (_, n) => 7 * n);
const yearly = [0, 365, 730, 1_095, 1_460];
const silentFor = (days: number, rhythm: readonly number[]) => rhythm.map((ago) => ago + days);

describe('a customer lapses', () => {
  it('against their own rhythm, not after a fixed number of days', async () => {
    await buyer('weekly-busy', silentFor(5, weekly));
    await buyer('weekly-silent', silentFor(90, weekly));
    await buyer('yearly-busy', silentFor(200, yearly));
    await buyer('yearly-silent', silentFor(1_200, yearly));
    await buyer('new', [3]);
    await store.customers.collection.insertOne(customer({ _id: 'never-bought' }));
    expect(await sweep()).toBe(2);
    const [weeklySilent, yearlySilent] = await lapses();
    expect(weeklySilent).toMatchObject({
      _id: `lapsed:weekly-silent:${new Date(now - 90 * day).toISOString().slice(0, 10)}`,
      customerId: 'weekly-silent',
      occurredAt: new Date(now),
      receivedAt: new Date(now),
    });
    expect(yearlySilent?.customerId).toBe('yearly-silent');
    const notes = await store.outbox.due(new Date(now), 10);
    expect(notes.flatMap(({ eventIds }) => eventIds).sort()).toEqual([weeklySilent?._id, yearlySilent?._id]);
    const { expectedOrders, usualOrders } = weeklySilent?.properties ?? {};
    expect(Number(usualOrders)).toBeGreaterThan(10);
    expect(Number(expectedOrders)).toBeLessThan(Number(usualOrders) / 2);
  });

  it('once, until they buy again and fall silent again', async () => {
    await buyer('ana', silentFor(90, weekly));
    expect(await sweep()).toBe(1);
    clock = now + 30 * day;
    expect(await sweep()).toBe(0);
    await store.events.insert([
      event({ name: 'order.completed', customerId: 'ana', occurredAt: new Date(clock) }),
    ]);
    expect(await sweep()).toBe(0);
    clock = now + 200 * day;
    expect(await sweep()).toBe(1);
    expect(await lapses()).toHaveLength(2);
  });

  it('on a demonstration’s clock as its customers live', async () => {
    await buyer('ana', silentFor(0, weekly), { clock: { origin: now, scale: 86_400 } });
    await buyer('bob', silentFor(0, weekly));
    clock = now + 90_000;
    expect(await sweep()).toBe(1);
    expect(await lapses()).toEqual([
      expect.objectContaining({
        customerId: 'ana',
        occurredAt: new Date(now + 90 * day),
        receivedAt: new Date(now + 90_000),
      }),
    ]);
  });

  it('never after they said goodbye, and not once they are erased', async () => {
    await buyer('ana', silentFor(90, weekly));
    await buyer('bob', silentFor(90, weekly), { erasedAt: new Date(now) });
    await store.events.insert([
      event({ name: 'customer.churned', customerId: 'ana', occurredAt: new Date(now - 60 * day) }),
    ]);
    expect(await sweep()).toBe(0);
  });

  it('also where a sweep was cut off and begun again', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await buyer(id, silentFor(90, weekly));
    const first = await lapse().findLapsed({ after: null });
    expect(first).toEqual({ customers: 2, lapsed: 2, after: 'b' });
    expect(await lapse().findLapsed({ after: 'b' })).toEqual({ customers: 2, lapsed: 2, after: 'd' });
    expect(await sweep()).toBe(1);
    expect((await lapses()).map(({ customerId }) => customerId)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

describe('learning the rhythm of purchases', () => {
  it('waits for enough returning customers', async () => {
    await buyer('ana', silentFor(90, weekly));
    expect(await lapse().learnRhythm()).toEqual({ customers: 1, version: null });
  });

  it('records how customers are doing, a document a day, and no value that was not learned', async () => {
    await buyer('ana', silentFor(90, weekly));
    await buyer('bob', silentFor(0, weekly));
    await buyer('cai', [3]);
    await buyer('dee', [200]);
    await store.customers.collection.insertOne(customer({ _id: 'eva' }));
    await store.events.insert([
      event({ name: 'customer.churned', customerId: 'dee', occurredAt: new Date(now) }),
    ]);
    await lapse().learnRhythm();
    await lapse().learnRhythm();
    expect(await store.measures.latest(9)).toEqual([
      {
        ...{ _id: '2026-03-10', at: new Date(now), customers: 5 },
        ...{ buyers: 4, returning: 2, away: 2, churned: 1, spent: 0 },
      },
    ]);
  });

  const file = join(__dirname, '..', '..', '..', 'shared', 'data', 'cdnow-transactions.csv');
  const published = existsSync(file) ? it : it.skip;
  published(
    'tells those who drift away from the others (CDNOW; skipped without ../shared/data)',
    async () => {
      const end = Date.parse('1997-09-30T12:00:00Z');
      const rows = readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .slice(1, 1_801)
        .map((row) => row.split(','));
      const ids = [...new Set(rows.map(([id = '']) => id))];
      await store.customers.collection.insertMany(ids.map((_id) => customer({ _id })));
      await store.events.insert(
        rows.map(([customerId = '', date = '', amount], n) =>
          event({
            name: 'order.completed',
            customerId,
            properties: { orderId: String(n), amount: Math.round(Number(amount) * 100) },
            occurredAt: new Date(date),
          }),
        ),
      );
      clock = end;
      const all = lapse({ page: 250, sample: 10_000, returning: 30 });
      expect(await all.learnRhythm()).toEqual({ customers: ids.length, version: 1 });
      const [measured] = await store.measures.latest(1);
      const spending = (from: number, until: number) =>
        rows.reduce((sum, [, date = '', amount]) => {
          const at = Date.parse(date);
          return sum + (at > from && at <= until ? Number(amount) * 100 : 0);
        }, 0) / ids.length;
      expect(measured).toMatchObject({
        _id: '1997-09-30',
        customers: ids.length,
        buyers: ids.length,
        churned: 0,
      });
      expect(measured?.spent).toBeCloseTo(spending(0, end), -1);
      // What they did spend in the 39 weeks after, stretched to a year.
      const later39 = spending(end, Infinity) * (52 / 39);
      expect(measured?.value).toBeGreaterThan(later39 / 2);
      expect(measured?.value).toBeLessThan(later39 * 2);

      await sweep(all);
      const lapsed = new Set((await lapses()).map(({ customerId }) => customerId));
      const later = new Set(rows.flatMap(([id = '', date = '']) => (Date.parse(date) > end ? [id] : [])));
      const returning = (people: readonly string[]) =>
        people.filter((id) => later.has(id)).length / people.length;
      const share = {
        lapsed: returning(ids.filter((id) => lapsed.has(id))),
        others: returning(ids.filter((id) => !lapsed.has(id))),
      };
      expect(share.lapsed).toBeLessThan(0.3);
      expect(share.others).toBeGreaterThan(0.5);
    },
  );
});
