import type { CustomerDocument } from '../../store/customers';
import type { EnrolmentDocument } from '../../store/enrolments';
import type { TimelineItem } from '../../store/personal-data';
import { isPaused, type Consent } from '../../domain/consent';
import { channels, type Channel, type MessageState, type Topic } from '../../domain/messages';
import type { Currency } from '../../domain/money';
import { html, type Html } from '../pages/html';
import { publicWords } from '../pages/public-words';
import { workflowUrl, type Desk } from './layout';
import { customerWords } from './customer-words';
import { linkTo, question, stateChip, table } from './parts';

/** What the page of a customer shows. */
export interface CustomerView {
  readonly id: string;
  readonly customer: CustomerDocument | null;
  readonly items: readonly TimelineItem[];
  /** Where the next page of what happened begins. */
  readonly next?: string;
  /** An open run, if it is asked whether the customer is to be taken out of it. */
  readonly leaves?: EnrolmentDocument;
}

const pathOf = (id: string): string => `/console/customers?id=${encodeURIComponent(id)}`;

/** A customer and what happened to them, latest first. */
export function customerPage(desk: Desk, { id, customer, items, next, leaves }: CustomerView): Html {
  const { format } = desk;
  const words = customerWords[desk.locale];
  return html`<p class="small"><a href="/console/customers">← ${words.title}</a></p>
    <h1>${id}</h1>
    ${
      leaves &&
      question({
        ask: words.askOut(leaves.journey),
        action: `/console/journeys/${leaves.journey}/enrolments/${encodeURIComponent(leaves._id)}/exit`,
        act: words.confirmOut,
        keep: desk.words.keep,
        back: pathOf(id),
      })
    }
    ${customer?.erasedAt && html`<p class="chip warn">${words.erased}</p>`}
    ${customer && !customer.erasedAt && profile(desk, customer)}
    <h2>${words.timeline}</h2>
    ${
      items.length === 0
        ? html`<p class="soft">${words.nothing}</p>`
        : table({
            label: words.timeline,
            plain: true,
            columns: [[desk.words.when, 'soft'], [words.kind, 'soft'], words.what, [words.details, 'wide']],
            rows: items.map((item) => [
              format.date(item.at),
              desk.words.kinds[item.kind],
              title(desk, item),
              detail(desk, item, id),
            ]),
          })
    }
    ${next !== undefined && html`<p><a href="${`${pathOf(id)}&behind=${next}`}">${words.older}</a></p>`}`;
}

function profile(desk: Desk, customer: CustomerDocument): Html {
  const { format } = desk;
  const { fields } = customerWords[desk.locale];
  const { firstName, lastName, email, phone, locale, timeZone, signedUpAt } = customer;
  const name = [firstName, lastName].filter((part) => part !== undefined).join(' ');
  const consent = channels.flatMap((channel) => consentChips(desk, channel, customer.consent[channel]));
  const attributes = Object.entries(customer.attributes).map(
    ([attribute, value]) =>
      html`<span class="chip"
        >${attribute}:
        ${attribute === 'spent' && typeof value === 'number' ? inMoney(desk, value) : String(value)}</span
      >`,
  );
  const rows: readonly (readonly [string, string | Html | readonly Html[] | undefined])[] = [
    [fields.name, name],
    [fields.email, email],
    [fields.phone, phone],
    [fields.locale, locale && format.language(locale)],
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

/** Amounts that Perene sums up are in the business's currency. */
const inMoney = ({ format, configuration }: Desk, amount: number): string =>
  format.money({ amount, currency: configuration.business.currency });

/** What stands of a customer's consent on a channel: yes or no, without what, and what they have not confirmed. */
function consentChips(desk: Desk, channel: Channel, consent: Consent | undefined): Html[] {
  if (!consent) return [];
  const { words, locale, format, now } = desk;
  const { granted, except, awaiting, pausedUntil } = consent;
  const named = (some: readonly Topic[]) =>
    some.map((topic) => publicWords[locale].topics[topic].name).join(', ');
  const { consents, pausedUntil: untilWhen } = customerWords[locale];
  const said = `${words.channels[channel]}: ${granted ? consents.yes : consents.no}`;
  return [
    html`<span class="chip ${granted ? 'good' : 'warn'}"
      >${said}${except && ` (${consents.except(named(except))})`}</span
    >`,
    ...(awaiting
      ? [
          html`<span class="chip"
            >${words.channels[channel]}: ${consents.awaiting(named(awaiting.topics))}</span
          >`,
        ]
      : []),
    ...(pausedUntil && isPaused(consent, now)
      ? [
          html`<span class="chip warn"
            >${words.channels[channel]}: ${untilWhen(format.date(pausedUntil))}</span
          >`,
        ]
      : []),
  ];
}

function runPlace({ words }: Desk, { outcome, step }: TimelineItem['detail']): Html {
  const ended: Readonly<Record<string, string>> = words.ended;
  if (typeof outcome === 'string') return html`<span class="chip">${ended[outcome] ?? outcome}</span>`;
  return typeof step === 'string' ? html`<code>${step}</code>` : html`${words.starting}`;
}

function title(desk: Desk, { kind, id, title: text }: TimelineItem): Html {
  if (kind === 'enrolment') return linkTo(workflowUrl(desk, id.replace(/#\d+$/, '')), text);
  const said: Readonly<Record<string, string>> = customerWords[desk.locale].said;
  return html`${kind === 'consent' ? (said[text] ?? text) : text}`;
}

/** The way to the question whether to take the customer out of a journey. */
const exit = ({ locale }: Desk, { id }: TimelineItem, customerId: string): Html =>
  html`<a class="quiet" href="${`${pathOf(customerId)}&out=${encodeURIComponent(id)}`}"
    >${customerWords[locale].takeOut}…</a
  >`;

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

const shown = (value: unknown, { number }: Desk['format']): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? number(value) : JSON.stringify(value);

/** What an event tells; an amount with its currency. */
function properties({ format }: Desk, told: unknown): Html {
  const { amount, currency, ...rest } = { ...(told as Readonly<Record<string, unknown>> | undefined) };
  const isMoney = typeof amount === 'number' && typeof currency === 'string' && /^[A-Z]{3}$/.test(currency);
  const pairs = Object.entries({
    ...(isMoney
      ? { amount: format.money({ amount, currency: currency as Currency }) }
      : { ...(amount !== undefined && { amount }), ...(currency !== undefined && { currency }) }),
    ...rest,
  });
  return html`<span class="pairs"
    >${pairs.map(([name, value]) => html`<span><span class="soft">${name}</span> ${shown(value, format)}</span>`)}</span
  >`;
}

/** What a statement of consent is about, and by which way it came. */
function statement({ words, locale, format }: Desk, of: TimelineItem['detail']): string {
  const topic = of.topic === 'all' ? [] : [publicWords[locale].topics[of.topic as Topic].name];
  const until = of.until instanceof Date ? [customerWords[locale].pausedUntil(format.date(of.until))] : [];
  return [words.channels[of.channel as Channel], ...topic, String(of.source), ...until].join(' · ');
}

function detail(desk: Desk, item: TimelineItem, customerId: string): Html {
  const { kind, detail: of } = item;
  const { words } = desk;
  switch (kind) {
    case 'message':
      return html`${stateChip(desk, of.state as MessageState, typeof of.reason === 'string' ? of.reason : undefined)}
        <span class="soft small">${words.channels[of.channel as Channel]}</span> ${bestTime(desk, of)}`;
    case 'enrolment':
      return html`${runPlace(desk, of)} ${of.open === true && exit(desk, item, customerId)}`;
    case 'decision':
      return html`<code>${Array.isArray(of.offers) ? of.offers.join(', ') : ''}</code>
        <a href="/console/decisions?id=${encodeURIComponent(item.id)}">${words.whyChosen}</a>`;
    case 'consent':
      return html`<span class="soft small">${statement(desk, of)}</span>`;
    case 'event':
      return properties(desk, of.properties);
    default:
      return kind satisfies never;
  }
}
