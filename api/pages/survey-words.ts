import type { Locale } from '../../domain/locale';
import type { SurveyKind } from '../../domain/surveys';

/** What customers read on the page on which they answer a survey. */
export interface SurveyWords {
  readonly questions: Readonly<
    Record<
      SurveyKind,
      {
        readonly ask: (business: string) => string;
        /** What the lowest and the highest score mean. */
        readonly lowest: string;
        readonly highest: string;
      }
    >
  >;
  readonly title: string;
  readonly comment: string;
  readonly optional: string;
  readonly act: string;
  readonly choose: string;
  readonly done: string;
  readonly doneText: string;
  readonly over: string;
  readonly overText: string;
}

export const surveyWords: Readonly<Record<Locale, SurveyWords>> = {
  en: {
    questions: {
      nps: {
        ask: (business) => `How likely are you to recommend ${business} to a friend or a colleague?`,
        lowest: 'not at all likely',
        highest: 'extremely likely',
      },
      csat: {
        ask: (business) => `How satisfied are you with ${business}?`,
        lowest: 'very dissatisfied',
        highest: 'very satisfied',
      },
    },
    title: 'Your answer',
    comment: 'What is the main reason?',
    optional: 'Only if you like.',
    act: 'Send my answer',
    choose: 'Please choose a number first.',
    done: 'Thank you',
    doneText: 'Your answer has arrived, and we will read it. You can close this page.',
    over: 'This survey is over',
    overText: 'The message that asked is no longer with us. Thank you for looking in.',
  },
  'pt-BR': {
    questions: {
      nps: {
        ask: (business) => `Qual a chance de você indicar a ${business} a um amigo ou colega?`,
        lowest: 'nenhuma chance',
        highest: 'com certeza',
      },
      csat: {
        ask: (business) => `Que nota você dá ao atendimento da ${business}?`,
        lowest: 'muito ruim',
        highest: 'excelente',
      },
    },
    title: 'Sua resposta',
    comment: 'Qual é o principal motivo?',
    optional: 'Só se quiser contar.',
    act: 'Enviar resposta',
    choose: 'Escolha uma nota primeiro.',
    done: 'Obrigado',
    doneText: 'Sua resposta chegou e vai ser lida. Pode fechar esta página.',
    over: 'Esta pesquisa já terminou',
    overText: 'A mensagem com a pergunta não está mais conosco. Obrigado pela visita.',
  },
};
