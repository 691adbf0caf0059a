import { openStore, type Store } from '../../store/store';
import { customer } from '../../test/builders';
import { testDatabase, type TestDatabase } from '../../test/servers';
import type { EnrolmentDocument } from '../../store/enrolments';
import { after, always, days, never } from '../../workflows/engine/vocabulary';
import type { Reentry } from '../../domain/reentry';
import { createSegmentEntry } from './segment-entry';

const year = days(365);
const begin = Date.parse('2026-03-02T12:00:00Z');

let database: TestDatabase;
let store: Store;
let now = begin;

beforeAll(async () => {
  database = await testDatabase();
  store = await openStore(database.db, database.client);
  for (const _id of ['a', 'b', 'c', 'd', 'e']) {
    await store.customers.collection.insertOne(customer({ _id, attributes: { orders: 2 } }));
  }
  await store.customers.collection.insertOne(customer({ _id: 'bought-once', attributes: { orders: 1 } }));
  await store.customers.collection.insertOne({
    ...customer({ _id: 'cc-erased', attributes: { orders: 3 } }),
    erasedAt: new Date(begin),
  });
});
afterAll(() => database.close());

/** Sweeps the whole segment in small pages; gives who was asked for, in order. */
async function sweep(journey: string, reentry: Reentry): Promise<string[]> {
  const { enrolSegment } = createSegmentEntry({ store, now: () => now, sizes: { read: 4, asked: 2 } });
  const before = new Set(await store.events.collection.distinct('_id'));
  for (let from: string | null = null; ;) {
    const page = await enrolSegment({ journey, segment: 'repeat-buyers', reentry, after: from });
    // As after a crash: the same page again.
    expect(await enrolSegment({ journey, segment: 'repeat-buyers', reentry, after: from })).toEqual({
      ...page,
      requested: 0,
    });
    from = page.after;
    if (from === null) break;
  }
  const events = await store.events.collection.find().sort({ customerId: 1 }).toArray();
  return events.filter(({ _id }) => !before.has(_id)).map(({ customerId }) => customerId ?? '');
}

/** A run of the ledger. */
const run = (journey: string, customerId: string, change: Partial<EnrolmentDocument>): EnrolmentDocument => ({
  _id: `${journey}/${customerId}#1`,
  workflowId: `${journey}/${customerId}`,
  n: 1,
  journey,
  customerId,
  triggerEventId: `opened-${journey}-${customerId}`,
  holdout: false,
  startedAt: new Date(begin),
  open: false,
  trace: [],
  ...change,
});

describe('entry by segment', () => {
  it('asks once for everybody in the segment, each with a note that routes it', async () => {
    expect(await sweep('fans', never)).toEqual(['a', 'b', 'c', 'd', 'e']);
    const [first] = await store.events.collection.find({ customerId: 'a' }).toArray();
    expect(first).toMatchObject({ enrols: { journey: 'fans', event: 'segment.entered' } });
    expect(await store.outbox.holds(first?._id ?? '')).toBe(true);
    expect(await sweep('fans', never)).toEqual([]);
  });

  it('leaves those who are inside, and keeps to the re-entry rule over years', async () => {
    await store.enrolments.insert([run('yearly', 'a', { open: true }), run('yearly', 'b', {})]);
    await store.enrolments.insert([run('once', 'a', {}), run('again', 'a', {})]);
    const yearly = after(days(365));
    now = begin + year - 1;
    expect(await sweep('yearly', yearly)).toEqual(['c', 'd', 'e']);
    now = begin + year;
    expect(await sweep('yearly', yearly)).toEqual(['b']);
    now = begin + 10 * year;
    expect(await sweep('once', never)).toEqual(['b', 'c', 'd', 'e']);
    expect(await sweep('again', always)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('looks on, in the same call, past those who may not come in', async () => {
    await store.enrolments.insert(['a', 'b', 'c', 'd'].map((id) => run('full', id, { open: true })));
    const { enrolSegment } = createSegmentEntry({ store, now: () => now, sizes: { read: 10, asked: 1 } });
    const all = { journey: 'full', segment: 'repeat-buyers', reentry: never, after: null } as const;
    expect(await enrolSegment(all)).toEqual({ customers: 5, requested: 1, after: null });
  });
});
