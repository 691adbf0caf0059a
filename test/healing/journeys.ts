import { days, journey, never, on } from '../../workflows/engine/vocabulary';

const rules = { entry: on('customer.signed_up'), reentry: never };

/** Two messages in one burst. */
export const before = journey('healed', rules, async (c) => {
  await c.email('welcome', { coupon: 'A' });
  await c.email('winback');
  await c.wait(days(2));
});

/** The second message is gone, so a history in which it is being sent does not replay. */
export const after = journey('healed', rules, async (c) => {
  await c.email('welcome', { coupon: 'A' });
  await c.wait(days(2));
});
