import { testConfiguration } from '../test/api';
import { testDatabase, type TestDatabase } from '../test/servers';
import { createBroadcastThread } from './broadcast-thread';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const threadOn = (uri: string) => {
  const configuration = testConfiguration();
  const { databaseName } = database.db;
  return createBroadcastThread({ ...configuration, mongodb: { uri, database: databaseName } });
};
const life = { heartbeat: () => undefined, ending: new AbortController().signal };

describe('the thread of broadcasts', () => {
  it('tells what went wrong with a call, and starts anew after it was closed', async () => {
    const thread = threadOn(database.uri);
    await thread.close();
    for (let round = 0; round < 2; round++) {
      await expect(thread.broadcasts.measureAudience({ broadcast: 'none' })).rejects.toThrow(
        'There is no broadcast "none" in the database.',
      );
      await thread.close();
    }
  });

  it('fails the calls of a thread that breaks off, so that they are tried again', async () => {
    const { broadcasts } = threadOn('mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100');
    const range = { broadcast: 'none', after: null, until: null };
    await expect(broadcasts.sendRange(range, life)).rejects.toThrow('The broadcast thread has ended.');
    await expect(broadcasts.sendRange(range, life)).rejects.toThrow('The broadcast thread has ended.');
  });
});
