import type { CustomerDocument } from '../../store/customers';
import type { TimelineItem } from '../../store/personal-data';
import type { MessageState } from '../../domain/messages';
import { html, type Html } from '../pages/html';
import { workflowUrl, type Desk } from './layout';
import { linkTo, stateChip } from './parts';

/** A customer and what happened to them, latest first. */
export function customerPage(
  desk: Desk,
  {
    id,
    customer,
    items,
  }: {
    readonly id: string;
    readonly customer: CustomerDocument | null;
    readonly items: readonly TimelineItem[];
  },
): Html {
  const { words, format } = desk;
  return html`<h1>${id}</h1>
    ${customer?.erasedAt && html`<p class="chip warn">${words.erased}</p>`}
    ${customer && !customer.erasedAt && profile(desk, customer)}
    <h2>${words.timeline}</h2>
    ${
      items.length === 0
        ? html`<p class="soft">${words.nothing}</p>`
        : html`<div class="table">
            <table>
              <tbody>
                ${items.map(
                  (item) =>
                    html`<tr>
                      <td class="soft">${format.date(item.at)}</td>
                      <td class="soft">${words.kinds[item.kind]}</td>
                      <td>${title(desk, item)}</td>
                      <td class="wide">${detail(desk, item)}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>`
    }`;
}

function profile({ words, format }: Desk, customer: CustomerDocument): Html {
  const { fields } = words;
  const { firstName, lastName, email, phone, locale, timeZone, signedUpAt } = customer;
  const name = [firstName, lastName].filter((part) => part !== undefined).join(' ');
  const consent = Object.entries(customer.consent).map(
    ([channel, { granted }]) =>
      html`<span class="chip ${granted ? 'good' : 'warn'}">${channel}: ${granted ? '✓' : '✗'}</span>`,
  );
  const attributes = Object.entries(customer.attributes).map(
    ([attribute, value]) => html`<span class="chip">${attribute}: ${String(value)}</span>`,
  );
  const rows: readonly (readonly [string, string | Html | readonly Html[] | undefined])[] = [
    [fields.name, name],
    [fields.email, email],
    [fields.phone, phone],
    [fields.locale, locale],
    [fields.timeZone, timeZone],
    [fields.signedUpAt, signedUpAt && format.date(signedUpAt)],
    [fields.consent, consent],
    [fields.attributes, attributes],
  ];
  return html`<div class="card">
    <dl class="facts">
      ${rows.map(
        ([field, value]) =>
          value !== undefined &&
          value !== '' &&
          html`<dt>${field}</dt>
            <dd class="chips">${value}</dd>`,
      )}
    </dl>
  </div>`;
}

const runPlace = ({ words }: Desk, { outcome, step }: TimelineItem['detail']): string =>
  [outcome, step].find((place) => typeof place === 'string') ?? words.starting;

const title = (desk: Desk, { kind, id, title: text }: TimelineItem): Html =>
  kind === 'enrolment' ? linkTo(workflowUrl(desk, id.replace(/#\d+$/, '')), text) : html`${text}`;

/** The button that takes the customer out of a journey. */
const exit = ({ words }: Desk, { id, title: journey }: TimelineItem): Html =>
  html`<form
    class="inline"
    method="post"
    action="/console/journeys/${journey}/enrolments/${encodeURIComponent(id)}/exit"
  >
    <button class="quiet">${words.takeOut}</button>
  </form>`;

/** For when the message is planned, and how sure the choice of its hour was. */
function bestTime({ format }: Desk, { timing, dueAt, state }: TimelineItem['detail']): Html | false {
  if (state !== 'planned' || !(dueAt instanceof Date)) return false;
  const chance =
    typeof timing === 'object' && timing !== null && 'probability' in timing
      ? Number(timing.probability)
      : NaN;
  return html`<span class="soft small"
    >→ ${format.date(dueAt)}${Number.isFinite(chance) && ` (p = ${chance.toFixed(2)})`}</span
  >`;
}

function detail(desk: Desk, item: TimelineItem): Html {
  const { kind, detail: of } = item;
  const { words } = desk;
  switch (kind) {
    case 'message':
      return html`${stateChip(desk, of.state as MessageState, typeof of.reason === 'string' ? of.reason : undefined)}
        <span class="soft small">${String(of.channel)}</span> ${bestTime(desk, of)}`;
    case 'enrolment':
      return html`<code>${runPlace(desk, of)}</code> ${of.open === true && exit(desk, item)}`;
    case 'decision':
      return html`<code>${Array.isArray(of.offers) ? of.offers.join(', ') : ''}</code>
        <a href="/console/decisions?id=${encodeURIComponent(item.id)}">${words.whyChosen}</a>`;
    case 'event':
      return html`<code
        >${Object.keys(of.properties ?? {}).length === 0 ? '' : JSON.stringify(of.properties)}</code
      >`;
    default:
      return kind satisfies never;
  }
}
