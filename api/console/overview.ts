import { outcomes as outcomesOfRuns } from '../../domain/enrolment';
import { broadcastKey } from '../../domain/broadcast';
import type { MessageDocument } from '../../store/messages';
import type { OfferDocument } from '../../store/offers';
import type { Journey } from '../../workflows/engine/journey';
import type { JourneyFigures } from '../journey-figures';
import { html, type Html } from '../pages/html';
import { journeyUrl, type Desk } from './layout';
import { bar, customerLink, linkTo, outcomeChip, pauseForm, stateChip, table } from './parts';

/** What the first page shows. */
export interface Overview {
  readonly customers: number;
  readonly events: number;
  readonly sent: number;
  readonly journeys: readonly {
    readonly journey: Journey;
    readonly figures: JourneyFigures;
    readonly paused: boolean;
  }[];
  readonly messages: readonly MessageDocument[];
  readonly offers: readonly OfferDocument[];
}

export function overviewPage(desk: Desk, overview: Overview): Html {
  const { words, format } = desk;
  const { tiles } = words;
  const open = overview.journeys.reduce((sum, { figures }) => sum + figures.open, 0);
  const shown = [
    [tiles.customers, overview.customers],
    [tiles.open, open],
    [tiles.sent, overview.sent],
    [tiles.events, overview.events],
  ] as const;
  return html`<h1>${words.overview}</h1>
    <div class="tiles">
      ${shown.map(([name, count]) => html`<div class="tile"><b>${format.number(count)}</b><span>${name}</span></div>`)}
    </div>
    <h2>${words.journeys}</h2>
    <div class="cards">${overview.journeys.map((each) => journeyCard(desk, each))}</div>
    <h2>${words.messages}</h2>
    ${overview.messages.length === 0 ? html`<p class="soft">${words.noMessages}</p>` : messageTable(desk, overview.messages)}
    <h2>${words.offers}</h2>
    ${overview.offers.length === 0 ? html`<p class="soft">${words.noOffers}</p>` : offerTable(desk, overview.offers)}`;
}

function journeyCard(desk: Desk, { journey, figures, paused }: Overview['journeys'][number]): Html {
  const { words, format } = desk;
  const { open, waiting, outcomes } = figures;
  const steps = Object.entries(waiting).sort(([, a], [, b]) => b - a);
  const waitingInAll = steps.reduce((sum, [, count]) => sum + count, 0);
  const rows = open > waitingInAll ? [...steps, [words.starting, open - waitingInAll] as const] : steps;
  const ended = outcomesOfRuns.flatMap((outcome) => {
    const count = outcomes[outcome] ?? 0;
    return count === 0 ? [] : [outcomeChip(desk, outcome, count)];
  });
  return html`<article class="card">
    <header>
      <h3><a href="/console/journeys/${journey.name}">${journey.name}</a></h3>
      <span class="count"><b>${format.number(open)}</b> ${words.open}</span>
    </header>
    ${rows.length === 0 && ended.length === 0 && html`<p class="soft small">${words.noRuns}</p>`}
    <div class="steps">
      ${rows.slice(0, 6).map(([step, count]) => html`<span title="${step}">${step}</span>${bar(count / Math.max(1, open))}<b>${format.number(count)}</b>`)}
    </div>
    <div class="chips">${paused && html`<span class="chip warn">${words.paused}</span>`}${ended}</div>
    <footer>
      ${journeyUrl(desk, journey.name) !== undefined && linkTo(journeyUrl(desk, journey.name), words.temporal)}
      ${pauseForm(desk, journey.name, paused)}
    </footer>
  </article>`;
}

/** What a message belongs to: a journey, or a broadcast. */
function originOf({ journey, enrolmentId }: MessageDocument): Html {
  const isBroadcast = enrolmentId.startsWith(broadcastKey(''));
  const page = isBroadcast
    ? `/console/broadcasts/${encodeURIComponent(enrolmentId.slice(broadcastKey('').length))}`
    : `/console/journeys/${journey}`;
  return html`<a href="${page}">${journey}</a>`;
}

function messageTable(desk: Desk, messages: readonly MessageDocument[]): Html {
  const { words, format } = desk;
  return table({
    label: words.messages,
    plain: true,
    columns: [[words.when, 'soft'], words.customer, words.journey, words.template, words.state],
    rows: messages.map((message) => [
      format.ago(message.createdAt),
      customerLink(message.customerId),
      originOf(message),
      html`${message.template} <span class="soft small">${words.channels[message.channel]}</span>`,
      stateChip(desk, message.state, message.reason ?? message.heldBy),
    ]),
  });
}

const offerTable = ({ words, format, locale }: Desk, offers: readonly OfferDocument[]): Html =>
  table({
    label: words.offers,
    columns: [
      [words.offer, 'wide'],
      [words.places, 'soft wide'],
      [words.price, 'right'],
      [words.margin, 'right'],
      [words.taken, 'right'],
    ],
    rows: offers.map((offer) => [
      html`${offer.name[locale]} <code>${offer._id}</code>`,
      offer.slots.map((slot) => words.slots[slot]).join(', '),
      format.money(offer.price),
      format.money(offer.value),
      format.number(offer.taken),
    ]),
  });
