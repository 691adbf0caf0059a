import type { Outcome } from '../../domain/enrolment';
import type { MessageState } from '../../domain/messages';
import { html, type Html, type Part } from '../pages/html';
import type { Desk } from './layout';

/** A column of a table: its heading, empty where its cells speak for themselves, and how it looks. */
type Column = string | readonly [name: string, look: string];

/** A table, of which the first cell of each row names the row. */
interface Table {
  /** What it shows, for those who do not see it. */
  readonly label: string;
  readonly caption?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Part[])[];
  /** Whether a narrow screen shows the cells of a row below one another. */
  readonly folds?: boolean;
}

/** A table that scrolls sideways, also by the keyboard, where the screen is too narrow for it. */
export function table({ label, caption, columns, rows, folds = false }: Table): Html {
  const named = columns.map((column) => (typeof column === 'string' ? ([column, ''] as const) : column));
  const looks = named.map(([, look]) => look !== '' && html`class="${look}"`);
  return html`<div class="table ${folds && 'folds'}" tabindex="0" role="region" aria-label="${label}">
    <table>
      ${
        caption !== undefined &&
        html`<caption>
          ${caption}
        </caption>`
      }
      <thead>
        <tr>
          ${named.map(([name], i) => (name === '' ? html`<td ${looks[i]}></td>` : html`<th scope="col" ${looks[i]}>${name}</th>`))}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...rest]) =>
            html`<tr>
              <th scope="row" ${looks[0]}>${first}</th>
              ${rest.map((cell, i) => html`<td ${looks[i + 1]}>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A bar that fills a share of its width. */
export const bar = (share: number): Html =>
  html`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect width="${Math.round(share * 1_000) / 10}" height="4" />
  </svg>`;

/** A message's state, coloured by whether it reached the person, with the reason where it did not. */
export function stateChip({ words }: Desk, state: MessageState, reason?: string): Html {
  const said = reason === undefined ? undefined : reasonWord(words, reason);
  return html`<span class="chip ${tones[state]}">${words.states[state]}</span>
    ${said !== undefined && html`<span class="soft small">${said}</span>`}`;
}

/** A code of ours in words; one of a provider's stays as it is. */
function reasonWord({ reasons, held }: Desk['words'], reason: string): string {
  const words: Readonly<Record<string, string | undefined>> = { ...reasons, ...held };
  return words[reason] ?? reason;
}

const tones: Readonly<Record<MessageState, '' | 'good' | 'warn' | 'bad'>> = {
  planned: '',
  sending: '',
  sent: 'good',
  suppressed: 'warn',
  failed: 'bad',
  unknown: 'warn',
  delivered: 'good',
  opened: 'good',
  clicked: 'good',
  replied: 'good',
  bounced: 'bad',
  complained: 'bad',
};

/** A link to a customer's page. */
export const customerLink = (id: string): Html =>
  html`<a href="/console/customers?id=${encodeURIComponent(id)}">${id}</a>`;

/** A link that opens elsewhere, or only the text where there is nowhere to go. */
export const linkTo = (url: string | undefined, text: string): Html =>
  url === undefined ? html`${text}` : html`<a href="${url}">${text}</a>`;

/** The button that pauses a journey, or lets it go on. */
export const pauseForm = ({ words }: Desk, journey: string, isPaused: boolean): Html =>
  html`<form method="post" action="/console/journeys/${journey}/${isPaused ? 'resume' : 'pause'}">
    <button class="quiet">${isPaused ? words.resume : words.pause}</button>
  </form>`;

/** How many runs ended in one way. */
export const outcomeChip = ({ words, format }: Desk, outcome: Outcome, count: number): Html =>
  html`<span class="chip ${outcome === 'converted' && 'good'}"
    >${format.number(count)} ${(count === 1 ? words.ended : words.outcomes)[outcome]}</span
  >`;
