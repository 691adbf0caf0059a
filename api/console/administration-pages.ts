import { keyScopes } from '../../domain/keys';
import type { ApiKeyDocument } from '../../store/api-keys';
import type { AuditDocument } from '../../store/audit';
import { html, type Html, type Part } from '../pages/html';
import { administrationWords } from './administration-words';
import type { Desk } from './layout';
import { question, table } from './parts';

/** What the page of keys shows. */
export interface KeysView {
  readonly keys: readonly ApiKeyDocument[];
  /** The one that was just made, which only this page shows. */
  readonly made?: string;
  /** Id of the one of which it is asked whether it is to be revoked. */
  readonly asks?: string | undefined;
  readonly now: Date;
}

/** The keys that were made, and a form for another. */
export function keysPage(desk: Desk, { keys, made, asks, now }: KeysView): Html {
  const words = administrationWords[desk.locale];
  const asked = keys.find((key) => key._id === asks && !isOver(key, now));
  return html`<h1>${words.keys}</h1>
    ${
      asked &&
      question({
        ask: words.askRevoke(asked.name),
        action: `/console/keys/${encodeURIComponent(asked._id)}/revoke`,
        act: words.revoke,
        keep: desk.words.keep,
        back: '/console/keys',
      })
    }
    ${
      made !== undefined &&
      html`<section class="card" role="status">
        <p>${words.once}</p>
        <p><code>${made}</code></p>
      </section>`
    }
    <form class="card" method="post" action="/console/keys">
      <label>${words.name} <input name="name" required maxlength="64" pattern="[\\w .@\\/\\-]+" /></label>
      <label
        >${words.scope}
        <select name="scope">
          ${keyScopes.map((scope) => html`<option value="${scope}">${scope}: ${words.scopes[scope]}</option>`)}
        </select></label
      >
      <label>${words.days} <input name="expiresInDays" type="number" min="1" max="3650" /></label>
      <button>${words.create}</button>
    </form>
    ${
      keys.length === 0
        ? html`<p class="soft">${words.none}</p>`
        : html`${table({
              label: words.keys,
              columns: [
                [words.name, 'wide'],
                words.scope,
                words.begins,
                [words.made, 'soft'],
                [words.ends, 'soft'],
                '',
              ],
              rows: keys.map((key) => keyRow(desk, key, now)),
            })}
            <p class="soft small">${words.rotateHint}</p>`
    }`;
}

const isOver = ({ expiresAt, revokedAt }: ApiKeyDocument, now: Date): boolean =>
  revokedAt !== undefined || (expiresAt !== undefined && expiresAt <= now);

function keyRow(desk: Desk, key: ApiKeyDocument, now: Date): readonly Part[] {
  const { _id, name, scope, hint, createdAt, expiresAt, revokedAt } = key;
  const words = administrationWords[desk.locale];
  const id = encodeURIComponent(_id);
  const end = revokedAt ?? expiresAt;
  return [
    name,
    words.scopes[scope],
    html`<code>${hint}…</code>`,
    desk.format.date(createdAt),
    html`${isOver(key, now) && html`<span class="chip warn">${revokedAt ? words.revoked : words.expired}</span>`}
    ${end ? desk.format.date(end) : words.never}`,
    !isOver(key, now) &&
      html`<div class="row">
        <form method="post" action="/console/keys/${id}/rotate">
          <button class="quiet">${words.rotate}</button>
        </form>
        <a class="quiet" href="/console/keys?revoke=${id}">${words.revoke}…</a>
      </div>`,
  ];
}

/** What administrators did, latest first; `next` leads to what is older. */
export function auditPage(
  desk: Desk,
  { entries, next }: { readonly entries: readonly AuditDocument[]; readonly next?: string },
): Html {
  const words = administrationWords[desk.locale];
  if (entries.length === 0)
    return html`<h1>${words.audit}</h1>
      <p class="soft">${words.nothingDone}</p>`;
  return html`<h1>${words.audit}</h1>
    ${table({
      label: words.audit,
      columns: [[desk.words.when, 'soft'], words.who, words.act, [words.on, 'wide'], words.status],
      rows: entries.map(({ at, actor, act, subject, status }) => [
        desk.format.date(at),
        actor,
        html`<code>${act}</code>`,
        Object.values(subject).join(' '),
        html`<span class="chip ${status < 400 ? 'good' : 'bad'}">${status}</span>`,
      ]),
    })}
    ${next !== undefined && html`<p><a href="/console/audit?before=${encodeURIComponent(next)}">${words.older}</a></p>`}`;
}
