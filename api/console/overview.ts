import type { MessageDocument } from '../../store/messages';
import type { OfferDocument } from '../../store/offers';
import type { Journey } from '../../workflows/engine/journey';
import type { JourneyFigures } from '../journey-figures';
import { html, type Html } from '../pages/html';
import { journeyUrl, type Desk } from './layout';
import { bar, customerLink, linkTo, stateChip } from './parts';

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
  return html`<div class="tiles">
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
  const ended = Object.entries(words.outcomes).flatMap(([outcome, name]) => {
    const count = outcomes[outcome] ?? 0;
    return count === 0
      ? []
      : [
          html`<span class="chip ${outcome === 'converted' && 'good'}"
            >${format.number(count)} ${name}</span
          >`,
        ];
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
      <form method="post" action="/console/journeys/${journey.name}/${paused ? 'resume' : 'pause'}">
        <button class="quiet">${paused ? words.resume : words.pause}</button>
      </form>
    </footer>
  </article>`;
}

function messageTable(desk: Desk, messages: readonly MessageDocument[]): Html {
  const { words, format } = desk;
  const rows = messages.map(
    (message) =>
      html`<tr>
        <td class="soft">${format.ago(message.createdAt)}</td>
        <td>${customerLink(message.customerId)}</td>
        <td>${message.journey}</td>
        <td>${message.template} <span class="soft small">${message.channel}</span></td>
        <td>${stateChip(desk, message.state, message.reason ?? message.heldBy)}</td>
      </tr>`,
  );
  return html`<div class="table">
    <table>
      <thead>
        <tr>
          <th>${words.when}</th>
          <th>${words.customer}</th>
          <th>${words.journey}</th>
          <th>${words.template}</th>
          <th>${words.state}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function offerTable({ words, format, locale }: Desk, offers: readonly OfferDocument[]): Html {
  const rows = offers.map(
    (offer) =>
      html`<tr>
        <td>${offer.name[locale]} <code>${offer._id}</code></td>
        <td class="soft">${offer.slots.map((slot) => words.slots[slot]).join(', ')}</td>
        <td class="right">${format.money(offer.price)}</td>
        <td class="right">${format.money(offer.value)}</td>
        <td class="right">${format.number(offer.taken)}</td>
      </tr>`,
  );
  return html`<div class="table">
    <table>
      <thead>
        <tr>
          <th>${words.offer}</th>
          <th>${words.places}</th>
          <th class="right">${words.price}</th>
          <th class="right">${words.margin}</th>
          <th class="right">${words.taken}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
