import { customer } from '../test/builders';
import { testDatabase, type TestDatabase } from '../test/servers';
import { customerCollection } from './customers';
import { enrolmentCollection, type EnrolmentDocument } from './enrolments';
import { createIdRanges, type IdRanges } from './id-ranges';

/** A slash, what comes before it, what comes after it, and characters whose order in JavaScript is another. */
const odd = ['a', 'a b', 'a!', 'a#1', 'a/b', 'a0', 'b', 'b#', 'b-1', 'c', 'ç', '\u{ff5e}', '\u{1f600}'];
const plain = Array.from({ length: 9 }, (_, n) => `p${String(n)}`);
const ids = [...odd, ...plain];
const inOrder = (some: readonly string[]) =>
  [...some].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));

async function* eachOf(some: readonly string[]) {
  yield* some;
}

let database: TestDatabase;
let clock = 0;
/** Ranges of about so many, which count anew whatever is a second old. */
const rangesOf = (size: number): IdRanges =>
  createIdRanges(
    ({ after, until }) =>
      customerCollection(database.db)
        .collection.find({ _id: { $gt: after ?? '', ...(until !== null && { $lte: until }) } })
        .sort({ _id: 1 })
        .map(({ _id }) => _id),
    { size, staleness: 1_000, now: () => clock },
  );

const run = (customerId: string, change: Partial<EnrolmentDocument> = {}): EnrolmentDocument => {
  const { journey = 'care', n = 1 } = change;
  const workflowId = `${journey}/${customerId}${change.key === undefined ? '' : `/${change.key}`}`;
  return {
    ...{ _id: `${workflowId}#${String(n)}`, workflowId, n, journey, customerId },
    ...{ triggerEventId: 'e', holdout: false, startedAt: new Date(0), open: true, trace: [], step: 'wait' },
    ...change,
  };
};

beforeAll(async () => {
  database = await testDatabase();
  await customerCollection(database.db).ensureIndexes();
  await enrolmentCollection(database.db).ensureIndexes();
  const gone = { ...customer({ _id: 'b0' }), erasedAt: new Date(0) };
  const people = ids.map((_id, n) => customer({ _id, attributes: { orders: n % 3 } }));
  await customerCollection(database.db).collection.insertMany([...people, gone]);
});
afterAll(() => database.close());

describe('ranges of ids', () => {
  it('hold about so many each, and reach to the end of all', async () => {
    const ranges = rangesOf(5);
    const ends: (string | null)[] = [];
    do ends.push(await ranges.endBehind(ends.at(-1) ?? null));
    while (ends.at(-1) !== null);
    const all = inOrder([...ids, 'b0']);
    const places = ends.map((end) => (end === null ? all.length : all.indexOf(end) + 1));
    const held = places.map((place, n) => place - (places[n - 1] ?? 0));
    expect(held.length).toBe(5);
    for (const count of held) expect(Math.abs(count - 5)).toBeLessThanOrEqual(5 / 2);
    expect(await ranges.endBehind(null, 2)).toBe(ends[1]);
    expect(await ranges.endBehind(null, 100)).toBeNull();
  });

  it('are cut anew where many have come since', async () => {
    let known = ['a', 'b'];
    const ranges = createIdRanges(() => eachOf(known), {
      size: 2,
      staleness: 1_000,
      now: () => clock,
    });
    expect(await ranges.endBehind(null)).toBeNull();
    known = ['a', 'b', 'c', 'd', 'e', 'f'];
    expect(await ranges.endBehind(null)).toBeNull();
    clock += 1_000;
    expect(await Promise.all([ranges.endBehind(null), ranges.endBehind('b')])).toEqual(['b', 'd']);
  });

  it('begin with one where nobody is', async () => {
    const ranges = createIdRanges(() => eachOf([]), { size: 2, staleness: 1_000, now: () => clock });
    expect(await ranges.endBehind(null)).toBeNull();
    expect(await ranges.endBehind('a')).toBeNull();
  });
});

describe.each([1, 5, 100])('in ranges of %i', (size) => {
  it('customers are read once each, in order, however they are paged', async () => {
    const customers = customerCollection(database.db, rangesOf(size));
    const buyers = inOrder(ids.filter((_, n) => n % 3 === 2));
    for (const limit of [3, 50]) {
      const everybody: string[] = [];
      const fitting: string[] = [];
      for (let page: string[] | undefined = undefined; page?.length !== 0; everybody.push(...page)) {
        page = (await customers.page(everybody.at(-1) ?? null, limit)).map(({ _id }) => _id);
      }
      expect(everybody).toEqual(inOrder(ids));
      for (let after: string | null = null, isDone = false; !isDone; isDone = after === null) {
        const { people, next } = await customers.fitting({ 'attributes.orders': 2 }, after, limit);
        fitting.push(...people.map(({ _id }) => _id));
        after = next;
      }
      expect(fitting).toEqual(buyers);
      const range = { after: buyers[0] ?? '', until: buyers[4] ?? '' };
      const within = buyers.slice(1, 5).slice(0, limit);
      expect(await customers.idsOf({ 'attributes.orders': 2 }, range, limit)).toEqual(within);
      const page = await customers.pageOf({ 'attributes.orders': 2 }, range, limit);
      expect(page.map(({ _id }) => _id)).toEqual(within);
    }
  });

  it('the pages of a journey’s runs hold each run once, in order, by step and by whether it is open', async () => {
    const enrolments = enrolmentCollection(database.db, rangesOf(size));
    await enrolments.collection.deleteMany({});
    const runs = [
      ...ids.map((id, n) => run(id, n % 4 === 0 ? { step: 'survey' } : {})),
      ...['a', 'a/b', 'p3'].flatMap((id) =>
        [1, 2, 10].map((n) => run(id, { n, key: '#!', open: n === 10, workflowId: `${id}${String(n)}` })),
      ),
      // Nobody is known by this id any more.
      run('p99'),
      ...['car', 'care0', 'dare'].map((journey) => run('a', { journey })),
    ];
    await enrolments.collection.insertMany(runs);
    const ofCare = runs.filter(({ journey }) => journey === 'care');
    for (const limit of [4, 50]) {
      for (const { open, step } of [
        {},
        { open: true },
        { open: false },
        { step: 'survey' },
        { open: true, step: 'survey' },
      ] as { open?: boolean; step?: string }[]) {
        const found: string[] = [];
        for (let page: string[] | undefined = undefined; page?.length !== 0; found.push(...page)) {
          const after = found.at(-1);
          const place = { journey: 'care', ...(after !== undefined && { after }) };
          const asked = {
            ...place,
            ...(open !== undefined && { open }),
            ...(step !== undefined && { step }),
          };
          page = (await enrolments.page(asked, limit)).map(({ _id }) => _id);
          expect(page.length).toBeLessThanOrEqual(limit);
        }
        const wanted = ofCare.filter(
          (each) => (open === undefined || each.open === open) && (step === undefined || each.step === step),
        );
        expect(found).toEqual(inOrder(wanted.map(({ _id }) => _id)));
      }
    }
    for (const after of ['care', 'car/z', 'care/']) {
      const [first] = await enrolments.page({ journey: 'care', after }, 1);
      expect(first?._id).toBe('care/a b#1');
    }
    expect(await enrolments.page({ journey: 'care', after: 'care0' }, 1)).toEqual([]);
    expect(await enrolments.page({ journey: 'nobody' }, 1)).toEqual([]);
  });
});
