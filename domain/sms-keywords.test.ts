import { answerFor, keywordOf } from './sms-keywords';
import { locales } from './locale';

const keyword = (body: string) => keywordOf(body)?.keyword;

describe('keywordOf', () => {
  it.each([
    ...['STOP', 'stop', ' Stop. ', 'STOP ALL', 'unsubscribe', 'PARE', 'parar', 'Sair!', 'SAIR', 'cancelar'],
    ...['STOP please', 'please stop', 'Stop texting me', 'stop sending me messages', 'STOP! I sold the car'],
    ...['PARE de mandar mensagem', 'quero sair da lista', 'por favor, parem com isso', 'Parar, obrigado'],
    ...['PARE. já vendi o carro', 'não quero mais, cancelar', 'Pode parar de enviar mensagens'],
  ])('takes "%s" for STOP', (body) => expect(keyword(body)).toBe('STOP'));

  it.each([
    ...['nonstop', 'Nonstop please', 'stopped', 'I will stop by tomorrow', 'Can I stop by at nine?'],
    ...[
      'Pode parar na oficina amanhã?',
      'quero cancelar a revisão',
      'O carro não quer parar',
      'comparar preços',
    ],
    ...['this is the end', 'até que horas posso sair da oficina com o carro?', '', '👍', 'sim', '9'],
  ])('leaves "%s" alone', (body) => expect(keyword(body)).toBeUndefined());

  it('knows help and start, alone or asked for politely', () => {
    expect(['AJUDA', 'ajuda por favor', 'HELP', 'help please'].map(keyword)).toEqual(Array(4).fill('HELP'));
    expect(['START', 'voltar', 'Começar', 'start please'].map(keyword)).toEqual(Array(4).fill('START'));
    expect(['preciso de ajuda com o motor', 'quando posso voltar?'].map(keyword)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('tells what Twilio answers by itself: its own words, alone', () => {
    expect(keywordOf('Stop')?.isAnsweredByTwilio).toBe(true);
    expect(keywordOf('stop please')?.isAnsweredByTwilio).toBe(false);
    expect(keywordOf('PARE')?.isAnsweredByTwilio).toBe(false);
  });

  it('answers in letters that cost one message', () => {
    for (const locale of locales)
      for (const word of ['STOP', 'START', 'HELP'] as const)
        expect(answerFor(word, locale, 'Perene Motors')).toMatch(/^[\x20-\x7E]{1,160}$/);
  });
});
