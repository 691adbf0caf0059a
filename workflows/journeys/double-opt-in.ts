import { days, journey, never, on } from '../engine/vocabulary';

/**
 * Asks somebody to confirm that it was they who asked for marketing by e-mail, once for each request. Nothing of it is sent
 * before. The link in the message ends by itself after `DOUBLE_OPT_IN_DAYS`; whoever asks again later, or gets a new
 * address, has made another request. A message about a request that is over is not sent.
 */
export const doubleOptIn = journey(
  'double-opt-in',
  {
    entry: on('consent.requested'),
    key: 'request',
    reentry: never,
    goal: on('consent.confirmed'),
    exit: [on('consent.refused'), on('customer.churned')],
    priority: 2,
  },
  async (c) => {
    await c.email('confirm-consent');
    await c.wait(days(30));
  },
);
