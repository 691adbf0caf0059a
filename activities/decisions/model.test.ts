import fc from 'fast-check';
import {
  estimateCandidates,
  scoreCandidates,
  seededRandom,
  updateBandit,
  type BanditState,
} from '../../scoring';
import { inOrderOf, named, priorModel, vectorOf, widened } from './model';
import { featureSpace } from './features';
import { reordered } from './reordered';

const narrow = ['intercept', 'a', 'b'];
const wide = [...narrow, 'c', 'd'];

/** An outcome whose features beyond the first `known` are 0. */
const outcome = (known: number) =>
  fc
    .record({
      id: fc.constantFrom('tyres', 'oil', 'alignment'),
      values: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 }),
      reward: fc.constantFrom(0, 1),
    })
    .map(({ id, values, reward }) => ({
      id,
      features: [1, ...values].map((value, index) => (index < known ? value : 0)),
      reward,
    }));

const numbersOf = ({ shared, offers }: BanditState) => [
  ...shared.mean,
  ...shared.covariance,
  ...offers.flatMap(({ covariance, offset, slope }) => [...covariance, ...offset, ...slope]),
];

describe('a model that gets new columns', () => {
  it('is the one that the same outcomes would have given, with those columns 0', () => {
    fc.assert(
      fc.property(
        fc.array(outcome(3), { maxLength: 30 }),
        fc.array(outcome(5), { maxLength: 10 }),
        (early, late) => {
          const shortened = early.map((one) => ({ ...one, features: one.features.slice(0, 3) }));
          const small = updateBandit(priorModel({ names: narrow, perOffer: [0, 1] }), shortened);
          const grown = updateBandit(widened(small, wide, new Set(['d'])), late);
          const whole = updateBandit(priorModel({ names: wide, perOffer: [0, 1, 4] }), [...early, ...late]);
          expect(grown.features).toEqual(whole.features);
          expect(grown.perOffer).toEqual(whole.perOffer);
          expect(grown.prior).toEqual(whole.prior);
          const expected = numbersOf(whole);
          numbersOf(grown).forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? NaN, 9));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('learns and expects the same in any order of its columns', () => {
    const backwards = wide.toReversed();
    const turned = (features: readonly number[]) => features.toReversed();
    fc.assert(
      fc.property(
        fc.array(outcome(5), { maxLength: 20 }),
        fc.array(outcome(5), { maxLength: 5 }),
        outcome(5),
        (early, late, { id, features }) => {
          const model = updateBandit(priorModel({ names: wide, perOffer: [0, 1, 4] }), early);
          const straight = updateBandit(model, late);
          const other = updateBandit(
            reordered(model, backwards),
            late.map((one) => ({ ...one, features: turned(one.features) })),
          );
          const [mine] = estimateCandidates(straight, [{ id, features }]);
          const [theirs] = estimateCandidates(other, [{ id, features: turned(features) }]);
          expect(theirs?.mean).toBeCloseTo(mine?.mean ?? NaN, 9);
          expect(theirs?.deviation).toBeCloseTo(mine?.deviation ?? NaN, 9);
          const back = numbersOf(reordered(other, wide));
          numbersOf(straight).forEach((value, index) => expect(back[index]).toBeCloseTo(value, 9));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is the same object where no column is new', () => {
    const model = priorModel({ names: wide, perOffer: [0] });
    expect(widened(model, ['c', 'intercept'])).toBe(model);
  });
});

describe('the feature space of a catalogue', () => {
  it('has a column for each feature that any offer names, once', () => {
    const { names } = featureSpace([
      { features: { discount: 10 } },
      { features: { months: 3, discount: 0 } },
    ]);
    expect(names.filter((name) => name.startsWith('offer.own.'))).toEqual([
      'offer.own.discount',
      'offer.own.months',
    ]);
  });

  it('is read in the order of the model, whose further columns are 0', () => {
    const old = featureSpace([{ features: { months: 3 } }]);
    const model = widened(priorModel(old), ['offer.own.discount']);
    const space = inOrderOf(model, featureSpace([{ features: { discount: 10 } }]));
    const encode = space.among([{ 'own.discount': 4, 'own.months': 9 }])({
      customer: {},
      context: { slot: 'upsell' },
    });
    const vector = encode(0);
    expect(vector[0]).toBe(1);
    expect(vector[model.features.indexOf('offer.own.discount')]).toBe(2);
    expect(vector[model.features.indexOf('offer.own.months')]).toBe(0);
    expect(scoreCandidates(model, [{ id: 'x', features: vector }], { random: seededRandom(1) })).toHaveLength(
      1,
    );
  });

  it('names its columns in both languages', () => {
    const space = featureSpace([]);
    const labels = space.names.map((_, column) => [space.label(column, 'en'), space.label(column, 'pt-BR')]);
    expect(space.names.filter((name, column) => labels[column]?.includes(name))).toEqual([]);
    expect(labels[space.names.indexOf('context.weekday=sunday')]).toEqual([
      'day of the week: sunday',
      'dia da semana: domingo',
    ]);
    expect(labels[space.names.indexOf('customer.tier=bronze')]).toEqual([
      'tier: bronze',
      'categoria: bronze',
    ]);
  });
});

describe('a stored vector', () => {
  it('is read back whole under the names that were stored, in any order', () => {
    const vector = [1, 0, -2.5];
    expect(named(narrow, vector)).toEqual([
      ['intercept', 1],
      ['b', -2.5],
    ]);
    expect(Array.from(vectorOf(['b', 'new', 'a', 'intercept'], named(narrow, vector)))).toEqual([
      -2.5, 0, 0, 1,
    ]);
  });
});
