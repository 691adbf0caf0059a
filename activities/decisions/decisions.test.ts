import { offerPolicy } from '../../domain/offer-policy';
import type { OfferInput } from '../../domain/offer-schemas';
import { defaultFatigue } from '../../scoring';
import { unpackFates, unpackFatigue } from '../../store/decisions';
import type { Store } from '../../store/store';
import { customer, event, offer } from '../../test/builders';
import { beforeEachOnEmptyStore } from '../../test/empty-store';
import { createDecisions, type Decisions } from './decisions';

const now = Date.parse('2026-03-10T15:00:00Z');
const day = 86_400_000;
const business = { timeZone: 'America/Sao_Paulo', locale: 'pt-BR', currency: 'BRL' } as const;

let store: Store;
let decisions: Decisions;
let clock: number;

beforeEachOnEmptyStore(async (opened) => {
  store = opened;
  clock = now;
  decisions = createDecisions({ store, business, now: () => clock });
  await store.customers.collection.insertOne(customer());
});

const put = (id: string, change: Partial<OfferInput> = {}) =>
  store.offers.save(id, offer(change), new Date(now));

const enrolment = (id = 'upsell/ana#1', holdout = false) => ({
  id,
  journey: 'upsell',
  customerId: 'ana',
  holdout,
});
const ask = (count = 3) => decisions.decideFor({ customerId: 'ana', slot: 'upsell', count });
const shownTo = async (count?: number) => (await ask(count))?.offers.map(({ offerId }) => offerId);
const ruleOf = async (offerId: string) =>
  (await ask())?.rejected.find((rejection) => rejection.offerId === offerId)?.rule;

describe('a decision', () => {
  it('gives the best offers with their reasons, and names the rule that kept each of the others back', async () => {
    await put('oil', { value: { amount: 40_00, currency: 'BRL' }, lever: 2 });
    await put('tyres', { value: { amount: 300_00, currency: 'BRL' } });
    await put('detailing', { rules: [{ rule: 'segment', segment: 'vip' }] });
    await put('extended-warranty', { slots: ['winback'] });
    const decision = await ask(2);
    expect(decision?.offers.map(({ offerId }) => offerId).sort()).toEqual(['oil', 'tyres']);
    for (const { offerId, score, propensity, value, reasons } of decision?.offers ?? []) {
      expect(propensity).toBeGreaterThan(0);
      expect(propensity).toBeLessThan(1);
      expect(value).toBe(offerId === 'oil' ? 40_00 : 300_00);
      expect(score).toBeCloseTo(propensity * value * (offerId === 'oil' ? 2 : 1), 9);
      if (offerId === 'oil') expect(reasons).toContain('ajuste do marketing: × 2');
    }
    expect(decision?.rejected).toEqual([
      { offerId: 'detailing', rule: 'segment:vip' },
      { offerId: 'extended-warranty', rule: 'slot' },
    ]);
  });

  it('is stored with what it was made of, and without anything that tells who the customer is', async () => {
    await put('oil', { features: { discount: 15 } });
    await put('tyres', { rules: [{ rule: 'vehicle' }] });
    const decision = await ask(1);
    const stored = await store.decisions.find(decision?.decisionId ?? '');
    expect(stored).toMatchObject({
      customerId: 'ana',
      slot: 'upsell',
      at: new Date(now),
      modelVersion: 0,
      policy: 'lints',
      candidates: [{ offerId: 'oil', multiplier: 60_00 }],
      field: { open: 1, rules: ['vehicle'] },
      settlesAt: new Date(now + 30 * day),
      input: {
        customer: { orders: 0, recencyDays: null, ownsVehicle: false, locale: 'pt-BR' },
        context: { slot: 'upsell', partOfDay: 'afternoon', weekday: 'tuesday' },
      },
    });
    const catalogue = await store.catalogues.find(stored?.field.catalogue ?? '');
    expect(catalogue?.offers).toMatchObject([{ _id: 'oil', features: { discount: 15 } }, { _id: 'tyres' }]);
    expect(stored && unpackFates(stored.field)).toEqual([undefined, 'vehicle']);
    const [shown] = stored?.shown ?? [];
    expect(shown).toMatchObject({ offerId: 'oil', probability: 1, value: 60_00 });
    expect(new Map(shown?.features).get('offer.own.discount')).toBeCloseTo(Math.asinh(15) / 2, 12);
    const sum = (shown?.contributions ?? []).reduce((total, [, part]) => total + part, 0);
    expect(sum).toBeCloseTo(shown?.propensity ?? NaN, 12);
    expect(JSON.stringify(stored)).not.toMatch(/Souza|example\.com|11987654321/);
  });

  it('is one for a step of a run, however often it is asked for and whatever has changed since', async () => {
    await put('oil');
    const request = { enrolment: enrolment(), step: 'offer:upsell', slot: 'upsell', count: 2 } as const;
    const first = await decisions.decide(request);
    await put('tyres', { value: { amount: 900_00, currency: 'BRL' } });
    await put('oil', { lever: 0 });
    const [again, later] = await Promise.all([
      decisions.decide(request),
      createDecisions({ store, business, now: () => now + day }).decide(request),
    ]);
    expect(first).toEqual([
      expect.objectContaining({ offerId: 'oil', decisionId: 'upsell/ana#1/offer:upsell' }),
    ]);
    expect(again).toEqual(first);
    expect(later).toEqual(first);
    expect(await store.decisions.collection.countDocuments()).toBe(1);
    expect(await decisions.decide({ ...request, step: 'offer:upsell#2' })).toEqual([
      expect.objectContaining({ offerId: 'tyres' }),
    ]);
  });

  it('sees an offer that was saved a moment ago', async () => {
    expect(await shownTo()).toEqual([]);
    await put('oil');
    expect(await shownTo()).toEqual(['oil']);
    await put('oil', { slots: ['winback'] });
    expect(await ruleOf('oil')).toBe('slot');
  });

  it('gives nothing for a customer who is unknown or erased', async () => {
    await put('oil');
    expect(await decisions.decideFor({ customerId: 'nobody', slot: 'upsell', count: 1 })).toBeNull();
    await store.customers.collection.updateOne({ _id: 'ana' }, { $set: { erasedAt: new Date(now) } });
    expect(await ask()).toBeNull();
    expect(await decisions.decide({ enrolment: enrolment(), step: 's', slot: 'upsell', count: 1 })).toEqual(
      [],
    );
    expect(await store.decisions.collection.countDocuments()).toBe(0);
  });

  it('learns of vehicles, segments and attributes from what is stored of the customer', async () => {
    await put('brakes', { rules: [{ rule: 'vehicle', models: ['Onix'] }] });
    await put('test-drive', { rules: [{ rule: 'no-vehicle' }] });
    await put('club', { rules: [{ rule: 'segment', segment: 'vip' }] });
    expect(await shownTo()).toEqual(['test-drive']);
    await store.events.insert([
      event({ name: 'vehicle.delivered', properties: { vehicleId: 'v1', model: 'Onix' } }),
      event({ name: 'vehicle.odometer_read', properties: { vehicleId: 'v1', odometerKm: 9_000 } }),
    ]);
    await store.customers.collection.updateOne({ _id: 'ana' }, { $set: { 'attributes.spent': 20_000_00 } });
    expect((await shownTo())?.sort()).toEqual(['brakes', 'club']);
  });

  it('shows one customer so many offers a week and no more, whichever they are', async () => {
    const { times, days } = offerPolicy.customerCap;
    const ids = Array.from({ length: 50 }, (_, n) => `offer-${n}`);
    for (const id of ids) await put(id);
    for (let shown = 0; shown < times; shown += ids.length)
      expect(await shownTo(ids.length)).toHaveLength(50);
    expect(await shownTo()).toEqual([]);
    expect(await ruleOf('offer-3')).toBe('customer-cap');
    await store.customers.collection.insertOne(customer({ _id: 'bia' }));
    const others = await decisions.decideFor({ customerId: 'bia', slot: 'upsell', count: 1 });
    expect(others?.offers).toHaveLength(1);
    clock += days * day + 1;
    expect(await ruleOf('offer-3')).not.toBe('customer-cap');
  });

  it('stops at a cap on the customer’s own clock, and lets an ignored offer rest', async () => {
    await put('oil', { cap: { times: 1, days: 7 } });
    await put('tyres');
    await ask(2);
    expect(await ruleOf('oil')).toBe('offer-cap');
    await ask();
    await ask();
    expect(await ruleOf('tyres')).toBe('fatigued');
    clock = now + 6.9 * day;
    expect(await ruleOf('oil')).toBe('offer-cap');
    clock = now + 7 * day;
    expect(await ruleOf('oil')).toBeUndefined();
  });

  it('is stored with the fatigue of the offers that could have been chosen', async () => {
    await put('brakes', { group: 'care' });
    await put('oil', { group: 'care' });
    await put('tyres');
    await put('wipers', { lever: 0 });
    const stored = async () => {
      const { field } = (await store.decisions.find((await ask(1))?.decisionId ?? '')) ?? {};
      return { field, fatigue: field && unpackFatigue(field, 4) };
    };
    const first = await stored();
    expect(first.field).not.toHaveProperty('fatigue');
    expect(first.fatigue).toEqual([1, 1, 1, 1]);
    const before = (await store.showings.since('ana', new Date(0)))[0]?.shown[0]?.offerId;
    const { perIgnored, groupShare } = defaultFatigue;
    const alike = perIgnored ** groupShare;
    expect((await stored()).fatigue).toEqual(
      before === 'tyres'
        ? [1, 1, perIgnored, 1]
        : [before === 'brakes' ? perIgnored : alike, before === 'oil' ? perIgnored : alike, 1, 1],
    );
  });

  it('counts a cap’s days as a demonstration’s customer lives them', async () => {
    await put('oil', { cap: { times: 1, days: 7 } });
    await store.customers.collection.updateOne(
      { _id: 'ana' },
      { $set: { clock: { origin: now, scale: 86_400 } } },
    );
    const decision = await ask(1);
    expect((await store.decisions.find(decision?.decisionId ?? ''))?.settlesAt).toEqual(
      new Date(now + 30_000),
    );
    clock = now + 6_900;
    expect(await ruleOf('oil')).toBe('offer-cap');
    clock = now + 7_000;
    expect(await shownTo()).toEqual(['oil']);
  });

  it('rests an offer after an order for it, also one that no decision led to', async () => {
    await put('oil', { rules: [{ rule: 'cool-down', days: 90 }] });
    const occurredAt = new Date(now - 40 * day);
    await store.events.insert([
      event({ name: 'order.completed', properties: { orderId: 'o1', offerId: 'oil' }, occurredAt }),
    ]);
    expect(await ruleOf('oil')).toBe('cool-down');
    clock = now + 50 * day;
    expect(await shownTo()).toEqual(['oil']);
  });

  it('does not repeat a group in a list that is to be diverse, where another offer comes near', async () => {
    const worth = (amount: number, group: string) => ({ value: { amount, currency: 'BRL' as const }, group });
    for (const n of [1, 2, 3]) await put(`tyres-${n}`, worth(1_000_00, 'tyres'));
    await put('wash', worth(900_00, 'care'));
    type Ask = (n: number, diverse: boolean) => Promise<readonly { readonly offerId: string }[] | undefined>;
    const ofPage: Ask = async (_, diverse) =>
      (await decisions.decideFor({ customerId: 'ana', slot: 'upsell', count: 2, diverse }))?.offers;
    const ofJourney: Ask = (n, diverse) =>
      decisions.decide({
        enrolment: enrolment(`upsell/ana#${String(n)}`),
        ...{ step: 's', slot: 'upsell', count: 2, diverse },
      });
    /** In how many of 48 lists there is one: so many that chance does not turn it round. */
    const washes = async (ask: Ask, diverse: boolean) => {
      let found = 0;
      for (let round = 0; round < 4; round++) {
        await store.decisions.collection.deleteMany({});
        await store.showings.collection.deleteMany({});
        const lists = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(12 * round + n, diverse)));
        found += lists.filter((list) => list?.some(({ offerId }) => offerId === 'wash')).length;
      }
      return found;
    };
    for (const ask of [ofPage, ofJourney]) {
      expect(await washes(ask, true)).toBeGreaterThan(await washes(ask, false));
    }
  });

  it('logs a chance for every offer that could have been shown', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => put(`offer-${String(n)}`)));
    const stored = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        decisions.decide({
          enrolment: enrolment(`upsell/ana#${String(n)}`),
          step: 's',
          slot: 'upsell',
          count: 1,
        }),
      ),
    );
    expect(new Set(stored.flat().map(({ offerId }) => offerId)).size).toBeGreaterThan(5);
    const documents = await store.decisions.collection.find().toArray();
    for (const { shown, candidates, field } of documents) {
      const fates = unpackFates(field);
      expect(fates).toHaveLength(20);
      expect(fates.filter((rule) => rule === undefined)).toHaveLength(field.open);
      expect(candidates).toHaveLength(field.open);
      expect(shown[0]?.probability).toBeGreaterThanOrEqual(0.01 / 20);
      expect(shown[0]?.probability).toBeLessThanOrEqual(1);
    }
  });
});
