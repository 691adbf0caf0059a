import { days, journey, never, segment } from '../../workflows/engine/vocabulary';

/** Whoever has bought twice, once. */
export const fans = journey('sweep-fans', { entry: segment('repeat-buyers'), reentry: never }, async (c) => {
  await c.wait(days(30));
});
