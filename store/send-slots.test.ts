import { mostWithin } from '../test/within';
import { testDatabase, type TestDatabase } from '../test/servers';
import { sendSlotCollection } from './send-slots';

let database: TestDatabase;
let slots: ReturnType<typeof sendSlotCollection>;
beforeAll(async () => {
  database = await testDatabase();
  slots = sendSlotCollection(database.db);
  await slots.ensureIndexes();
});
afterAll(() => database.close());

/** Far ahead, for the database drops what has expired by its own clock. */
const opening = Date.parse('2096-03-08T11:00:00Z');

describe('send slots', () => {
  it('give each message an instant of its own, as fast as the rate allows', async () => {
    const instants = await Promise.all(Array.from({ length: 50 }, () => slots.next('email', opening, 10)));
    expect([...instants].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, n) => opening + n * 100),
    );
  });

  it('share the rate between openings that overlap', async () => {
    const first = Array.from({ length: 60 }, () => slots.next('sms', opening, 10));
    const second = Array.from({ length: 60 }, () => slots.next('sms', opening + 2_500, 10));
    const instants = await Promise.all([...first, ...second]);
    expect(mostWithin(instants, 1_000)).toBe(10);
    expect(Math.max(...instants)).toBeLessThan(opening + 13_000);
    for (const at of await Promise.all(second)) expect(at).toBeGreaterThanOrEqual(opening + 2_500);
  });

  it('keep to a rate below one a second', async () => {
    const day = opening + 86_400_000;
    const instants: number[] = [];
    for (let n = 0; n < 4; n++) instants.push(await slots.next('sms', day, 0.5));
    expect(instants).toEqual([0, 2_000, 4_000, 6_000].map((wait) => day + wait));
  });

  it('give several at once, none of them past, and never more than the rate in any second', async () => {
    const instants: number[] = [];
    for (let n = 0; instants.length < 70; n++) {
      // Asked for at odd moments, as work goes on.
      const now = opening + 7_200_000 + n * 130;
      const given = await slots.several('broadcast/spring', now, { perSecond: 20, count: 7 });
      expect(given.length).toBeGreaterThan(0);
      expect(given.length).toBeLessThanOrEqual(7);
      expect(Math.min(...given)).toBeGreaterThanOrEqual(now);
      instants.push(...given);
    }
    expect(new Set(instants).size).toBe(instants.length);
    expect(mostWithin(instants, 1_000)).toBeLessThanOrEqual(20);
  });

  it('share the rate between those who ask for one and those who ask for several', async () => {
    const from = opening + 9_000_000;
    const single = Array.from({ length: 15 }, () => slots.next('email', from, 10));
    const several = Array.from({ length: 8 }, () =>
      slots.several('email', from, { perSecond: 10, count: 4 }),
    );
    const instants = [...(await Promise.all(single)), ...(await Promise.all(several)).flat()];
    expect(new Set(instants).size).toBe(instants.length);
    expect(mostWithin(instants, 1_000)).toBeLessThanOrEqual(10);
  });
});
