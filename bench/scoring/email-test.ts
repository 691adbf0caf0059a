import { join } from 'node:path';
import { evaluateBandit } from '../../cli/evaluate/bandit';
import { decisionsOf, logReader, vectorsFor, type LogRow } from '../../cli/evaluate/decision-log';
import { readJsonLines } from '../../cli/evaluate/rows';
import {
  chooseOffers,
  createBandit,
  seededRandom,
  updateBandit,
  type BanditState,
  type Policy,
} from '../../scoring';
import { ranged, table, type Section } from './table';

/** A policy of another library, valued on the same rows. */
export interface ReferenceValue {
  readonly name: string;
  readonly snips: number;
}

/** Policies learned from one half of a randomized e-mail test (Hillstrom), valued on the other; and played online. */
export async function emailTest(data: string, references: readonly ReferenceValue[]): Promise<Section> {
  const { rows } = await readJsonLines(join(data, 'hillstrom-train.jsonl.gz'), logReader());
  const half = rows.length / 2;
  const [learn, test] = [rows.slice(0, half), rows.slice(half)];
  const answers = (['linucb', 'lints', 'logistic'] as const).map((policy) =>
    evaluateBandit({ learn, test, policy, seed: 'bench' }),
  );
  const [first] = answers;
  if (!first) throw new Error('No policy was valued.');
  const { random, bestAction, against } = first;
  return {
    title: `Learned policies: Hillstrom e-mail test, ${learn.length} decisions to learn from, ${test.length} to judge by`,
    body: [
      table(
        ['policy', 'SNIPS (visit rate)', 'doubly robust'],
        [
          ['random', ranged(random.snips), ''],
          [`always ${bestAction.action}`, ranged(bestAction.snips), ''],
          ...answers.map(({ policy, snips, dr }) => [policy, ranged(snips), dr ? ranged(dr) : '']),
          ...references.map(({ name, snips }) => [name, snips.toFixed(4), '']),
        ],
      ),
      `linucb less random: ${ranged({ ...against.random, value: against.random.difference })}, ${against.random.verdict}. ` +
        `Less the best action: ${ranged({ ...against.bestAction, value: against.bestAction.difference })}, ` +
        `${against.bestAction.verdict}.`,
      `Played online by replay (Li, Chu, Langford and Wang 2011), learning as it goes, on all ${rows.length} rows:`,
      table(
        ['policy', 'visit rate', 'decisions matched'],
        [...online(rows)].map(({ name, rate, matched }) => [name, rate.toFixed(4), String(matched)]),
      ),
    ],
  };
}

/** Where a policy chooses what was logged, it sees the reward and learns; the rest of the rows it never sees. */
function* online(rows: readonly LogRow[]): Generator<{ name: string; rate: number; matched: number }> {
  const vectors = vectorsFor(rows);
  const players: readonly (readonly [name: string, policy: Policy, exploration: number])[] = [
    ['linucb (0.1)', 'linucb', 0.1],
    ['lints', 'lints', 1],
    ['logistic', 'logistic', 1],
  ];
  const logged = rows.reduce((sum, { reward }) => sum + reward, 0) / rows.length;
  yield { name: 'random (as logged)', rate: logged, matched: rows.length };
  for (const [name, policy, exploration] of players) {
    let state: BanditState = createBandit({ policy, features: vectors, expected: 0.1, exploration });
    const random = seededRandom(`online ${name}`);
    let matched = 0;
    let total = 0;
    for (const { candidates, chosen, reward } of decisionsOf(rows, vectors)) {
      const [choice] = chooseOffers(state, candidates, { random, draws: 1 });
      const candidate = candidates.find(({ id }) => id === chosen);
      if (choice?.id !== chosen || !candidate) continue;
      matched++;
      total += reward;
      state = updateBandit(state, [{ ...candidate, reward }]);
    }
    yield { name, rate: total / matched, matched };
  }
}
