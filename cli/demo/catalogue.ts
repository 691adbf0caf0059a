import type { OfferInput } from '../../domain/offer-schemas';
import type { Currency } from '../../domain/money';
import type { Slot } from '../../domain/offers';

/** What draws people to an offer. They have tastes for it that the system is not told. */
export type Theme = 'care' | 'saving' | 'looks' | 'mobility';

/** An offer of the dealership. */
export interface CatalogueOffer {
  readonly id: string;
  readonly theme: Theme;
  /** How many of a hundred people without a taste of their own would take it, 0 to 1. Not told to the system. */
  readonly appeal: number;
  readonly body: OfferInput;
}

interface Draft {
  readonly theme: Theme;
  readonly appeal: number;
  readonly name: readonly [en: string, ptBR: string];
  readonly description: readonly [en: string, ptBR: string];
  /** Price and expected margin in whole units of currency. */
  readonly price: number;
  readonly value: number;
  readonly slots: readonly Slot[];
  readonly more?: Partial<OfferInput>;
}

const drafts: Readonly<Record<string, Draft>> = {
  'oil-change': {
    theme: 'care',
    appeal: 0.3,
    name: ['Oil and filter change', 'Troca de óleo e filtro'],
    description: [
      'Synthetic oil, a new filter and a check of 30 points while you wait.',
      'Óleo sintético, filtro novo e uma verificação de 30 itens enquanto você espera.',
    ],
    price: 349,
    value: 180,
    slots: ['onboarding', 'upsell', 'winback', 'maintenance'],
    more: { group: 'workshop' },
  },
  'service-plan': {
    theme: 'care',
    appeal: 0.2,
    name: ['Five-year service plan', 'Plano de revisões de cinco anos'],
    description: [
      'All scheduled services, parts and labour included, at a price that stays the same.',
      'Todas as revisões programadas, com peças e mão de obra, por um preço que não muda.',
    ],
    price: 3_490,
    value: 420,
    slots: ['onboarding', 'upsell'],
    more: { rules: [{ rule: 'cool-down', days: 365 }] },
  },
  'extended-warranty': {
    theme: 'care',
    appeal: 0.18,
    name: ['Two more years of warranty', 'Mais dois anos de garantia'],
    description: [
      'Engine, gearbox and electrics, for two years beyond the maker’s warranty.',
      'Motor, câmbio e parte elétrica por dois anos além da garantia de fábrica.',
    ],
    price: 2_190,
    value: 380,
    slots: ['upsell'],
    more: { rules: [{ rule: 'vehicle' }, { rule: 'cool-down', days: 365 }] },
  },
  'four-tyres': {
    theme: 'saving',
    appeal: 0.25,
    name: ['Four tyres for the price of three', 'Leve quatro pneus, pague três'],
    description: [
      'A full set, fitted, balanced and aligned. The old ones are recycled.',
      'Jogo completo com montagem, balanceamento e alinhamento. Os usados vão para reciclagem.',
    ],
    price: 1_890,
    value: 300,
    slots: ['upsell', 'winback', 'maintenance'],
    more: { features: { discountPercent: 25 } },
  },
  'workshop-voucher': {
    theme: 'saving',
    appeal: 0.4,
    name: ['Voucher for your next visit', 'Vale para a próxima visita'],
    description: [
      'Fifteen percent off the labour of your next visit to our workshop, whatever it is for.',
      'Quinze por cento de desconto na mão de obra da sua próxima visita à oficina.',
    ],
    price: 0,
    value: 160,
    slots: ['onboarding', 'winback'],
    more: { features: { discountPercent: 15 }, cap: { times: 2, days: 30 } },
  },
  'trade-in-bonus': {
    theme: 'saving',
    appeal: 0.1,
    name: ['A bonus for your used car', 'Bônus no seu usado'],
    description: [
      'We value your car in half an hour and add a bonus to what it is worth.',
      'Avaliamos seu carro em meia hora e somamos um bônus ao valor dele.',
    ],
    price: 0,
    value: 390,
    slots: ['upsell', 'winback'],
    more: { group: 'new-car', stock: 5_000 },
  },
  detailing: {
    theme: 'looks',
    appeal: 0.3,
    name: ['Interior and exterior detailing', 'Higienização e polimento'],
    description: [
      'Seats, carpets and paint as on the day of delivery, in one morning.',
      'Bancos, carpetes e pintura como no dia da entrega, em uma manhã.',
    ],
    price: 690,
    value: 310,
    slots: ['onboarding', 'upsell', 'winback', 'maintenance'],
  },
  'ceramic-coating': {
    theme: 'looks',
    appeal: 0.18,
    name: ['Ceramic coating', 'Vitrificação da pintura'],
    description: [
      'Three years of gloss, and water that runs off by itself.',
      'Três anos de brilho, e água que escorre sozinha.',
    ],
    price: 1_990,
    value: 400,
    slots: ['upsell', 'maintenance'],
    more: { rules: [{ rule: 'cool-down', days: 180 }] },
  },
  'alloy-wheels': {
    theme: 'looks',
    appeal: 0.12,
    name: ['Alloy wheels', 'Rodas de liga leve'],
    description: [
      'A set of 17 inch wheels in the colour of your choice, fitted.',
      'Jogo de rodas aro 17 na cor que você escolher, já instaladas.',
    ],
    price: 3_290,
    value: 380,
    slots: ['onboarding', 'upsell'],
  },
  'test-drive': {
    theme: 'mobility',
    appeal: 0.25,
    name: ['A weekend with the new hybrid', 'Um fim de semana com o novo híbrido'],
    description: [
      'Take it home on Friday, bring it back on Monday. The first tank is on us.',
      'Leve para casa na sexta e devolva na segunda. O primeiro tanque é por nossa conta.',
    ],
    price: 0,
    value: 320,
    slots: ['onboarding', 'winback'],
    more: { group: 'new-car', rules: [{ rule: 'cool-down', days: 180 }] },
  },
  'courtesy-car': {
    theme: 'mobility',
    appeal: 0.35,
    name: ['Courtesy car during your service', 'Carro reserva durante a revisão'],
    description: [
      'Leave yours with us in the morning and drive on in another one.',
      'Deixe o seu de manhã e siga o dia com outro.',
    ],
    price: 149,
    value: 150,
    slots: ['maintenance', 'winback'],
    more: { slotWeights: { maintenance: 1.5 } },
  },
  'roadside-assistance': {
    theme: 'mobility',
    appeal: 0.25,
    name: ['A year of roadside assistance', 'Um ano de assistência 24 horas'],
    description: [
      'Tow truck, battery, flat tyre, lost keys: one number, day and night, in all of Brazil.',
      'Guincho, bateria, pneu furado, chave perdida: um só número, dia e noite, em todo o Brasil.',
    ],
    price: 399,
    value: 240,
    slots: ['onboarding', 'upsell'],
    more: { rules: [{ rule: 'cool-down', days: 365 }] },
  },
};

/** The dealership's catalogue, in a currency. Ids begin with `demo-`, so that no offer of yours is replaced. */
export function catalogue(currency: Currency): CatalogueOffer[] {
  return Object.entries(drafts).map(([name, { theme, appeal, more, ...draft }]) => ({
    id: `demo-${name}`,
    theme,
    appeal,
    body: {
      name: { en: draft.name[0], 'pt-BR': draft.name[1] },
      description: { en: draft.description[0], 'pt-BR': draft.description[1] },
      slots: [...draft.slots],
      price: { amount: draft.price * 100, currency },
      value: { amount: draft.value * 100, currency },
      url: `https://motors.example/offers/${name}`,
      ...more,
    },
  }));
}
