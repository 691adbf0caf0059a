import { Command, Option } from 'commander';
import { atLeast, integerFrom } from '../evaluate/options';
import { evaluateRanking, type RankingAnswer } from '../evaluate/ranking';
import { describeBad, readTable } from '../evaluate/rows';
import { readInteraction } from '../evaluate/tables';

interface Flags {
  readonly train: string;
  readonly test: string;
  readonly k: number;
  readonly factors: number;
  readonly iterations: number;
  readonly regularization?: number;
  readonly alpha: number;
  readonly seed: string;
  readonly json: boolean;
}

/** `perene evaluate ranking`: trains the recommender on one table and judges its lists by another. */
export function evaluateRankingCommand(): Command {
  return new Command('ranking')
    .description('Factorizes what customers did and judges the recommendations by what they did next.')
    .requiredOption('--train <file>', 'CSV customer,item,weight (may be gzipped): to learn from')
    .requiredOption('--test <file>', 'CSV customer,item: what happened then')
    .addOption(new Option('--k <count>', 'length of a list').argParser(integerFrom(1)).default(10))
    .addOption(
      new Option('--factors <count>', 'length of a factor vector').argParser(integerFrom(1)).default(32),
    )
    .addOption(new Option('--iterations <count>', 'rounds of training').argParser(integerFrom(1)).default(15))
    .addOption(
      new Option(
        '--regularization <number>',
        'weight of the squared factors (default: from the table)',
      ).argParser(atLeast(0)),
    )
    .addOption(
      new Option('--alpha <number>', 'confidence in an interaction of mean weight')
        .argParser(atLeast(0))
        .default(2.5),
    )
    .option('--seed <text>', 'fixes all chance', 'perene')
    .option('--json', 'print one JSON value for programs', false)
    .action((flags: Flags) => run(flags));
}

async function run(flags: Flags): Promise<void> {
  const { train, test, k, factors, iterations, regularization, alpha, seed, json } = flags;
  const [known, later] = await Promise.all(
    [train, test].map((file) => readTable(file, ['customer', 'item'], readInteraction)),
  );
  if (!known || !later) throw new Error('Both tables are needed.');
  const showsProgress = !json && process.stderr.isTTY;
  const answer = evaluateRanking({
    train: known.rows,
    test: later.rows,
    k,
    seed,
    als: {
      factors,
      iterations,
      alpha,
      ...(regularization === undefined ? {} : { regularization }),
      ...(showsProgress && { onRound: (round) => process.stderr.write(`\rround ${round} of ${iterations}`) }),
    },
  });
  if (showsProgress) process.stderr.write('\r\x1b[K');
  const bad = { train: known.bad, test: later.bad };
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...answer, bad }, null, 2)}\n`);
    return;
  }
  const complaints = [...describeBad(train, bad.train), ...describeBad(test, bad.test)];
  process.stderr.write(complaints.map((line) => `${line}\n`).join(''));
  process.stdout.write(`${describe(answer).join('\n')}\n`);
}

function describe({ users, unknown, items, k, intervals, seconds }: RankingAnswer): string[] {
  const { factorization, popularity, ndcgGain } = intervals;
  const lines = (['ndcg', 'precision', 'recall', 'map'] as const).map((name) => {
    const cells = [factorization[name], popularity[name]].map(
      ({ value, low, high }) => `${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`,
    );
    return `  ${`${name}@${k}`.padEnd(14)} ${cells.join('   ')}`;
  });
  const { value, low, high } = ndcgGain;
  return [
    `${users} customers (${unknown} unknown before), ${items} items, trained in ${seconds.toFixed(2)} s`,
    `  ${''.padEnd(14)} ${'factorization'.padEnd(23)}    popularity`,
    ...lines,
    `  NDCG less that of popularity: ${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`,
  ];
}
