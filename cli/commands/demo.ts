import { Command, InvalidArgumentError } from 'commander';
import { runDemo, type DemoOptions } from '../demo/demo';
import { startSystem } from '../demo/start';
import { connectTo, findConfiguration } from '../demo/target';
import { createView } from '../demo/view';
import { dataDirOf } from '../dev/plan';
import { root } from '../setup/index';
import { spanOf } from '../span';

interface Flags {
  readonly customers: number;
  readonly days: number;
  readonly day: number;
  readonly transactions?: string;
  readonly start: boolean;
  readonly json: boolean;
}

/** `perene demo`: a month of a dealership and its customers, played through the running system in a minute. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Plays a month of a dealership and its customers through the running system.')
    .option('--customers <count>', 'how many customers', countOf(2, 5_000), 150)
    .option('--days <count>', 'how many days of theirs', countOf(1, 1_000), 30)
    .option('--day <time>', 'how long a day of theirs lasts, such as 1s', dayLength, 3_000)
    .option('--transactions <file>', 'purchases of real customers: lines of customer,date,amount')
    .option('--start', 'start a system where none runs, and end it with Ctrl-C', false)
    .option('--json', 'print the summary as JSON', false)
    .action((flags: Flags) => run(flags, process.env));
}

async function run(flags: Flags, env: NodeJS.ProcessEnv): Promise<void> {
  const view = createView(process.stderr);
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  process.once('SIGTERM', () => ending.abort());
  const { system, configuration } = await findOrStart(flags, env, ending.signal);
  try {
    const target = await connectTo(configuration);
    try {
      const { summary, text } = await runDemo(target, optionsOf(flags, ending.signal), view);
      process.stdout.write(flags.json ? `${JSON.stringify(summary, null, 2)}\n` : text);
      if (summary.interrupted) process.exitCode = 1;
    } finally {
      view.end();
      await target.close();
    }
    if (system && !flags.json && !ending.signal.aborted) {
      view.say('The system that was started for this goes on: Ctrl-C ends it.');
      await new Promise((resolve) => ending.signal.addEventListener('abort', resolve));
    }
  } finally {
    await system?.stop();
  }
}

async function findOrStart({ start }: Flags, env: NodeJS.ProcessEnv, signal: AbortSignal) {
  const found = await findConfiguration(env);
  if (found) return { configuration: found };
  if (!start) {
    throw new Error(
      `No system runs on ${dataDirOf(env, root)}. Start one with \`npm start\` in another terminal, or add --start; or set the environment variables of one that runs elsewhere.`,
    );
  }
  const system = await startSystem(env, signal);
  const configuration = await findConfiguration(env);
  if (configuration) return { system, configuration };
  await system.stop();
  throw new Error('The system was started, but does not tell where it is.');
}

function optionsOf({ customers, days, day, transactions }: Flags, signal: AbortSignal): DemoOptions {
  return { customers, days, dayLength: day, signal, ...(transactions !== undefined && { transactions }) };
}

const countOf =
  (least: number, most: number) =>
  (text: string): number => {
    const count = Number(text);
    if (!Number.isInteger(count) || count < least || count > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return count;
  };

function dayLength(text: string): number {
  const length = spanOf(text);
  if (length < 100 || length > 3_600_000) throw new InvalidArgumentError('It must be from 0.1s to 1h.');
  return length;
}
