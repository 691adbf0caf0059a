import { plainWords } from './answers';
import type { Locale } from './locale';

/** What a person can ask for in one word. */
export type Keyword = 'STOP' | 'START' | 'HELP';

/** Words that Twilio acts on and answers by itself, where a message is nothing else. */
const twilioWords: Readonly<Record<Keyword, readonly string[]>> = {
  STOP: ['stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit'],
  START: ['start', 'unstop'],
  HELP: ['help', 'info'],
};

const ownWords: Readonly<Record<Keyword, readonly string[]>> = {
  STOP: ['parar', 'pare', 'parem', 'sair', 'cancelar', 'cancele', 'descadastrar', 'remover'],
  START: ['voltar', 'comecar', 'assinar'],
  HELP: ['ajuda'],
};

/** Words that mean a thing only where they stand alone: "the end", "info about my car". */
const onlyAlone = new Set([
  'end',
  'info',
  'start',
  'voltar',
  'help',
  'ajuda',
  'comecar',
  'assinar',
  'remover',
]);

/**
 * Words that can stand beside a keyword without making it about something else than these messages. Anything outside
 * ("parar na oficina", "cancelar a revisão", "stop by at nine") does.
 */
const beside = new Set(
  [
    'please pls plz now thanks thank you i me my want to would like the this these those all any more no not do dont don t',
    'messages message msgs msg texts texting text sms emails email mail sending send contacting from and ok hi hello it now',
    'por favor pf pfv pfvr ja agora obrigado obrigada quero queria gostaria de do da dos das a o as os me eu nao mais isso isto',
    'com essa esse essas esses mensagem mensagens msgs torpedo torpedos envio envios enviar mandar mandando enviando receber',
    'pode podem que e oi ola lista cadastro minha meu inscricao por tudo todas todos um uma em nada aqui gentileza',
  ].flatMap((line) => line.split(' ')),
);

/**
 * The keyword that a message is about, in any case, with or without accents. In a sentence it counts where nothing else
 * is said ("STOP please", "quero sair da lista"), and STOP also where it is shouted or set off at the beginning ("STOP!
 * I sold the car"). A word that only contains one ("nonstop") is none.
 */
export function keywordOf(
  body: string,
): { readonly keyword: Keyword; readonly isAnsweredByTwilio: boolean } | undefined {
  const words = plainWords(body);
  const [first = ''] = words;
  for (const keyword of ['STOP', 'START', 'HELP'] as const) {
    const alone = words.length === 1 || (words.length === 2 && words.join('') === 'stopall');
    if (alone && twilioWords[keyword].includes(words.join(''))) return { keyword, isAnsweredByTwilio: true };
    const known = [...twilioWords[keyword], ...ownWords[keyword]];
    if (alone && known.includes(first)) return { keyword, isAnsweredByTwilio: false };
    const inSentence = words.filter((word) => known.includes(word) && !onlyAlone.has(word));
    const rest = words.filter((word) => !known.includes(word));
    const isPolite = known.includes(first) && rest.every((word) => courtesies.has(word));
    if (isPolite || (inSentence.length > 0 && rest.every((word) => beside.has(word))))
      return { keyword, isAnsweredByTwilio: false };
  }
  return isSetOff(body) ? { keyword: 'STOP', isAnsweredByTwilio: false } : undefined;
}

const courtesies = new Set(
  'please pls plz thanks now por favor pf pfv pfvr obrigado obrigada agora ja'.split(' '),
);

/** Whether a message begins with a word for STOP in capitals that the rest is not in, or that a sign sets off. */
function isSetOff(body: string): boolean {
  const [, first = '', sign = '', rest = ''] = /^\s*(\p{L}+)(\s*[.,;:!\-\n]+)?(.*)$/su.exec(body) ?? [];
  const [word = ''] = plainWords(first);
  if (!['stop', 'unsubscribe', 'pare', 'parar', 'sair', 'descadastrar'].includes(word)) return false;
  const isShouted = first === first.toUpperCase() && rest !== rest.toUpperCase();
  return isShouted || sign.trim() !== '';
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
