import type { Store } from '../../store/store';
import type { MessageState } from '../../domain/messages';
import { customer, event, message, offer } from '../../test/builders';
import { beforeEachOnEmptyStore } from '../../test/empty-store';
import { createDecisions, type Decisions } from './decisions';

const now = Date.parse('2026-03-10T15:00:00Z');
const day = 86_400_000;
const business = { timeZone: 'America/Sao_Paulo', locale: 'en', currency: 'BRL' } as const;

let store: Store;
let decisions: Decisions;
let clock: number;

beforeEachOnEmptyStore(async (opened) => {
  store = opened;
  clock = now;
  decisions = createDecisions({ store, business, now: () => clock });
  await store.customers.collection.insertOne(customer());
  await store.offers.save('oil', offer({ stock: 2 }), new Date(now));
});

/** Decides in a journey, whose message then comes to a state. Gives the decision's id. */
async function shown(step = 's', state: MessageState = 'sent', holdout = false): Promise<string> {
  const enrolment = { id: 'upsell/ana#1', journey: 'upsell', customerId: 'ana', holdout };
  const [chosen] = await decisions.decide({ enrolment, step, slot: 'upsell', count: 1 });
  expect(chosen?.offerId).toBe('oil');
  const decisionId = chosen?.decisionId ?? '';
  const carried = message({
    ...{ _id: `message of ${decisionId}`, decisionId, offerId: 'oil', state },
    createdAt: new Date(clock),
  });
  await store.messages.collection.insertOne(carried);
  return decisionId;
}

const ordered = (at: number, properties: object = {}) =>
  event({
    name: 'order.completed',
    properties: { orderId: 'o1', offerId: 'oil', ...properties },
    receivedAt: new Date(at),
  });
const outcomes = () => store.outcomes.collection.find().sort({ _id: 1 }).toArray();
const taken = async () => (await store.offers.find('oil'))?.taken;

describe('an order for an offer', () => {
  it('is attributed once to the latest decision that showed the offer', async () => {
    await shown('first');
    clock = now + day;
    const latest = await shown('second');
    clock = now + 2 * day;
    await decisions.decideFor({ customerId: 'ana', slot: 'upsell', count: 1 });
    const order = ordered(now + 1.5 * day);
    await decisions.recordOutcomes([order]);
    await Promise.all([decisions.recordOutcomes([order]), decisions.recordOutcomes([order, order])]);
    expect(await outcomes()).toEqual([
      expect.objectContaining({
        _id: `${latest}/oil`,
        kind: 'accepted',
        reward: 1,
        eventId: order._id,
        pendingSince: new Date(clock),
      }),
    ]);
    expect(await taken()).toBe(1);
  });

  it('is attributed to the decision it names, unless that is another customer’s or showed something else', async () => {
    const first = await shown('first');
    clock = now + 1;
    const second = await shown('second');
    await decisions.recordOutcomes([ordered(now + 1, { decisionId: first })]);
    expect((await outcomes()).map(({ decisionId }) => decisionId)).toEqual([first]);
    await store.customers.collection.insertOne(customer({ _id: 'bob' }));
    const bobs = await decisions.decideFor({ customerId: 'bob', slot: 'upsell', count: 1 });
    await decisions.recordOutcomes([ordered(now + 1, { decisionId: bobs?.decisionId })]);
    expect((await outcomes()).map(({ decisionId }) => decisionId)).toEqual([first, second]);
  });

  it('counts up to thirty days after the decision, and not before it', async () => {
    clock = now;
    await shown();
    await decisions.recordOutcomes([
      ordered(now + 30 * day + 1),
      ordered(now - 1),
      event({
        name: 'order.completed',
        properties: { orderId: 'old', offerId: 'oil' },
        occurredAt: new Date('1997-05-01'),
        receivedAt: new Date(now + 1),
      }),
    ]);
    expect(await outcomes()).toEqual([]);
    await decisions.recordOutcomes([ordered(now + 30 * day)]);
    expect(await outcomes()).toHaveLength(1);
  });

  it('counts those days as a demonstration’s customer lives them', async () => {
    const origin = now - 100_000;
    await store.customers.collection.updateOne(
      { _id: 'ana' },
      { $set: { clock: { origin, scale: 86_400 } } },
    );
    await shown();
    await decisions.recordOutcomes([ordered(now + 30_001)]);
    expect(await outcomes()).toEqual([]);
    await decisions.recordOutcomes([ordered(now + 30_000)]);
    expect(await outcomes()).toHaveLength(1);
  });

  it('is attributed to no decision whose message did not go out', async () => {
    const sent = await shown('sent');
    clock = now + 1;
    await shown('suppressed', 'suppressed');
    await shown('planned', 'planned');
    await shown('failed', 'failed');
    await decisions.recordOutcomes([ordered(now + day)]);
    expect((await outcomes()).map(({ decisionId }) => decisionId)).toEqual([sent]);
  });

  it('teaches nothing about an offer that was kept from a control group', async () => {
    const id = await shown('s', 'suppressed', true);
    await decisions.recordOutcomes([ordered(now + day), ordered(now + day, { decisionId: id })]);
    expect(await outcomes()).toEqual([]);
    expect((await store.decisions.find(id))?.settlesAt).toBeUndefined();
  });

  it('uses up the stock', async () => {
    await decisions.recordOutcomes([ordered(now, { decisionId: await shown('first') })]);
    await decisions.recordOutcomes([ordered(now, { decisionId: await shown('second') })]);
    const decision = await decisions.decideFor({ customerId: 'ana', slot: 'upsell', count: 1 });
    expect(decision?.rejected).toEqual([{ offerId: 'oil', rule: 'out-of-stock' }]);
  });

  it('leaves events of other kinds, of other offers and of nobody alone', async () => {
    await shown();
    await decisions.recordOutcomes([
      event({ name: 'page.viewed', properties: { offerId: 'oil' }, receivedAt: new Date(now) }),
      event({ name: 'order.completed', properties: { orderId: 'o' }, receivedAt: new Date(now) }),
      ordered(now, { offerId: 'tyres' }),
      { ...ordered(now), customerId: null },
    ]);
    expect(await outcomes()).toEqual([]);
  });
});

describe('an offer that a journey chose', () => {
  const rejected = async () =>
    (await decisions.decideFor({ customerId: 'ana', slot: 'upsell', count: 1 }))?.rejected;

  it.each<[MessageState, boolean]>([
    ['sent', true],
    ['planned', true],
    ['suppressed', false],
    ['bounced', false],
    ['clicked', false],
  ])('in a message that is %s tires the customer: %s', async (state, tires) => {
    for (const step of ['1', '2', '3']) await shown(step, state);
    expect(await rejected()).toEqual(tires ? [{ offerId: 'oil', rule: 'fatigued' }] : []);
  });
});

describe('a reported outcome', () => {
  it('says whether it was recorded', async () => {
    const decisionId = await shown();
    const report = (response: 'viewed' | 'dismissed' | 'accepted', offerId = 'oil') =>
      decisions.recordOutcome({ decisionId, offerId, response });
    expect(await report('viewed')).toBe('recorded');
    expect(await report('viewed')).toBe('repeated');
    expect(await report('dismissed')).toBe('recorded');
    expect(await report('dismissed')).toBe('repeated');
    expect(await report('accepted')).toBe('recorded');
    expect(await report('dismissed')).toBe('repeated');
    expect(await report('accepted', 'tyres')).toBe('unknown');
    expect(await decisions.recordOutcome({ decisionId: 'x', offerId: 'oil', response: 'viewed' })).toBe(
      'unknown',
    );
    clock = now + 31 * day;
    expect(await report('accepted')).toBe('too-late');
    expect(await outcomes()).toEqual([expect.objectContaining({ kind: 'accepted', reward: 1 })]);
    expect((await store.decisions.find(decisionId))?.viewed).toEqual(['oil']);
    expect(await taken()).toBe(1);
  });

  it('that an offer was looked at keeps it from counting as ignored for the customer', async () => {
    const views = [await shown('1'), await shown('2'), await shown('3')];
    const decide = () => decisions.decideFor({ customerId: 'ana', slot: 'upsell', count: 1 });
    expect((await decide())?.rejected).toEqual([{ offerId: 'oil', rule: 'fatigued' }]);
    for (const decisionId of views) {
      await decisions.recordOutcome({ decisionId, offerId: 'oil', response: 'viewed' });
    }
    expect((await decide())?.offers).toHaveLength(1);
  });
});
