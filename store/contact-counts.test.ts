import { testDatabase, type TestDatabase } from '../test/servers';
import { contactCountCollection, type Contact, type ContactLimits } from './contact-counts';

let database: TestDatabase;
let counts: ReturnType<typeof contactCountCollection>;
beforeAll(async () => {
  database = await testDatabase();
  counts = contactCountCollection(database.db);
  await counts.ensureIndexes();
});
afterAll(() => database.close());

/** Far ahead, for the database drops what has expired by its own clock. */
const expireAt = new Date('2096-04-01T00:00:00Z');
const week = { from: '2096-03-01', to: '2096-03-07', ofChannel: 3, ofAll: 4 };
const limits: ContactLimits = { perDay: 2, weeks: [week], forgetBefore: '2096-02-29' };
const contact = (customerId: string, messageId: string, change: Partial<Contact> = {}): Contact => ({
  customerId,
  channel: 'email',
  messageId,
  day: '2096-03-07',
  ...change,
});
const reserve = (...given: Parameters<typeof contact>) => counts.reserve(contact(...given), limits, expireAt);

describe('contact counts', () => {
  it('let no more pass than the limits, of any number that come at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, n) => reserve('crowd', `m${n}`)));
    expect(outcomes.filter((isReserved) => isReserved)).toHaveLength(2);
    expect(outcomes.filter((isReserved) => !isReserved)).toHaveLength(38);
  });

  it('count a message once a day, even where no more have room', async () => {
    await reserve('ana', 'm1');
    await reserve('ana', 'm2');
    expect(await reserve('ana', 'm1')).toBe(true);
    expect(await reserve('ana', 'm3')).toBe(false);
    expect(await reserve('ana', 'm1', { day: '2096-03-08' })).toBe(true);
  });

  it('give a place back once, however often it is given back', async () => {
    await reserve('bia', 'm1');
    await reserve('bia', 'm2');
    for (let n = 0; n < 3; n++) await counts.release(contact('bia', 'm1'));
    expect(await reserve('bia', 'm3')).toBe(true);
    expect(await reserve('bia', 'm4')).toBe(false);
  });

  it('let none pass that any of its weeks has no room for', async () => {
    const on = (day: string, messageId: string) =>
      counts.reserve(contact('davi', messageId, { day }), limits, expireAt);
    for (const day of ['2096-03-01', '2096-03-02', '2096-03-03']) expect(await on(day, 'm')).toBe(true);
    expect(await on('2096-03-07', 'm')).toBe(false);
    const later = { ...week, from: '2096-03-02', to: '2096-03-08', ofChannel: 2 };
    const both = { ...limits, weeks: [{ ...week, ofChannel: 9 }, later] };
    expect(await counts.reserve(contact('davi', 'n'), both, expireAt)).toBe(false);
    await counts.release(contact('davi', 'm', { day: '2096-03-03' }));
    expect(await counts.reserve(contact('davi', 'n'), both, expireAt)).toBe(true);
  });

  it('leave those out that no week needs any more', async () => {
    const on = (day: string, forgetBefore: string) =>
      counts.reserve(contact('eva', 'm', { day }), { ...limits, forgetBefore }, expireAt);
    await on('2096-03-01', '2096-02-22');
    await on('2096-03-20', '2096-03-13');
    expect((await counts.ofCustomer('eva')).map(({ day }) => day)).toEqual(['2096-03-20']);
  });

  it('take ids that look like expressions for what they are', async () => {
    expect(await reserve('$contacts', '$expireAt')).toBe(true);
    expect((await counts.ofCustomer('$contacts'))[0]?.messageId).toBe('$expireAt');
  });

  it('forget one customer and nobody whose id begins alike', async () => {
    for (const id of ['c', 'c/d', 'cd']) for (const message of ['m1', 'm2']) await reserve(id, message);
    await counts.forget('c');
    const outcomes = await Promise.all(['c', 'c/d', 'cd'].map((id) => reserve(id, 'm3')));
    expect(outcomes).toEqual([true, false, false]);
  });
});
