import { days } from '../engine/vocabulary';
import { simulate, type Scenario } from '../simulate/simulate';
import { winback } from './winback';

const start = Date.UTC(2026, 2, 2, 13);
const trigger = { name: 'customer.lapsed', properties: { expectedOrders: 0.2, usualOrders: 1.4 } } as const;
const offers = { winback: ['free-check'] };
const play = async (more: Partial<Scenario> = {}) => {
  const played = await simulate(winback, { start, trigger, offers, ...more });
  return { ...played, sent: played.messages.map(({ template, at }) => [template, (at - start) / days(1)]) };
};

describe('winback', () => {
  it('writes, offers after a week of silence, and stops there for a one-time buyer', async () => {
    expect((await play()).sent).toEqual([
      ['winback', 0],
      ['winback-offer', 7],
    ]);
  });

  it('tries once more for a loyal customer, sooner for one who came to look', async () => {
    const quiet = await play({ segments: ['repeat-buyers'] });
    expect(quiet.sent.at(-1)).toEqual(['winback-offer', 17]);
    const visit = { after: days(3), name: 'page.viewed', properties: {} } as const;
    const visitor = await play({ segments: ['repeat-buyers'], events: [visit] });
    expect(visitor.sent).toEqual([
      ['winback', 0],
      ['winback-offer', 3],
      ['winback-offer', 8],
    ]);
  });

  it('offers at the hour, and tries at last in the way, that the customer answers best', async () => {
    // The entry is at ten in the morning.
    const best = { hour: 16, channel: 'sms' } as const;
    const { messages } = await play({ segments: ['repeat-buyers'], bestTime: best });
    expect(messages.map(({ channel, at }) => [channel, (at - start) / days(1)])).toEqual([
      ['email', 0],
      ['email', 7.25],
      ['sms', 17.25],
    ]);
  });

  it('ends as converted with the next order', async () => {
    const order = { after: days(4), name: 'order.completed', properties: { orderId: 'o2' } } as const;
    const played = await play({ events: [order] });
    expect(played).toMatchObject({ outcome: 'converted', endedAt: start + days(4), sent: [['winback', 0]] });
  });
});
