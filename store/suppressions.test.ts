import { testDatabase, type TestDatabase } from '../test/servers';
import { suppressionCollection, type Address } from './suppressions';

let database: TestDatabase;
let suppressions: ReturnType<typeof suppressionCollection>;
beforeAll(async () => {
  database = await testDatabase();
  suppressions = suppressionCollection(database.db);
});
afterAll(() => database.close());

const at = (second: number) => new Date(Date.UTC(2026, 2, 4, 12, 0, second));
let addresses = 0;
const mailbox = (): Address => ({ channel: 'email', address: `Ana.${++addresses}@Example.com` });

describe('a suppressed address', () => {
  it('is kept without the address', async () => {
    const address = mailbox();
    await suppressions.block(address, 'complaint', at(1));
    const stored = JSON.stringify(await database.db.collection('suppressions').find().toArray());
    expect(stored).toContain('complaint');
    expect(stored.toLowerCase()).not.toContain('example');
  });

  it('is the same in capitals and with spaces around, and another on another channel', async () => {
    const { address } = mailbox();
    await suppressions.unsubscribe({ channel: 'email', address }, 'offers', at(1));
    const found = await suppressions.find({ channel: 'email', address: ` ${address.toUpperCase()} ` });
    expect(found?.unsubscribed).toEqual({ offers: at(1) });
    expect(await suppressions.find({ channel: 'sms', address })).toBeNull();
  });

  it('stays blocked for one reason when another is taken back', async () => {
    const address = mailbox();
    await suppressions.block(address, 'stopped', at(1));
    await suppressions.block(address, 'complaint', at(2));
    await suppressions.block(address, 'complaint', at(9));
    await suppressions.unblock(address, 'stopped', at(3));
    expect((await suppressions.find(address))?.blocked).toEqual({ complaint: at(2) });
    await suppressions.unblock(address, 'complaint', at(4));
    expect(await suppressions.find(address)).not.toHaveProperty('blocked');
  });

  it('takes back one topic and keeps the others', async () => {
    const address = mailbox();
    await suppressions.unsubscribe(address, 'offers', at(1));
    await suppressions.unsubscribe(address, 'all', at(2));
    await suppressions.resubscribe(address, 'all', at(3));
    expect((await suppressions.find(address))?.unsubscribed).toEqual({ offers: at(1) });
  });
});
