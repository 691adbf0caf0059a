import { after, daily, days, journey, on, percent } from '../engine/vocabulary';

/** After a delivery: the offer that suits this customer best, and one reminder if it was looked at but not taken. */
export const upsell = journey(
  'upsell',
  {
    entry: on('order.delivered'),
    reentry: after(days(30)),
    goal: [on('order.completed'), on('offer.accepted')],
    exit: on('customer.churned'),
    holdout: percent(10),
    sendWindow: daily('09:00', '20:00'),
  },
  async (c) => {
    await c.wait(days(7));
    const [offer] = await c.nextBestOffer({ slot: 'upsell' });
    if (!offer) return;

    await c.email('upsell-offer', { offer });
    const looked = await c.waitFor('offer.viewed', { within: days(5), where: { offerId: offer.offerId } });
    if (looked) {
      await c.wait(days(2));
      await c.sms('upsell-reminder', { offer });
    }
    await c.wait(days(14));
  },
);
