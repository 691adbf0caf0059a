import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Configuration } from '../../domain/configuration';
import type { Locale } from '../../domain/locale';
import { html, type Html } from '../pages/html';
import { administrationWords } from './administration-words';
import { broadcastWords } from './broadcast-words';
import { customerWords } from './customer-words';
import { deliveryWords } from './delivery-words';
import type { Format } from './format';
import { measureWords } from './measure-words';
import { style } from './style';
import { leafPath } from '../logo';
import type { ConsoleWords } from './words';

/** What every page of the console is written with. */
export interface Desk {
  readonly locale: Locale;
  readonly words: ConsoleWords;
  readonly format: Format;
  readonly configuration: Configuration;
  /** When the page is made. */
  readonly now: Date;
  /** Path and query of the page itself, to which the choice of another language leads back. */
  readonly page: string;
  /** Whether the reader wants a page that changes by itself to load again. */
  readonly isLive: boolean;
}

const styleElement: Html = { markup: `<style>${style}</style>` };
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "img-src 'self' data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const leaf = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <path d="${leafPath}" fill="var(--act)" />
</svg>`;

const icon = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="${leafPath}" fill="#2a6a4c"/></svg>`,
)}`;
const iconElement = html`<link rel="icon" href="${icon}" />`;

/** Seconds after which a page that the reader wants to follow loads again. */
const refresh = 15;

/** Sends a page of the console. One that `changes` by itself can be followed: it loads again where the reader says so. */
export function sendConsole(
  reply: FastifyReply,
  desk: Desk,
  page: {
    readonly title: string;
    readonly body: Html;
    readonly changes?: boolean;
    readonly status?: number;
  },
): FastifyReply {
  const { locale, words, configuration } = desk;
  const other = locale === 'en' ? 'pt-BR' : 'en';
  const { business, temporal, email } = configuration;
  const document = html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${page.changes && desk.isLive && html`<meta http-equiv="refresh" content="${refresh}" />`}
        <title>${page.title} · Perene</title>
        ${iconElement} ${styleElement}
      </head>
      <body>
        <a class="skip" href="#main">${words.skip}</a>
        <header>
          <div>
            <a class="brand" href="/">${leaf} Perene <small>${business.name}</small></a>
            <form class="find" method="post" action="/console/customers" role="search">
              <input
                name="who"
                placeholder="${customerWords[locale].search}"
                aria-label="${customerWords[locale].search}"
                required
                maxlength="254"
                autocomplete="off"
              />
              <button class="quiet">${customerWords[locale].act}</button>
            </form>
            <nav aria-label="${words.pages}">
              ${here(desk, '/', words.overview)}
              ${here(desk, '/console/customers', customerWords[locale].title)}
              ${here(desk, '/console/measures', measureWords[locale].title)}
              ${here(desk, '/console/broadcasts', broadcastWords[locale].title)}
              ${here(desk, '/console/deliveries', deliveryWords[locale].title)}
              ${here(desk, '/console/models', words.models)}
              ${here(desk, '/console/keys', administrationWords[locale].keys)}
              ${here(desk, '/console/audit', administrationWords[locale].audit)}
              ${temporal.uiUrl !== undefined && html`<a href="${temporal.uiUrl}">${words.temporal}</a>`}
              ${email.mailboxUrl !== undefined && html`<a href="${email.mailboxUrl}">${words.mailbox}</a>`}
              <a href="/docs">${words.docs}</a>
              <a href="${withLanguage(desk.page, other)}" lang="${other}">${words.language}</a>
              <form method="post" action="/console/logout">
                <button class="link">${words.logOut}</button>
              </form>
            </nav>
          </div>
        </header>
        <main id="main" tabindex="-1">${page.body}${page.changes && following(desk)}</main>
      </body>
    </html>`;
  return send(reply, page.status ?? 200, document);
}

/** The way to a page that loads again by itself, and back: a reader must be able to stop what moves (WCAG 2.2.2). */
function following({ words, page, isLive }: Desk): Html {
  const [path = '', query] = page.split('?');
  const others = new URLSearchParams(query);
  others.delete('live');
  if (!isLive) others.set('live', 'yes');
  return html`<p class="small">
    <a href="${others.size === 0 ? path : `${path}?${others.toString()}`}"
      >${isLive ? words.live.stop : words.live.follow(String(refresh))}</a
    >
  </p>`;
}

/** A link of the navigation; the one to the page itself says so. */
const here = ({ page }: Desk, path: string, name: string): Html =>
  html`<a href="${path}" ${page.split('?')[0] === path && html`aria-current="page"`}>${name}</a>`;

const withLanguage = (page: string, locale: Locale): string =>
  `${page}${page.includes('?') ? '&' : '?'}lang=${locale}`;

/** Sends the page that asks for the admin key, and leads from there to a page of ours. */
export function sendLogin(
  reply: FastifyReply,
  desk: Desk,
  { to, isWrong = false }: { readonly to: string; readonly isWrong?: boolean },
): FastifyReply {
  const { locale, words } = desk;
  const document = html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${words.login.title} · Perene</title>
        ${iconElement} ${styleElement}
      </head>
      <body>
        <main>
          <form class="card login" method="post" action="/console/login">
            <h1 class="brand">${leaf} Perene</h1>
            <input type="hidden" name="to" value="${to}" />
            ${isWrong && html`<p class="chip bad" role="alert">${words.login.wrong}</p>`}
            <label
              >${words.login.key}<input
                name="key"
                type="password"
                autocomplete="current-password"
                required
                autofocus
            /></label>
            <button>${words.login.act}</button>
            <p class="soft small">${words.login.where}</p>
          </form>
        </main>
      </body>
    </html>`;
  return send(reply, isWrong ? 401 : 200, document);
}

const send = (reply: FastifyReply, status: number, document: Html): FastifyReply =>
  reply
    .code(status)
    .headers({
      'content-security-policy': policy,
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(document.markup);

/** The page of a run in the Temporal UI, where there is one. */
export function workflowUrl({ configuration }: Desk, workflowId: string): string | undefined {
  const { uiUrl, namespace } = configuration.temporal;
  return uiUrl === undefined
    ? undefined
    : `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}

/** The list of a journey's runs in the Temporal UI, where there is one. */
export function journeyUrl({ configuration }: Desk, journey: string): string | undefined {
  const { uiUrl, namespace } = configuration.temporal;
  const query = encodeURIComponent(`WorkflowType="${journey}"`);
  return uiUrl === undefined
    ? undefined
    : `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${query}`;
}
