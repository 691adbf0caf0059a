import type { Locale } from '../../domain/locale';
import type { SurveyKind } from '../../domain/surveys';

/** What the page of measures says. */
export interface MeasureWords {
  readonly title: string;
  readonly lead: string;
  readonly customers: string;
  readonly customersLead: (customers: string, day: string) => string;
  readonly noMeasures: string;
  readonly value: string;
  readonly valueMeans: string;
  readonly valueUnknown: string;
  readonly spent: string;
  readonly spentMeans: string;
  readonly returning: string;
  readonly returningMeans: string;
  readonly away: string;
  readonly awayMeans: (churned: string) => string;
  readonly days: string;
  readonly day: string;
  readonly buyers: string;
  readonly surveys: string;
  readonly means: Readonly<Record<SurveyKind, string>>;
  readonly noAnswers: string;
  readonly answers: string;
  readonly response: string;
  readonly responseOf: (share: string, sent: string, low: string, high: string) => string;
  readonly noneSent: string;
  readonly byJourney: string;
  readonly unasked: string;
  readonly survey: string;
  readonly byMonth: string;
  readonly month: string;
  readonly result: string;
  readonly range: string;
  readonly of: (n: string) => string;
  readonly sure: (low: string, high: string) => string;
}

export const measureWords: Readonly<Record<Locale, MeasureWords>> = {
  en: {
    title: 'Measures',
    lead: 'How customers are doing, and what they say. Beside each figure stands how many people it rests on; where there are few, read the range and not the figure.',
    customers: 'Customers',
    customersLead: (customers, day) => `${customers} customers looked at, ${day}. It is done every night.`,
    noMeasures: 'Nothing yet: customers are looked at every night.',
    value: 'Lifetime value',
    valueMeans:
      'What a customer who has bought is expected to spend in the coming 12 months, in today’s money.',
    valueUnknown: 'Too few have bought again to say what customers will spend.',
    spent: 'Spent so far',
    spentMeans: 'By a customer who has bought, on average.',
    returning: 'Renewal',
    returningMeans: 'Bought again, on another day.',
    away: 'Churn',
    awayMeans: (churned) =>
      `Drift away: expected to buy less than half of what was usual for them. Of these ${churned} said goodbye.`,
    days: 'Night by night',
    day: 'Day',
    buyers: 'Have bought',
    surveys: 'Surveys',
    means: {
      nps: 'Would recommend, 9 or 10, less those who would not, 0 to 6: from -100 to +100.',
      csat: 'Gave 4 or 5 of 5.',
    },
    noAnswers: 'No answer yet',
    answers: 'Answers',
    response: 'Response',
    responseOf: (share, sent, low, high) =>
      `${share} of ${sent} sent answered (95 % sure: ${low} to ${high})`,
    noneSent: 'none was sent',
    byJourney: 'By journey',
    unasked: 'from elsewhere',
    survey: 'Survey',
    byMonth: 'Month by month',
    month: 'Month',
    result: 'Result',
    range: '95 % sure',
    of: (n) => `of ${n}`,
    sure: (low, high) => `95 % sure: ${low} to ${high}`,
  },
  'pt-BR': {
    title: 'Indicadores',
    lead: 'Como vão os clientes e o que eles dizem. Ao lado de cada número está em quantas pessoas ele se apoia; onde são poucas, leia a faixa e não o número.',
    customers: 'Clientes',
    customersLead: (customers, day) => `${customers} clientes observados, ${day}. Isso é feito toda noite.`,
    noMeasures: 'Nada ainda: os clientes são observados toda noite.',
    value: 'Valor do cliente (LTV)',
    valueMeans:
      'Quanto se espera que um cliente que já comprou gaste nos próximos 12 meses, em dinheiro de hoje.',
    valueUnknown: 'Poucos compraram de novo para dizer quanto os clientes vão gastar.',
    spent: 'Gasto até agora',
    spentMeans: 'Por cliente que já comprou, em média.',
    returning: 'Recompra',
    returningMeans: 'Compraram de novo, em outro dia.',
    away: 'Evasão (churn)',
    awayMeans: (churned) =>
      `Estão se afastando: espera-se que comprem menos da metade do que era normal para eles. Dos quais se despediram: ${churned}.`,
    days: 'Noite a noite',
    day: 'Dia',
    buyers: 'Já compraram',
    surveys: 'Pesquisas',
    means: {
      nps: 'Indicariam, 9 ou 10, menos os que não indicariam, 0 a 6: de -100 a +100.',
      csat: 'Deram 4 ou 5 de 5.',
    },
    noAnswers: 'Nenhuma resposta ainda',
    answers: 'Respostas',
    response: 'Retorno',
    responseOf: (share, sent, low, high) =>
      `${share} de ${sent} enviadas foram respondidas (95 % de certeza: ${low} a ${high})`,
    noneSent: 'nenhuma foi enviada',
    byJourney: 'Por jornada',
    unasked: 'vindas de fora',
    survey: 'Pesquisa',
    byMonth: 'Mês a mês',
    month: 'Mês',
    result: 'Resultado',
    range: '95 % de certeza',
    of: (n) => `de ${n}`,
    sure: (low, high) => `95 % de certeza: ${low} a ${high}`,
  },
};
