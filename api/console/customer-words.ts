import type { ConsentState } from '../../domain/consent';
import type { Locale } from '../../domain/locale';

/** What the pages of customers say. */
export interface CustomerWords {
  readonly title: string;
  /** What one may search for: never a part of an address, which would find others. */
  readonly search: string;
  readonly searchHint: string;
  readonly act: string;
  readonly latest: string;
  readonly none: string;
  readonly found: (count: string) => string;
  readonly notFound: string;
  readonly id: string;
  readonly came: string;
  readonly older: string;
  readonly askOut: (journey: string) => string;
  readonly confirmOut: string;
  readonly takeOut: string;
  readonly timeline: string;
  readonly kind: string;
  readonly what: string;
  readonly details: string;
  readonly consents: {
    readonly yes: string;
    readonly no: string;
    readonly except: (topics: string) => string;
    readonly awaiting: (topics: string) => string;
  };
  readonly nothing: string;
  readonly erased: string;
  readonly said: Readonly<Record<ConsentState, string>>;
  readonly fields: Readonly<
    Record<
      'name' | 'email' | 'phone' | 'locale' | 'timeZone' | 'signedUpAt' | 'consent' | 'attributes',
      string
    >
  >;
  /** Until when somebody has paused marketing. */
  readonly pausedUntil: (date: string) => string;
}

export const customerWords: Readonly<Record<Locale, CustomerWords>> = {
  en: {
    title: 'Customers',
    search: 'Customer: id, e-mail or phone',
    searchHint: 'The whole id, e-mail address or phone number.',
    act: 'Find',
    latest: 'Latest',
    none: 'Nobody is known yet.',
    found: (count) => `${count} customers share this address.`,
    notFound: 'Nobody has this id, e-mail address or phone number.',
    id: 'Id',
    came: 'Known since',
    older: 'Older',
    askOut: (journey) =>
      `Take this customer out of ${journey}? The run ends at once and cannot be taken up again.`,
    confirmOut: 'Take out',
    takeOut: 'Take out',
    timeline: 'What happened',
    kind: 'Kind',
    what: 'What',
    details: 'Details',
    consents: {
      yes: 'yes',
      no: 'no',
      except: (topics) => `not ${topics}`,
      awaiting: (topics) => `asked for ${topics}, not confirmed yet`,
    },
    nothing: 'Nothing is known about this id.',
    erased: 'This customer was erased.',
    said: {
      given: 'yes',
      requested: 'asked for, to be confirmed',
      revoked: 'no',
      carried: 'goes on at a new address',
      paused: 'pause',
      resumed: 'pause ended',
    },
    fields: {
      name: 'Name',
      email: 'E-mail',
      phone: 'Phone',
      locale: 'Language',
      timeZone: 'Time zone',
      signedUpAt: 'Signed up',
      consent: 'Consent',
      attributes: 'Attributes',
    },
    pausedUntil: (date) => `paused until ${date}`,
  },
  'pt-BR': {
    title: 'Clientes',
    search: 'Cliente: id, e-mail ou telefone',
    searchHint: 'O id, o e-mail ou o telefone por inteiro.',
    act: 'Buscar',
    latest: 'Mais recentes',
    none: 'Ninguém é conhecido ainda.',
    found: (count) => `${count} clientes têm este endereço.`,
    notFound: 'Ninguém tem este id, e-mail ou telefone.',
    id: 'Id',
    came: 'Conhecido desde',
    older: 'Mais antigos',
    askOut: (journey) =>
      `Retirar este cliente de ${journey}? A passagem termina na hora e não pode ser retomada.`,
    confirmOut: 'Retirar',
    takeOut: 'Retirar da jornada',
    timeline: 'O que aconteceu',
    kind: 'Tipo',
    what: 'O quê',
    details: 'Detalhes',
    consents: {
      yes: 'sim',
      no: 'não',
      except: (topics) => `menos ${topics}`,
      awaiting: (topics) => `pediu ${topics}, falta confirmar`,
    },
    nothing: 'Nada se sabe sobre este id.',
    erased: 'Este cliente foi apagado.',
    said: {
      given: 'sim',
      requested: 'pedido, a confirmar',
      revoked: 'não',
      carried: 'continua no novo endereço',
      paused: 'pausa',
      resumed: 'pausa encerrada',
    },
    fields: {
      name: 'Nome',
      email: 'E-mail',
      phone: 'Telefone',
      locale: 'Idioma',
      timeZone: 'Fuso horário',
      signedUpAt: 'Cadastro',
      consent: 'Consentimento',
      attributes: 'Atributos',
    },
    pausedUntil: (date) => `em pausa até ${date}`,
  },
};
