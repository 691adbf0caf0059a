import { locales, type Locale } from '../../domain/locale';
import type { EmailWords, FieldsShape, SmsWords } from '../shape';
import { byLocale } from './by-locale';
import { compileLocale, type CompiledLocale } from './compile-locale';
import type { Finding } from './expand';
import type { Problem } from './problem';
import { readSources, type TemplateSource, type TemplateSources } from './sources';
import { inferVariables } from './variables';

/** A template as the generated files hold it. */
export interface CompiledTemplate extends Pick<
  TemplateSource,
  'channel' | 'name' | 'purpose' | 'topic' | 'segments'
> {
  readonly variables: FieldsShape;
  /** Whether its words name `offer`. */
  readonly offer: boolean;
  readonly words: Readonly<Record<Locale, EmailWords | SmsWords>>;
}

/** Every template that has no problem, by channel and name, and all that authors have to put right. */
export interface Compilation {
  readonly templates: readonly CompiledTemplate[];
  readonly problems: readonly Problem[];
}

/** Compiles all templates below `root/templates`, where `root` is the project's folder. */
export async function compileTemplates(root: string): Promise<Compilation> {
  const sources = readSources(root);
  const problems: Problem[] = [...sources.problems];
  const templates: CompiledTemplate[] = [];
  for (const source of sources.templates) {
    const { template, findings } = await compileTemplate(source, sources);
    problems.push(...findings.map((found) => ({ template: `${source.channel} ${source.name}`, ...found })));
    if (template) templates.push(template);
  }
  return { templates, problems: once(problems) };
}

type LocalFinding = Finding & { readonly locale?: Locale };

async function compileTemplate(
  source: TemplateSource,
  sources: TemplateSources,
): Promise<{ template?: CompiledTemplate; findings: readonly LocalFinding[] }> {
  const done = new Map<Locale, CompiledLocale>();
  for (const locale of locales) {
    if (source.words[locale].size > 0) done.set(locale, await compileLocale(source, sources, locale));
  }
  const findings: LocalFinding[] = [...done].flatMap(([locale, compiled]) =>
    compiled.findings.map((found) => ({ ...found, locale })),
  );
  if (findings.length > 0 || done.size < locales.length) return { findings };
  const variables = inferVariables(byLocale((locale) => done.get(locale)?.uses ?? []));
  if (variables.findings.length > 0) return { findings: variables.findings };
  const { channel, name, purpose, topic, segments } = source;
  const words = byLocale((locale) => done.get(locale)?.words ?? { body: '' });
  return {
    findings: [],
    template: {
      channel,
      name,
      purpose,
      topic,
      segments,
      variables: variables.shape,
      offer: variables.offer,
      words,
    },
  };
}

/** What is wrong with a layout or a partial is found in every template, and told in the first. */
function once(problems: readonly Problem[]): Problem[] {
  const told = new Set<string>();
  return problems.filter(({ file, line, message }) => {
    const key = `${file}:${line}:${message}`;
    return !told.has(key) && told.add(key);
  });
}
