import { z } from 'zod';

/** What comes from outside lies in years that every database and calendar can hold, in any zone. */
const [first, last] = [1900, 2199];
/** Whether an instant, epoch milliseconds, lies in them. */
export const isHeld = (at: number): boolean => at >= Date.UTC(first, 0, 1) && at < Date.UTC(last + 1, 0, 1);
/** What is no instant at all is told so, once. */
const isHeldText = (text: string): boolean => Number.isNaN(Date.parse(text)) || isHeld(Date.parse(text));
const years = `must be in the years ${first} to ${last}`;

/** An instant with its offset, RFC 3339. */
export const instantText = z.iso
  .datetime({ offset: true, error: 'must be an instant such as 2024-05-31T14:00:00Z' })
  .refine(isHeldText, years);

/** A date without a time, `YYYY-MM-DD`. */
export const dateText = z.iso.date().refine(isHeldText, years);

/** An instant in epoch milliseconds. */
export const instantNumber = z.number().int().refine(isHeld, years);
