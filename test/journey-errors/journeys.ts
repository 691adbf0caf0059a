import { journey, never, on } from '../../workflows/engine/vocabulary';

/** Reads the clock, which a journey must not. */
export const hasty = journey('hasty', { entry: on('customer.signed_up'), reentry: never }, async (c) => {
  await c.is('everyone');
  if (Date.now() > 0) await c.sms('complete-profile');
});
