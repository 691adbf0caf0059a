import { z } from 'zod';
import type { Candidate, LoggedDecision } from '../../scoring';
import { quotable } from '../text-file';
import type { Read } from './rows';

/** Squares of larger ones would be no numbers any more. */
const quantity = z.number().min(-1e15).max(1e15);

const rowSchema = z.object({
  context: z.array(quantity),
  actions: z
    .array(
      z.object({
        id: z.union([z.string(), z.number().transform(String)]),
        features: z.array(quantity).optional(),
      }),
    )
    .min(1),
  chosen: z.union([z.string(), z.number().transform(String)]),
  propensity: z.number().min(1e-9).max(1),
  reward: quantity,
});

/** A row of a decision log. */
export type LogRow = z.infer<typeof rowSchema>;

/** Reads rows that fit each other: the first good one fixes how long contexts and action features are. */
export function logReader(): (value: unknown) => Read<LogRow> {
  let lengths: { context: number; features: number } | undefined;
  return (value) => {
    const parsed = rowSchema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return { reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'does not fit'}` };
    }
    const row = parsed.data;
    const ids = new Set(row.actions.map(({ id }) => id));
    if (!ids.has(row.chosen)) return { reason: `chosen: ${quotable(row.chosen)} is not among the actions` };
    if (ids.size < row.actions.length) return { reason: 'actions: an id is there twice' };
    const features = row.actions[0]?.features?.length ?? 0;
    lengths ??= { context: row.context.length, features };
    if (row.context.length !== lengths.context) {
      return { reason: `context: has ${row.context.length} numbers, the first row ${lengths.context}` };
    }
    const odd = row.actions.find((action) => (action.features?.length ?? 0) !== lengths?.features);
    if (odd)
      return {
        reason: `actions: ${quotable(odd.id)} has ${odd.features?.length ?? 0} features, not ${lengths.features}`,
      };
    return { row };
  };
}

/** Turns actions of a row into vectors for a model. */
export interface Vectors {
  readonly names: readonly string[];
  readonly perOffer: readonly number[];
  encode(context: readonly number[], action: LogRow['actions'][number]): Candidate;
}

/** Products of context and action features are columns too, up to this many. */
const mostCrosses = 128;

/**
 * Fixes columns from the rows to learn from: an intercept, each context column that varies, each action column that
 * varies and their products, scaled to mean 0 and deviation 1 over the log. Every action also learns its own
 * coefficients for the intercept and the context.
 */
export function vectorsFor(rows: readonly LogRow[]): Vectors {
  const contexts = scalesOf(rows.map(({ context }) => context));
  const actions = scalesOf(rows.flatMap((row) => row.actions.map(({ features = [] }) => features)));
  const crosses = contexts.length * actions.length <= mostCrosses ? contexts : [];
  return {
    names: [
      'intercept',
      ...contexts.map(({ column }) => `context[${column}]`),
      ...actions.map(({ column }) => `action[${column}]`),
      ...crosses.flatMap((c) => actions.map((a) => `context[${c.column}]*action[${a.column}]`)),
    ],
    perOffer: Array.from({ length: 1 + contexts.length }, (_, column) => column),
    encode: (context, { id, features = [] }) => {
      const mine = contexts.map((scale) => scale.of(context));
      const theirs = actions.map((scale) => scale.of(features));
      const products = crosses.flatMap((_, i) => theirs.map((value) => (mine[i] ?? 0) * value));
      return { id, features: Float64Array.from([1, ...mine, ...theirs, ...products]) };
    },
  };
}

/** Rows as decisions among encoded candidates, one at a time: all of them at once could be too much for memory. */
export function* decisionsOf(rows: readonly LogRow[], vectors: Vectors): Generator<LoggedDecision> {
  for (const { context, actions, chosen, propensity, reward } of rows) {
    const candidates = actions.map((action) => vectors.encode(context, action));
    yield { candidates, chosen, propensity, reward };
  }
}

interface Scale {
  readonly column: number;
  of(values: readonly number[]): number;
}

/** Columns that vary, and how to scale them. */
function scalesOf(rows: readonly (readonly number[])[]): Scale[] {
  return (rows[0] ?? []).flatMap((_, column) => {
    let sum = 0;
    let squares = 0;
    for (const row of rows) sum += row[column] ?? 0;
    const mean = sum / rows.length;
    for (const row of rows) squares += ((row[column] ?? 0) - mean) ** 2;
    const deviation = Math.sqrt(squares / rows.length);
    if (!(deviation > 1e-9 * (1 + Math.abs(mean)))) return [];
    return [{ column, of: (values) => ((values[column] ?? 0) - mean) / deviation }];
  });
}
