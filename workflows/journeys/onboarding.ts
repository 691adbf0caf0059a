import { daily, days, journey, never, on, percent } from '../engine/vocabulary';

/** The first weeks after signup: a welcome at once, a nudge to complete the profile, then a first offer. */
export const onboarding = journey(
  'onboarding',
  {
    entry: on('customer.signed_up'),
    reentry: never,
    goal: on('order.completed'),
    exit: on('customer.churned'),
    holdout: percent(5),
    sendWindow: daily('09:00', '20:00'),
    priority: 1,
  },
  async (c) => {
    await c.email('welcome', { coupon: 'BEMVINDO10' });
    const completed = await c.waitFor('profile.completed', { within: days(2) });
    if (!completed) await c.sms('complete-profile');
    await c.wait(days(3));

    const tone = await c.split('tone', { warm: 50, direct: 50 });
    const [offer] = await c.nextBestOffer({ slot: 'onboarding' });
    if (offer) await c.email(tone === 'warm' ? 'offer-warm' : 'offer-direct', { offer });
    await c.wait(days(14));
  },
);
