import type { Locale } from '../../domain/locale';
import type { FeatureSpace } from '../features';

/** One reason for a score, as a person reads it. */
export interface Reason {
  readonly feature: string;
  /** What it adds to the expected reward. */
  readonly effect: number;
  readonly words: string;
}

const formatOf = (locale: Locale) =>
  new Intl.NumberFormat(locale, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: 'always',
  });
/** Made once: making one takes longer than all else. */
const formats: Readonly<Record<Locale, Intl.NumberFormat>> = {
  en: formatOf('en'),
  'pt-BR': formatOf('pt-BR'),
};

/**
 * The features that moved a score most, largest first, the intercept apart. Effects too small to print are left out.
 *
 * @example explain(choice.contributions, space, { locale: 'en' })[0].words // 'bought tyres before: +3.1 points'
 */
export function explain(
  contributions: ArrayLike<number>,
  space: Pick<FeatureSpace, 'names' | 'label'>,
  { locale, count = 3 }: { readonly locale: Locale; readonly count?: number },
): Reason[] {
  const format = formats[locale];
  const points = locale === 'pt-BR' ? 'pontos' : 'points';
  return space.names
    .map((feature, column) => ({ feature, column, effect: contributions[column] ?? 0 }))
    .filter(({ column, effect }) => column !== 0 && Math.abs(effect) >= 0.0005)
    .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect) || a.column - b.column)
    .slice(0, count)
    .map(({ feature, column, effect }) => ({
      feature,
      effect,
      words: `${space.label(column, locale)}: ${format.format(100 * effect)} ${points}`,
    }));
}
