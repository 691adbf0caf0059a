import { keyScopes } from '../../domain/keys';
import type { ApiKeyDocument } from '../../store/api-keys';
import type { AuditDocument } from '../../store/audit';
import { html, type Html } from '../pages/html';
import { administrationWords } from './administration-words';
import type { Desk } from './layout';

/** The keys that were made, a form for another, and the one that was just made, which only this page shows. */
export function keysPage(
  desk: Desk,
  {
    keys,
    made,
    now,
  }: { readonly keys: readonly ApiKeyDocument[]; readonly made?: string; readonly now: Date },
): Html {
  const words = administrationWords[desk.locale];
  return html`<h1>${words.keys}</h1>
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
        : html`<div class="table">
              <table>
                <thead>
                  <tr>
                    ${[words.name, words.scope, words.begins, words.made, words.ends, ''].map(
                      (title) => html`<th>${title}</th>`,
                    )}
                  </tr>
                </thead>
                <tbody>
                  ${keys.map((key) => keyRow(desk, key, now))}
                </tbody>
              </table>
            </div>
            <p class="soft small">${words.rotateHint}</p>`
    }`;
}

function keyRow(
  desk: Desk,
  { _id, name, scope, hint, createdAt, expiresAt, revokedAt }: ApiKeyDocument,
  now: Date,
): Html {
  const words = administrationWords[desk.locale];
  const isOver = revokedAt !== undefined || (expiresAt !== undefined && expiresAt <= now);
  const end = revokedAt ?? expiresAt;
  const button = (act: 'rotate' | 'revoke') =>
    html`<form method="post" action="/console/keys/${encodeURIComponent(_id)}/${act}">
      <button class="link">${words[act]}</button>
    </form>`;
  return html`<tr>
    <td>${name}</td>
    <td>${words.scopes[scope]}</td>
    <td><code>${hint}…</code></td>
    <td class="soft">${desk.format.date(createdAt)}</td>
    <td class="soft">
      ${isOver && html`<span class="chip warn">${revokedAt ? words.revoked : words.expired}</span>`}
      ${end && desk.format.date(end)}
    </td>
    <td>${!isOver && [button('rotate'), button('revoke')]}</td>
  </tr>`;
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
    <div class="table">
      <table>
        <thead>
          <tr>
            ${[desk.words.when, words.who, words.act, words.on, words.status].map((title) => html`<th>${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${entries.map(
            ({ at, actor, act, subject, status }) =>
              html`<tr>
                <td class="soft">${desk.format.date(at)}</td>
                <td>${actor}</td>
                <td><code>${act}</code></td>
                <td class="wide">${Object.values(subject).join(' ')}</td>
                <td><span class="chip ${status < 400 ? 'good' : 'bad'}">${status}</span></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${next !== undefined && html`<p><a href="/console/audit?before=${encodeURIComponent(next)}">${words.older}</a></p>`}`;
}
