import type { Locale } from '../../domain/locale';

type Sentence = Readonly<Record<Locale, (subject: string) => string>>;

const sentences: Readonly<Record<string, Sentence>> = {
  slot: {
    en: () => 'It is not offered in this place.',
    'pt-BR': () => 'Não é oferecida neste momento da jornada.',
  },
  'not-yet-active': {
    en: () => 'Its period has not begun.',
    'pt-BR': () => 'O seu período ainda não começou.',
  },
  'no-longer-active': { en: () => 'Its period is over.', 'pt-BR': () => 'O seu período já terminou.' },
  currency: {
    en: () => 'Its amounts are in another currency than the business’s.',
    'pt-BR': () => 'Os seus valores estão em outra moeda que não a da empresa.',
  },
  segment: {
    en: (name) => `It is only for customers in the segment ${name}, and this one is not.`,
    'pt-BR': (name) => `É só para clientes do segmento ${name}, e este não é.`,
  },
  'not-segment': {
    en: (name) => `It is not for customers in the segment ${name}, and this one is.`,
    'pt-BR': (name) => `Não é para clientes do segmento ${name}, e este é.`,
  },
  attribute: {
    en: (name) => `The customer’s attribute ${name} is not what the offer asks for.`,
    'pt-BR': (name) => `O atributo ${name} do cliente não é o que a oferta exige.`,
  },
  vehicle: {
    en: () => 'It is for owners of certain vehicles, and no such vehicle of the customer is known.',
    'pt-BR': () => 'É para donos de certos veículos, e não se conhece um assim do cliente.',
  },
  'no-vehicle': {
    en: () => 'It is for customers without such a vehicle, and this one has one.',
    'pt-BR': () => 'É para clientes sem um veículo assim, e este tem um.',
  },
  'cool-down': {
    en: () => 'The customer took it not long ago.',
    'pt-BR': () => 'O cliente a aceitou há pouco tempo.',
  },
  consent: {
    en: (channel) => `The customer has not agreed to marketing by ${channel}.`,
    'pt-BR': (channel) => `O cliente não consentiu em marketing por ${channel}.`,
  },
  'lever-off': {
    en: () => 'Marketing has switched it off here.',
    'pt-BR': () => 'O marketing a desligou aqui.',
  },
  'margin-too-low': {
    en: () => 'It would earn nothing, or too little.',
    'pt-BR': () => 'Não renderia nada, ou renderia pouco demais.',
  },
  'out-of-stock': { en: () => 'None is left.', 'pt-BR': () => 'Não resta nenhuma.' },
  'budget-spent': { en: () => 'Its budget is spent.', 'pt-BR': () => 'O seu orçamento acabou.' },
  'customer-cap': {
    en: () => 'The customer has been shown enough offers for now.',
    'pt-BR': () => 'O cliente já viu ofertas suficientes por enquanto.',
  },
  'offer-cap': {
    en: () => 'The customer has been shown this offer often enough for now.',
    'pt-BR': () => 'O cliente já viu esta oferta vezes suficientes por enquanto.',
  },
  fatigued: {
    en: () => 'The customer has ignored it, or others like it, and is left in peace for a while.',
    'pt-BR': () => 'O cliente ignorou esta oferta, ou outras parecidas, e descansa dela por um tempo.',
  },
};

/**
 * Why an offer was left out, as a sentence.
 *
 * @param rule as a decision names it: `slot`, `segment:vip`; one that has no sentence is given as it is
 * @example rejectionSentence('segment:vip', 'en') // 'It is only for customers in the segment vip, and this one is not.'
 */
export function rejectionSentence(rule: string, locale: Locale): string {
  const colon = rule.indexOf(':');
  const [name, subject] = colon < 0 ? [rule, ''] : [rule.slice(0, colon), rule.slice(colon + 1)];
  return sentences[name]?.[locale](subject) ?? rule;
}
