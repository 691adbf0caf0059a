import { evaluateRanking } from '../../cli/evaluate/ranking';
import { readTable } from '../../cli/evaluate/rows';
import { readInteraction } from '../../cli/evaluate/tables';
import { seededRandom, tabulate, trainRecommender } from '../../scoring';
import type { References } from './reference';
import { ranged, table, type Section } from './table';

const seeds = ['one', 'two', 'three'] as const;

/** Recommendations on MovieLens beside the Python library `implicit`, with the same number of factors and rounds. */
export async function recommendations(references: References['ranking']): Promise<Section> {
  const rows: string[][] = [];
  for (const { split, train, test, implicit } of references) {
    const [known, later] = await Promise.all(
      [train, test].map((file) => readTable(file, ['customer', 'item'], readInteraction)),
    );
    if (!known || !later) continue;
    const question = { train: known.rows, test: later.rows, k: 10 };
    const answers = seeds.map((seed) => evaluateRanking({ ...question, seed, als: {} }));
    const [first] = answers;
    const seconds = Math.min(...seeds.map((seed) => trainingTime(known.rows, seed)));
    const fastest = implicit[0]?.seconds ?? NaN;
    rows.push(
      [split, 'popularity', first ? ranged(first.intervals.popularity.ndcg) : '', '', ''],
      ...implicit.map(({ name, ndcg, seconds: took }) => [
        split,
        `implicit 0.7 (${name})`,
        spread(ndcg),
        took.toFixed(2),
        (took / fastest).toFixed(1),
      ]),
      [
        split,
        'Perene',
        spread(answers.map(({ ndcg }) => ndcg)),
        seconds.toFixed(2),
        (seconds / fastest).toFixed(1),
      ],
    );
  }
  return {
    title: 'Recommendations: MovieLens (ratings of 4 and more), 32 factors, 15 rounds, NDCG@10',
    body: [
      table(['split', 'recommender', 'NDCG@10 (lowest to highest of 3 seeds)', 'CPU seconds', 'ratio'], rows),
      'The defaults of Perene (alpha, regularization) were chosen with these two splits in sight; `as measured` is ' +
        'regularization 10 and alpha 1.',
    ],
  };
}

/** Processor seconds of training alone. */
function trainingTime(rows: Parameters<typeof tabulate>[0], seed: string): number {
  const interactions = tabulate(rows);
  const before = process.cpuUsage();
  trainRecommender(interactions, { random: seededRandom(seed) });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `${(sorted[0] ?? NaN).toFixed(4)} to ${(sorted.at(-1) ?? NaN).toFixed(4)}`;
}
