import { days } from '../engine/vocabulary';
import { simulate, type SimulatedEvent } from '../simulate/simulate';
import { upsell } from './upsell';

const start = Date.UTC(2026, 2, 2, 13);
const trigger = { name: 'order.delivered', properties: { orderId: 'o1' } } as const;
const offers = { upsell: ['detailing', 'tyres'] };
const play = (events: readonly SimulatedEvent[] = []) => simulate(upsell, { start, trigger, offers, events });

describe('upsell', () => {
  it('shows the best offer a week after the delivery and lets it be when nobody looks', async () => {
    const played = await play();
    expect(played.messages).toHaveLength(1);
    expect(played.messages[0]).toMatchObject({
      at: start + days(7),
      template: 'upsell-offer',
      variables: { offer: { offerId: 'detailing' } },
    });
    expect(played.outcome).toBe('completed');
  });

  it('reminds who looked at that offer, and nobody who looked at another', async () => {
    const looked = (offerId: string) =>
      ({ after: days(8), name: 'offer.viewed', properties: { offerId } }) as const;
    const played = await play([looked('detailing')]);
    expect(played.messages.map(({ template, at }) => [template, at])).toEqual([
      ['upsell-offer', start + days(7)],
      ['upsell-reminder', start + days(10)],
    ]);
    expect((await play([looked('tyres')])).messages).toHaveLength(1);
  });

  it('ends as converted when the offer is taken', async () => {
    const played = await play([
      { after: days(9), name: 'offer.accepted', properties: { offerId: 'detailing' } },
    ]);
    expect(played).toMatchObject({ outcome: 'converted', endedAt: start + days(9) });
  });

  it('says nothing where no offer is eligible', async () => {
    const played = await simulate(upsell, { start, trigger });
    expect(played).toMatchObject({ outcome: 'completed', messages: [], endedAt: start + days(7) });
  });
});
