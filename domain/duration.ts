/** A length of elapsed time in milliseconds. Made only by the functions below, so that a bare number is a compile error. */
export type Duration = number & { readonly __unit: 'milliseconds elapsed' };

const of = (milliseconds: number) => milliseconds as Duration;

export const seconds = (n: number): Duration => of(n * 1_000);
export const minutes = (n: number): Duration => of(n * 60_000);
export const hours = (n: number): Duration => of(n * 3_600_000);
/** Elapsed days of 24 hours. For "the same local time on another date" use a {@link LocalMoment}. */
export const days = (n: number): Duration => of(n * 86_400_000);
export const weeks = (n: number): Duration => days(n * 7);
