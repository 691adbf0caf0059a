/**
 * A customer's own clock. Real customers have none and live in real time; a demonstration's customers live faster,
 * so that a month of a journey passes in a minute. All instants are epoch milliseconds.
 */
export interface CustomerClock {
  /** The real instant at which the customer's clock showed the same time as ours. */
  readonly origin: number;
  /** How many milliseconds pass for the customer in one of ours; above 0. */
  readonly scale: number;
}

/** What the customer's clock shows at a real instant. */
export function customerTime(clock: CustomerClock | undefined, real: number): number {
  return clock ? Math.round(clock.origin + (real - clock.origin) * clock.scale) : real;
}

/** The real instant at which the customer's clock shows `time`. */
export function realTime(clock: CustomerClock | undefined, time: number): number {
  return clock ? Math.ceil(clock.origin + (time - clock.origin) / clock.scale) : time;
}
