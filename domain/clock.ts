/**
 * A customer's own clock. Real customers have none and live in real time; a demonstration's customers live faster for a
 * while, so that a month of a journey passes in a minute. All instants are epoch milliseconds.
 */
export interface CustomerClock {
  /** The real instant at which the customer's clock showed the same time as ours. */
  readonly origin: number;
  /** How many milliseconds pass for the customer in one of ours; above 0. */
  readonly scale: number;
  /** The real instant from which on the clock goes as fast as ours; it stays ahead by what it has gained. */
  readonly until?: number;
}

/** What the customer's clock shows at a real instant. */
export function customerTime(clock: CustomerClock | undefined, real: number): number {
  if (!clock) return real;
  const { origin, scale, until = real } = clock;
  const fast = Math.min(real, until);
  return Math.round(origin + (fast - origin) * scale + (real - fast));
}

/** The real instant at which the customer's clock shows `time`. */
export function realTime(clock: CustomerClock | undefined, time: number): number {
  if (!clock) return time;
  const { origin, scale, until } = clock;
  // Rounded before it is added: beside an instant, a part of a millisecond has too few digits left.
  const real = origin + Math.ceil((time - origin) / scale);
  return until === undefined || real <= until ? real : time - customerTime(clock, until) + until;
}
