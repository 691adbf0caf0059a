import { openStore, type Store } from '../store/store';
import { testDatabase, type TestDatabase } from './servers';

/**
 * Before each test of a file: empties the file's own database, opens a store on it and lets the file prepare it. When
 * the tests are done, the database goes.
 */
export function beforeEachOnEmptyStore(
  prepare: (store: Store, database: TestDatabase) => Promise<void> | void,
): void {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  beforeEach(async () => {
    await database.db.dropDatabase();
    await prepare(await openStore(database.db, database.client), database);
  });
  afterAll(() => database.close());
}
