import { simulate, type Scenario } from '../simulate/simulate';
import { daily, days, hours, journey, never, on } from './vocabulary';

const start = Date.parse('2026-03-03T15:30:00Z'); // half past noon in São Paulo
const offers = { winback: ['tyres'] };

const timed = journey(
  'timed',
  {
    entry: on('profile.completed'),
    reentry: never,
    goal: on('order.completed'),
    sendWindow: daily('09:00', '20:00'),
  },
  async (c) => {
    const [offer] = await c.nextBestOffer({ slot: 'winback' });
    if (!offer) return;
    await c.message({ email: 'offer-warm', sms: 'winback-offer' }, { offer }, { at: 'best time' });
    await c.email('winback', {}, { at: 'best time' });
    await c.message({ email: 'winback', sms: 'complete-profile' });
  },
);
const play = (more: Partial<Scenario>) => simulate(timed, { start, offers, ...more });

describe('the best time', () => {
  it('is the customer’s hour and channel, within a day, and steps of its own', async () => {
    const { messages, steps } = await play({ bestTime: { hour: 18, channel: 'sms' } });
    expect(messages.map(({ at, channel, template }) => [at - start, channel, template])).toEqual([
      [hours(5.5), 'sms', 'winback-offer'],
      [hours(5.5), 'email', 'winback'],
      [hours(5.5), 'sms', 'complete-profile'],
    ]);
    expect(steps.map(({ step }) => step)).toEqual([
      'offer:winback',
      'time:message:offer-warm+winback-offer',
      'message:offer-warm+winback-offer',
      'time:email:winback',
      'email:winback',
      'time:message:winback+complete-profile',
      'message:winback+complete-profile',
    ]);
    const morning = await play({ bestTime: { hour: 10 } });
    expect(morning.messages[0]?.at).toBe(start + hours(21.5));
  });

  it('is never outside the hours of the journey', async () => {
    const { messages } = await play({ bestTime: { hour: 20 } });
    expect(messages[0]?.at).toBe(start);
  });

  it('comes too late for somebody who does what the journey is for', async () => {
    const order = { after: hours(3), name: 'order.completed', properties: { orderId: 'o1' } } as const;
    const played = await play({ bestTime: { hour: 18 }, events: [order] });
    expect(played).toMatchObject({ outcome: 'converted', messages: [], endedAt: start + hours(3) });
  });

  it('is the same in a zone whose clocks are set that night', async () => {
    const eve = Date.parse('2026-03-08T01:00:00Z'); // the eve of summer time in New York
    const { messages } = await play({ start: eve, timeZone: 'America/New_York', bestTime: { hour: 10 } });
    expect(new Date(messages[0]?.at ?? 0).toISOString()).toBe('2026-03-08T14:00:00.000Z');
    expect(days(1)).toBeGreaterThan((messages[0]?.at ?? 0) - eve);
  });
});
