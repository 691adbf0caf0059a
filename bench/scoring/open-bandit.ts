import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { evaluateOffPolicy, seededRandom, type JudgedDecision } from '../../scoring';
import { table, type Section } from './table';

const policySchema = z.object({ p: z.array(z.array(z.number())) });

/** Values of the given policy on the Open Bandit sample, relative to its click rate, by the library `obp`. */
const golden = { ips: 1.1981263, snips: 1.2567982 };

/** Off-policy values on the Open Bandit sample. */
export async function openBandit(data: string): Promise<Section> {
  const { p } = policySchema.parse(
    JSON.parse(await readFile(join(data, 'obd-all-bts-action-dist.json'), 'utf8')),
  );
  const text = gunzipSync(await readFile(join(data, 'obd-all-random.csv.gz'))).toString('utf8');
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
  const decisions = rows.map(
    ([, action = -1, position = -1, reward = NaN, propensity = NaN]): JudgedDecision => ({
      reward,
      propensity,
      target: p[action]?.[position] ?? NaN,
    }),
  );
  const { n, logged, ips, snips, support } = evaluateOffPolicy(decisions, { random: seededRandom('bench') });
  const relative = (value: number): string => (value / logged.value).toFixed(7);
  const interval = ({ low, high }: { low: number; high: number }): string =>
    `[${(low / logged.value).toFixed(2)}, ${(high / logged.value).toFixed(2)}]`;
  return {
    title: `Off-policy value: Open Bandit, ${n} decisions, 38 clicks, relative to the click rate`,
    body: [
      table(
        ['', 'Perene', 'reference', 'normal interval', 'bootstrap'],
        [
          ['IPS', relative(ips.value), golden.ips.toFixed(7), interval(ips), interval(ips.bootstrap)],
          [
            'SNIPS',
            relative(snips.value),
            golden.snips.toFixed(7),
            interval(snips),
            interval(snips.bootstrap),
          ],
        ],
      ),
      `${support.effectiveDecisions.toFixed(0)} effective decisions, ${support.effectiveRewards.toFixed(1)} effective rewards: ` +
        (support.conclusive ? 'conclusive.' : `no conclusion is drawn (${support.gaps.join(', ')}).`),
    ],
  };
}
