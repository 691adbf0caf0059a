import type { Locale } from '../../domain/locale';
import { html, type Html } from './html';

/** What each group of records is, in a customer's words. */
const groups: Readonly<Record<Locale, Readonly<Record<string, string>>>> = {
  en: {
    customer: 'Who you are',
    events: 'What you did',
    visits: 'What you did before we knew you',
    enrolments: 'Which journeys of ours you are or were in',
    assignments: 'Which version of something you were given',
    messages: 'What we sent you',
    links: 'Links in it',
    deliveries: 'What other systems and our team were told',
    decisions: 'How we chose offers for you',
    showings: 'Which offers you were shown, by week',
    outcomes: 'How you answered them',
    holds: 'What is held for you',
    contacts: 'How often we wrote to you lately',
    consents: 'What you said of our messages',
    suppressions: 'What must not be sent to your addresses',
    moments: 'At which hours you answer',
    erasure: 'Your wish to be erased',
  },
  'pt-BR': {
    customer: 'Quem você é',
    events: 'O que você fez',
    visits: 'O que você fez antes de conhecermos você',
    enrolments: 'De quais jornadas nossas você participa ou participou',
    assignments: 'Qual versão de algo coube a você',
    messages: 'O que enviamos a você',
    links: 'Os links dessas mensagens',
    deliveries: 'O que outros sistemas e a nossa equipe souberam',
    decisions: 'Como escolhemos ofertas para você',
    showings: 'Quais ofertas você viu, por semana',
    outcomes: 'Como você respondeu a elas',
    holds: 'O que está reservado para você',
    contacts: 'Quantas vezes escrevemos a você nos últimos dias',
    consents: 'O que você disse das nossas mensagens',
    suppressions: 'O que não pode ser enviado aos seus endereços',
    moments: 'A que horas você responde',
    erasure: 'Seu pedido de exclusão',
  },
};

/** Everything that is held about a customer as lists that a person can read; empty groups are left out. */
export function exportBody(
  { title, locale }: { readonly title: string; readonly locale: Locale },
  held: Readonly<Record<string, unknown>>,
): Html {
  return html`<h1>${title}</h1>
    ${Object.entries(held).map(([group, value]) => {
      const shown = readable(value);
      return shown === undefined
        ? null
        : html`<h2>${groups[locale][group] ?? group}</h2>
            ${shown}`;
    })}`;
}

function readable(value: unknown): Html | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (value instanceof Date) return html`${value.toISOString()}`;
  if (Array.isArray(value)) return list(value.map(readable));
  if (typeof value !== 'object') return html`${JSON.stringify(value).replace(/^"|"$/g, '')}`;
  return list(
    Object.entries(value).map(([name, inner]) => {
      const shown = readable(inner);
      return shown && html`<b>${name}</b>: ${shown}`;
    }),
  );
}

function list(items: readonly (Html | undefined)[]): Html | undefined {
  const shown = items.filter((item) => item !== undefined);
  return shown.length === 0
    ? undefined
    : html`<ul>
        ${shown.map((item) => html`<li>${item}</li>`)}
      </ul>`;
}
