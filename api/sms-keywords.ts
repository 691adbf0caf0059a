import type { Locale } from '../domain/locale';

/** What a person can ask for in one word. */
export type Keyword = 'STOP' | 'START' | 'HELP';

/** Words that Twilio acts on and answers by itself. */
const twilioWords: Readonly<Record<Keyword, readonly string[]>> = {
  STOP: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT'],
  START: ['START', 'UNSTOP'],
  HELP: ['HELP', 'INFO'],
};

const ownWords: Readonly<Record<Keyword, readonly string[]>> = {
  STOP: ['PARAR', 'PARE', 'SAIR', 'CANCELAR', 'DESCADASTRAR'],
  START: ['VOLTAR', 'COMECAR', 'ASSINAR'],
  HELP: ['AJUDA'],
};

/** The keyword that a message consists of, in any case, with or without accents and punctuation. */
export function keywordOf(
  body: string,
): { readonly keyword: Keyword; readonly isAnsweredByTwilio: boolean } | undefined {
  const word = body
    .normalize('NFD')
    .replace(/[^\p{L}]/gu, '')
    .toUpperCase();
  for (const keyword of ['STOP', 'START', 'HELP'] as const) {
    if (twilioWords[keyword].includes(word)) return { keyword, isAnsweredByTwilio: true };
    if (ownWords[keyword].includes(word)) return { keyword, isAnsweredByTwilio: false };
  }
  return undefined;
}

/** What a person is answered. Words without accents and typographic signs: each would halve what fits in one SMS. */
export function answerFor(keyword: Keyword, locale: Locale, business: string): string {
  return answers[locale][keyword](business);
}

const answers: Readonly<Record<Locale, Readonly<Record<Keyword, (business: string) => string>>>> = {
  en: {
    STOP: (business) => `${business}: you will get no more messages. Answer START to get them again.`,
    START: (business) => `${business}: you will get our messages again. Answer STOP to end them.`,
    HELP: (business) => `${business}: answer STOP to get no more messages, START to get them again.`,
  },
  'pt-BR': {
    STOP: (business) => `${business}: nao enviaremos mais mensagens. Responda VOLTAR para receber de novo.`,
    START: (business) => `${business}: voce voltou a receber mensagens. Responda PARAR para cancelar.`,
    HELP: (business) =>
      `${business}: responda PARAR para nao receber mensagens, VOLTAR para receber de novo.`,
  },
};
