import { defineFeatures, type FeatureInput } from './features';

const space = defineFeatures([
  { kind: 'number', from: 'customer', key: 'orders', log: true, centre: 1, scale: 2, perOffer: true },
  { kind: 'flag', from: 'context', key: 'weekend' },
  {
    kind: 'category',
    from: 'offer',
    key: 'category',
    levels: ['tyres', 'oil'],
    label: { en: 'offer category', 'pt-BR': 'categoria da oferta' },
  },
  {
    kind: 'match',
    of: ['customer.bought', 'offer.category'],
    label: { en: 'bought before', 'pt-BR': 'já comprou' },
  },
  { kind: 'cross', of: ['customer.orders', 'offer.category'] },
]);

function input(values: Partial<FeatureInput>): FeatureInput {
  return { customer: {}, offer: {}, context: {}, ...values };
}

describe('features', () => {
  it('names every column, the intercept first', () => {
    expect(space.names).toEqual([
      'intercept',
      'customer.orders',
      'context.weekend',
      'offer.category=tyres',
      'offer.category=oil',
      'customer.bought~offer.category',
      'customer.orders*offer.category=tyres',
      'customer.orders*offer.category=oil',
    ]);
    expect(space.perOffer).toEqual([0, 1]);
  });

  it('encodes customer, offer and context', () => {
    const scaled = (Math.log1p(9) - 1) / 2;
    const encoded = space.encode({
      customer: { orders: 9, bought: ['oil', 'tyres'] },
      offer: { category: 'tyres' },
      context: { weekend: true },
    });
    expect([...encoded]).toEqual([1, scaled, 1, 1, 0, 1, scaled, 0]);
  });

  it('encodes many offers as it encodes each', () => {
    const offers = [{ category: 'tyres' }, {}, { category: 'oil' }];
    const encoder = space.among(offers);
    for (const orders of [9, null]) {
      const person = { customer: { orders, bought: ['oil'] }, context: { weekend: orders === 9 } };
      const encode = encoder(person);
      const encoded = offers.map((_, index) => [...encode(index)]);
      expect(encoded).toEqual(offers.map((offer) => [...space.encode({ ...person, offer })]));
    }
  });

  it('reads what is known of a customer and an offer together, offer by offer', () => {
    const paired = defineFeatures([
      { kind: 'number', from: 'pair', key: 'liking', centre: 1, scale: 2 },
      { kind: 'number', from: 'offer', key: 'price' },
    ]);
    const offers = [{ price: 5 }, { price: 6 }];
    const encoder = paired.among(offers);
    const person = { customer: {}, context: {} };
    const liking = Float64Array.of(3, -1);
    const encode = encoder(person, { liking });
    expect([1, 0].map((index) => [...encode(index)])).toEqual([
      [1, -1, 6],
      [1, 1, 5],
    ]);
    expect([...paired.encode({ ...person, offer: { price: 5 }, pair: { liking: 3 } })]).toEqual([1, 1, 5]);
    expect([...encoder(person)(0)]).toEqual([1, 0, 5]);
  });

  it('takes what is missing, unknown or not a number as the average', () => {
    expect([...space.encode(input({}))]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    const odd = input({ customer: { orders: Number.NaN, bought: null }, offer: { category: 'washing' } });
    expect([...space.encode(odd)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('labels a column in both languages, and by its name where it has no label', () => {
    expect(space.label(3, 'en')).toBe('offer category: tyres');
    expect(space.label(5, 'pt-BR')).toBe('já comprou');
    expect(space.label(2, 'en')).toBe('context.weekend');
    expect(space.label(7, 'pt-BR')).toBe('customer.orders × categoria da oferta: oil');
  });

  it('refuses definitions that clash or refer to nothing', () => {
    const flag = { kind: 'flag', from: 'customer', key: 'vip' } as const;
    expect(() => defineFeatures([flag, flag])).toThrow('customer.vip');
    expect(() => defineFeatures([{ kind: 'cross', of: ['customer.vip', 'customer.vip'] }])).toThrow(
      'customer.vip',
    );
    expect(() => defineFeatures([{ kind: 'number', from: 'offer', key: 'price', scale: 0 }])).toThrow(
      'offer.price',
    );
  });
});
