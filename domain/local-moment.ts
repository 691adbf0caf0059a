/**
 * A local date and time of day, to be read in the customer's own zone: `{ date: '2026-12-24', time: '09:00' }`.
 * The date may be an instant (epoch milliseconds): then it is the local date on which that instant falls.
 */
export interface LocalMoment {
  readonly date: string | number | undefined;
  readonly time: LocalTime;
}

/** A time of day, `HH:MM`, 00:00 to 23:59. */
export type LocalTime = `${number}:${number}`;

/** Daily hours in which marketing may be sent, in the customer's zone: from `opens` up to, but not at, `closes`. */
export interface DailyWindow {
  readonly opens: LocalTime;
  readonly closes: LocalTime;
}

/** @example sendWindow: daily('09:00', '20:00') */
export const daily = (opens: LocalTime, closes: LocalTime): DailyWindow => ({ opens, closes });
