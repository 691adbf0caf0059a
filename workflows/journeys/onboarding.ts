import { daily, days, journey, never, on, percent } from '../engine/vocabulary';

/** The first weeks after signup: a welcome, a nudge to complete the profile, a first offer. */
export const onboarding = journey(
  'onboarding',
  {
    entry: on('customer.signed_up'),
    reentry: never,
    goal: on('order.completed'),
    exit: on('customer.churned'),
    holdout: percent(5),
    sendWindow: daily('09:00', '20:00'),
  },
  async (c) => {
    await c.email('welcome', { coupon: 'BEMVINDO10' });
    const completed = await c.waitFor('profile.completed', { within: days(2) });
    if (!completed) await c.sms('complete-profile');
  },
);
