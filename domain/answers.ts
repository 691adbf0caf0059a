/** What a reply says, where it says something that a program can act on. */
export interface Answer {
  readonly answer?: 'yes' | 'no';
  /** From 0 to 10. */
  readonly number?: number;
}

const yes = new Set([
  'yes',
  'y',
  'yeah',
  'yep',
  'sure',
  'ok',
  'okay',
  'sim',
  's',
  'claro',
  'quero',
  'pode',
  'isso',
  'blz',
]);
const no = new Set(['no', 'n', 'nope', 'nao', 'nunca', 'negativo']);

/**
 * Reads a reply in English or Portuguese: a plain yes or no at its beginning, in any case and with or without accents, or
 * a number from 0 to 10 standing there.
 *
 * @example readAnswer('Não, obrigado') // { answer: 'no' }
 * @example readAnswer('9, muito bom!') // { number: 9 }
 */
export function readAnswer(text: string): Answer {
  const [first = '', second = ''] = plainWords(text);
  if (/^\d+$/.test(first)) {
    const number = Number(first);
    // `10/12` is a date, `9h` an hour and `5.000 km` a mileage.
    const standsAlone = !/^\D*\d+\s*([:/.,-]\s*\d|h\b|hs\b|km\b|am\b|pm\b)/i.test(text);
    return number <= 10 && standsAlone ? { number } : {};
  }
  if (no.has(first))
    return second === 'problem' || second === 'problema' ? { answer: 'yes' } : { answer: 'no' };
  return yes.has(first) ? { answer: 'yes' } : {};
}

/** Words and numbers of a text in lower case, without accents. */
export const plainWords = (text: string): string[] =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];
