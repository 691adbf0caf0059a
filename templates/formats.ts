import type { Locale } from '../domain/locale';
import type { Money } from '../domain/money';

/** How a date is written: `short` as in "Dec 24, 2026" or "24/12/2026", `long` with the month in full. */
export const dateStyles = ['short', 'long'] as const;
export type DateStyle = (typeof dateStyles)[number];

const dateOptions: Record<Locale, Record<DateStyle, Intl.DateTimeFormatOptions>> = {
  en: { short: { dateStyle: 'medium' }, long: { dateStyle: 'long' } },
  'pt-BR': {
    short: { day: '2-digit', month: '2-digit', year: 'numeric' },
    long: { dateStyle: 'long' },
  },
};

/** A calendar date, with or without a time and an offset from UTC. */
const isoDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;

/**
 * @example formatMoney({ amount: 123456, currency: 'BRL' }, 'pt-BR') // 'R$ 1.234,56' with a no-break space
 */
export function formatMoney({ amount, currency }: Money, locale: Locale): string {
  const format = moneyFormat(locale, currency);
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** @example formatNumber(10000, 'pt-BR') // '10.000' */
export function formatNumber(value: number, locale: Locale): string {
  return numberFormat(locale).format(value);
}

/**
 * The day on which an instant falls in a zone. A bare `YYYY-MM-DD` is that day everywhere.
 *
 * @param value epoch milliseconds, `YYYY-MM-DD`, or an ISO 8601 instant with its offset
 * @throws RangeError where it is none of them
 */
export function formatDate(
  value: number | string,
  style: DateStyle,
  where: { readonly locale: Locale; readonly timeZone: string },
): string {
  const calendar = typeof value === 'string' && value.length === 10;
  const instant = parseDate(value);
  if (instant === undefined) throw new RangeError('Not a date.');
  return dateFormat(where.locale, style, calendar ? 'UTC' : where.timeZone).format(instant);
}

/** Epoch milliseconds of a value that {@link formatDate} can write (a bare date: its midnight UTC), else undefined. */
export function parseDate(value: unknown): number | undefined {
  const instant =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && isoDate.test(value)
        ? Date.parse(value)
        : NaN;
  return Math.abs(instant) <= 8.64e15 ? instant : undefined;
}

/** Whether the platform knows a time zone by this name. */
export function isTimeZone(name: string): boolean {
  try {
    dateFormat('en', 'short', name);
    return true;
  } catch {
    return false;
  }
}

/** Making a format costs far more than using one, and there are only as many as zones. */
function kept<Key extends readonly string[], Value>(make: (...key: Key) => Value): (...key: Key) => Value {
  const made = new Map<string, Value>();
  return (...key) => {
    const id = key.join(' ');
    const value = made.get(id) ?? make(...key);
    made.set(id, value);
    return value;
  };
}

const moneyFormat = kept(
  (locale: Locale, currency: string) => new Intl.NumberFormat(locale, { style: 'currency', currency }),
);
const numberFormat = kept((locale: Locale) => new Intl.NumberFormat(locale));
const dateFormat = kept(
  (locale: Locale, style: DateStyle, timeZone: string) =>
    new Intl.DateTimeFormat(locale, { ...dateOptions[locale][style], timeZone }),
);
