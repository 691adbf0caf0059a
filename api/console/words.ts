import type { Outcome } from '../../domain/enrolment';
import type { Locale } from '../../domain/locale';
import type { Channel, MessageState, SuppressionReason } from '../../domain/messages';
import type { Slot } from '../../domain/offers';
import type { SurveyKind } from '../../domain/surveys';
import type { HeldBy } from '../../store/messages';
import type { TimelineKind } from '../../store/personal-data';

/** What the team reads in the console. */
export interface ConsoleWords {
  readonly language: string;
  readonly overview: string;
  readonly pages: string;
  readonly skip: string;
  readonly live: { readonly follow: (seconds: string) => string; readonly stop: string };
  readonly models: string;
  readonly whyChosen: string;
  readonly docs: string;
  readonly temporal: string;
  readonly mailbox: string;
  readonly logOut: string;
  readonly login: {
    readonly title: string;
    readonly key: string;
    readonly act: string;
    readonly wrong: string;
    readonly where: string;
  };
  readonly tiles: {
    readonly customers: string;
    readonly open: string;
    readonly sent: string;
    readonly events: string;
  };
  readonly journeys: string;
  readonly open: string;
  readonly waiting: string;
  readonly passed: string;
  readonly funnel: string;
  readonly step: string;
  readonly noRuns: string;
  readonly starting: string;
  readonly paused: string;
  readonly pause: string;
  readonly resume: string;
  readonly askPause: (journey: string, inside: string) => string;
  readonly confirmPause: string;
  readonly keep: string;
  readonly holdout: string;
  readonly lift: (difference: string, low: string, high: string) => string;
  readonly noLift: string;
  readonly noHoldout: string;
  readonly surveys: Readonly<Record<SurveyKind, string>>;
  readonly entry: string;
  readonly goal: string;
  readonly exit: string;
  readonly messages: string;
  readonly noMessages: string;
  readonly offers: string;
  readonly noOffers: string;
  readonly customer: string;
  readonly journey: string;
  readonly template: string;
  readonly state: string;
  readonly when: string;
  readonly offer: string;
  readonly price: string;
  readonly margin: string;
  readonly taken: string;
  readonly places: string;
  readonly whoIsWhere: string;
  readonly whoIsOut: string;
  readonly nobodyInside: string;
  readonly nobodyOut: string;
  readonly since: string;
  readonly until: string;
  readonly waitsFor: string;
  readonly time: string;
  readonly next: string;
  readonly all: string;
  /** What became of some runs, behind their number. */
  readonly outcomes: Readonly<Record<Outcome, string>>;
  /** What became of one. */
  readonly ended: Readonly<Record<Outcome, string>>;
  readonly channels: Readonly<Record<Channel, string>>;
  readonly states: Readonly<Record<MessageState, string>>;
  readonly reasons: Readonly<Record<SuppressionReason, string>>;
  readonly held: Readonly<Record<HeldBy, string>>;
  readonly slots: Readonly<Record<Slot, string>>;
  readonly kinds: Readonly<Record<TimelineKind, string>>;
}

export const consoleWords: Readonly<Record<Locale, ConsoleWords>> = {
  en: {
    language: 'Português',
    overview: 'Overview',
    pages: 'Pages',
    skip: 'To the content',
    live: {
      follow: (seconds) => `Load this page again every ${seconds} seconds`,
      stop: 'Stop loading it again',
    },
    models: 'Models',
    whyChosen: 'Why?',
    docs: 'API',
    temporal: 'Temporal',
    mailbox: 'Mailbox',
    logOut: 'Log out',
    login: {
      title: 'Console',
      key: 'Admin key',
      act: 'Log in',
      wrong: 'That is not the admin key.',
      where: 'It was printed when Perene started, or is PERENE_ADMIN_KEY.',
    },
    tiles: { customers: 'Customers', open: 'In journeys now', sent: 'Messages sent', events: 'Events' },
    journeys: 'Journeys',
    open: 'open',
    waiting: 'waiting',
    passed: 'past it',
    funnel: 'Funnel',
    step: 'Step',
    noRuns: 'Nobody has entered yet.',
    starting: 'under way',
    paused: 'Paused',
    pause: 'Pause',
    resume: 'Resume',
    askPause: (journey, inside) =>
      `Pause ${journey}? Those inside (${inside}) keep their places, and nothing is sent to them until you resume it.`,
    confirmPause: 'Pause the journey',
    keep: 'Leave it as it is',
    holdout: 'control group',
    lift: (difference, low, high) =>
      `Conversion against it: ${difference} points (95 % sure: ${low} to ${high})`,
    noLift: 'Nothing to compare with yet',
    noHoldout: 'none',
    surveys: { nps: 'Would recommend (NPS)', csat: 'Satisfied (CSAT)' },
    entry: 'Enters on',
    goal: 'Goal',
    exit: 'Leaves on',
    messages: 'Latest messages',
    noMessages: 'No message yet.',
    offers: 'Offers',
    noOffers: 'No offer yet. Put one with PUT /v1/offers/{id}.',
    customer: 'Customer',
    journey: 'Journey',
    template: 'Message',
    state: 'State',
    when: 'When',
    offer: 'Offer',
    price: 'Price',
    margin: 'Earns',
    taken: 'Taken',
    places: 'Shown in',
    whoIsWhere: 'Who is where',
    whoIsOut: 'Who is through',
    nobodyInside: 'Nobody is inside now.',
    nobodyOut: 'Nobody is through yet.',
    since: 'Since',
    until: 'Until',
    waitsFor: 'Waits for',
    time: 'time',
    next: 'Next page',
    all: 'All steps',
    outcomes: { completed: 'completed', converted: 'converted', exited: 'left', erased: 'erased' },
    ended: { completed: 'completed', converted: 'converted', exited: 'left', erased: 'erased' },
    channels: { email: 'E-mail', sms: 'SMS' },
    states: {
      planned: 'planned',
      sending: 'sending',
      sent: 'sent',
      suppressed: 'suppressed',
      failed: 'failed',
      unknown: 'unknown',
      delivered: 'delivered',
      opened: 'opened',
      clicked: 'clicked',
      replied: 'replied',
      bounced: 'bounced',
      complained: 'complained',
    },
    reasons: {
      'journey-stopped': 'journey stopped',
      'customer-erased': 'customer erased',
      'customer-unknown': 'customer unknown',
      'no-address': 'no address',
      'no-consent': 'no consent',
      paused: 'paused by the customer',
      'request-over': 'request is over',
      'suppression-list': 'suppression list',
      holdout: 'control group',
      'contact-policy': 'contact policy',
      'too-late': 'its moment was over',
      'broadcast-cancelled': 'broadcast cancelled',
    },
    held: {
      'journey-paused': 'journey paused',
      hours: 'waits for the right hour',
      provider: 'waits for the provider',
      'best-time': 'waits for its best time',
    },
    slots: { onboarding: 'Onboarding', upsell: 'Upsell', winback: 'Win-back', maintenance: 'Maintenance' },
    kinds: {
      event: 'Event',
      enrolment: 'Journey',
      decision: 'Decision',
      message: 'Message',
      consent: 'Consent',
    },
  },
  'pt-BR': {
    language: 'English',
    overview: 'Visão geral',
    pages: 'Páginas',
    skip: 'Ir para o conteúdo',
    live: {
      follow: (seconds) => `Recarregar esta página a cada ${seconds} segundos`,
      stop: 'Parar de recarregar',
    },
    models: 'Modelos',
    whyChosen: 'Por quê?',
    docs: 'API',
    temporal: 'Temporal',
    mailbox: 'Caixa de correio',
    logOut: 'Sair',
    login: {
      title: 'Console',
      key: 'Chave de administrador',
      act: 'Entrar',
      wrong: 'Esta não é a chave de administrador.',
      where: 'Ela apareceu quando o Perene iniciou, ou é PERENE_ADMIN_KEY.',
    },
    tiles: {
      customers: 'Clientes',
      open: 'Em jornadas agora',
      sent: 'Mensagens enviadas',
      events: 'Eventos',
    },
    journeys: 'Jornadas',
    open: 'em curso',
    waiting: 'esperando',
    passed: 'já passaram',
    funnel: 'Funil',
    step: 'Passo',
    noRuns: 'Ninguém entrou ainda.',
    starting: 'em andamento',
    paused: 'Pausada',
    pause: 'Pausar',
    resume: 'Retomar',
    askPause: (journey, inside) =>
      `Pausar ${journey}? Quem está nela (${inside}) fica onde está, e nada lhe é enviado até você retomar.`,
    confirmPause: 'Pausar a jornada',
    keep: 'Deixar como está',
    holdout: 'grupo de controle',
    lift: (difference, low, high) =>
      `Conversão em relação a ele: ${difference} pontos (95 % de certeza: ${low} a ${high})`,
    noLift: 'Ainda não há com que comparar',
    noHoldout: 'nenhum',
    surveys: { nps: 'Indicariam (NPS)', csat: 'Satisfeitos (CSAT)' },
    entry: 'Entra com',
    goal: 'Meta',
    exit: 'Sai com',
    messages: 'Últimas mensagens',
    noMessages: 'Nenhuma mensagem ainda.',
    offers: 'Ofertas',
    noOffers: 'Nenhuma oferta ainda. Crie uma com PUT /v1/offers/{id}.',
    customer: 'Cliente',
    journey: 'Jornada',
    template: 'Mensagem',
    state: 'Estado',
    when: 'Quando',
    offer: 'Oferta',
    price: 'Preço',
    margin: 'Rende',
    taken: 'Aceitas',
    places: 'Aparece em',
    whoIsWhere: 'Quem está onde',
    whoIsOut: 'Quem já saiu',
    nobodyInside: 'Não há ninguém dentro agora.',
    nobodyOut: 'Ninguém saiu ainda.',
    since: 'Desde',
    until: 'Até',
    waitsFor: 'Espera por',
    time: 'tempo',
    next: 'Próxima página',
    all: 'Todos os passos',
    outcomes: { completed: 'concluídas', converted: 'convertidas', exited: 'saíram', erased: 'apagadas' },
    ended: { completed: 'concluída', converted: 'convertida', exited: 'saiu', erased: 'apagada' },
    channels: { email: 'E-mail', sms: 'SMS' },
    states: {
      planned: 'planejada',
      sending: 'enviando',
      sent: 'enviada',
      suppressed: 'suprimida',
      failed: 'falhou',
      unknown: 'incerta',
      delivered: 'entregue',
      opened: 'aberta',
      clicked: 'clicada',
      replied: 'respondida',
      bounced: 'devolvida',
      complained: 'denunciada',
    },
    reasons: {
      'journey-stopped': 'jornada parada',
      'customer-erased': 'cliente apagado',
      'customer-unknown': 'cliente desconhecido',
      'no-address': 'sem endereço',
      'no-consent': 'sem consentimento',
      paused: 'em pausa a pedido do cliente',
      'request-over': 'pedido sem efeito',
      'suppression-list': 'lista de supressão',
      holdout: 'grupo de controle',
      'contact-policy': 'política de contato',
      'too-late': 'o momento já passou',
      'broadcast-cancelled': 'envio em massa cancelado',
    },
    held: {
      'journey-paused': 'jornada pausada',
      hours: 'espera o horário certo',
      provider: 'espera o provedor',
      'best-time': 'espera a melhor hora',
    },
    slots: {
      onboarding: 'Boas-vindas',
      upsell: 'Mais vendas',
      winback: 'Reconquista',
      maintenance: 'Manutenção',
    },
    kinds: {
      event: 'Evento',
      enrolment: 'Jornada',
      decision: 'Decisão',
      message: 'Mensagem',
      consent: 'Consentimento',
    },
  },
};
