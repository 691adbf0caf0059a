import { Command, Option } from 'commander';
import type { Comparison, Estimate } from '../../scoring';
import { evaluateBandit, policies, type BanditAnswer, type PolicyName } from '../evaluate/bandit';
import { logReader } from '../evaluate/decision-log';
import { atLeast } from '../evaluate/options';
import { describeBad, readJsonLines } from '../evaluate/rows';

interface Flags {
  readonly log: string;
  readonly test?: string;
  readonly policy: PolicyName;
  readonly exploration: number;
  readonly seed: string;
  readonly json: boolean;
}

/** `perene evaluate bandit`: learns a policy from logged decisions and values it by others. */
export function evaluateBanditCommand(): Command {
  return new Command('bandit')
    .description('Learns which action to choose from logged decisions, and values that policy off-policy.')
    .requiredOption('--log <file>', 'logged decisions, JSON Lines (may be gzipped): to learn from')
    .option('--test <file>', 'logged decisions to judge by (default: the second half of --log)')
    .addOption(new Option('--policy <policy>', 'what to value').choices(policies).default('linucb'))
    .addOption(
      new Option('--exploration <number>', 'deviations added, or width of the draws; 0 is greedy')
        .argParser(atLeast(0))
        .default(1),
    )
    .option('--seed <text>', 'fixes all chance', 'perene')
    .option('--json', 'print one JSON value for programs', false)
    .action((flags: Flags) => run(flags));
}

async function run({ log, test, policy, exploration, seed, json }: Flags): Promise<void> {
  const read = logReader();
  const logged = await readJsonLines(log, read);
  const judged = test === undefined ? undefined : await readJsonLines(test, read);
  const half = Math.floor(logged.rows.length / 2);
  if (judged === undefined && half === 0) throw new Error(`${log}: one row cannot be halved; give --test.`);
  const answer = evaluateBandit({
    learn: judged ? logged.rows : logged.rows.slice(0, half),
    test: judged?.rows ?? logged.rows.slice(half),
    policy,
    exploration,
    seed,
  });
  const bad = { log: logged.bad, ...(judged && { test: judged.bad }) };
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...answer, bad }, null, 2)}\n`);
    return;
  }
  const complaints = [...describeBad(log, bad.log), ...(judged ? describeBad(test ?? '', judged.bad) : [])];
  process.stderr.write(complaints.map((line) => `${line}\n`).join(''));
  process.stdout.write(`${describe(answer).join('\n')}\n`);
}

const digits = (value: number): string => value.toFixed(4);
const row = (name: string, { value, low, high }: Estimate): string =>
  `  ${name.padEnd(22)} ${digits(value)}  [${digits(low)}, ${digits(high)}]`;

function describe(answer: BanditAnswer): string[] {
  const { policy, learned, n, logged, ips, snips, dm, dr, support, share, random, bestAction, against } =
    answer;
  const shares = Object.entries(share)
    .slice(0, 8)
    .map(([id, part]) => `${id} ${(100 * part).toFixed(1)}%`);
  return [
    `${policy}, learned from ${learned} decisions, judged by ${n} (reward per decision, 95% interval)`,
    row('as logged', logged),
    row('IPS', ips),
    row('SNIPS', snips),
    ...(dm ? [row('direct method', dm)] : []),
    ...(dr ? [row('doubly robust', dr)] : []),
    row('random (SNIPS)', random.snips),
    row(`always ${bestAction.action} (SNIPS)`, bestAction.snips),
    `  chooses: ${shares.join(', ')}`,
    `  support: ${support.effectiveDecisions.toFixed(0)} effective decisions, ${support.effectiveRewards.toFixed(0)} effective rewards`,
    verdict('random', against.random),
    verdict(`always ${bestAction.action}`, against.bestAction),
    ...(support.conclusive ? [] : [`  These decisions bear no conclusion: ${support.gaps.join(', ')}.`]),
  ];
}

function verdict(other: string, { difference, low, high, verdict: said }: Comparison): string {
  return `  against ${other}: ${said} (${digits(difference)} [${digits(low)}, ${digits(high)}])`;
}
