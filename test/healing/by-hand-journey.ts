import { always, days, journey, on } from '../../workflows/engine/vocabulary';

/** A run that only waits. */
export const byHand = journey('by-hand', { entry: on('order.delivered'), reentry: always }, async (c) => {
  await c.wait(days(30));
});
