import { locales, type Locale } from '../../domain/locale';
import { byLocale } from './by-locale';
import type { Problem } from './problem';
import type { Source, Words } from './sources';

/** A `.json` file of words: an object for each language, and strings about all of them beside these. */
export interface WordsFile {
  readonly file: string;
  readonly about: Readonly<Record<string, string>>;
  readonly words: Readonly<Record<Locale, Words>>;
  /** The line of a key, the first line where it is not there. */
  readonly lineOf: (...path: string[]) => number;
}

/** Parses a file of words; what is wrong with it is added to `problems`, and what is left is given. */
export function parseWordsFile({ file, text }: Source, problems: Problem[]): WordsFile {
  const lineOf = (...path: string[]) => lineOfKey(text, path);
  const about: Record<string, string> = {};
  const words = byLocale(() => new Map<string, Source>());
  for (const [key, value] of Object.entries(parseObject(file, text, problems))) {
    const locale = locales.find((known) => known === key);
    if (locale && isObject(value)) {
      for (const [word, string] of Object.entries(value)) {
        if (typeof string === 'string' && string.trim() !== '') {
          words[locale].set(word, { file, line: lineOf(locale, word), text: string });
        } else {
          problems.push({
            file,
            line: lineOf(locale, word),
            locale,
            message: `"${word}" must be a text that is not empty`,
          });
        }
      }
    } else if (!locale && (typeof value === 'string' || typeof value === 'number')) {
      about[key] = String(value);
    } else {
      const message = locale
        ? `"${key}" must be an object of texts`
        : `"${key}" is not a language that templates speak; use ${locales.join(' or ')}`;
      problems.push({ file, line: lineOf(key), message });
    }
  }
  return { file, about, words, lineOf };
}

function parseObject(file: string, text: string, problems: Problem[]): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
    problems.push({ file, line: 1, message: 'must be a JSON object' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push({ file, line: lineAt(text, errorOffset(text, reason)), message: `is not JSON: ${reason}` });
  }
  return {};
}

/** The parser names a position, or quotes from ten characters before it. */
function errorOffset(text: string, reason: string): number {
  const position = /position (\d+)/.exec(reason)?.[1];
  const excerpt = /, (?:\.\.\.)?"(.*)"(?:\.\.\.)? is not valid JSON$/s.exec(reason)?.[1];
  return position === undefined ? text.indexOf(excerpt ?? '') + 10 : Number(position);
}

function lineOfKey(text: string, path: readonly string[]): number {
  let at = -1;
  for (const key of path) {
    const quoted = JSON.stringify(key);
    do at = text.indexOf(quoted, at + 1);
    while (at >= 0 && !/^\s*:/.test(text.slice(at + quoted.length)));
    if (at < 0) return 1;
  }
  return lineAt(text, at);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
