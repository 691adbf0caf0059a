import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { evaluateClv, type ClvAnswer, type Fitted } from '../evaluate/clv';
import { atLeast, integerFrom } from '../evaluate/options';
import { describeBad, readTable } from '../evaluate/rows';
import { instantOf, readTransaction } from '../evaluate/tables';

interface Flags {
  readonly transactions: string;
  readonly calibrationEnd?: number;
  readonly discount: number;
  readonly months: number;
  readonly customers?: string;
  readonly seed: string;
  readonly json: boolean;
}

/** `perene evaluate clv`: lifetime value from purchases. */
export function evaluateClvCommand(): Command {
  return new Command('clv')
    .description('Fits BG/NBD, Pareto/NBD and Gamma-Gamma to purchases, and judges them by later ones.')
    .requiredOption('--transactions <file>', 'CSV customer,date,amount (may be gzipped), one currency')
    .addOption(
      new Option(
        '--calibration-end <date>',
        'last day to learn from (default: the last in the file)',
      ).argParser(dateOf),
    )
    .addOption(
      new Option('--discount <rate>', 'discount rate of a month').argParser(atLeast(0)).default(0.01),
    )
    .addOption(
      new Option('--months <count>', 'months that a value looks ahead').argParser(integerFrom(1)).default(12),
    )
    .option('--customers <file>', 'write what is expected of each customer, as JSON Lines')
    .option('--seed <text>', 'fixes all chance', 'perene')
    .option('--json', 'print one JSON value for programs', false)
    .action((flags: Flags) => run(flags));
}

async function run({
  transactions: file,
  calibrationEnd,
  discount,
  months,
  customers: into,
  seed,
  json,
}: Flags) {
  const { rows, bad } = await readTable(file, ['customer', 'date', 'amount'], readTransaction);
  const end = calibrationEnd ?? rows.reduce((last, { at }) => Math.max(last, at), 0);
  const { answer, customers } = evaluateClv({ transactions: rows, end, discount, months, seed });
  if (into !== undefined) await writeFile(into, customers.map((one) => `${JSON.stringify(one)}\n`).join(''));
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...answer, bad }, null, 2)}\n`);
    return;
  }
  process.stderr.write(
    describeBad(file, bad)
      .map((line) => `${line}\n`)
      .join(''),
  );
  process.stdout.write(`${describe(answer).join('\n')}\n`);
}

function describe({
  n,
  calibrationEnd,
  bgnbd,
  paretonbd,
  gammagamma,
  holdout,
  value,
  segments,
}: ClvAnswer): string[] {
  return [
    `${n} customers until ${calibrationEnd}, time in weeks`,
    model('BG/NBD', ['r', 'alpha', 'a', 'b'], bgnbd),
    model('Pareto/NBD', ['r', 'alpha', 's', 'beta'], paretonbd),
    ...(gammagamma ? [model('Gamma-Gamma', ['p', 'q', 'v'], gammagamma)] : []),
    ...(holdout
      ? [
          `  next ${holdout.weeks.toFixed(1)} weeks: ${holdout.expectedTotal.toFixed(1)} purchases expected, ${holdout.actualTotal} happened;`,
          `    mean absolute error ${holdout.meanAbsoluteError.value.toFixed(3)} a customer;`,
          `    ranks who buys again (AUC): expected ${holdout.auc.expected.toFixed(3)}, drift ${holdout.auc.drift.toFixed(3)}, recency ${holdout.auc.recency.toFixed(3)}, alive ${holdout.auc.alive.toFixed(3)}`,
        ]
      : []),
    ...(value
      ? [
          `  value of the next ${value.months} months, discounted by ${100 * value.discount}% a month: ${value.total.toFixed(2)} in all, ${value.mean.value.toFixed(2)} [${value.mean.low.toFixed(2)}, ${value.mean.high.toFixed(2)}] a customer`,
        ]
      : []),
    `  segments: ${Object.entries(segments)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  ];
}

function model<Name extends string>(title: string, names: readonly Name[], fitted: Fitted<Name>): string {
  const values = names.map((name) => {
    const interval = fitted.intervals?.[name];
    const range = interval ? ` [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]` : '';
    return `${name} ${fitted[name].toFixed(4)}${range}`;
  });
  const warning = fitted.converged ? '' : ' (did not converge)';
  return `  ${title.padEnd(12)} ${values.join(', ')}; log-likelihood ${fitted.logLikelihood.toFixed(2)}, n ${fitted.n}${warning}`;
}

function dateOf(text: string): number {
  const at = instantOf(text);
  if (at === undefined) throw new InvalidArgumentError('It must be a date such as 2026-03-31.');
  return at;
}
