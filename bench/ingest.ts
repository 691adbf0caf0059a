import { setTimeout as sleep } from 'node:timers/promises';
import type { Collection } from 'mongodb';
import { concurrently } from '../api/routing/concurrently';
import type { EventDocument } from '../store/events';
import { costEach, costOf, type Cost } from './cost';
import { openPlace, type Place } from './place';

/** How fast events were taken in. */
export interface IngestRow {
  readonly what: string;
  readonly events: number;
  /** From the first request to the last answer. */
  readonly perSecond: number;
  /** The same against bare `insertMany` of these documents, batches of 1,000 into a collection without indexes. */
  readonly ofBare: number;
  /** From the first request until the last event was routed; absent where nothing is routed. */
  readonly routedPerSecond?: number;
  /** Processor milliseconds an event, by process. */
  readonly cost: Cost;
}

interface IngestOptions {
  readonly events: number;
  /** Begins ids, so that no two measurements share any. */
  readonly name: string;
}

/** Requests under way at the same time: with batches, and with single events. */
const batchesAtOnce = 8;
const singlesAtOnce = 50;
const customers = 2_000;

/** Events of people in no journey: `page.viewed`, which a journey could wait for, or a name that none can. */
const call = (name: string, n: number) => ({
  type: 'track',
  messageId: `${name}-${n}`,
  userId: `visitor-${n % customers}`,
  event: name.startsWith('free') ? 'page.scrolled' : 'page.viewed',
  properties: { name: 'Used cars', path: '/used/cars', depth: n % 100, campaign: 'spring' },
  timestamp: new Date().toISOString(),
});

/**
 * Measures `/v1/batch` in batches of 100 and of 1,000 and `/v1/track`, beside bare inserts of the same documents into the
 * same server in the same run.
 */
export async function measureIngest(place: Place, { events, name }: IngestOptions): Promise<IngestRow[]> {
  const bare = await measureBare(place, { events, name: `${name}-bare`, batch: 1_000, indexed: false });
  const rows = [
    bare,
    await measureBare(place, { events, name: `${name}-bare100`, batch: 100, indexed: false }),
    await measureBare(place, { events, name: `${name}-indexed`, batch: 100, indexed: true }),
    await measureBatches(place, { events, name: `free-${name}`, batch: 100 }),
    await measureBatches(place, { events, name: `batch-${name}`, batch: 100 }),
    await measureBatches(place, { events, name: `large-${name}`, batch: 1_000 }),
    await measureSingles(place, { events: Math.ceil(events / 5), name: `single-${name}` }),
  ];
  return rows.map((row) => ({ ...row, ofBare: row.perSecond / bare.perSecond }));
}

async function measureBare(
  { store, mongo, processes }: Place,
  { events, name, batch, indexed }: IngestOptions & { batch: number; indexed: boolean },
): Promise<IngestRow> {
  const collection: Collection<EventDocument> = mongo.db('bare').collection(name);
  if (indexed) {
    const indexes = await store.events.collection.indexes();
    await collection.createIndexes(
      indexes.filter(({ name }) => name !== '_id_').map(({ key, sparse = false }) => ({ key, sparse })),
    );
  }
  const documents = Array.from({ length: events }, (_, n): EventDocument => {
    const { messageId, event, userId, properties, timestamp } = call(name, n);
    const at = new Date(timestamp);
    return {
      _id: messageId,
      name: event,
      customerId: userId,
      properties,
      occurredAt: at,
      receivedAt: at,
    };
  });
  const before = costOf(processes);
  const began = performance.now();
  await concurrently(chunks(documents, batch), 2, async (chunk) => {
    await collection.insertMany(chunk, { ordered: false });
  });
  const seconds = (performance.now() - began) / 1_000;
  await mongo.db('bare').dropCollection(name);
  const what = `insertMany, batches of ${batch}${indexed ? ', indexes of events' : ''}`;
  return {
    what,
    events,
    perSecond: events / seconds,
    ofBare: 1,
    cost: costEach(before, costOf(processes), events),
  };
}

async function measureBatches(
  place: Place,
  { events, name, batch }: IngestOptions & { batch: number },
): Promise<IngestRow> {
  const calls = Array.from({ length: events }, (_, n) => call(name, n));
  const what = `/v1/batch of ${batch}, ${calls[0]?.event ?? ''}`;
  return measure(place, { what, events }, () =>
    concurrently(chunks(calls, batch), batchesAtOnce, async (chunk) => {
      await place.http.post('/v1/batch', { batch: chunk });
    }),
  );
}

async function measureSingles(place: Place, { events, name }: IngestOptions): Promise<IngestRow> {
  const calls = Array.from({ length: events }, (_, n) => call(name, n));
  return measure(place, { what: `/v1/track, ${singlesAtOnce} at once`, events }, () =>
    concurrently(calls, singlesAtOnce, async (each) => {
      await place.http.post('/v1/track', each);
    }),
  );
}

async function measure(
  { store, processes }: Place,
  { what, events }: { readonly what: string; readonly events: number },
  work: () => Promise<void>,
): Promise<IngestRow> {
  const before = costOf(processes);
  const began = performance.now();
  await work();
  const answered = (performance.now() - began) / 1_000;
  while ((await store.outbox.due(new Date('9999-12-31'), 1)).length > 0) await sleep(20);
  const routed = (performance.now() - began) / 1_000;
  const cost = costEach(before, costOf(processes), events);
  return { what, events, perSecond: events / answered, ofBare: 0, routedPerSecond: events / routed, cost };
}

function* chunks<Item>(items: readonly Item[], size: number): Iterable<Item[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}

async function main(): Promise<void> {
  const events = Number(process.argv[2] ?? 20_000);
  const place = await openPlace((line) => process.stderr.write(`${line}\n`));
  try {
    await measureIngest(place, { events: 3_000, name: 'warm' });
    for (const row of await measureIngest(place, { events, name: 'run' })) {
      process.stdout.write(`${JSON.stringify(row)}\n`);
    }
  } finally {
    await place.close();
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}
