import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Locale } from '../../domain/locale';
import { html, type Html } from './html';

/** A page that customers see, without scripts. */
export interface PublicPage {
  readonly locale: Locale;
  readonly title: string;
  readonly business: string;
  readonly body: Html;
}

/** The style sheet of the pages that customers see, for light and dark. */
export const publicStyle = `
:root{color-scheme:light dark;--page:#f4f3ee;--card:#fff;--ink:#22251f;--soft:#6a6e64;--line:#e2e0d6;--act:#2f6b4f;--on:#fff}
@media (prefers-color-scheme:dark){:root{--page:#161814;--card:#1f221d;--ink:#eceae0;--soft:#a3a79b;--line:#343830;--act:#7cc4a0;--on:#10231a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--page);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
main{width:100%;max-width:32rem;background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:2rem}
.business{margin:0 0 1.25rem;color:var(--soft);font-size:.875rem;letter-spacing:.02em}
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25;text-wrap:balance}
h2{margin:1.75rem 0 .25rem;font-size:1rem}
p{margin:.5rem 0}
.soft{color:var(--soft);font-size:.9rem}
button,.button{display:inline-block;margin-top:1.25rem;padding:.7rem 1.4rem;border:0;border-radius:.6rem;background:var(--act);color:var(--on);font:inherit;font-weight:600;cursor:pointer;text-decoration:none}
button.quiet{background:none;color:var(--act);border:1px solid var(--line)}
button+button.quiet{margin-left:.5rem}
button:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid var(--act);outline-offset:2px}
a{color:var(--act)}
label{display:flex;gap:.75rem;align-items:flex-start;padding:.6rem 0;border-top:1px solid var(--line);cursor:pointer}
h2+label{border-top:0}
label span{flex:1}
label small{display:block;color:var(--soft)}
input[type=checkbox]{width:1.2rem;height:1.2rem;margin:.2rem 0 0;accent-color:var(--act)}
li small{display:block;color:var(--soft)}
li{margin:.4rem 0}
ul{padding-left:1.2rem}
.version{font-size:.75rem}
fieldset{margin:0;padding:0;border:0;min-width:0}
legend{padding:0}
.scale{display:flex;flex-wrap:wrap;gap:.4rem;margin:1rem 0}
.scale label{display:block;position:relative;padding:0;border:0}
.scale input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.scale span{display:block;min-width:2.6rem;padding:.5rem 0;border:1px solid var(--soft);border-radius:.6rem;text-align:center;font-weight:600}
.scale input:checked+span{background:var(--act);border-color:var(--act);color:var(--on)}
.scale input:focus-visible+span{outline:3px solid var(--act);outline-offset:2px}
.field{border:0;padding:.6rem 0 .4rem}
textarea{width:100%;padding:.6rem .75rem;border:1px solid var(--soft);border-radius:.6rem;background:var(--page);color:var(--ink);font:inherit;resize:vertical}
textarea:focus-visible{outline:3px solid var(--act);outline-offset:2px}
@media (max-width:30rem){body{padding:0;place-items:start stretch;background:var(--card)}main{border:0;border-radius:0;padding:1.5rem 1.25rem}button{width:100%;padding:.85rem 1.4rem}button+button.quiet{margin:.75rem 0 0}}
.done button{margin-top:.5rem}
.done{padding:.75rem 1rem;margin-bottom:1.25rem;border-radius:.6rem;border:1px solid var(--act)}
`;

const styleHash = createHash('sha256').update(publicStyle).digest('base64');
/** Its text must be exactly what the hash in the policy was made of. */
const styleElement: Html = { markup: `<style>${publicStyle}</style>` };

/** A whole page. */
export function pageDocument({ locale, title, business, body }: PublicPage): Html {
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · ${business}</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <p class="business">${business}</p>
          ${body}
        </main>
      </body>
    </html>`;
}

/** Sends a page that nobody may frame, index or keep. */
export function sendPage(reply: FastifyReply, status: number, page: PublicPage): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    .type('text/html; charset=utf-8')
    .send(pageDocument(page).markup);
}
