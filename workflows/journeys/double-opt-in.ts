import { after, days, hours, journey, on } from '../engine/vocabulary';

/**
 * Asks somebody to confirm that it was they who asked for marketing by e-mail, once. Nothing of it is sent before. The
 * link in the message ends by itself after `DOUBLE_OPT_IN_DAYS`; whoever asks again later is written to again.
 */
export const doubleOptIn = journey(
  'double-opt-in',
  {
    entry: on('consent.requested'),
    reentry: after(hours(1)),
    goal: on('consent.confirmed'),
    exit: [on('consent.refused'), on('customer.churned')],
    priority: 2,
  },
  async (c) => {
    await c.email('confirm-consent');
    await c.wait(days(30));
  },
);
