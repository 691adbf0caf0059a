import { testDatabase, type TestDatabase } from '../test/servers';
import { messageCollection, type MessagePlan } from './messages';

let database: TestDatabase;
let messages: ReturnType<typeof messageCollection>;
beforeAll(async () => {
  database = await testDatabase();
  messages = messageCollection(database.db);
  await messages.ensureIndexes();
});
afterAll(() => database.close());

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 4, 12, 0, seconds));
let plans = 0;
const plan = (change: Partial<MessagePlan> = {}): MessagePlan => ({
  _id: `winback/ana#1/email:${++plans}`,
  customerId: 'ana',
  journey: 'winback',
  enrolmentId: 'winback/ana#1',
  step: `email:${plans}`,
  channel: 'email',
  template: 'winback',
  purpose: 'marketing',
  topic: 'offers',
  priority: 0,
  ...change,
});
const claim = (token: string) => ({
  token,
  at: at(1),
  until: at(61),
  provider: 'smtp',
  localDay: '2026-03-04',
});

describe('a claim', () => {
  it('is given to one of many attempts', async () => {
    const message = plan();
    const tokens = Array.from({ length: 30 }, (_, n) => `attempt ${n}`);
    const found = await Promise.all(tokens.map((token) => messages.claim(message, claim(token))));
    expect(found.filter((existing) => existing === null)).toHaveLength(1);
    const winner = (await messages.find(message._id))?.claim?.token;
    expect(found.every((existing) => existing === null || existing.claim?.token === winner)).toBe(true);
    expect(await messages.find(message._id)).toMatchObject({ state: 'sending', attempts: 1 });
  });

  it('is given to each of many messages that are asked for at once, new or planned', async () => {
    const asked = Array.from({ length: 30 }, () => plan());
    for (const held of asked.slice(0, 3)) await messages.hold(held, 'hours', { at: at(0), until: at(1) });
    const found = await Promise.all(asked.map((message) => messages.claim(message, claim(message._id))));
    expect(found).toEqual(asked.map(() => null));
    const stored = await Promise.all(asked.map(({ _id }) => messages.find(_id)));
    expect(stored.map((message) => message?.claim?.token)).toEqual(asked.map(({ _id }) => _id));
    expect(stored.every((message) => message?.attempts === 1 && message.plannedFor === undefined)).toBe(true);
  });

  it('that was lost ends nothing', async () => {
    const message = plan();
    await messages.claim(message, claim('mine'));
    const lost = { ...message, token: 'lost' };
    expect(await messages.conclude(lost, { state: 'unknown' }, at(2))).toBe(false);
    expect(await messages.release(lost, 'provider', { at: at(2), until: at(3) })).toBe(false);
    await messages.letGo(lost, at(0));
    expect(await messages.find(message._id)).toMatchObject({ state: 'sending', dueAt: at(61) });
  });

  it('given back can be taken again, and the first instant stays', async () => {
    const message = plan();
    await messages.claim(message, claim('first'));
    await messages.release({ ...message, token: 'first' }, 'provider', { at: at(2), until: at(3) });
    expect(await messages.claim(message, { ...claim('second'), at: at(4) })).toBeNull();
    const taken = await messages.find(message._id);
    expect(taken).toMatchObject({
      createdAt: at(1),
      claimedAt: at(4),
      attempts: 2,
      claim: { token: 'second' },
    });
    expect(taken).not.toHaveProperty('heldBy');
  });
});

describe('a planned message', () => {
  it('follows its plan where the journey was edited meanwhile', async () => {
    const message = plan();
    await messages.hold(message, 'best-time', { at: at(1), until: at(9) });
    const edited = { ...message, channel: 'sms', template: 'winback-offer' } as const;
    expect(await messages.claim(edited, claim('mine'))).toBeNull();
    expect(await messages.find(message._id)).toMatchObject({
      channel: 'sms',
      template: 'winback-offer',
      createdAt: at(1),
    });
  });
});

describe('a message past planning', () => {
  it('is given as it is to whoever would hold, drop or claim it', async () => {
    const message = plan();
    await messages.drop(message, { state: 'suppressed', reason: 'no-consent' }, at(1));
    const ended = { _id: message._id, state: 'suppressed', reason: 'no-consent' };
    expect(await messages.hold(message, 'hours', { at: at(2), until: at(9) })).toMatchObject(ended);
    expect(await messages.drop(message, { state: 'failed', reason: 'x' }, at(2))).toMatchObject(ended);
    expect(await messages.claim(message, claim('late'))).toMatchObject(ended);
  });
});

describe('progress', () => {
  it('reported before the sender’s own record is not taken back by it', async () => {
    const message = plan();
    await messages.claim(message, claim('mine'));
    await messages.recordProgress(message._id, { state: 'delivered', at: at(3) });
    await messages.recordSent({ _id: message._id, token: 'mine' }, { providerId: 'SM1' }, at(2));
    const sent = await messages.find(message._id);
    expect(sent).toMatchObject({ state: 'delivered', providerId: 'SM1', sentAt: at(2), deliveredAt: at(3) });
    expect(sent).not.toHaveProperty('claim');
  });

  it('recorded for many messages at once reaches each as it stands', async () => {
    const [sent, delivered, lost] = [plan(), plan(), plan()];
    for (const message of [sent, delivered, lost]) await messages.claim(message, claim(message._id));
    await messages.recordProgress(delivered._id, { state: 'delivered', at: at(3) });
    await messages.conclude({ _id: lost._id, token: lost._id }, { state: 'unknown' }, at(3));
    await Promise.all(
      [sent, delivered, lost].map(({ _id }) =>
        messages.recordSent({ _id, token: _id }, { providerId: `id of ${_id}` }, at(2)),
      ),
    );
    expect(await messages.find(sent._id)).toMatchObject({ state: 'sent', providerId: `id of ${sent._id}` });
    expect(await messages.find(delivered._id)).toMatchObject({ state: 'delivered', sentAt: at(2) });
    expect(await messages.find(lost._id)).toMatchObject({ state: 'unknown' });
    expect(await messages.find(lost._id)).not.toHaveProperty('sentAt');
  });

  it('of a message that was never handed over changes nothing', async () => {
    const message = plan();
    await messages.hold(message, 'hours', { at: at(1), until: at(9) });
    expect(await messages.recordProgress(message._id, { state: 'opened', at: at(3) })).toBe(false);
    expect(await messages.find(message._id)).toMatchObject({ state: 'planned' });
  });

  it('keeps the earliest instant of each state and the furthest state', async () => {
    const message = plan();
    await messages.claim(message, claim('mine'));
    await messages.recordSent({ _id: message._id, token: 'mine' }, { providerId: 'q1' }, at(2));
    await messages.recordProgress(message._id, { state: 'clicked', at: at(9) });
    await messages.recordProgress(message._id, { state: 'opened', at: at(8) });
    await messages.recordProgress(message._id, { state: 'opened', at: at(5) });
    await messages.recordProgress(message._id, { state: 'opened', at: at(7) });
    expect(await messages.find(message._id)).toMatchObject({
      state: 'clicked',
      openedAt: at(5),
      clickedAt: at(9),
      sentAt: at(2),
    });
  });
});

describe('questions', () => {
  it('count by channel and state, and list a customer’s messages newest first', async () => {
    const own = (n: number, change: Partial<MessagePlan> = {}) =>
      plan({ customerId: 'bia', ...change, step: `s${n}` });
    await messages.collection.deleteMany({});
    await messages.drop(own(1), { state: 'suppressed', reason: 'no-consent' }, at(1));
    await messages.drop(own(2), { state: 'suppressed', reason: 'holdout' }, at(2));
    await messages.drop(own(3, { channel: 'sms' }), { state: 'failed', reason: 'x' }, at(3));
    await messages.drop(plan(), { state: 'failed', reason: 'x' }, at(4));
    const counts = await messages.counts();
    expect(counts).toHaveLength(3);
    expect(counts).toEqual(
      expect.arrayContaining([
        { channel: 'email', state: 'suppressed', count: 2 },
        { channel: 'sms', state: 'failed', count: 1 },
        { channel: 'email', state: 'failed', count: 1 },
      ]),
    );
    expect((await messages.ofCustomer('bia', 2)).map(({ step }) => step)).toEqual(['s3', 's2']);
  });
});
