import type { Locale } from '../../domain/locale';
import type { RenderedOffer } from '../../templates/render';
import type { FieldsShape, Kind, Shape } from '../../templates/shape';

/** Names in square brackets stand where a journey would pass text of its own. */
const samples: Record<Kind, (name: string, now: number) => unknown> = {
  text: (name) => `[${name}]`,
  number: () => 10_000,
  money: () => ({ amount: 149_000, currency: 'BRL' }),
  date: (_, now) => new Date(now + 14 * 86_400_000).toISOString().slice(0, 10),
  url: () => 'https://example.com/',
  flag: () => true,
};

/**
 * A value for each variable of a template, also for those that may be absent.
 *
 * @param now epoch milliseconds; a date lies two weeks after it
 */
export function sampleVariables({ fields }: FieldsShape, now: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, shape]) => [name, sampleValue(name, shape, now)]),
  );
}

function sampleValue(name: string, shape: Shape, now: number): unknown {
  switch (shape.kind) {
    case 'fields':
      return sampleVariables(shape, now);
    case 'list':
      return [1, 2].map((number) => sampleValue(`${name} ${number}`, shape.item, now));
    default:
      return samples[shape.kind](name, now);
  }
}

/** An offer as it might stand in the catalogue. */
export const sampleOffer: RenderedOffer = {
  name: { en: 'Five-year service plan', 'pt-BR': 'Plano de revisões de cinco anos' },
  description: {
    en: 'All scheduled services, parts and labour included, at a price that stays the same for five years.',
    'pt-BR':
      'Todas as revisões programadas, com peças e mão de obra, por um preço que não muda em cinco anos.',
  },
  price: { amount: 349_000, currency: 'BRL' },
  url: 'https://example.com/service-plan',
};

/** Somebody to show a template to in a language. */
export const sampleCustomer = (locale: Locale) => ({ firstName: 'Ana', locale });
