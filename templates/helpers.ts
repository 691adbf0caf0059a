import type Handlebars from 'handlebars';
import type { Locale } from '../domain/locale';
import type { Money } from '../domain/money';
import { formatDate, formatMoney, formatNumber, type DateStyle } from './formats';

/** Where and in what language the reader is; every helper finds it in its options. */
export interface Reader {
  readonly locale: Locale;
  /** IANA zone. */
  readonly timeZone: string;
}

type Options = Handlebars.HelperOptions;

/** Handlebars types what a render passes as `data` as anything; we pass a {@link Reader}. */
const reader = (options: Options | undefined) => options?.data as Reader;

/** The helpers that print a value. Each takes the value first; its name is also the kind that the value must be. */
export const valueHelpers = {
  money: (value: Money, options: Options) => formatMoney(value, reader(options).locale),
  number: (value: number, options: Options) => formatNumber(value, reader(options).locale),
  date: (value: number | string, style: DateStyle | Options, options?: Options) =>
    typeof style === 'string'
      ? formatDate(value, style, reader(options))
      : formatDate(value, 'long', reader(style)),
} as const;

/** The block helpers of Handlebars that templates may use. */
export const blockHelpers = ['if', 'unless', 'each'] as const;
