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
  /** Whether its cells need no heading beside them on a phone, where those of a row stand below one another. */
  readonly plain?: boolean;
}

/** A table; on a phone its rows become lists, and between that and a wide screen it scrolls, also by the keyboard. */
export function table({ label, caption, columns, rows, plain = false }: Table): Html {
  const named = columns.map((column) => (typeof column === 'string' ? ([column, ''] as const) : column));
  const looks = named.map(([, look]) => look !== '' && html`class="${look}"`);
  const headings = named.map(([name]) => !plain && name !== '' && html`data-label="${name}"`);
  return html`<div class="table ${plain && 'plain'}" tabindex="0" role="region" aria-label="${label}">
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
              ${rest.map((cell, i) => cellOf(cell, looks[i + 1], headings[i + 1]))}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A cell of a table; one that is not empty stands beside its heading on a phone. */
const cellOf = (cell: Part, look: Part, heading: Part): Html =>
  heading && cell ? html`<td ${look} ${heading}><div>${cell}</div></td>` : html`<td ${look}>${cell}</td>`;

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

/** A journey's way to go on where it is paused, else the way to the question whether to pause it. */
export const pauseForm = ({ words }: Desk, journey: string, isPaused: boolean): Html =>
  isPaused
    ? html`<form method="post" action="/console/journeys/${journey}/resume">
        <button class="quiet">${words.resume}</button>
      </form>`
    : html`<a class="quiet" href="/console/journeys/${journey}?ask=pause">${words.pause}…</a>`;

/** A question before something that people will notice: the button that does it, and the way back. */
export const question = ({
  ask,
  action,
  act,
  keep,
  back,
}: {
  readonly ask: string;
  /** Where the form goes, and what its button says. */
  readonly action: string;
  readonly act: string;
  /** What the way back says, and where it leads. */
  readonly keep: string;
  readonly back: string;
}): Html =>
  html`<form class="card ask" method="post" action="${action}">
    <p>${ask}</p>
    <p class="row">
      <button class="bad">${act}</button>
      <a href="${back}">${keep}</a>
    </p>
  </form>`;

/** How many runs ended in one way. */
export const outcomeChip = ({ words, format }: Desk, outcome: Outcome, count: number): Html =>
  html`<span class="chip ${outcome === 'converted' && 'good'}"
    >${format.number(count)} ${(count === 1 ? words.ended : words.outcomes)[outcome]}</span
  >`;
