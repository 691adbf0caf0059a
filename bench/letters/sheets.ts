import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { preview } from '../../cli/preview/preview';
import type { PreviewReader } from '../../cli/preview/reader';
import { sampleCustomer } from '../../cli/preview/sample';
import { findChromium, takeScreenshot, type ColorScheme } from '../../cli/preview/screenshot';
import { html, type Html } from '../../api/pages/html';
import { locales, type Locale } from '../../domain/locale';
import { compiled } from '../../templates/compiled.gen';
import { publicPagesSheet, publicPagesWidth } from './public-pages';

const usage = `npm run sheets [-- --out FOLDER]
  makes the contact sheets of every e-mail and of the public pages that docs/messages.md shows; needs a Chromium on PATH
  --out  folder of the PNGs; docs/images where not given`;

/** One picture of all e-mails side by side. */
interface Sheet {
  readonly name: string;
  readonly locale: Locale;
  readonly scheme: ColorScheme;
  /** Of the window in which an e-mail is read, in CSS pixels. */
  readonly width: number;
  /** What a pixel of an e-mail becomes on the sheet. */
  readonly scale: number;
}

const phone = { width: 390, scale: 0.6 };
const desktop = { width: 700, scale: 0.45 };
const sheets: readonly Sheet[] = [
  ...(['en', 'pt-BR'] as const).flatMap((locale) => [
    { name: `emails-phone-${locale}`, locale, scheme: 'light', ...phone } as const,
    { name: `emails-desktop-${locale}`, locale, scheme: 'light', ...desktop } as const,
  ]),
  { name: 'emails-dark-pt-BR', locale: 'pt-BR', scheme: 'dark', ...phone },
];
const columns = 4;
const gap = 16;

/** Made up, as a business and its journeys would say it. */
const variables = { coupon: 'BEMVINDO10', model: 'Aurora' };
const readerIn = (locale: Locale): PreviewReader => ({
  customer: sampleCustomer(locale),
  business: {
    name: 'Perene Motors',
    locale,
    timeZone: 'America/Sao_Paulo',
    url: 'https://example.com/',
    phone: '+55 11 4002-8922',
    address: 'Rua das Flores 100, 01311-000 São Paulo',
  },
  publicUrl: 'https://example.com',
});

/** The HTML of an e-mail as a customer gets it. */
async function letterIn(folder: string, template: string, locale: Locale): Promise<string> {
  const { files } = await preview({
    ...{ template, channel: 'email', folder, variables, chromium: undefined },
    reader: readerIn(locale),
  });
  const [file] = files;
  if (file === undefined) throw new Error(`${template} came to no file.`);
  return readFileSync(file, 'utf8');
}

/** The page of a sheet: each e-mail in a window as tall as it is, with the name of its template. */
function sheetOf(letters: ReadonlyMap<string, string>, { scheme, width, scale }: Sheet): Html {
  const [ink, ground] = scheme === 'dark' ? ['#ddd', '#333'] : ['#222', '#fff'];
  return html`<!doctype html>
    <meta charset="utf-8" />
    <style>
      body {
        display: grid;
        grid-template-columns: repeat(${columns}, ${width * scale}px);
        gap: ${gap}px;
        margin: ${gap}px;
        background: ${ground};
        color: ${ink};
        font: 14px sans-serif;
      }
      figure {
        margin: 0;
        overflow: hidden;
      }
      figcaption {
        padding-bottom: 4px;
      }
      iframe {
        width: ${width}px;
        border: 0;
        transform: scale(${scale});
        transform-origin: 0 0;
      }
    </style>
    ${[...letters].map(
      ([template, letter]) =>
        html`<figure>
          <figcaption>${template}</figcaption>
          <iframe srcdoc="${letter}"></iframe>
        </figure>`,
    )}
    <script>
      onload = () => {
        for (const frame of document.querySelectorAll('iframe')) {
          const height = frame.contentDocument.body.scrollHeight;
          frame.style.height = height + 'px';
          frame.parentElement.style.height = height * ${scale} + 24 + 'px';
        }
      };
    </script>`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { out: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help === true) {
    console.log(usage);
    return;
  }
  const chromium = findChromium(process.env);
  if (chromium === undefined) throw new Error('There is no chromium or google-chrome on PATH.');
  const out = values.out ?? join('docs', 'images');
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'perene-sheets-'));
  try {
    for (const sheet of sheets) {
      const letters = new Map<string, string>();
      for (const template of Object.keys(compiled.email)) {
        letters.set(template, await letterIn(folder, template, sheet.locale));
      }
      const png = join(out, `${sheet.name}.png`);
      const width = columns * (sheet.width * sheet.scale + gap) + gap;
      await takeScreenshot(chromium, {
        ...{ html: sheetOf(letters, sheet).markup, width, png },
        scheme: sheet.scheme,
      });
      console.log(png);
    }
    for (const locale of locales) {
      const png = join(out, `public-pages-${locale}.png`);
      const page = { html: publicPagesSheet(locale).markup, width: publicPagesWidth, png };
      await takeScreenshot(chromium, page);
      console.log(png);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
