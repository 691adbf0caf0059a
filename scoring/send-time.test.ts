import fc from 'fast-check';
import { seededRandom } from './random';
import { chooseMoment, countMoment, forgetMoments, type Moment, type MomentCounts } from './send-time';

const hours = (channel: string): Moment[] => [9, 12, 15, 19].map((hour) => ({ channel, hour }));
const allowed = [...hours('email'), ...hours('sms')];

function counts(...entries: [channel: string, hour: number, sent: number, answered: number][]): MomentCounts {
  return entries.map(([channel, hour, sent, answered]) => ({ channel, hour, sent, answered }));
}

describe('the best time', () => {
  it('is any allowed moment for the very first customer', () => {
    const firsts = new Set(
      Array.from({ length: 200 }, (_, i) => {
        const [best] = chooseMoment({ everyone: [], allowed, random: seededRandom(`first ${i}`), draws: 1 });
        return `${best?.channel ?? ''} ${best?.hour ?? ''}`;
      }),
    );
    expect(firsts.size).toBe(8);
  });

  it('is a good hour of the business for a new customer', () => {
    const everyone = counts(['email', 9, 4000, 80], ['email', 19, 4000, 800], ['sms', 12, 4000, 100]);
    const list = chooseMoment({ everyone, allowed, random: seededRandom('new'), draws: 500 });
    const best = list.reduce((a, b) => (b.probability > a.probability ? b : a));
    expect(best).toMatchObject({ channel: 'email', hour: 19 });
    expect(best.mean).toBeCloseTo(0.2, 2);
  });

  it('is the customer’s own where they have shown one', () => {
    const everyone = counts(['email', 19, 4000, 800], ['email', 9, 4000, 200], ['sms', 9, 4000, 200]);
    const customer = counts(['sms', 9, 12, 9], ['email', 19, 12, 0]);
    const list = chooseMoment({ everyone, customer, allowed, random: seededRandom('own'), draws: 500 });
    expect(list.reduce((a, b) => (b.probability > a.probability ? b : a))).toMatchObject({
      channel: 'sms',
      hour: 9,
    });
  });

  it('learns from the hours beside it, around midnight too', () => {
    const everyone = counts(['sms', 23, 1000, 500]);
    const late = [0, 1, 4].map((hour) => ({ channel: 'sms', hour }));
    const means = new Map(
      chooseMoment({ everyone, allowed: late, random: seededRandom('near') }).map(({ hour, mean }) => [
        hour,
        mean,
      ]),
    );
    expect(means.get(0)).toBeGreaterThan(means.get(1) ?? 1);
    expect(means.get(1)).toBeGreaterThan(means.get(4) ?? 1);
  });

  it('converges on a customer’s habit', () => {
    const random = seededRandom('habit');
    let customer: MomentCounts = [];
    let hits = 0;
    for (let message = 0; message < 300; message++) {
      const [best] = chooseMoment({ everyone: [], customer, allowed, random, draws: 1 });
      if (!best) throw new Error('no moment was chosen');
      const chance = best.channel === 'email' && best.hour === 15 ? 0.6 : 0.1;
      if (message >= 200 && chance === 0.6) hits++;
      customer = countMoment(customer, best, { answered: random.uniform() < chance });
    }
    expect(hits).toBeGreaterThan(80);
  });

  it('gives chances that sum to 1, only to what is allowed', () => {
    const count = fc.tuple(
      fc.constantFrom('email', 'sms'),
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 50 }),
    );
    fc.assert(
      fc.property(fc.array(count, { maxLength: 10 }), fc.subarray(allowed), (entries, some) => {
        const everyone = entries.map(([channel, hour, sent]) => ({
          channel,
          hour,
          sent,
          answered: Math.floor(sent / 3),
        }));
        const list = chooseMoment({ everyone, allowed: some, random: seededRandom('sum'), draws: 50 });
        expect(list).toHaveLength(some.length);
        if (some.length > 0)
          expect(list.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 10);
        expect(list[0]?.probability ?? 1).toBeGreaterThan(0);
        expect(list.map(({ channel, hour }) => ({ channel, hour }))).toEqual(expect.arrayContaining(some));
      }),
      { seed: 11 },
    );
  });

  it('counts messages and forgets them', () => {
    const nine = { channel: 'email', hour: 9 };
    const two = countMoment(countMoment([], nine, { answered: true }), nine, { answered: false });
    expect(two).toEqual([{ ...nine, sent: 2, answered: 1 }]);
    expect(forgetMoments(two, 0.5)).toEqual([{ ...nine, sent: 1, answered: 0.5 }]);
  });
});
