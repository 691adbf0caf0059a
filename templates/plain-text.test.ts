import fc from 'fast-check';
import { everyLetter } from '../test/letters';
import { wrapLines } from './wrap';

const unsubscribeWords = { en: 'Unsubscribe:', 'pt-BR': 'Cancelar inscrição:' } as const;
const preferenceWords = { en: 'Choose what you receive:', 'pt-BR': 'Escolher o que receber:' } as const;

describe.each(['talkative', 'terse'] as const)('the plain text of a %s business', (business) => {
  const letters = everyLetter(business);

  it.each(letters.map((letter) => [`${letter.template} in ${letter.locale}`, letter] as const))(
    '%s reads like a letter',
    (_, { text, html, locale, marketing, unsubscribe }) => {
      expect(text).not.toMatch(/<\w|<\/|&\w+;|&#|\{\{|\}\}|[\u00a0\u200b\u200c\u2060]|undefined|\[object/);
      expect(text).not.toMatch(/\n{3}|[ \t]$|^ {1}(?! \S)|\t/m);
      expect(text.startsWith('Perene Motors\n\n')).toBe(true);
      expect(text.endsWith('\n')).toBe(true);
      const lines = text.split('\n');
      for (const line of lines) {
        if (line.includes('://')) expect(line).toMatch(/^https:\/\/\S+$/);
        else expect(line.length).toBeLessThanOrEqual(76);
      }
      const below = (label: string) => lines[lines.indexOf(label) + 1];
      expect(below(preferenceWords[locale])).toMatch(/^https:\/\/crm\.motors\.example\/p\//);
      if (marketing) expect(below(unsubscribeWords[locale])).toBe(unsubscribe);
      else expect(text).not.toContain('/u/');
      // Every address that the HTML leads to stands in the text too, and the other way round; the buttons of a survey
      // only choose beforehand what the page behind the one address asks.
      const addresses = (from: string, pattern: RegExp) =>
        [...from.replaceAll('&amp;', '&').matchAll(pattern)].map(([, address]) => address).sort();
      const ledTo = addresses(html, /href="([^"]*)"/g);
      const plain = ledTo.filter((address) => !/\?score=\d+$/.test(address ?? ''));
      expect(addresses(text, /^(https:.*)$/gm)).toEqual(plain);
      for (const address of ledTo) expect(plain).toContain(address?.replace(/\?score=\d+$/, ''));
    },
  );

  it('has a greeting and paragraphs apart from each other', () => {
    for (const { text, locale } of letters) {
      expect(text).toContain(locale === 'en' ? '\n\nHello Ana,\n\n' : '\n\nOlá, Ana!\n\n');
      expect(text.split('\n\n').length).toBeGreaterThan(6);
      expect(text).toContain(locale === 'en' ? '\n\nSee you soon,\n' : '\n\nAté breve,\n');
    }
  });
});

it('names the postal address where the business has one', () => {
  for (const { text, html } of everyLetter('talkative')) {
    expect(text).toContain('Perene Motors, Rua das Flores 100, 01311-000 São Paulo');
    expect(html).toContain('Rua das Flores 100, 01311-000 São Paulo');
  }
});

describe('wrapping', () => {
  it('breaks between words at 76 characters, indents what follows a dash, and leaves addresses whole', () => {
    const words = Array.from({ length: 40 }, () => 'carro').join(' ');
    expect(
      Math.max(
        ...wrapLines(words)
          .split('\n')
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(76);
    expect(wrapLines(`- ${words}`).split('\n').slice(1)).toEqual([
      expect.stringMatching(/^ {2}carro/),
      expect.stringMatching(/^ {2}carro/),
      expect.stringMatching(/^ {2}carro/),
    ]);
    const address = `https://example.com/${'x'.repeat(100)}`;
    expect(wrapLines(`See ${address} now`)).toBe(`See\n${address}\nnow`);
  });

  it('keeps every word and its order', () => {
    const word = fc.stringMatching(/^[a-zé]{1,90}$/);
    fc.assert(
      fc.property(fc.array(fc.array(word, { minLength: 1 }).map((words) => words.join(' '))), (lines) => {
        const wrapped = wrapLines(lines.join('\n'));
        expect(wrapped.split(/\s+/)).toEqual(lines.join('\n').split(/\s+/));
        for (const line of wrapped.split('\n')) expect(line.length <= 76 || !line.includes(' ')).toBe(true);
      }),
    );
  });
});
