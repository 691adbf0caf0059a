import type { Locale } from '../../domain/locale';
import type { EmailWords, SmsWords } from '../shape';
import { expand, type Expanded, type Finding } from './expand';
import { compileHtml } from './html';
import { toPlainText } from './plain-text';
import { checkMarketing } from './policy';
import type { Source, TemplateSource, TemplateSources } from './sources';
import { readUses, type Use } from './uses';

/** A template in one language: its words ready to be rendered, and the values that they use. */
export interface CompiledLocale {
  readonly words: EmailWords | SmsWords;
  readonly uses: readonly Use[];
  readonly findings: readonly Finding[];
}

/** Compiles a template in one language. Words are not to be relied on where there are findings. */
export async function compileLocale(
  template: TemplateSource,
  sources: TemplateSources,
  locale: Locale,
): Promise<CompiledLocale> {
  const own = template.words[locale];
  const findings: Finding[] = [];
  const uses: Use[] = [];
  const used = new Set<string>();

  function take(expanded: Expanded): Expanded {
    const read = readUses(expanded);
    findings.push(...expanded.findings, ...(expanded.findings.length === 0 ? read.findings : []));
    uses.push(...read.uses);
    for (const key of expanded.words) used.add(key);
    return expanded;
  }
  function line(key: string): string {
    used.add(key);
    const source = own.get(key);
    if (source) return take(expand(source, nothing)).text;
    findings.push({ ...firstLine(template), message: `"${key}" is missing; write it` });
    return '';
  }
  async function email(body: Source): Promise<EmailWords> {
    const words = { subject: line('subject'), preheader: line('preheader') };
    const layout = sources.layouts.get(template.purpose);
    if (!layout) {
      const message = `there is no layout templates/layouts/${template.purpose}.mjml; write it`;
      findings.push({ file: body.file, line: 1, message });
      return { ...words, html: '', text: '' };
    }
    const expanded = take(
      expand(layout, {
        partials: new Map([...sources.partials, ['content', body]]),
        words: new Map([...sources.shared[locale], ...own]),
      }),
    );
    // MJML would only repeat in its own words what was found already.
    if (findings.length > 0) return { ...words, html: '', text: '' };
    const { html, findings: inHtml } = await compileHtml(expanded);
    findings.push(...inHtml);
    return { ...words, html, text: toPlainText(html) };
  }

  const words = template.body ? await email(template.body) : { body: line('body') };
  if (findings.length === 0) {
    const all = Object.values(words).join('\n');
    findings.push(...checkMarketing(template, { locale, text: all, uses, place: firstLine(template) }));
  }
  for (const [key, { file, line: number }] of own) {
    if (used.has(key)) continue;
    findings.push({
      file,
      line: number,
      message: `the word "${key}" is used nowhere; use it or take it out`,
    });
  }
  return { words, uses, findings };
}

const nothing = { partials: new Map<string, Source>(), words: new Map<string, Source>() };

const firstLine = ({ channel, name }: TemplateSource) => ({
  file: `templates/${channel}/${name}.json`,
  line: 1,
});
