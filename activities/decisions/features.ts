import { DateTime } from 'luxon';
import { nearestLocale, locales, type Locale } from '../../domain/locale';
import { slots, type Slot } from '../../domain/offers';
import { defineFeatures, type FeatureDefinition, type FeatureInput, type FeatureSpace } from '../../scoring';
import type { OfferDocument } from '../../store/offers';
import type { CustomerFacts } from './facts';

const day = 86_400_000;

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const partsOfDay = ['night', 'morning', 'afternoon', 'evening'] as const;
const tiers = ['bronze', 'silver', 'gold', 'platinum'] as const;

/** What the levels of categories are called; in English mostly by their own name. */
const levelWords: Readonly<Record<string, Readonly<Partial<Record<Locale, string>>>>> = {
  monday: { 'pt-BR': 'segunda-feira' },
  tuesday: { 'pt-BR': 'terça-feira' },
  wednesday: { 'pt-BR': 'quarta-feira' },
  thursday: { 'pt-BR': 'quinta-feira' },
  friday: { 'pt-BR': 'sexta-feira' },
  saturday: { 'pt-BR': 'sábado' },
  sunday: { 'pt-BR': 'domingo' },
  night: { 'pt-BR': 'madrugada' },
  morning: { 'pt-BR': 'manhã' },
  afternoon: { 'pt-BR': 'tarde' },
  evening: { 'pt-BR': 'noite' },
  silver: { 'pt-BR': 'prata' },
  gold: { 'pt-BR': 'ouro' },
  platinum: { 'pt-BR': 'platina' },
  onboarding: { 'pt-BR': 'boas-vindas' },
  upsell: { 'pt-BR': 'depois da compra' },
  winback: { 'pt-BR': 'reconquista' },
  maintenance: { 'pt-BR': 'revisão' },
  en: { en: 'English', 'pt-BR': 'inglês' },
  'pt-BR': { en: 'Portuguese', 'pt-BR': 'português' },
};

/**
 * What the model may learn from, besides the offers' own numeric features. An added line is learned from then on; what
 * was learned of the others stays. Centres and scales bring a usual value near 0 and a usual difference near 1.
 */
const definitions: readonly FeatureDefinition[] = [
  {
    kind: 'number',
    from: 'customer',
    key: 'orders',
    log: true,
    centre: 0.7,
    scale: 0.7,
    perOffer: true,
    label: { en: 'orders so far', 'pt-BR': 'pedidos até agora' },
  },
  {
    kind: 'number',
    from: 'customer',
    key: 'spent',
    log: true,
    centre: 11,
    scale: 2,
    label: { en: 'money spent so far', 'pt-BR': 'valor gasto até agora' },
  },
  {
    kind: 'number',
    from: 'customer',
    key: 'recencyDays',
    log: true,
    centre: 4.5,
    scale: 1.5,
    perOffer: true,
    label: { en: 'days since the last order', 'pt-BR': 'dias desde o último pedido' },
  },
  {
    kind: 'number',
    from: 'customer',
    key: 'tenureDays',
    log: true,
    centre: 5,
    scale: 2,
    perOffer: true,
    label: { en: 'days as a customer', 'pt-BR': 'dias como cliente' },
  },
  {
    kind: 'flag',
    from: 'customer',
    key: 'ownsVehicle',
    perOffer: true,
    label: { en: 'owns a vehicle', 'pt-BR': 'tem um veículo' },
  },
  {
    kind: 'flag',
    from: 'customer',
    key: 'profileCompleted',
    label: { en: 'completed the profile', 'pt-BR': 'completou o perfil' },
  },
  {
    kind: 'category',
    from: 'customer',
    key: 'tier',
    levels: tiers,
    label: { en: 'tier', 'pt-BR': 'categoria' },
  },
  {
    kind: 'category',
    from: 'customer',
    key: 'locale',
    levels: locales,
    label: { en: 'language', 'pt-BR': 'idioma' },
  },
  {
    kind: 'category',
    from: 'context',
    key: 'slot',
    levels: slots,
    label: { en: 'place', 'pt-BR': 'momento da jornada' },
  },
  {
    kind: 'category',
    from: 'context',
    key: 'partOfDay',
    levels: partsOfDay,
    label: { en: 'time of day', 'pt-BR': 'período do dia' },
  },
  {
    kind: 'category',
    from: 'context',
    key: 'weekday',
    levels: weekdays,
    label: { en: 'day of the week', 'pt-BR': 'dia da semana' },
  },
  {
    kind: 'number',
    from: 'offer',
    key: 'price',
    log: true,
    centre: 11,
    scale: 2,
    label: { en: 'price', 'pt-BR': 'preço' },
  },
  {
    kind: 'number',
    from: 'offer',
    key: 'margin',
    centre: 0.2,
    scale: 0.2,
    label: { en: 'share of the price that is earned', 'pt-BR': 'margem sobre o preço' },
  },
  { kind: 'cross', of: ['customer.spent', 'offer.price'] },
  {
    kind: 'number',
    from: 'pair',
    key: 'affinity',
    label: { en: 'customers like this one take it', 'pt-BR': 'clientes parecidos costumam aceitar' },
  },
];

/** Prefix that keeps an offer's own features apart from what is known of every offer. */
const own = 'own.';

/** The feature space of a catalogue: the fixed columns, then one for each feature that any offer names. */
export function featureSpace(offers: readonly Pick<OfferDocument, 'features'>[]): FeatureSpace {
  const names = [...new Set(offers.flatMap(({ features }) => Object.keys(features)))].sort();
  const space = defineFeatures([
    ...definitions,
    ...names.map((name): FeatureDefinition => {
      return { kind: 'number', from: 'offer', key: own + name, scale: 2, label: { en: name, 'pt-BR': name } };
    }),
  ]);
  return {
    ...space,
    label: (column, locale) => {
      const label = space.label(column, locale);
      const [, level = ''] = space.names[column]?.split('=') ?? [];
      const word = levelWords[level]?.[locale];
      return word === undefined ? label : label.slice(0, -level.length) + word;
    },
  };
}

/** What is known of a customer and the moment, as the feature space reads it. Nothing in it tells who somebody is. */
export function customerInput(
  facts: CustomerFacts,
  slot: Slot,
  business: { readonly timeZone: string; readonly locale: Locale },
): Pick<FeatureInput, 'customer' | 'context'> {
  const { customer, now, lastOrderAt, vehicles } = facts;
  const { orders, spent, tier, profileCompleted } = customer.attributes;
  const since = (customer.signedUpAt ?? customer.createdAt).getTime();
  const local = DateTime.fromMillis(now, { zone: customer.timeZone ?? business.timeZone });
  const { hour, weekday } = local.isValid ? local : DateTime.fromMillis(now, { zone: business.timeZone });
  return {
    customer: {
      orders: orders ?? 0,
      spent: spent === 0 ? null : spent,
      recencyDays: lastOrderAt === undefined ? null : Math.max(now - lastOrderAt, 0) / day,
      tenureDays: Math.max(now - since, 0) / day,
      ownsVehicle: vehicles.size > 0,
      profileCompleted: profileCompleted ?? false,
      tier: typeof tier === 'string' ? tier.toLowerCase() : null,
      locale: nearestLocale(customer.locale, business.locale),
    },
    context: { slot, partOfDay: partsOfDay[Math.floor(hour / 6)], weekday: weekdays[weekday - 1] },
  };
}

/** What is known of an offer. Its own features may have any size: asinh keeps small ones and tames large ones. */
export function offerInput({
  price,
  value,
  features,
}: Pick<OfferDocument, 'price' | 'value' | 'features'>): FeatureInput['offer'] {
  return {
    price: price.amount,
    margin: price.amount > 0 ? value.amount / price.amount : 0,
    ...Object.fromEntries(Object.entries(features).map(([name, size]) => [own + name, Math.asinh(size)])),
  };
}
