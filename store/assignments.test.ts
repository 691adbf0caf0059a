import { testDatabase, type TestDatabase } from '../test/servers';
import type { AssignmentDocument } from './assignments';
import { openStore, type Store } from './store';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await testDatabase();
  store = await openStore(database.db, database.client);
});
afterAll(() => database.close());

const assignment = (arm: string): AssignmentDocument => ({
  ...{ _id: 'winback/offer/ana', journey: 'winback', split: 'offer', customerId: 'ana', arm },
  ...{ probabilities: { a: 0.5, b: 0.5 }, adaptive: false, holdout: false, enrolmentId: 'winback/ana#1' },
  at: new Date(0),
});

describe('an assignment', () => {
  it('is the first one, for all who draw at once', async () => {
    const drawn = await Promise.all(
      ['a', 'b', 'a', 'b'].map((arm) => store.assignments.assign(assignment(arm), null)),
    );
    const stands = await store.assignments.find('winback/offer/ana');
    expect(drawn).toEqual([stands, stands, stands, stands]);
    expect(await store.assignments.assign(assignment(stands?.arm === 'a' ? 'b' : 'a'), null)).toEqual(stands);
  });
});
