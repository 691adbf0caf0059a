import type { Collection } from 'mongodb';
import { testDatabase, type TestDatabase } from '../test/servers';
import { createLookup } from './lookup';

interface Person {
  readonly _id: string;
  readonly name: string;
}

let database: TestDatabase;
let collection: Collection<Person>;
beforeAll(async () => {
  database = await testDatabase();
  collection = database.db.collection('people');
});
afterAll(() => database.close());

describe('a lookup', () => {
  it('gives each caller the document of its id, or null', async () => {
    const find = createLookup(collection);
    await collection.insertMany([
      { _id: 'ana', name: 'Ana' },
      { _id: 'bia', name: 'Bia' },
    ]);
    const found = await Promise.all(['bia', 'nobody', 'ana', 'bia'].map(find));
    expect(found.map((person) => person?.name)).toEqual(['Bia', undefined, 'Ana', 'Bia']);
  });

  it('sees what its caller has just written, also while another query is under way', async () => {
    const find = createLookup(collection);
    const seen = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        await collection.insertOne({ _id: `new-${n}`, name: `N${n}` });
        return (await find(`new-${n}`))?.name;
      }),
    );
    expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => `N${n}`));
  });
});
