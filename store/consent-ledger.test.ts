import type { ConsentStatement } from '../domain/consent';
import { customer } from '../test/builders';
import { testDatabase, uniqueName, type TestDatabase } from '../test/servers';
import { chainEntry } from './consent-chain';
import { recordConsents } from './consent-ledger';
import { verifyAllConsents, verifyConsents } from './consent-verdict';
import { openStore, type Store } from './store';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await testDatabase();
  store = await openStore(database.db, database.client);
});
afterAll(() => database.close());

const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute));
const said = (change: Partial<ConsentStatement> = {}): ConsentStatement => ({
  ...{ channel: 'email', topic: 'all', state: 'given', at: at(0), source: 'signup' },
  proof: { event: 'signup:ana', url: 'https://motors.example/signup' },
  ...change,
});

async function somebody(statements: readonly ConsentStatement[] = []): Promise<string> {
  const id = uniqueName('ana');
  await store.customers.collection.insertOne(customer({ _id: id, consent: {} }));
  for (const statement of statements) await say(id, statement);
  return id;
}
const say = async (customerId: string, ...statements: ConsentStatement[]) => {
  const now = statements.at(-1)?.at ?? at(0);
  return (await recordConsents(store, [{ customerId, statements }], now))[0];
};
const consentOf = async (id: string) => (await store.customers.find(id))?.consent;

/** A chain of four: yes, no to offers, yes to SMS, no to all e-mail. */
const life = (): Promise<string> =>
  somebody([
    said(),
    said({ topic: 'offers', state: 'revoked', at: at(1), source: 'preferences' }),
    said({ channel: 'sms', at: at(2) }),
    said({ state: 'revoked', at: at(3), source: 'complaint' }),
  ]);

describe('the ledger of consent', () => {
  it('holds each statement with its source, time, wording and proof, and what stands of them', async () => {
    const id = await somebody();
    expect(await say(id, said({ textVersion: 'signup-3' }))).toEqual(['recorded']);
    expect(
      await say(id, said({ topic: 'offers', state: 'revoked', at: at(1), source: 'unsubscribe' })),
    ).toEqual(['recorded']);
    expect(await consentOf(id)).toEqual({
      email: { granted: true, at: at(1), source: 'unsubscribe', except: ['offers'] },
    });
    const [first, second] = await store.consents.ofCustomer(id);
    expect(first).toMatchObject({
      ...{ seq: 1, channel: 'email', topic: 'all', state: 'given', at: at(0), source: 'signup' },
      ...{ textVersion: 'signup-3', proof: { event: 'signup:ana' }, previous: '0'.repeat(64) },
    });
    expect(second?.previous).toBe(first?.hash);
    expect(await verifyConsents(store, id)).toEqual({ customerId: id, entries: 2, verified: true });
  });

  it('makes no entry of what stands already, and one of each change', async () => {
    const id = await somebody([said()]);
    expect(await say(id, said({ at: at(1) }))).toEqual(['unchanged']);
    expect(await say(id, said({ topic: 'service', at: at(1) }))).toEqual(['unchanged']);
    expect(
      await say(id, said({ state: 'revoked', at: at(2) }), said({ topic: 'service', at: at(2) })),
    ).toEqual(['recorded', 'recorded']);
    expect(await consentOf(id)).toMatchObject({ email: { granted: true, except: ['account', 'offers'] } });
    expect(await store.consents.ofCustomer(id)).toHaveLength(3);
  });

  it('goes by the time of what was said: what comes late brings back nothing that was refused since', async () => {
    const id = await somebody([said({ state: 'revoked', at: at(5) })]);
    const late = { customerId: id, statements: [said({ at: at(1), source: 'import' })] };
    expect(await recordConsents(store, [late], at(9))).toEqual([['unchanged']]);
    expect(await recordConsents(store, [{ ...late, isEvidence: true }], at(9))).toEqual([['outdated']]);
    expect(await recordConsents(store, [{ ...late, isEvidence: true }], at(9))).toEqual([['repeated']]);
    expect(await consentOf(id)).toMatchObject({ email: { granted: false, at: at(5) } });
    const future = { customerId: id, statements: [said({ at: at(50) })] };
    await recordConsents(store, [future], at(10));
    expect(await say(id, said({ state: 'revoked', at: at(11) }))).toEqual(['recorded']);
    expect(await consentOf(id)).toMatchObject({ email: { granted: false, at: at(11) } });
    expect(await verifyConsents(store, id)).toMatchObject({ entries: 4, verified: true });
  });

  it('counts a request as no consent, which takes away nothing that was given', async () => {
    const id = await somebody([said({ state: 'requested' })]);
    expect(await consentOf(id)).toEqual({
      email: {
        ...{ granted: false, at: at(0), source: 'signup' },
        awaiting: { topics: ['account', 'offers', 'service'], since: at(0) },
      },
    });
    await say(id, said({ topic: 'service', at: at(1), source: 'confirmation' }));
    expect(await say(id, said({ state: 'requested', at: at(2) }))).toEqual(['unchanged']);
    expect(await consentOf(id)).toMatchObject({
      email: { granted: true, except: ['account', 'offers'], awaiting: { topics: ['account', 'offers'] } },
    });
  });

  it('begins with what stood on the document before there was a ledger', async () => {
    const id = uniqueName('old');
    await store.customers.collection.insertOne(customer({ _id: id }));
    await say(id, said({ topic: 'offers', state: 'revoked', at: at(1) }));
    expect(await store.consents.ofCustomer(id)).toMatchObject([
      { state: 'given', source: 'before-ledger', proof: { source: 'signup' } },
      { state: 'revoked', topic: 'offers' },
    ]);
    expect(await consentOf(id)).toMatchObject({ email: { granted: true, except: ['offers'] }, sms: {} });
    expect((await verifyConsents(store, id)).verified).toBe(true);
  });

  it('stays one chain without gaps when many append at once', async () => {
    const id = await somebody();
    const states = Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? 'given' : 'revoked'));
    await Promise.all(
      states.map((state, n) =>
        recordConsents(
          store,
          [{ customerId: id, statements: [said({ state, at: at(n) })], isEvidence: true }],
          at(59),
        ),
      ),
    );
    const entries = await store.consents.ofCustomer(id);
    expect(entries.map(({ seq }) => seq)).toEqual(states.map((_, n) => n + 1));
    expect(await verifyConsents(store, id)).toMatchObject({ entries: 10, verified: true });
    expect(await consentOf(id)).toMatchObject({ email: { granted: false, at: at(9) } });
  });

  it('creates a customer with what they say at signup, once, also when signups race', async () => {
    const id = uniqueName('new');
    const signup = (firstName: string) =>
      recordConsents(
        store,
        [{ customerId: id, statements: [said()], profile: { signedUpAt: at(0), firstName } }],
        at(0),
      );
    const outcomes = await Promise.all([signup('Ana'), signup('Bia'), signup('Caio')]);
    expect(outcomes.flat(2).sort()).toEqual(['recorded', 'signed-up-before', 'signed-up-before']);
    expect(await store.consents.ofCustomer(id)).toHaveLength(1);
    expect(await store.customers.find(id)).toMatchObject({
      consent: { email: { granted: true } },
      attributes: {},
    });
  });

  it('refuses who was erased and who is not known', async () => {
    const id = await somebody([said()]);
    await store.customers.erase(id, at(1));
    expect(await say(id, said({ at: at(2) }))).toEqual(['customer-erased']);
    expect(await say(uniqueName('nobody'), said())).toEqual(['customer-unknown']);
  });
});

describe('verification', () => {
  it('goes through everybody, and finds entries that no customer knows of', async () => {
    const [good, bad, orphan] = [await life(), await life(), await life()];
    await edit(bad, 1, { $set: { source: 'admin' } });
    await store.customers.collection.deleteOne({ _id: orphan });
    const found = new Map<string, boolean>();
    for await (const { customerId, verified } of verifyAllConsents(store)) found.set(customerId, verified);
    expect([good, bad, orphan].map((id) => found.get(id))).toEqual([true, false, false]);
  });

  const edit = (id: string, seq: number, update: object) =>
    store.consents.collection.updateOne({ _id: `${id}#${seq}` }, update);

  it.each<[string, (id: string) => Promise<unknown>, object]>([
    ['a changed statement', (id) => edit(id, 2, { $set: { state: 'given' } }), { seq: 2, reason: 'changed' }],
    ['a changed time', (id) => edit(id, 3, { $set: { at: at(9) } }), { seq: 3, reason: 'changed' }],
    ['another wording', (id) => edit(id, 1, { $set: { textVersion: 'x' } }), { seq: 1, reason: 'changed' }],
    [
      'a changed proof',
      (id) => edit(id, 1, { $set: { 'proof.url': 'https://other.example' } }),
      { seq: 1, reason: 'proof-changed' },
    ],
    [
      'a proof taken away from somebody who was not erased',
      (id) => edit(id, 4, { $unset: { proof: 1, salt: 1 }, $set: { erasedAt: at(9) } }),
      { seq: 4, reason: 'proof-removed' },
    ],
    [
      'an entry removed',
      (id) => store.consents.collection.deleteOne({ _id: `${id}#2` }),
      { seq: 2, reason: 'missing' },
    ],
    [
      'the last entries cut off',
      (id) => store.consents.collection.deleteMany({ customerId: id, seq: { $gt: 2 } }),
      { seq: 3, reason: 'missing' },
    ],
    [
      'all entries removed',
      (id) => store.consents.collection.deleteMany({ customerId: id }),
      { seq: 1, reason: 'missing' },
    ],
    ['entries in another order', swap, { seq: 2, reason: 'changed' }],
    ['an entry written anew, with its hash', rewrite, { seq: 3, reason: 'not-linked' }],
    [
      'an entry put behind the end',
      async (id) => {
        const [first] = await store.consents.ofCustomer(id);
        if (first) await store.consents.collection.insertOne({ ...first, _id: `${id}#5`, seq: 5 });
      },
      { seq: 5, reason: 'changed' },
    ],
    [
      'another state on the customer',
      (id) => store.customers.collection.updateOne({ _id: id }, { $set: { 'consent.email.granted': true } }),
      { seq: 4, reason: 'state-differs' },
    ],
  ])('finds %s', async (_what, tamper, broken) => {
    const id = await life();
    expect(await verifyConsents(store, id)).toMatchObject({ entries: 4, verified: true });
    await tamper(id);
    expect(await verifyConsents(store, id)).toMatchObject({ verified: false, broken });
  });

  /** Two entries change places, ids and numbers with them. */
  async function swap(id: string): Promise<void> {
    const [, second, third] = await store.consents.ofCustomer(id);
    if (!second || !third) throw new Error('The chain is too short.');
    await store.consents.collection.deleteMany({ customerId: id, seq: { $in: [2, 3] } });
    await store.consents.collection.insertMany([
      { ...third, _id: second._id, seq: 2 },
      { ...second, _id: third._id, seq: 3 },
    ]);
  }

  /** Somebody who knows how hashes are made replaces an entry by one of their own. */
  async function rewrite(id: string): Promise<void> {
    const entries = await store.consents.ofCustomer(id);
    const forged = chainEntry(
      said({ topic: 'service', state: 'revoked', at: at(1), source: 'preferences' }),
      {
        customerId: id,
        head: entries[0],
        recordedAt: at(1),
      },
    );
    await store.consents.collection.replaceOne({ _id: `${id}#2` }, forged);
  }

  it('still proves the chain of somebody who was erased, without their proofs', async () => {
    const id = await life();
    await store.customers.erase(id, at(8));
    await store.consents.eraseProofs(id, at(8));
    const entries = await store.consents.ofCustomer(id);
    expect(JSON.stringify(entries)).not.toContain('motors.example');
    for (const entry of entries) {
      expect(entry).not.toHaveProperty('proof');
      expect(entry).not.toHaveProperty('salt');
    }
    expect(await verifyConsents(store, id)).toMatchObject({ entries: 4, verified: true });
    await edit(id, 4, { $set: { state: 'given' } });
    expect(await verifyConsents(store, id)).toMatchObject({ broken: { seq: 4, reason: 'changed' } });
  });
});
