import { formatDate, formatMoney, formatNumber, isTimeZone, parseDate } from './formats';

const inSaoPaulo = { locale: 'pt-BR', timeZone: 'America/Sao_Paulo' } as const;
const inTokyo = { locale: 'en', timeZone: 'Asia/Tokyo' } as const;

it('writes money as each language does', () => {
  expect(formatMoney({ amount: 123456, currency: 'BRL' }, 'pt-BR')).toBe('R$\u00A01.234,56');
  expect(formatMoney({ amount: 123456, currency: 'BRL' }, 'en')).toBe('R$1,234.56');
  expect(formatMoney({ amount: -50, currency: 'USD' }, 'en')).toBe('-$0.50');
  expect(formatMoney({ amount: 100, currency: 'EUR' }, 'pt-BR')).toBe('€\u00A01,00');
});

it('groups digits as each language does', () => {
  expect(formatNumber(10_000, 'pt-BR')).toBe('10.000');
  expect(formatNumber(10_000.5, 'en')).toBe('10,000.5');
});

it('writes the day on which an instant falls in the zone', () => {
  const newYear = Date.parse('2027-01-01T01:00:00Z');
  expect(formatDate(newYear, 'short', inSaoPaulo)).toBe('31/12/2026');
  expect(formatDate('2027-01-01T01:00:00Z', 'long', inSaoPaulo)).toBe('31 de dezembro de 2026');
  expect(formatDate(newYear, 'short', inTokyo)).toBe('Jan 1, 2027');
});

it('writes a bare date as that day in every zone', () => {
  expect(formatDate('2026-03-01', 'long', inSaoPaulo)).toBe('1 de março de 2026');
  expect(formatDate('2026-03-01', 'long', inTokyo)).toBe('March 1, 2026');
});

it.each(['', 'tomorrow', '12', '2026-13-01', '2026-02-01T10:00', Number.NaN, 1e17, null])(
  'does not take %p for a date',
  (value) => {
    expect(parseDate(value)).toBeUndefined();
  },
);

it('knows zones by their names', () => {
  expect(isTimeZone('Europe/Lisbon')).toBe(true);
  expect(isTimeZone('Europe/Atlantis')).toBe(false);
});
