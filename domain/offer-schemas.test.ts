import { offer } from '../test/builders';
import { offerSchema, type OfferInput } from './offer-schemas';

const { active, ...plain } = offer();
const problems = (change: object): string[] => {
  const result = offerSchema.safeParse({ ...plain, ...change });
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
};

describe('the schema of an offer', () => {
  it('fills in what may be left out', () => {
    const { name, description, slots, price, value, url } = plain;
    expect(offerSchema.parse({ name, description, slots, price, value, url })).toEqual({
      name,
      description,
      slots,
      price,
      value,
      url,
      active: {},
      lever: 1,
      slotWeights: {},
      rules: [],
      features: {},
    });
    expect(active).toEqual({});
  });

  it('accepts every kind of rule', () => {
    const rules: OfferInput['rules'] = [
      { rule: 'segment', segment: 'vip' },
      { rule: 'not-segment', segment: 'repeat-buyers' },
      { rule: 'attribute', name: 'orders', atLeast: 1, atMost: 5 },
      { rule: 'attribute', name: 'tier', oneOf: ['gold', 'platinum'] },
      { rule: 'vehicle', models: ['Onix'] },
      { rule: 'no-vehicle' },
      { rule: 'cool-down', days: 180 },
      { rule: 'consent', channel: 'sms' },
    ];
    expect(problems({ rules })).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['a text that lacks a language', { name: { en: 'Tyres' } }, 'name.pt-BR'],
    ['an unknown slot', { slots: ['homepage'] }, 'slots.0'],
    ['a fraction of a cent', { price: { amount: 10.5, currency: 'BRL' } }, 'price.amount'],
    [
      'a value in another currency',
      { value: { amount: 1, currency: 'USD' } },
      'value.currency must be in the currency of the price',
    ],
    [
      'an address that is no web address',
      { url: 'javascript:alert(1)' },
      'url must be an http or https address',
    ],
    [
      'a window that ends before it begins',
      { active: { from: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00-03:00' } },
      'active.until must be after active.from',
    ],
    [
      'an unknown segment',
      { rules: [{ rule: 'segment', segment: 'rich' }] },
      'rules.0.segment must be one of the segments',
    ],
    [
      'a comparison with nothing',
      { rules: [{ rule: 'attribute', name: 'tier' }] },
      'rules.0 needs a comparison',
    ],
    ['a field that nobody reads', { discount: 5 }, 'Unrecognized key: "discount"'],
  ])('refuses %s and says where', (_what, change, problem) => {
    expect(problems(change).join('\n')).toContain(problem);
  });
});
