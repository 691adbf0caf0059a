import { customerTime, type CustomerClock } from './clock';
import type { Duration } from './duration';

/** Whether somebody who has been in the journey may come in again. */
export type Reentry =
  | { readonly kind: 'never' }
  | { readonly kind: 'always' }
  | { readonly kind: 'after'; readonly duration: Duration };

/**
 * Whether a customer whose latest run began at one instant may begin another at a second one, both real epoch
 * milliseconds. Spans are measured on the customer's clock.
 */
export function letsIn(
  reentry: Reentry,
  {
    began,
    at,
    clock,
  }: { readonly began: number; readonly at: number; readonly clock: CustomerClock | undefined },
): boolean {
  switch (reentry.kind) {
    case 'never':
      return false;
    case 'always':
      return true;
    case 'after':
      return customerTime(clock, at) - customerTime(clock, began) >= reentry.duration;
    default:
      return reentry satisfies never;
  }
}
