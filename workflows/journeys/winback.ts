import { after, daily, days, journey, on, percent } from '../engine/vocabulary';

/**
 * For a customer who buys less than they used to: ask how they are, then offer a reason to come back. The
 * offer is not urgent, so it waits for the hour at which this customer answers best.
 */
export const winback = journey(
  'winback',
  {
    entry: on('customer.lapsed'),
    reentry: after(days(180)),
    goal: on('order.completed'),
    exit: on('customer.churned'),
    holdout: percent(10),
    sendWindow: daily('09:00', '20:00'),
  },
  async (c) => {
    await c.email('winback');
    const visited = await c.waitFor('page.viewed', { within: days(7) });
    const [offer] = await c.nextBestOffer({ slot: 'winback' });
    if (offer) await c.email('winback-offer', { offer }, { at: 'best time' });

    await c.wait(visited ? days(5) : days(10), { id: 'wait:before-last-try' });
    const worthATry = (await c.is('vip')) || (await c.is('repeat-buyers'));
    if (offer && worthATry) {
      await c.message({ email: 'winback-offer', sms: 'winback-offer' }, { offer }, { at: 'best time' });
    }
    await c.wait(days(30));
  },
);
