import { InvalidArgumentError } from 'commander';
import { days, hours, minutes, seconds, weeks, type Duration } from '../domain/duration';

const units = { w: weeks, d: days, h: hours, m: minutes, s: seconds } as const;

/**
 * A length of time as people write it.
 *
 * @example spanOf('1d12h') // 36 hours
 * @throws InvalidArgumentError
 */
export function spanOf(text: string): Duration {
  if (!/^(\d+(\.\d+)?[wdhms])+$/.test(text)) {
    throw new InvalidArgumentError(`"${text}" is no length of time. Write it like 90m, 36h, 2d or 1d12h.`);
  }
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([wdhms])/g)) {
    sum += units[unit as keyof typeof units](Number(amount));
  }
  return sum as Duration;
}
