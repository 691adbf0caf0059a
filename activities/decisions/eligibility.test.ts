import type { OfferInput, OfferRule } from '../../domain/offer-schemas';
import { customer, offer } from '../../test/builders';
import { rejectingRule } from './eligibility';
import type { CustomerFacts } from './facts';

const now = Date.parse('2026-03-10T12:00:00Z');
const day = 86_400_000;

const facts = (change: Partial<CustomerFacts> = {}): CustomerFacts => ({
  customer: customer(),
  now,
  segments: new Set(),
  vehicles: new Map(),
  taken: new Map(),
  held: new Set(),
  showings: [],
  ...change,
});

function rejecting(change: Partial<OfferInput>, known: CustomerFacts = facts()) {
  const { active, ...body } = offer(change);
  const document = {
    ...body,
    _id: 'alignment',
    active: {
      ...(active.from === undefined ? {} : { from: new Date(active.from) }),
      ...(active.until === undefined ? {} : { until: new Date(active.until) }),
    },
    taken: 0,
    createdAt: new Date(0),
    updatedAt: new Date(0),
  };
  return rejectingRule(document, known, { slot: 'upsell', currency: 'BRL' });
}

const under = (rule: OfferRule, known?: CustomerFacts) => rejecting({ rules: [rule] }, known);

describe('the rules of an offer', () => {
  it('admit everybody where there are none', () => {
    expect(rejecting({})).toBeUndefined();
  });

  it('keep an offer to its slots, its currency and its time', () => {
    expect(rejecting({ slots: ['winback'] })).toBe('slot');
    const dollars = { amount: 10_00, currency: 'USD' } as const;
    expect(rejecting({ price: dollars, value: dollars })).toBe('currency');
    expect(rejecting({ active: { from: '2026-03-10T12:00:00.001Z' } })).toBe('not-yet-active');
    expect(rejecting({ active: { from: '2026-03-10T12:00:00Z' } })).toBeUndefined();
    expect(rejecting({ active: { until: '2026-03-10T12:00:00Z' } })).toBe('no-longer-active');
  });

  it('name the segment that a customer is not in, or is in', () => {
    const vip = facts({ segments: new Set(['vip']) });
    expect(under({ rule: 'segment', segment: 'vip' })).toBe('segment:vip');
    expect(under({ rule: 'segment', segment: 'vip' }, vip)).toBeUndefined();
    expect(under({ rule: 'not-segment', segment: 'vip' })).toBeUndefined();
    expect(under({ rule: 'not-segment', segment: 'vip' }, vip)).toBe('not-segment:vip');
  });

  it('compare attributes', () => {
    const gold = facts({ customer: customer({ attributes: { tier: 'gold', orders: 3 } }) });
    const attribute = (rule: Omit<Extract<OfferRule, { rule: 'attribute' }>, 'rule'>, known = gold) =>
      under({ rule: 'attribute', ...rule }, known);
    expect(attribute({ name: 'tier', is: 'gold' })).toBeUndefined();
    expect(attribute({ name: 'tier', is: 'silver' })).toBe('attribute:tier');
    expect(attribute({ name: 'tier', oneOf: ['silver', 'gold'] })).toBeUndefined();
    expect(attribute({ name: 'tier', oneOf: ['silver'] })).toBe('attribute:tier');
    expect(attribute({ name: 'tier', not: 'gold' })).toBe('attribute:tier');
    expect(attribute({ name: 'orders', atLeast: 3, atMost: 3 })).toBeUndefined();
    expect(attribute({ name: 'orders', atLeast: 4 })).toBe('attribute:orders');
    expect(attribute({ name: 'orders', atMost: 2 })).toBe('attribute:orders');
    expect(attribute({ name: 'tier', atMost: 2 })).toBe('attribute:tier');
  });

  it('let an attribute that is missing meet `not` alone', () => {
    expect(under({ rule: 'attribute', name: 'tier', not: 'gold' })).toBeUndefined();
    expect(under({ rule: 'attribute', name: 'tier', is: 'gold' })).toBe('attribute:tier');
    expect(under({ rule: 'attribute', name: 'orders', atLeast: 0 })).toBe('attribute:orders');
  });

  it('ask for a vehicle or for none, of some models or of any', () => {
    const driver = facts({
      vehicles: new Map([
        ['v1', 'Onix'],
        ['v2', undefined],
      ]),
    });
    expect(under({ rule: 'vehicle' })).toBe('vehicle');
    expect(under({ rule: 'vehicle' }, driver)).toBeUndefined();
    expect(under({ rule: 'vehicle', models: ['Tracker'] }, driver)).toBe('vehicle');
    expect(under({ rule: 'vehicle', models: ['Tracker', 'Onix'] }, driver)).toBeUndefined();
    expect(under({ rule: 'no-vehicle' })).toBeUndefined();
    expect(under({ rule: 'no-vehicle' }, driver)).toBe('no-vehicle');
    expect(under({ rule: 'no-vehicle', models: ['Tracker'] }, driver)).toBeUndefined();
  });

  it('let an offer rest after it was taken', () => {
    const takenAgo = (ms: number) => facts({ taken: new Map([['alignment', now - ms]]) });
    const rule = { rule: 'cool-down', days: 30 } as const;
    expect(under(rule)).toBeUndefined();
    expect(under(rule, takenAgo(30 * day - 1))).toBe('cool-down');
    expect(under(rule, takenAgo(30 * day))).toBeUndefined();
  });

  it('ask for consent on a channel', () => {
    const at = new Date(0);
    const mail = { granted: true, at, source: 'signup' };
    const silent = facts({
      customer: customer({ consent: { email: mail, sms: { ...mail, granted: false } } }),
    });
    expect(under({ rule: 'consent', channel: 'email' }, silent)).toBeUndefined();
    expect(under({ rule: 'consent', channel: 'sms' }, silent)).toBe('consent:sms');
    expect(under({ rule: 'consent', channel: 'email' }, facts({ customer: customer({ consent: {} }) }))).toBe(
      'consent:email',
    );
  });

  it('ask for consent to the topic of offers, or to another that they name, and respect a pause', () => {
    const email = { granted: true, at: new Date(0), source: 'preferences' };
    const emailed = (consent: object, rule: object = {}) =>
      under(
        { rule: 'consent', channel: 'email', ...rule },
        facts({ customer: customer({ consent: { email: { ...email, ...consent } } }) }),
      );
    const withoutOffers = { except: ['offers'] };
    expect(emailed(withoutOffers)).toBe('consent:email');
    expect(emailed(withoutOffers, { topic: 'service' })).toBeUndefined();
    expect(emailed({ except: ['service'] }, { topic: 'service' })).toBe('consent:email');
    expect(emailed({ pausedUntil: new Date(now + 1) })).toBe('consent:email');
    expect(emailed({ pausedUntil: new Date(now) })).toBeUndefined();
  });

  it('name the first that is broken', () => {
    const rules: OfferRule[] = [
      { rule: 'segment', segment: 'everyone' },
      { rule: 'vehicle' },
      { rule: 'segment', segment: 'vip' },
    ];
    expect(rejecting({ rules }, facts({ segments: new Set(['everyone']) }))).toBe('vehicle');
  });
});
