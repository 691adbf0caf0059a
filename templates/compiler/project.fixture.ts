import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const plainLayout = '<mjml lang="{{text.lang}}"><mj-body>\n{{> content}}\n</mj-body></mjml>\n';
const marketingLayout = `<mjml lang="{{text.lang}}"><mj-body>
{{> content}}
<mj-section><mj-column><mj-text>
{{business.name}} <a href="{{links.preferences}}">p</a> <a href="{{links.unsubscribe}}">u</a>
</mj-text></mj-column></mj-section>
</mj-body></mjml>
`;

/** Sections of an e-mail around one text. */
export const section = (text: string) => `<mj-section>
<mj-column>
<mj-text>${text}</mj-text>
</mj-column>
</mj-section>
`;

/** A file of words in both languages; keys on lines of their own, as authors write them. */
export function words(
  byLocale: { readonly en?: Record<string, unknown>; readonly 'pt-BR'?: Record<string, unknown> },
  about: Record<string, unknown> = { purpose: 'transactional', topic: 'account' },
): string {
  return JSON.stringify({ ...about, ...byLocale }, null, 2);
}

/** Words of an e-mail that are the same in both languages. */
export const bothLanguages = (own: Record<string, unknown>) => ({
  en: { subject: 'Hello', preheader: 'News', ...own },
  'pt-BR': { subject: 'Olá', preheader: 'Novidades', ...own },
});

/** A project in a folder of its own: small layouts, and the files given. `remove` deletes it. */
export function project(files: Readonly<Record<string, string>>): { root: string; remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'perene-templates-'));
  const all = {
    'domain/.keep': '',
    'templates/layouts/transactional.mjml': plainLayout,
    'templates/layouts/marketing.mjml': marketingLayout,
    'templates/layouts/words.json': words({ en: { lang: 'en' }, 'pt-BR': { lang: 'pt-BR' } }, {}),
    ...files,
  };
  for (const [file, content] of Object.entries(all)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  return { root, remove: () => rmSync(root, { recursive: true }) };
}
