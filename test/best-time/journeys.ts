import { journey, never, on } from '../../workflows/engine/vocabulary';

/** An offer, by whichever way the customer answers best, when they answer best. */
export const timed = journey(
  'timed',
  { entry: on('profile.completed'), reentry: never, goal: on('order.completed') },
  async (c) => {
    const [offer] = await c.nextBestOffer({ slot: 'winback' });
    if (!offer) return;
    await c.message({ email: 'winback-offer', sms: 'winback-offer' }, { offer }, { at: 'best time' });
  },
);
