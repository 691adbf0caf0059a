import type { Locale } from '../../domain/locale';
import type { Money } from '../../domain/money';
import { html, type Html } from '../pages/html';

/** How numbers, amounts and times are written in one language. */
export interface Format {
  readonly number: (value: number) => string;
  readonly money: (value: Money) => string;
  /** A share of a whole in hundredths: 0.124 is 12.4 %. */
  readonly share: (share: number) => string;
  /** Hundredths of a whole as signed points with one digit: 0.124 is +12.4. */
  readonly points: (share: number) => string;
  /** An instant as the time that has passed since, or has still to pass. */
  readonly ago: (instant: Date) => Html;
  readonly date: (instant: Date) => string;
  /** A language by its BCP 47 tag; what is no tag, as it is. */
  readonly language: (tag: string) => string;
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** Whether a tag from outside is one. */
function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

export function formatIn(locale: Locale, { timeZone, now }: { timeZone: string; now: Date }): Format {
  const number = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const points = new Intl.NumberFormat(locale, {
    maximumFractionDigits: 1,
    minimumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone });
  const languages = new Intl.DisplayNames(locale, { type: 'language' });
  const distance = (milliseconds: number): string => {
    const size = Math.abs(milliseconds);
    const [unit, length] = units.find(([, each]) => size >= each) ?? (['second', 1_000] as const);
    return relative.format(Math.trunc(milliseconds / length), unit);
  };
  return {
    number: (value) => number.format(value),
    money: ({ amount, currency }) =>
      new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount / 100),
    share: (part) => share.format(part),
    points: (part) => points.format(part * 100),
    ago: (instant) =>
      html`<time datetime="${instant.toISOString()}" title="${exact.format(instant)}"
        >${distance(instant.getTime() - now.getTime())}</time
      >`,
    date: (instant) => exact.format(instant),
    language: (tag) => (isLanguage(tag) ? (languages.of(tag) ?? tag) : tag),
  };
}
