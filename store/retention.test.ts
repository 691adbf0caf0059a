import { retentionDefaults } from '../domain/retention';
import { readConfiguration } from '../domain/configuration-schema';
import { event, message } from '../test/builders';
import { testDatabase, type TestDatabase } from '../test/servers';
import type { BroadcastDocument } from './broadcasts';
import { recordConsents } from './consent-ledger';
import { removeExpired } from './retention';
import { openStore, type Store } from './store';

const now = new Date('2026-06-01T12:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await testDatabase();
  store = await openStore(database.db, database.client);
});
afterAll(() => database.close());

const run = (n: number, open: boolean, endedAt: Date) => ({
  ...{ _id: `onboarding/ana#${n}`, workflowId: `onboarding/ana${n}`, n, journey: 'onboarding' },
  ...{ customerId: 'ana', triggerEventId: 'e', holdout: false, startedAt: endedAt, open, trace: [], endedAt },
});

describe('removeExpired', () => {
  it('deletes by each kind what is too old, and nothing that is open or young', async () => {
    await store.events.insert([
      event({ _id: 'old', name: 'a', receivedAt: daysAgo(401) }),
      event({ _id: 'young', name: 'a', receivedAt: daysAgo(399) }),
      event({ _id: 'old visitor', name: 'a', customerId: null, receivedAt: daysAgo(91) }),
      event({ _id: 'young visitor', name: 'a', customerId: null, receivedAt: daysAgo(89) }),
    ]);
    await store.messages.collection.insertMany([
      message({ _id: 'sent', createdAt: daysAgo(2_000) }),
      message({ _id: 'planned', state: 'planned', createdAt: daysAgo(2_000) }),
    ]);
    await store.enrolments.insert([run(1, false, daysAgo(2_000)), run(2, true, daysAgo(2_000))]);
    const arm = (n: number, at: Date) => ({
      ...{ _id: `a${n}`, journey: 'onboarding', split: 'tone', customerId: 'ana', arm: 'warm', at },
      ...{ probabilities: {}, adaptive: false, holdout: false, enrolmentId: `onboarding/ana#${n}` },
    });
    await store.assignments.collection.insertMany([
      { ...arm(1, daysAgo(2_000)), reward: 0 },
      arm(2, daysAgo(2_000)),
      { ...arm(3, daysAgo(3)), reward: 1 },
    ]);
    await store.links.put({ _id: 'over', messageId: 'm', urls: [], expireAt: daysAgo(1) });
    await store.links.put({ _id: 'alive', messageId: 'm', urls: [], expireAt: new Date('2096-01-01') });
    const statement = { channel: 'email', topic: 'all', state: 'given', source: 'signup' } as const;
    for (const [id, erased] of [
      ['gone', daysAgo(2_000)],
      ['going', daysAgo(10)],
      ['here', null],
    ] as const) {
      const said = { ...statement, at: daysAgo(2_100) };
      await recordConsents(store, [{ customerId: id, statements: [said], profile: {} }], said.at);
      if (erased) await store.consents.eraseProofs(id, erased);
    }
    const broadcast = (id: string, endedAt?: Date) => ({
      ...{ _id: id, name: id, segment: 'everyone', template: 'winback', channel: 'email', perSecond: 1 },
      ...{ state: endedAt ? 'completed' : 'running', createdAt: daysAgo(2_000), startsAt: daysAgo(2_000) },
      ...(endedAt && { endedAt }),
    });
    await store.broadcasts.collection.insertMany([
      broadcast('over', daysAgo(1_900)),
      broadcast('running'),
    ] as unknown as BroadcastDocument[]);
    const counts = { sent: 1, suppressed: 0, failed: 0, unknown: 0, waiting: 0 };
    for (const id of ['over', 'running']) await store.broadcasts.recordPart(id, { after: 'ana' }, counts);
    const removed = await removeExpired(store, { retention: { ...retentionDefaults, events: 400 }, now });
    expect(removed).toMatchObject({ events: 1, anonymousEvents: 1, enrolments: 1, messages: 1 });
    expect(removed).toMatchObject({ assignments: 1, consents: 1, broadcasts: 1 });
    expect(await store.broadcasts.collection.distinct('_id')).toEqual(['running']);
    expect([
      await store.broadcasts.progress('over'),
      await store.broadcasts.progress('running'),
    ]).toMatchObject([{ sent: 0 }, { sent: 1 }]);
    expect((await store.consents.collection.distinct('customerId')).sort()).toEqual(['going', 'here']);
    // The database may have dropped it by itself.
    expect(await store.links.collection.distinct('_id')).toEqual(['alive']);
    expect((await store.assignments.collection.distinct('_id')).sort()).toEqual(['a2', 'a3']);
    expect((await store.events.collection.distinct('_id')).sort()).toEqual(['young', 'young visitor']);
    expect(await store.messages.collection.distinct('_id')).toEqual(['planned']);
    expect(await store.enrolments.collection.distinct('n')).toEqual([2]);
  });

  it('deletes thousands, and says that it lives after each', async () => {
    const many = Array.from({ length: 2_100 }, (_, n) =>
      event({ _id: `many ${n}`, name: 'a', receivedAt: daysAgo(n < 2_050 ? 5_000 : 1) }),
    );
    await store.events.insert(many);
    let signs = 0;
    const about = { retention: retentionDefaults, now, onBatch: () => (signs += 1) };
    expect((await removeExpired(store, about)).events).toBe(2_050);
    expect(signs).toBeGreaterThan(2);
    expect(await store.events.collection.countDocuments({ _id: /^many/ })).toBe(50);
  });

  it('refuses periods that are too short or of no kind', () => {
    expect(() => readConfiguration({ RETENTION: 'events=1' })).toThrow('RETENTION must be a list');
    expect(() => readConfiguration({ RETENTION: 'people=400' })).toThrow('RETENTION must be a list');
    expect(() => readConfiguration({ RETENTION: 'events=400, messages=60' })).not.toThrow('RETENTION');
  });
});
