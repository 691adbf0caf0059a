import { pageDocument } from '../../api/pages/public-page';
import { preferencesBody, type PreferencesView } from '../../api/pages/preferences-page';
import { confirmationBody, unsubscribeBody } from '../../api/pages/question-pages';
import type { PageReader } from '../../api/pages/reader';
import { publicWords } from '../../api/pages/public-words';
import { html, type Html } from '../../api/pages/html';
import type { Locale } from '../../domain/locale';
import type { Topic } from '../../domain/messages';

/** A page as a window of a width shows it. */
interface Shown {
  readonly width: number;
  readonly height: number;
  readonly document: Html;
}

const phone = { width: 390, height: 1_330 };

/** The pages behind the links of messages, side by side: preferences, a pause, the confirmation, and unsubscribing. */
export function publicPagesSheet(locale: Locale): Html {
  const reader: PageReader = { locale, business: 'Perene Motors' };
  const words = publicWords[locale];
  const document = (title: string, body: Html) => pageDocument({ ...reader, title, body });
  const choice = (wanted: readonly Topic[]) => ({
    ...{ blocked: false, wanted: new Set(wanted), awaited: new Set<Topic>() },
  });
  const view: PreferencesView = {
    preferences: [
      { channel: 'email', ...choice(['offers', 'service']) },
      { channel: 'sms', ...choice(['service']) },
    ],
    ...{ isMeasured: true, pausedUntil: undefined, isSaved: false },
  };
  const preferences = (change: Partial<PreferencesView> = {}) =>
    document(words.preferences.title, preferencesBody(locale, { ...view, ...change }));
  const until = { en: 'April 7, 2026', 'pt-BR': '7 de abril de 2026' } as const;
  const columns: readonly (readonly Shown[])[] = [
    [{ width: 760, height: phone.height, document: preferences() }],
    [{ ...phone, document: preferences({ pausedUntil: until[locale] }) }],
    [
      {
        ...{ ...phone, height: 660 },
        document: document(words.confirm.title, confirmationBody(reader, ['account', 'offers', 'service'])),
      },
      {
        ...{ ...phone, height: 654 },
        document: document(
          words.unsubscribe.title,
          unsubscribeBody(reader, { topic: 'offers', channel: 'email' }),
        ),
      },
    ],
  ];
  return html`<!doctype html>
    <meta charset="utf-8" />
    <style>
      body {
        display: flex;
        gap: 16px;
        margin: 16px;
        background: #ddd;
      }
      div {
        display: grid;
        gap: 16px;
        align-content: start;
      }
      iframe {
        border: 0;
      }
    </style>
    ${columns.map(
      (column) =>
        html`<div>
          ${column.map((page) => html`<iframe width="${page.width}" height="${page.height}" srcdoc="${page.document.markup}"></iframe>`)}
        </div>`,
    )}`;
}

/** Of the whole sheet, in CSS pixels. */
export const publicPagesWidth = 760 + 2 * phone.width + 4 * 16;
