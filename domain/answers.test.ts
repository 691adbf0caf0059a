import { readAnswer } from './answers';

describe('readAnswer', () => {
  it.each(['Sim', 'SIM!', 's', 'yes, please', 'Ok', 'claro que sim', 'no problem', 'Yes'])(
    'takes "%s" for yes',
    (text) => expect(readAnswer(text)).toEqual({ answer: 'yes' }),
  );

  it.each(['Não', 'nao, obrigado', 'N', 'no', 'No thanks'])('takes "%s" for no', (text) =>
    expect(readAnswer(text)).toEqual({ answer: 'no' }),
  );

  it('reads a number from 0 to 10 that stands alone at the beginning', () => {
    expect(readAnswer('9, muito bom!')).toEqual({ number: 9 });
    expect(readAnswer(' 10')).toEqual({ number: 10 });
    expect(readAnswer('0')).toEqual({ number: 0 });
    for (const text of ['11', '9h', '10/12', '5.000 km', '9:30 is fine', 'às 9'])
      expect(readAnswer(text)).toEqual({});
  });

  it('leaves anything else unread', () => {
    for (const text of ['', 'Quanto custa?', 'nothing', 'simples', '👍'])
      expect(readAnswer(text)).toEqual({});
  });
});
