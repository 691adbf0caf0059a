import { everyLetter } from '../test/letters';
import { contrast, textContrasts, type Viewer } from './readable.fixture';

/** WCAG 2.2, 1.4.3 (AA), for text of any size. */
const least = 4.5;
/** CSS pixels. */
const smallest = 13;

/** A phone in the dark, a desk by day, and a program that drops style sheets. */
const viewers = [
  { scheme: 'dark', width: 390, sheets: true },
  { scheme: 'light', width: 800, sheets: true },
  { scheme: 'light', width: 390, sheets: false },
] as const;

const letters = everyLetter();

it.each(viewers)(
  'every text stands out and is large enough: $scheme, $width wide, style sheets: $sheets',
  (viewer) => {
    const texts = letters.flatMap(({ template, locale, html }) =>
      textContrasts(viewer.sheets ? html : html.replace(/<style[\s\S]*?<\/style>/g, ''), viewer).map(
        (text) => ({
          template,
          locale,
          ...text,
        }),
      ),
    );
    expect(texts.length).toBeGreaterThan(150);
    expect(texts.filter(({ ratio }) => ratio < least)).toEqual([]);
    expect(texts.filter(({ fontSize }) => fontSize < smallest)).toEqual([]);
    // Dark means all of it: light texts on dark, but for the buttons.
    for (const { background, color, text } of viewer.scheme === 'dark' ? texts : []) {
      const isButton = contrast(background, '#000000') > 7;
      expect([text, isButton || contrast(background, '#000000') < 2]).toEqual([text, true]);
      expect([text, contrast(color, isButton ? '#ffffff' : '#000000') > 7]).toEqual([text, true]);
    }
  },
);

it('every e-mail says that it knows both', () => {
  for (const { html } of letters) {
    expect(html).toContain('<meta name="color-scheme" content="light dark" />');
    expect(html).toContain('<meta name="supported-color-schemes" content="light dark" />');
  }
});

describe('how contrast is found', () => {
  const page = (style: string, body: string) =>
    `<html><head><style>${style}</style></head><body style="background:#fff">${body}</body></html>`;
  const seen = (html: string, scheme: Viewer['scheme'] = 'light') =>
    textContrasts(html, { scheme, width: 800 }).map(({ color, background }) => [color, background]);

  it('follows the cascade: inheritance, order, specificity, importance, media', () => {
    const text = '<div style="color:#111111"><p class="a">x</p></div>';
    expect(seen(page('', text))).toEqual([['#111111', '#fff']]);
    expect(seen(page('.a { color: #222222 } .a { color: #333333 }', text))).toEqual([['#333333', '#fff']]);
    expect(seen(page('p.a { color: #222222 } .a { color: #333333 }', text))).toEqual([['#222222', '#fff']]);
    expect(seen(page('.a { color: #222222 !important } p.a { color: #333333 }', text))).toEqual([
      ['#222222', '#fff'],
    ]);
    expect(seen(page('div { color: #222222 }', text))).toEqual([['#111111', '#fff']]);
    const dark = '@media (prefers-color-scheme: dark) { body { background: #000000 !important } }';
    expect(seen(page(dark, text))).toEqual([['#111111', '#fff']]);
    expect(seen(page(dark, text), 'dark')).toEqual([['#111111', '#000000']]);
  });

  it('gives the numbers of the standard', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
    expect(contrast('#767676', '#fff')).toBeCloseTo(4.54, 2);
    expect(contrast('#777777', '#fff')).toBeLessThan(least);
  });

  it('leaves out what nobody sees', () => {
    expect(seen(page('', '<p style="display:none">x</p><p>y</p>'))).toEqual([['#000000', '#fff']]);
  });
});
