import { after, daily, days, journey, on, percent } from '../engine/vocabulary';

/** For a customer who buys less than they used to: ask how they are, then offer a reason to come back. */
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
    if (offer) await c.email('winback-offer', { offer });

    await c.wait(visited ? days(5) : days(10), { id: 'wait:before-last-try' });
    const worthATry = (await c.is('vip')) || (await c.is('repeat-buyers'));
    if (offer && worthATry) await c.sms('winback-offer', { offer });
    await c.wait(days(30));
  },
);
