import { contrast } from '../../templates/readable.fixture';
import { publicStyle } from '../pages/public-page';
import { style } from './style';

/** The colours of a style sheet by name, by day and in the dark. */
function coloursIn(sheet: string): ReadonlyMap<string, string>[] {
  const [day = '', dark = ''] = [...sheet.matchAll(/:root\{([^}]*)\}/g)].map(([, rules]) => rules ?? '');
  const named = (rules: string) =>
    new Map([...rules.matchAll(/--([\w-]+):(#\w+)/g)].map(([, name = '', colour = '']) => [name, colour]));
  return [named(day), new Map([...named(day), ...named(dark)])];
}

/** Pairs of which the first does not stand out from the second enough (WCAG 2.2, 1.4.3 and 1.4.11). */
function tooFaint(sheet: string, pairs: readonly string[], least: number): string[] {
  return coloursIn(sheet).flatMap((colours, dark) => {
    const of = (name: string) => {
      const colour = colours.get(name);
      if (colour === undefined) throw new Error(`There is no colour ${name}.`);
      return colour;
    };
    return pairs.flatMap((pair) => {
      const [front = '', ground = ''] = pair.split(' on ');
      const ratio = contrast(of(front), of(ground));
      return ratio < least ? [`${pair}, ${dark ? 'dark' : 'light'}: ${ratio.toFixed(2)}`] : [];
    });
  });
}

const texts = ['ink', 'soft', 'act'].flatMap((front) => [`${front} on card`, `${front} on page`]);

it('every text of the console stands out from its ground, and every edge of a field and mark of focus', () => {
  const chips = ['soft on faint', 'act on act-faint', 'warn on warn-faint', 'bad on bad-faint'];
  const others = ['on on act', 'on on bad', 'bad on card', 'warn on card'];
  expect(tooFaint(style, [...texts, ...chips, ...others], 4.5)).toEqual([]);
  expect(tooFaint(style, ['edge on card', 'edge on page', 'act on card', 'act on page'], 3)).toEqual([]);
});

it('so does every text of the pages that customers see', () => {
  expect(tooFaint(publicStyle, [...texts, 'on on act'], 4.5)).toEqual([]);
  expect(tooFaint(publicStyle, ['soft on card', 'act on card'], 3)).toEqual([]);
});

it('sees what is too faint', () => {
  const sheet = ':root{--ink:#777;--card:#fff}@media (prefers-color-scheme:dark){:root{--card:#000}}';
  expect(tooFaint(sheet, ['ink on card'], 4.5)).toEqual(['ink on card, light: 4.48']);
});
