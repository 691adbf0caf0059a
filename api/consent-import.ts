import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { ConsentProof, ConsentStatement } from '../domain/consent';
import { customerId } from '../domain/customer-schemas';
import { instantText } from '../domain/instant-schemas';
import { channels, topics } from '../domain/messages';
import { recordConsents, type ConsentAct, type ConsentOutcome } from '../store/consent-ledger';
import type { CustomerDocument } from '../store/customers';
import type { Store } from '../store/store';
import { suppressionId } from '../store/suppressions';
import { sendsUnderWay } from './revocation';
import { addressOf } from './preferences';
import { issuesOf, problem } from './errors';

/** The columns of an import, and the fields of a line of JSON. */
const rowSchema = z.object({
  customerId,
  channel: z.enum(channels),
  topic: z.preprocess(
    (given) => (given === '' ? undefined : given),
    z.enum([...topics, 'all']).default('all'),
  ),
  state: z.enum(['given', 'revoked']),
  at: instantText,
  source: z.string().min(1, 'say where it comes from, e.g. the name of the system before').max(64),
  textVersion: z.string().max(64).optional(),
  proof: z.string().max(512).optional(),
});
type Row = z.infer<typeof rowSchema>;

/** A row that was not taken. */
export interface RefusedRow {
  readonly line: number;
  readonly reason: string;
}

/** What became of the rows of an import. */
export interface ImportReport {
  readonly rows: number;
  /** In the ledger, and it stands. */
  readonly recorded: number;
  /** In the ledger as a proof of what was; something said later stands. */
  readonly outdated: number;
  /** Imported before. */
  readonly repeated: number;
  readonly refused: number;
  /** The first hundred of these, by their line in the file. */
  readonly refusals: readonly RefusedRow[];
}

/** Most rows in one transaction. */
const together = 100;
const named = 100;

/** What is to be imported. */
export interface ConsentFile {
  readonly text: string;
  readonly form: 'csv' | 'ndjson';
  /** What names it in proofs. */
  readonly file?: string;
  /** Nothing of it is taken where any row is bad; otherwise the others are. */
  readonly isWhole?: boolean;
}

/**
 * Takes statements over from another system, each with its proof. What is bad is left out and named; the same file again
 * changes nothing; nothing that somebody said since is overruled, and who was erased stays so, also under another id.
 *
 * @throws the problem `invalid-request` where a CSV has no header or is none
 */
export async function importConsents(
  store: Store,
  { text, form, file, isWhole = false }: ConsentFile,
  now: Date,
): Promise<ImportReport> {
  const refusals: RefusedRow[] = [];
  const counts = { rows: 0, recorded: 0, outdated: 0, repeated: 0 };
  const good: Placed[] = [];
  for (const { line, value, flaw } of form === 'csv' ? csvRows(text) : jsonRows(text)) {
    counts.rows++;
    if (flaw !== undefined) {
      refusals.push({ line, reason: flaw });
      continue;
    }
    const parsed = rowSchema.safeParse(value);
    const isFuture = parsed.success && new Date(parsed.data.at) > now;
    if (!parsed.success) refusals.push({ line, reason: inWords(parsed.error) });
    else if (isFuture) refusals.push({ line, reason: 'at: is in the future' });
    else good.push({ line, row: parsed.data });
  }
  if (isWhole && refusals.length === 0) refusals.push(...(await strangersIn(store, good)));
  if (isWhole && refusals.length > 0) return reportOf(counts, refusals);
  for (let n = 0; n < good.length; n += together) {
    const some = good.slice(n, n + together);
    const outcomes = await record(store, some, { now, file });
    for (const [index, outcome] of outcomes.entries()) {
      const { line = 0, row } = some[index] ?? {};
      const reason = refusalOf(outcome);
      if (reason !== undefined) refusals.push({ line, reason });
      else if (outcome === 'repeated' || outcome === 'outdated') counts[outcome]++;
      else counts.recorded++;
      if (row?.state === 'revoked') await sendsUnderWay(store, row.customerId, row.channel);
    }
  }
  return reportOf(counts, refusals);
}

function reportOf(
  counts: Omit<ImportReport, 'refused' | 'refusals'>,
  refusals: readonly RefusedRow[],
): ImportReport {
  const inOrder = refusals.toSorted((a, b) => a.line - b.line);
  return { ...counts, refused: refusals.length, refusals: inOrder.slice(0, named) };
}

/** A good row and its line in the file. */
interface Placed {
  readonly line: number;
  readonly row: Row;
}

/** Rows of customers about whom nothing can be recorded. */
async function strangersIn(store: Store, rows: readonly Placed[]): Promise<RefusedRow[]> {
  const refusals: RefusedRow[] = [];
  for (let n = 0; n < rows.length; n += together) {
    const some = rows.slice(n, n + together);
    const people = await peopleOf(store, some);
    const erased = await erasedBehind(store, some, people);
    for (const { line, row } of some) {
      const person = people.get(row.customerId);
      const outcome = !person
        ? 'customer-unknown'
        : person.erasedAt
          ? 'customer-erased'
          : erased.has(keyOf(row))
            ? 'address-erased'
            : 'recorded';
      const reason = refusalOf(outcome);
      if (reason !== undefined) refusals.push({ line, reason });
    }
  }
  return refusals;
}

type Taken = ConsentOutcome | 'address-erased';

async function record(
  store: Store,
  rows: readonly Placed[],
  { now, file }: { readonly now: Date; readonly file: string | undefined },
): Promise<Taken[]> {
  const erased = await erasedBehind(store, rows, await peopleOf(store, rows));
  const open = rows.filter(({ row }) => !erased.has(keyOf(row)));
  const acts = open.map(({ line, row }): ConsentAct => {
    const proof = { from: row.source, line, ...(file !== undefined && { file }), ...proofIn(row) };
    return { customerId: row.customerId, statements: [statementOf(row, proof)], isEvidence: true };
  });
  const outcomes = (await recordConsents(store, acts, now)).flat().values();
  return rows.map(({ row }) =>
    erased.has(keyOf(row)) ? 'address-erased' : (outcomes.next().value ?? 'unchanged'),
  );
}

type People = ReadonlyMap<string, CustomerDocument>;

async function peopleOf({ customers }: Pick<Store, 'customers'>, rows: readonly Placed[]): Promise<People> {
  const people = await customers.findMany([...new Set(rows.map(({ row }) => row.customerId))]);
  return new Map(people.map((person) => [person._id, person]));
}

/** Rows whose customers have the address of a person who was erased. */
async function erasedBehind(store: Store, rows: readonly Placed[], people: People): Promise<Set<string>> {
  const found = await Promise.all(
    rows.map(async ({ row }) => {
      const person = people.get(row.customerId);
      const address = person && addressOf(person, row.channel);
      const suppression =
        address && (await store.suppressions.collection.findOne({ _id: suppressionId(address) }));
      return suppression?.blocked?.erased ? [keyOf(row)] : [];
    }),
  );
  return new Set(found.flat());
}

const keyOf = ({ customerId: id, channel }: Row): string => `${channel}:${id}`;

const statementOf = (
  { channel, topic, state, at, textVersion }: Row,
  proof: ConsentProof,
): ConsentStatement => ({
  ...{ channel, topic, state, at: new Date(at), source: 'import', proof },
  ...(textVersion !== undefined && textVersion !== '' && { textVersion }),
});

const proofIn = ({ proof }: Row): ConsentProof => (proof === undefined || proof === '' ? {} : { proof });

function refusalOf(outcome: Taken): string | undefined {
  switch (outcome) {
    case 'customer-unknown':
      return 'customerId: no customer has this id; sign them up first';
    case 'customer-erased':
      return 'customerId: the customer was erased';
    case 'address-erased':
      return 'customerId: a person with this address was erased; they must say so themselves';
    default:
      return undefined;
  }
}

/** @throws the problem `invalid-request` where the text is not CSV with a header that names the columns needed */
function csvRows(text: string): RawRow[] {
  const records = recordsIn(text);
  const [header, ...rest] = records;
  const columns = header?.record ?? [];
  const missing = ['customerId', 'channel', 'state', 'at', 'source'].filter(
    (name) => !columns.includes(name),
  );
  if (missing.length > 0) throw problem('invalid-request', `The header has no column ${missing.join(', ')}.`);
  return rest.map(({ record: fields, info }) => ({
    line: info.lines,
    value: Object.fromEntries(columns.map((name, n) => [name, fields[n]])),
    ...(fields.length !== columns.length && {
      flaw: `has ${fields.length} fields, the header ${columns.length}; put quotes round one that holds a comma`,
    }),
  }));
}

/** A row as it was written; `flaw` says what makes it none. */
interface RawRow {
  readonly line: number;
  readonly value: unknown;
  readonly flaw?: string;
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function recordsIn(text: string): readonly CsvRecord[] {
  const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true };
  try {
    return parse(text, options) as unknown as readonly CsvRecord[];
  } catch (cause) {
    const line = cause instanceof Error && 'lines' in cause ? ` at line ${String(cause.lines)}` : '';
    throw problem(
      'invalid-request',
      `The text is not CSV${line}: put quotes round whole fields and double those inside.`,
    );
  }
}

function jsonRows(text: string): RawRow[] {
  return text.split(/\r?\n/).flatMap((content, n) => {
    if (content.trim() === '') return [];
    try {
      return [{ line: n + 1, value: JSON.parse(content) as unknown }];
    } catch {
      return [{ line: n + 1, value: undefined, flaw: 'is not an object of JSON' }];
    }
  });
}

const inWords = (error: z.ZodError): string =>
  issuesOf(error)
    .map(({ path, message }) => (path === '' ? 'is not an object of JSON' : `${path}: ${message}`))
    .join('; ');

/** Names a file in proofs by its name and content, so that it is found again. */
export const fileMark = (name: string, text: string): string =>
  `${name} sha256:${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
