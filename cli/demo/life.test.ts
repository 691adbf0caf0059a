import { DateTime } from 'luxon';
import { eventSchemas } from '../../domain/event-schemas';
import { batchItem } from '../../domain/tracking-schemas';
import type { Planned } from './act';
import { importOf } from './cast';
import { catalogue } from './catalogue';
import { createLife, type Received } from './life';
import { invent } from './people';

const day = 86_400_000;
const begin = Date.UTC(2026, 2, 2, 13);
const span = { begin, end: begin + 30 * day };
const offers = new Map(catalogue('BRL').map((offer) => [offer.id, offer]));
const bought = [
  { at: begin - 90 * day, amount: 34_900 },
  { at: begin - 20 * day, amount: 18_000 },
];

const life = (number: number, past: typeof bought = []) =>
  createLife({ person: invent(1, number, past.length > 0), offers, currency: 'BRL', past });
const newcomers = Array.from({ length: 150 }, (_, i) => life(i + 1));
const regulars = Array.from({ length: 150 }, (_, i) => life(i + 1, bought));

const message = (change: Partial<Received>): Received => ({
  _id: `message-${JSON.stringify(change)}`,
  template: 'welcome',
  channel: 'email',
  topic: 'account',
  purpose: 'transactional',
  ...change,
});

/** Everything that some people do in a play, in answer to one message of each template too. */
function deeds(): { zone: string; planned: Planned }[] {
  const templates = ['welcome', 'complete-profile', 'winback', 'maintenance-due', 'survey-csat'].map(
    (template) => ({
      template,
    }),
  );
  const offer = { template: 'offer-warm', purpose: 'marketing', topic: 'offers', decisionId: 'd' } as const;
  const shown = [...offers.keys()].map((offerId) => ({ ...offer, offerId }));
  return [...newcomers, ...regulars].flatMap((one) => {
    const { timeZone: zone, id } = one.person;
    const plan = one.plan(span);
    const answers = [...templates, ...shown].flatMap((change) =>
      one.receive(message({ ...change, _id: `${id}/${JSON.stringify(change)}` }), begin + 3 * day),
    );
    const seen = one.see(
      { decisionId: `${id}/web`, offers: [{ offerId: 'demo-detailing' }] },
      begin + 4 * day,
    );
    return [...plan, ...answers, ...seen].map((planned) => ({ zone, planned }));
  });
}

describe('lives', () => {
  const all = deeds();
  const told = all.flatMap(({ planned: { act } }) => (act.kind === 'tell' ? [act.event] : []));

  it('tell only what the catalogue of events knows, whole', () => {
    for (const { name, properties } of told) {
      expect([name, eventSchemas[name].safeParse(properties).error]).toEqual([name, undefined]);
    }
    const names = new Set(told.map(({ name }) => name));
    expect([...names].sort()).toEqual([
      'customer.churned',
      'offer.accepted',
      'offer.viewed',
      'order.completed',
      'order.delivered',
      'profile.completed',
      'service.booked',
      'service.completed',
      'survey.answered',
      'vehicle.delivered',
      'vehicle.odometer_read',
    ]);
  });

  it('answer the surveys that reach them, mostly well, each with a score that it takes', () => {
    const scores = all.flatMap(({ planned: { act } }) => (act.kind === 'answer-survey' ? [act.score] : []));
    expect(scores.length).toBeGreaterThan(80);
    expect(scores.filter((score) => score >= 4).length / scores.length).toBeGreaterThan(0.6);
    expect(new Set(scores)).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  it('sleep at night', () => {
    const hours = all
      .filter(({ planned: { act } }) => act.kind === 'tell' || act.kind === 'look' || act.kind === 'sign-up')
      .map(({ zone, planned: { at } }) => DateTime.fromMillis(at, { zone }).hour);
    expect(Math.min(...hours)).toBe(8);
    expect(Math.max(...hours)).toBe(21);
  });

  it('begin in the first half of the play, by signing up or by being imported', () => {
    const arrivals = (lives: typeof newcomers, kind: 'sign-up' | 'join') =>
      lives.map((one) => one.plan(span).filter(({ act }) => act.kind === kind));
    for (const [lives, kind] of [
      [newcomers, 'sign-up'],
      [regulars, 'join'],
    ] as const) {
      for (const [arrival, ...more] of arrivals(lives, kind)) {
        expect(more).toEqual([]);
        expect(arrival?.at).toBeGreaterThanOrEqual(begin);
        expect(arrival?.at).toBeLessThan(begin + 15 * day);
      }
    }
  });

  it('name each order once, and tell of its delivery after it', () => {
    const buyer = createLife({ person: invent(1, 1, false), offers, currency: 'BRL', past: [] });
    const doings = [...offers.keys()].flatMap((offerId, n) => [
      ...buyer.see({ decisionId: `w${n}`, offers: [{ offerId }] }, begin + n * day),
      ...buyer.receive(
        message({ _id: `m${n}`, template: 'offer-warm', offerId, decisionId: `d${n}` }),
        begin,
      ),
    ]);
    const of = (name: string) =>
      doings.flatMap(({ at, act }) =>
        act.kind === 'tell' && act.event.name === name && 'orderId' in act.event.properties
          ? [[act.event.properties.orderId, at] as const]
          : [],
      );
    const ordered = of('order.completed');
    expect(ordered.length).toBeGreaterThan(2);
    expect(new Set(ordered.map(([id]) => id)).size).toBe(ordered.length);
    const delivered = new Map(of('order.delivered'));
    for (const [id, at] of ordered) expect(delivered.get(id)).toBeGreaterThan(at);
  });

  it('take an offer from a message and from a page alike', () => {
    const takers = (answers: (one: (typeof newcomers)[number]) => Planned[]) =>
      newcomers.flatMap((one) =>
        answers(one).some(({ act }) => act.kind === 'tell' && act.event.name === 'order.completed')
          ? [one.person.id]
          : [],
      );
    const offerId = 'demo-oil-change';
    const read = takers((one) =>
      one.receive(message({ _id: one.person.id, template: 'offer-warm', offerId, decisionId: 'd' }), begin),
    );
    const seen = takers((one) => one.see({ decisionId: one.person.id, offers: [{ offerId }] }, begin));
    expect(read.length).toBeGreaterThan(10);
    expect(seen.length).toBeGreaterThan(read.length);
    expect(read.every((id) => seen.includes(id))).toBe(true);
  });
});

it('imports a past as Segment calls that are history', () => {
  const items = regulars.flatMap((one) => importOf(one, 'BRL'));
  for (const item of items) {
    expect(batchItem.safeParse(item).error).toBeUndefined();
    expect(begin - Date.parse(item.timestamp)).toBeGreaterThan(7 * day);
  }
  expect(new Set(items.map(({ messageId }) => messageId)).size).toBe(items.length);
  expect(items.filter(({ type }) => type === 'identify')).toHaveLength(150);
  expect(items.filter((item) => item.type === 'track' && item.event === 'order.completed')).toHaveLength(300);
  expect(importOf({ ...life(1), past: [] }, 'BRL')).toEqual([]);
});
