import { deliveryStates, type DeliveryState } from '../../domain/deliveries';
import type { DeliveryDocument } from '../../store/deliveries';
import type { AlertDocument, WebhookDocument } from '../../store/webhooks';
import { html, type Html, type Part } from '../pages/html';
import { isReplayable } from '../routes/deliveries';
import { deliveryWords, type DeliveryWords } from './delivery-words';
import type { Desk } from './layout';
import { customerLink, question, table } from './parts';

/** What the page of webhooks and alerts shows. */
export interface DeliveriesView {
  readonly webhooks: readonly WebhookDocument[];
  readonly alerts: readonly AlertDocument[];
  /** Latest first; of one state, if one is chosen. */
  readonly deliveries: readonly DeliveryDocument[];
  readonly state?: DeliveryState;
  /** Before when the next page begins. */
  readonly next?: string;
  /** What it is asked of whether it is to be replayed: one delivery, or all that was given up to a name. */
  readonly asks?: DeliveryDocument | { readonly all: string } | undefined;
  /** Why the replay that was asked for does not begin. */
  readonly tooLate?: keyof DeliveryWords['tooLate'];
}

const path = '/console/deliveries';
const tones = { planned: '', delivered: 'good', suppressed: 'warn', failed: 'bad', replaying: '' } as const;

/** Where journeys tell other systems and the team, and what became of what they told. */
export function deliveriesPage(desk: Desk, view: DeliveriesView): Html {
  const words = deliveryWords[desk.locale];
  const { webhooks, alerts, deliveries, state, next, asks, tooLate } = view;
  const older = new URLSearchParams({ ...(state && { state }), ...(next !== undefined && { before: next }) });
  return html`<h1>${words.title}</h1>
    <p class="lead soft">${words.lead}</p>
    ${tooLate && html`<p class="notice" role="status">${words.tooLate[tooLate]}</p>`}
    ${asks && replayQuestion(desk, asks)}
    <h2>${words.webhooks}</h2>
    ${webhooks.length === 0 ? html`<p class="soft">${words.noWebhooks}</p>` : webhookTable(desk, webhooks)}
    <h2>${words.alerts}</h2>
    ${alerts.length === 0 ? html`<p class="soft">${words.noAlerts}</p>` : alertTable(desk, alerts)}
    <h2>${words.deliveries}</h2>
    ${choices(desk, state)} ${state === 'failed' && waysToReplayAll(desk, deliveries)}
    ${deliveries.length === 0 ? html`<p class="soft">${words.none}</p>` : deliveryTable(desk, deliveries)}
    ${next !== undefined && html`<p><a href="${path}?${older.toString()}">${words.older}</a></p>`}`;
}

/** The ways to the deliveries of each state. */
function choices({ locale }: Desk, chosen: DeliveryState | undefined): Html {
  const words = deliveryWords[locale];
  const way = (state: DeliveryState | undefined, name: string) =>
    html`<a
      class="chip ${state && tones[state]}"
      href="${state === undefined ? path : `${path}?state=${state}`}"
      ${state === chosen && html`aria-current="true"`}
      >${name}</a
    >`;
  return html`<p class="chips">
    ${way(undefined, words.all)} ${deliveryStates.map((state) => way(state, words.states[state]))}
  </p>`;
}

/** The way to a question, among what was given up. */
const askPath = (question: { ask: string } | { all: string }): string =>
  `${path}?${new URLSearchParams({ state: 'failed', ...question }).toString()}`;

/** Whether a delivery, or everything given up to a name, is to be replayed. */
function replayQuestion({ locale, words }: Desk, asks: NonNullable<DeliveriesView['asks']>): Html {
  const { askReplay, askReplayAll, replay, replayAll } = deliveryWords[locale];
  const asked =
    'all' in asks
      ? { ask: askReplayAll(asks.all), action: `${path}/${asks.all}/replay-all`, act: replayAll(asks.all) }
      : {
          ask: askReplay({ to: asks.to, customer: asks.customerId }),
          action: `${path}/${encodeURIComponent(asks._id)}/replay`,
          act: replay,
        };
  return question({ ...asked, keep: words.keep, back: `${path}?state=failed` });
}

/** The ways to the question whether to replay all that was given up to each name on the page. */
function waysToReplayAll({ locale }: Desk, deliveries: readonly DeliveryDocument[]): Html {
  const names = [...new Set(deliveries.filter(isReplayable).map(({ to }) => to))];
  return html`<p class="row">
    ${names.map(
      (to) =>
        html`<a class="quiet" href="${askPath({ all: to })}">${deliveryWords[locale].replayAll(to)}…</a>`,
    )}
  </p>`;
}

function webhookTable(desk: Desk, webhooks: readonly WebhookDocument[]): Html {
  const words = deliveryWords[desk.locale];
  const { format, now } = desk;
  return table({
    label: words.webhooks,
    columns: [words.name, [words.address, 'wide'], [desk.words.state, 'wide'], [words.changed, 'soft'], ''],
    rows: webhooks.map(({ _id, url, disabledAt, previous, updatedAt }) => [
      _id,
      html`<code>${url}</code>`,
      html`${
        disabledAt
          ? html`<span class="chip bad">${words.disabled}</span>
              <span class="soft small">${words.disabledBy(format.date(disabledAt))}</span>`
          : html`<span class="chip good">${words.enabled}</span>`
      }
      ${
        previous &&
        previous.until > now &&
        html`<div class="soft small">${words.twoSecrets(format.date(previous.until))}</div>`
      }`,
      format.date(updatedAt),
      disabledAt &&
        html`<form method="post" action="/console/webhooks/${_id}/enable">
          <button class="quiet">${words.enable}</button>
        </form>`,
    ]),
  });
}

function alertTable(desk: Desk, alerts: readonly AlertDocument[]): Html {
  const words = deliveryWords[desk.locale];
  return table({
    label: words.alerts,
    columns: [words.name, [words.reaches, 'wide'], [words.changed, 'soft']],
    rows: alerts.map(({ _id, emails, webhook, updatedAt }) => {
      const reached = [...emails, ...(webhook === undefined ? [] : [`${words.kinds.webhook} ${webhook}`])];
      return [_id, reached.join(', ') || words.nobody, desk.format.date(updatedAt)];
    }),
  });
}

function deliveryTable(desk: Desk, deliveries: readonly DeliveryDocument[]): Html {
  const words = deliveryWords[desk.locale];
  return table({
    label: words.deliveries,
    columns: [
      [desk.words.when, 'soft'],
      [words.to, 'wide'],
      [desk.words.customer, 'wide'],
      [desk.words.state, 'wide'],
      [words.attempts, 'right'],
      [words.again, 'soft'],
    ],
    rows: deliveries.map((delivery) => deliveryRow(desk, delivery)),
  });
}

function deliveryRow(desk: Desk, delivery: DeliveryDocument): readonly Part[] {
  const words = deliveryWords[desk.locale];
  const { format } = desk;
  const { _id, createdAt, kind, to, customerId, journey, state, reason, attempts, replay } = delivery;
  const dueAt = replay?.dueAt ?? delivery.dueAt;
  return [
    format.date(createdAt),
    html`${to} <span class="soft small">${words.kinds[kind]}</span>`,
    html`${customerLink(customerId)} <a class="small" href="/console/journeys/${journey}">${journey}</a>`,
    html`<span class="chip ${tones[state]}">${words.states[state]}</span>
      ${reason !== undefined && html`<span class="soft small">${reasonIn(desk, reason)}</span>`}`,
    format.number(attempts),
    dueAt
      ? format.ago(dueAt)
      : isReplayable(delivery) && html`<a class="quiet" href="${askPath({ ask: _id })}">${words.replay}…</a>`,
  ];
}

/** A code of ours in words; one of a mail provider's stays as it is. */
function reasonIn({ locale }: Desk, reason: string): string {
  const words = deliveryWords[locale];
  const [, status] = /^http-(\d+)$/.exec(reason) ?? [];
  return status === undefined ? (words.reasons[reason] ?? reason) : words.answered(status);
}
