/** Languages that every template speaks. The first is the fallback of last resort. */
export const locales = ['en', 'pt-BR'] as const;
export type Locale = (typeof locales)[number];

/**
 * The template language nearest to a BCP 47 tag: an exact match, else the same base language, else `fallback`.
 *
 * @example nearestLocale('pt-PT', 'en') // 'pt-BR'
 */
export function nearestLocale(tag: string | undefined, fallback: Locale): Locale {
  if (tag === undefined) return fallback;
  const wanted = tag.toLowerCase();
  const base = wanted.split(/[-_]/)[0];
  return (
    locales.find((locale) => locale.toLowerCase() === wanted) ??
    locales.find((locale) => locale.toLowerCase().split('-')[0] === base) ??
    fallback
  );
}
