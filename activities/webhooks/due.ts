import { customerTime } from '../../domain/clock';
import type { EnrolmentRef } from '../contract';

/** The first and the longest time to the next attempt, milliseconds. */
const firstDelay = 5_000;
const longestDelay = 6 * 3_600_000;

/** Real milliseconds to the next attempt: three times as long each time, up to six hours, spread by a tenth. */
export function backOff(attempts: number, chance = Math.random()): number {
  const delay = Math.min(longestDelay, firstDelay * 3 ** Math.max(0, attempts - 1));
  return Math.round(delay * (1 + chance / 10));
}

/** Whether a span of the customer's clock has passed since a real instant. */
export const hasPassed = (
  { clock }: Pick<EnrolmentRef, 'clock'>,
  { since, now, span }: { readonly since: number; readonly now: number; readonly span: number },
): boolean => customerTime(clock, now) - customerTime(clock, since) >= span;
