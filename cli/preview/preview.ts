import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { channels, type Channel } from '../../domain/messages';
import { compiled } from '../../templates/compiled.gen';
import { renderEmail, renderSms, type RenderOptions } from '../../templates/render';
import type { PreviewReader } from './reader';
import { sampleOffer, sampleVariables } from './sample';
import { takeScreenshot } from './screenshot';

/** One message as its reader would get it, and the files that show it. */
export interface Preview {
  readonly channel: Channel;
  readonly template: string;
  readonly locale: string;
  readonly subject?: string;
  readonly preheader?: string;
  readonly text: string;
  readonly files: readonly string[];
}

/** What to preview, and where to put it. */
export interface PreviewOptions {
  readonly template: string;
  readonly channel: Channel;
  readonly reader: PreviewReader;
  /** Values in place of the sample ones. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly folder: string;
  readonly chromium: string | undefined;
}

/** Widths of a phone and of a reading pane on a desk, in CSS pixels. */
const widths = { phone: 390, desktop: 800 } as const;

/** The channels that have a template of this name. */
export function channelsOf(template: string): readonly Channel[] {
  return channels.filter((channel) => Object.hasOwn(compiled[channel], template));
}

/** Renders a message and writes it to files: HTML, text, and pictures where there is a Chromium. */
export async function preview(options: PreviewOptions): Promise<Preview> {
  const { template, channel, chromium } = options;
  const render = renderOptionsOf(options);
  await mkdir(options.folder, { recursive: true });
  if (channel === 'sms') {
    const { body, locale } = renderSms(template, render);
    return { channel, template, locale, text: body, files: [await write(options, `${locale}.txt`, body)] };
  }
  const { html, locale, preheader, subject, text } = renderEmail(template, render);
  const files = [await write(options, `${locale}.html`, html), await write(options, `${locale}.txt`, text)];
  if (chromium !== undefined) {
    for (const [name, width] of Object.entries(widths)) {
      const png = pathOf(options, `${locale}.${name}.png`);
      await takeScreenshot(chromium, { html, width, png });
      files.push(png);
    }
  }
  return { channel, template, locale, subject, preheader, text, files };
}

function renderOptionsOf({ template, channel, reader, variables }: PreviewOptions): RenderOptions {
  const { business, customer, offer, publicUrl } = reader;
  const shape = compiled[channel][template]?.variables ?? { kind: 'fields', fields: {} };
  return {
    locale: customer.locale,
    timeZone: customer.timeZone,
    variables: { ...sampleVariables(shape, Date.now()), ...variables },
    customer,
    business,
    links: {
      unsubscribe: `${publicUrl}/u/preview`,
      preferences: `${publicUrl}/p/preview`,
      confirm: `${publicUrl}/k/preview`,
      survey: `${publicUrl}/s/preview`,
    },
    offer: offer ?? sampleOffer,
  };
}

function pathOf({ channel, folder, template }: PreviewOptions, ending: string): string {
  return join(folder, `${channel}-${template}.${ending}`);
}

/** A preview may hold somebody's name: only this user may read it. */
async function write(options: PreviewOptions, ending: string, content: string): Promise<string> {
  const path = pathOf(options, ending);
  await writeFile(path, content, { mode: 0o600 });
  return path;
}
