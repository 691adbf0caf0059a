import { toE164 } from '../../activities/messaging/addresses';
import { signupSchema } from '../../domain/customer-schemas';
import { offerSchema } from '../../domain/offer-schemas';
import { slots } from '../../domain/offers';
import { catalogue } from './catalogue';
import { idsOf, invent } from './people';
import { appealTo, takesTo } from './taste';

const people = Array.from({ length: 400 }, (_, i) => invent(3, i + 1, i % 2 === 0));

describe('invented customers', () => {
  it('are the same for the same run and number', () => {
    expect(invent(3, 17, true)).toEqual(people[16]);
    expect(invent(4, 17, true)).not.toEqual(people[16]);
  });

  it('have addresses that reach nobody, each their own', () => {
    expect(people.every(({ email }) => /^[a-z]+\.[a-z]+\.\d{7}@example\.com$/.test(email))).toBe(true);
    expect(new Set(people.map(({ email }) => email)).size).toBe(people.length);
    const phones = people.flatMap(({ phone }) => (phone === undefined ? [] : [phone]));
    expect(phones.map(toE164)).toEqual(phones);
    expect(new Set(phones).size).toBe(phones.length);
    expect(phones.length).toBeLessThan(people.length);
  });

  it('are such as the API signs up', () => {
    for (const { id, email, phone, firstName, lastName, locale, timeZone, consent, tier } of people) {
      const body = { id, email, phone, firstName, lastName, locale, timeZone, consent, attributes: { tier } };
      expect(signupSchema.safeParse(body).error).toBeUndefined();
    }
  });

  it('speak both languages and live in several zones', () => {
    const count = (of: (person: (typeof people)[number]) => string) => new Set(people.map(of)).size;
    expect(count(({ locale }) => locale)).toBe(2);
    expect(count(({ timeZone }) => timeZone)).toBe(5);
    expect(count(({ character }) => character)).toBe(4);
  });

  it('are found by the range of their run, and no others', () => {
    const { $gte, $lt } = idsOf(3);
    const isIn = (id: string) => id >= $gte && id < $lt;
    expect(people.every(({ id }) => isIn(id))).toBe(true);
    expect([invent(30, 1, true), invent(2, 1, true)].some(({ id }) => isIn(id))).toBe(false);
  });
});

describe('the catalogue', () => {
  const offers = catalogue('BRL');

  it('is one that the API takes, in both languages, with a choice for every slot', () => {
    for (const { body } of offers) expect(offerSchema.safeParse(body).error).toBeUndefined();
    expect(offers).toHaveLength(12);
    expect(offers.every(({ id }) => id.startsWith('demo-'))).toBe(true);
    for (const slot of slots) {
      expect(offers.filter(({ body }) => body.slots.includes(slot)).length).toBeGreaterThanOrEqual(4);
    }
  });

  it('appeals to each character in another way, so that there is something to learn', () => {
    const [anybody] = people;
    if (!anybody) throw new Error('Nobody was invented.');
    const favourites = (['careful', 'thrifty', 'proud', 'roaming'] as const).map((character) => {
      const appeals = offers.map((offer) => appealTo({ ...anybody, character }, offer));
      return offers[appeals.indexOf(Math.max(...appeals))]?.theme;
    });
    expect(favourites).toEqual(['care', 'saving', 'looks', 'mobility']);
  });

  it('is taken as often as it appeals, by the same people whenever they are asked', () => {
    for (const offer of offers) {
      const expected = people.reduce((sum, person) => sum + appealTo(person, offer), 0);
      const takers = people.filter((person) => takesTo(person, offer));
      const deviation = Math.sqrt(expected);
      expect(Math.abs(takers.length - expected)).toBeLessThan(4 * deviation);
      expect(people.filter((person) => takesTo(person, offer))).toEqual(takers);
    }
  });
});
