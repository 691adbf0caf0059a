import { broadcastGroups, broadcastKey, type BroadcastCounts } from '../../domain/broadcast';
import type { BroadcastDocument } from '../../store/broadcasts';
import { html, type Html } from '../pages/html';
import { broadcastWords, type ShownGroup } from './broadcast-words';
import { workflowUrl, type Desk } from './layout';
import { linkTo, question } from './parts';

/** A broadcast and how far it is. */
export interface BroadcastView {
  readonly broadcast: BroadcastDocument;
  readonly counts: BroadcastCounts;
}

/** What is asked about before it is done. */
export const broadcastQuestions = ['pause', 'cancel'] as const;
export type BroadcastQuestion = (typeof broadcastQuestions)[number];

const shownGroups: readonly ShownGroup[] = [...broadcastGroups, 'rest'];
const tones = { running: 'good', paused: 'warn', cancelled: 'bad', completed: '' } as const;

const pathOf = (id: string): string => `/console/broadcasts/${encodeURIComponent(id)}`;
const isOver = ({ state }: BroadcastDocument): boolean => state === 'cancelled' || state === 'completed';

/** The latest broadcasts with their progress, and a button for each that is not over. */
export function broadcastsPage(desk: Desk, views: readonly BroadcastView[]): Html {
  const words = broadcastWords[desk.locale];
  return html`<h1>${words.title}</h1>
    <p class="lead soft">${words.lead}</p>
    ${
      views.length === 0
        ? html`<p class="soft">${words.none}</p>`
        : html`<div class="cards wide">${views.map((view) => broadcastCard(desk, view))}</div>`
    }`;
}

function broadcastCard(desk: Desk, view: BroadcastView): Html {
  const { broadcast } = view;
  const words = broadcastWords[desk.locale];
  return html`<article class="card">
    <header>
      <h2><a href="${pathOf(broadcast._id)}">${broadcast._id}</a></h2>
      ${stateOf(desk, broadcast)}
    </header>
    <div class="soft">
      ${words.segments[broadcast.segment]} · ${desk.words.channels[broadcast.channel]} ·
      <code>${broadcast.template}</code>
    </div>
    ${stack(view)} ${legend(desk, view)}
    <footer>
      <span>${timing(desk, broadcast)}</span>
      ${isOver(broadcast) ? '' : pauseForm(desk, broadcast)}
    </footer>
  </article>`;
}

/**
 * One broadcast. With `asks` it asks whether that is to be done; with `isPastThat` it says that a button came too late.
 */
export function broadcastPage(
  desk: Desk,
  view: BroadcastView,
  { asks, isPastThat }: { readonly asks?: BroadcastQuestion | undefined; readonly isPastThat: boolean },
): Html {
  const { broadcast } = view;
  const words = broadcastWords[desk.locale];
  const { waiting, rest } = sizesOf(view);
  return html`<p class="small"><a href="/console/broadcasts">← ${words.title}</a></p>
    <h1>${broadcast._id} ${stateOf(desk, broadcast)}</h1>
    ${isPastThat && html`<p class="notice" role="status">${words.pastThat(words.states[broadcast.state])}</p>`}
    ${
      asks && !isOver(broadcast)
        ? question({
            ask: asks === 'cancel' ? words.askCancel(desk.format.number(waiting + rest)) : words.askPause,
            action: `${pathOf(broadcast._id)}/${asks}`,
            act: asks === 'cancel' ? words.confirmCancel : words.confirmPause,
            keep: desk.words.keep,
            back: pathOf(broadcast._id),
          })
        : !isOver(broadcast) &&
          html`<div class="row">
            ${pauseForm(desk, broadcast)}
            <a class="quiet" href="${pathOf(broadcast._id)}?ask=cancel">${words.cancel}</a>
          </div>`
    }
    <h2>${words.progress}</h2>
    <div class="card">${stack(view)} ${groupList(desk, view)}</div>
    <h2>${words.message}</h2>
    <div class="card">${facts(desk, broadcast)}</div>`;
}

/** How many people are in each group; `rest` are those of the audience in none. */
function sizesOf({ broadcast, counts }: BroadcastView): Record<ShownGroup, number> {
  const looked = broadcastGroups.reduce((sum, group) => sum + counts[group], 0);
  return { ...counts, rest: Math.max(0, (broadcast.audience ?? 0) - looked) };
}

/** A bar with a piece for each group. Its words stand beside it. */
function stack(view: BroadcastView): Html {
  const sizes = sizesOf(view);
  const whole = shownGroups.reduce((sum, group) => sum + sizes[group], 0);
  let from = 0;
  const pieces = shownGroups.map((group) => {
    const width = whole === 0 ? 0 : (sizes[group] / whole) * 100;
    const piece = html`<rect
      class="${group}"
      x="${from.toFixed(2)}"
      width="${width.toFixed(2)}"
      height="4"
    />`;
    from += width;
    return width > 0 && group !== 'rest' && piece;
  });
  return html`<svg class="bar stack" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    ${pieces}
  </svg>`;
}

function nameOf({ locale }: Desk, { broadcast }: BroadcastView, group: ShownGroup): string {
  const words = broadcastWords[locale];
  return group === 'rest' && isOver(broadcast) ? words.neverReached : words.groups[group];
}

function legend(desk: Desk, view: BroadcastView): Html {
  const sizes = sizesOf(view);
  const some = shownGroups.filter((group) => group === 'sent' || sizes[group] > 0);
  return html`<div class="legend">
    ${some.map(
      (group) =>
        html`<span
          ><i class="${group}"></i
          ><b>${desk.format.number(sizes[group])}</b> ${nameOf(desk, view, group)}</span
        >`,
    )}
  </div>`;
}

function groupList(desk: Desk, view: BroadcastView): Html {
  const sizes = sizesOf(view);
  const whole = Math.max(
    1,
    shownGroups.reduce((sum, group) => sum + sizes[group], 0),
  );
  const { meanings } = broadcastWords[desk.locale];
  return html`<dl class="groups">
    ${shownGroups.map(
      (group) =>
        (group !== 'rest' || sizes.rest > 0) &&
        html`<dt class="legend">
            <span><i class="${group}"></i>${nameOf(desk, view, group)}</span>
          </dt>
          <dd class="right"><b>${desk.format.number(sizes[group])}</b></dd>
          <dd class="right soft">${desk.format.share(sizes[group] / whole)}</dd>
          <dd class="soft small">${(group !== 'rest' || !isOver(view.broadcast)) && meanings[group]}</dd>`,
    )}
  </dl>`;
}

function facts(desk: Desk, broadcast: BroadcastDocument): Html {
  const words = broadcastWords[desk.locale];
  const { format } = desk;
  const { at, perSecond, topic, audience, endedAt, pausedAt } = broadcast;
  const date = at && 'date' in at ? at.date : undefined;
  const rows: (readonly [string, Html | string])[] = [
    [words.message, html`<code>${broadcast.template}</code> · ${desk.words.channels[broadcast.channel]}`],
    [words.to, words.segments[broadcast.segment]],
    [words.audience, audience === undefined ? words.notCounted : words.people(format.number(audience))],
    ...(topic === undefined ? [] : [[words.topic, html`<code>${topic}</code>`] as const]),
    [words.hour, at ? words.onTheirClock(at.time, date) : words.atOnce],
    [words.rate, perSecond === undefined ? words.channelRate : words.perSecond(format.number(perSecond))],
    [words.holdout, format.share(broadcast.holdout / 100)],
    [broadcast.startsAt > desk.now ? words.begins : words.begun, format.date(broadcast.startsAt)],
    ...(pausedAt ? [[words.pausedSince, format.date(pausedAt)] as const] : []),
    ...(endedAt ? [[words.ended, format.date(endedAt)] as const] : []),
  ];
  const url = workflowUrl(desk, broadcastKey(broadcast._id));
  return html`<dl class="facts">
      ${rows.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${url !== undefined && html`<p class="small">${linkTo(url, desk.words.temporal)}</p>`}`;
}

function timing(desk: Desk, { startsAt, endedAt }: BroadcastDocument): Html {
  const words = broadcastWords[desk.locale];
  if (endedAt) return html`${words.ended} ${desk.format.ago(endedAt)}`;
  return html`${startsAt > desk.now ? words.begins : words.begun} ${desk.format.ago(startsAt)}`;
}

function stateOf({ locale, now }: Desk, { state, startsAt }: BroadcastDocument): Html {
  const words = broadcastWords[locale];
  const isAhead = state === 'running' && startsAt > now;
  return html`<span class="chip ${!isAhead && tones[state]}"
    >${isAhead ? words.scheduled : words.states[state]}</span
  >`;
}

function pauseForm({ locale }: Desk, { _id, state }: BroadcastDocument): Html {
  const words = broadcastWords[locale];
  return state === 'paused'
    ? html`<form method="post" action="${pathOf(_id)}/resume">
        <button class="quiet">${words.resume}</button>
      </form>`
    : html`<a class="quiet" href="${pathOf(_id)}?ask=pause">${words.pause}…</a>`;
}
