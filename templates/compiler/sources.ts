import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { locales, type Locale } from '../../domain/locale';
import { topics, type Channel, type Purpose, type Topic } from '../../domain/messages';
import type { Problem } from './problem';
import { parseWordsFile, type WordsFile } from './words-file';

const purposes = ['transactional', 'marketing'] as const satisfies readonly Purpose[];

/** A text with the line on which it begins. */
export interface Source {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** The words of one language by key. */
export type Words = ReadonlyMap<string, Source>;

export interface TemplateSource {
  readonly channel: Channel;
  readonly name: string;
  readonly purpose: Purpose;
  readonly topic: Topic;
  /** Most segments of a text message. */
  readonly segments: number;
  readonly words: Readonly<Record<Locale, Words>>;
  /** The sections of an e-mail; a text message has none. */
  readonly body?: Source;
}

/** Most segments of a text message that says nothing of it. */
const usualSegments = 3;

/** Everything that authors wrote. */
export interface TemplateSources {
  readonly templates: readonly TemplateSource[];
  /** By purpose. */
  readonly layouts: ReadonlyMap<string, Source>;
  readonly partials: ReadonlyMap<string, Source>;
  /** Words that layouts and partials share, and any e-mail may use. */
  readonly shared: Readonly<Record<Locale, Words>>;
  readonly problems: readonly Problem[];
}

/**
 * Reads `email`, `sms`, `layouts` and `partials` below `root/templates`.
 *
 * @param root the project's folder; files are named relative to it
 */
export function readSources(root: string): TemplateSources {
  const problems: Problem[] = [];
  const read = (file: string): Source => ({ file, line: 1, text: readFileSync(join(root, file), 'utf8') });
  const list = (folder: string, ending: string) =>
    (existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [])
      .filter((file) => file.endsWith(ending))
      .map((file) => ({ file: `${folder}/${file}`, name: basename(file, ending) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  const mjml = (folder: string) =>
    new Map(list(folder, '.mjml').map(({ file, name }) => [name, read(file)] as const));
  const words = (file: string) => parseWordsFile(read(file), problems);

  const bodies = mjml('templates/email');
  const templates: TemplateSource[] = [];
  for (const channel of ['email', 'sms'] as const) {
    for (const { file, name } of list(`templates/${channel}`, '.json')) {
      const body = channel === 'email' ? bodies.get(name) : undefined;
      bodies.delete(name);
      const template = `${channel} ${name}`;
      if (channel === 'email' && !body) {
        const message = `there is no ${name}.mjml beside it; write the e-mail's sections there`;
        problems.push({ file, line: 1, template, message });
      }
      const parsed = words(file);
      const about = readAbout(parsed, template, problems);
      if (about) templates.push({ channel, name, ...about, words: parsed.words, ...(body && { body }) });
    }
  }
  for (const [name, { file }] of bodies) {
    const message = `there is no ${name}.json beside it; write purpose, topic and the words of each language there`;
    problems.push({ file, line: 1, template: `email ${name}`, message });
  }
  const layouts = mjml('templates/layouts');
  return {
    templates,
    layouts,
    partials: mjml('templates/partials'),
    shared: words('templates/layouts/words.json').words,
    problems,
  };
}

function readAbout(
  { file, about, words, lineOf }: WordsFile,
  template: string,
  problems: Problem[],
): { purpose: Purpose; topic: Topic; segments: number } | undefined {
  const segments = Number(about['segments'] ?? usualSegments);
  const purpose = purposes.find((known) => known === about['purpose']);
  const topic = topics.find((known) => known === about['topic']);
  const wrong = (key: string, allowed: readonly string[]) =>
    problems.push({
      file,
      line: lineOf(key),
      template,
      message: `"${key}" must be one of: ${allowed.join(', ')}`,
    });
  if (!purpose) wrong('purpose', purposes);
  if (!topic) wrong('topic', topics);
  if (!Number.isInteger(segments) || segments < 1 || segments > 10)
    wrong('segments', ['1', '2', '...', '10']);
  for (const locale of locales) {
    if (words[locale].size > 0) continue;
    problems.push({ file, line: 1, template, locale, message: `"${locale}" is missing: write its words` });
  }
  return purpose && topic && { purpose, topic, segments };
}
