import type { MessageState } from '../../domain/messages';
import { html, type Html } from '../pages/html';
import type { Desk } from './layout';

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
