import type { Collection } from 'mongodb';
import { testDatabase, type TestDatabase } from '../test/servers';
import { createEventSearch } from './event-search';
import type { EventDocument } from './events';

let database: TestDatabase;
let collection: Collection<EventDocument>;
beforeAll(async () => {
  database = await testDatabase();
  collection = database.db.collection('events');
});
afterAll(() => database.close());

const noon = Date.UTC(2026, 2, 4, 12);
const minutes = (n: number) => new Date(noon + n * 60_000);
const event = (customerId: string, name: string, minute: number): EventDocument => ({
  _id: `${customerId}/${name}/${minute}`,
  name,
  customerId,
  properties: {},
  occurredAt: minutes(minute),
  receivedAt: minutes(minute),
});

describe('a search for events', () => {
  it('gives each caller the events of its customer, names and time, oldest first, however many ask at once', async () => {
    await collection.insertMany([
      event('ana', 'page.viewed', 3),
      event('ana', 'page.viewed', 1),
      event('ana', 'order.completed', 2),
      event('bia', 'page.viewed', 2),
      event('bia', 'page.viewed', 0),
      event('caio', 'order.completed', -200),
    ]);
    const search = createEventSearch(collection);
    const ask = async (customerId: string, names: string[], from: number) =>
      (await search({ customerId, names, from: minutes(from) })).map(({ _id }) => _id);
    const answers = await Promise.all([
      ask('ana', ['page.viewed'], 0),
      ask('bia', ['page.viewed'], 1),
      ask('ana', ['page.viewed', 'order.completed'], 2),
      ask('caio', ['order.completed'], -300),
      ask('caio', ['order.completed'], -199),
      ask('dora', ['page.viewed'], -300),
    ]);
    expect(answers).toEqual([
      ['ana/page.viewed/1', 'ana/page.viewed/3'],
      ['bia/page.viewed/2'],
      ['ana/order.completed/2', 'ana/page.viewed/3'],
      ['caio/order.completed/-200'],
      [],
      [],
    ]);
  });
});
