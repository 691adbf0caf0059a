import type { Place } from './problem';
import type { Source } from './sources';
import { inclusions, isPartial, isPath, offsetIn, parse } from './syntax';

/** A text put together from several files, which can tell where each part of it was written. */
export interface Expanded {
  readonly text: string;
  /** Where the author wrote what stands at an offset of the text. */
  readonly placeAt: (offset: number) => Place;
  /** Keys of the words that were put in. */
  readonly words: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

export interface Finding extends Place {
  readonly message: string;
}

/** What a text may be put together from. */
export interface Parts {
  /** Files that `{{> name}}` stands for. */
  readonly partials: ReadonlyMap<string, Source>;
  /** Words that `{{text.key}}` stands for. */
  readonly words: ReadonlyMap<string, Source>;
}

/** One run of the text that was copied from one source, from an offset there. */
interface Piece {
  readonly at: number;
  readonly source: Source;
  readonly from: number;
}

/** Puts partials and words in their places, and leaves every other expression as it is. */
export function expand(source: Source, { partials, words }: Parts): Expanded {
  const pieces: Piece[] = [];
  const findings: Finding[] = [];
  const used = new Set<string>();
  let text = '';
  const emit = (part: string, piece: Omit<Piece, 'at'>) => {
    pieces.push({ at: text.length, ...piece });
    text += part;
  };

  function include(from: Source, inside: readonly string[]): void {
    const parsed = parse(from.text);
    const placeAt = (offset: number) => placeIn(from, offset);
    if ('reason' in parsed) {
      findings.push({ ...placeAt(parsed.offset), message: unreadable(parsed.reason) });
      return;
    }
    let copied = 0;
    const copyTo = (offset: number) => emit(from.text.slice(copied, offset), { source: from, from: copied });
    for (const node of inclusions(parsed.program)) {
      const start = offsetIn(from.text, node.loc.start);
      const found = isPartial(node) ? partial(node, inside) : word(node);
      if (found === undefined) continue;
      copyTo(start);
      copied = offsetIn(from.text, node.loc.end);
      if ('message' in found) findings.push({ ...placeAt(start), message: found.message });
      else if ('word' in found) emit(markUp(found.word.text), { source: found.word, from: 0 });
      else include(found.partial, [...inside, found.partial.file]);
    }
    copyTo(from.text.length);
  }

  function partial(node: hbs.AST.PartialStatement, inside: readonly string[]) {
    const name = isPath(node.name) ? node.name.original : '';
    const found = partials.get(name);
    if (!found) return { message: `unknown partial "${name}"; use one of: ${list(partials.keys())}` };
    if (inside.includes(found.file)) return { message: `the partial "${name}" includes itself; take it out` };
    return { partial: found };
  }

  function word({ path }: hbs.AST.MustacheStatement) {
    if (!isPath(path) || path.data || path.parts[0] !== 'text') return undefined;
    const key = path.parts.slice(1).join('.');
    const found = words.get(key);
    if (!found) return { message: `there is no word "${key}"; write it in the language's file of words` };
    used.add(key);
    const parsed = parse(found.text);
    if (!('reason' in parsed)) return { word: found };
    findings.push({ ...placeIn(found, 0), message: unreadable(parsed.reason) });
    return undefined;
  }

  include(source, [source.file]);
  return { text, words: used, findings, placeAt: (offset) => placeOf(pieces, source, offset) };
}

function placeOf(pieces: readonly Piece[], fallback: Source, offset: number): Place {
  const piece = pieces.findLast(({ at }) => at <= offset) ?? { at: 0, source: fallback, from: 0 };
  return placeIn(piece.source, piece.from + offset - piece.at);
}

/** Words keep to the lines of their own file, however long they have become in the text. */
function placeIn({ file, line, text }: Source, offset: number): Place {
  return { file, line: line + text.slice(0, offset).split('\n').length - 1 };
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '<br />',
};

/** Plain words as HTML, their expressions untouched. */
function markUp(words: string): string {
  return words.replace(
    /(\{\{.*?\}\})|[&<>"\n]/gs,
    (found, expression?: string) => expression ?? entities[found] ?? '',
  );
}

const unreadable = (reason: string) => `${reason}; see that each {{ has its }} and each block its end`;
const list = (names: Iterable<string>) => [...names].sort().join(', ');
