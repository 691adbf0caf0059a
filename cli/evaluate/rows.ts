import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { quotable, readText } from '../text-file';

export interface BadRow {
  readonly line: number;
  readonly reason: string;
}

/** What a file held: good rows, and the bad ones by line. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly bad: { readonly count: number; readonly first: readonly BadRow[] };
}

/** A row that cannot be used, said by its reader. */
export type Read<Row> = { readonly row: Row } | { readonly reason: string };

/** How many bad rows are named. */
const named = 20;

/**
 * Reads JSON Lines, gzipped or not. Empty lines are no rows.
 *
 * @throws Error where the file cannot be read, holds no row, or most of its rows are bad.
 */
export async function readJsonLines<Row>(
  file: string,
  read: (value: unknown) => Read<Row>,
): Promise<Rows<Row>> {
  const collected = new Collected<Row>();
  let line = 0;
  for await (const piece of readText(file)) {
    for (const text of piece.replace(/\n$/, '').split('\n')) {
      line++;
      if (text.trim() !== '') collected.add(line, readJson(text, read));
    }
  }
  return collected.done(file);
}

/**
 * Reads CSV with a header, gzipped or not: one record of text by column name for each row.
 *
 * @param columns names that the header must have
 * @throws Error where the file cannot be read, a column is missing, it holds no row, or most of its rows are bad.
 */
export async function readTable<Row>(
  file: string,
  columns: readonly string[],
  read: (record: Readonly<Record<string, string>>) => Read<Row>,
): Promise<Rows<Row>> {
  const collected = new Collected<Row>();
  let header: readonly string[] = [];
  const options = { info: true, relax_column_count: true, skip_empty_lines: true, trim: true };
  const source = Readable.from(readText(file));
  const parser = parse(options);
  source.on('error', (error) => parser.destroy(error));
  const records: AsyncIterable<{ record: string[]; info: { lines: number } }> = source.pipe(parser);
  try {
    for await (const { record, info } of records) {
      if (header.length === 0) {
        header = record;
        const missing = columns.filter((column) => !header.includes(column));
        if (missing.length > 0)
          throw new Error(
            `${file}: line ${info.lines}: the header has no column ${missing.join(', ')}; it names ${quotable(header.join(', '))}.`,
          );
      } else if (record.length !== header.length) {
        collected.add(info.lines, { reason: `has ${record.length} fields, the header ${header.length}` });
      } else {
        collected.add(info.lines, read(Object.fromEntries(header.map((name, i) => [name, record[i] ?? '']))));
      }
    }
  } catch (error) {
    throw error instanceof CsvError ? new Error(`${file}: ${inWords(error)}`) : error;
  } finally {
    source.destroy();
  }
  return collected.done(file);
}

/** Where a text is no CSV, and what to do. */
const inWords = ({ lines }: CsvError & { readonly lines?: unknown }): string =>
  `line ${String(lines)}: a quote there opens or ends in the wrong place; put quotes round whole fields and double those inside.`;

/** In words, for people: how many rows were left out, and which. Nothing where all were good. */
export function describeBad(file: string, { count, first }: Rows<unknown>['bad']): string[] {
  if (count === 0) return [];
  return [
    `${file}: left out ${count} bad ${count === 1 ? 'row' : 'rows'}`,
    ...first.map(({ line, reason }) => `  line ${line}: ${reason}`),
    ...(count > first.length ? [`  and ${count - first.length} more`] : []),
  ];
}

class Collected<Row> {
  readonly #rows: Row[] = [];
  readonly #first: BadRow[] = [];
  #bad = 0;

  add(line: number, read: Read<Row>): void {
    if ('row' in read) {
      this.#rows.push(read.row);
      return;
    }
    this.#bad++;
    if (this.#first.length < named) this.#first.push({ line, reason: read.reason });
  }

  done(file: string): Rows<Row> {
    const bad = { count: this.#bad, first: this.#first };
    if (this.#bad === 0 && this.#rows.length === 0) throw new Error(`${file} holds no row.`);
    if (this.#bad >= this.#rows.length) {
      throw new Error([`${file}: most rows are bad.`, ...describeBad(file, bad)].join('\n'));
    }
    return { rows: this.#rows, bad };
  }
}

function readJson<Row>(text: string, read: (value: unknown) => Read<Row>): Read<Row> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'is not JSON' };
  }
  return read(value);
}
