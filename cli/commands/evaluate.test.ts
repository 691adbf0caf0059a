import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../scoring';
import { runPerene } from '../../test/perene-process';

const data = join(__dirname, '..', '..', '..', 'shared', 'data');
const withData = existsSync(data) ? it : it.skip;

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'perene-evaluate-'))));
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

describe('perene evaluate', () => {
  withData('values a policy learned from a real e-mail test (skipped without ../shared/data)', async () => {
    const { status, stdout } = await runPerene([
      'evaluate',
      'bandit',
      '--log',
      join(data, 'hillstrom-train.jsonl.gz'),
      '--json',
    ]);
    expect(status).toBe(0);
    const answer: unknown = JSON.parse(stdout);
    expect(answer).toMatchObject({
      policy: 'linucb',
      n: 16_000,
      support: { conclusive: true },
      against: { random: { verdict: 'better' }, bestAction: { verdict: 'undecided' } },
      bad: { log: { count: 0 } },
    });
    const { snips, share } = answer as {
      snips: Record<'value' | 'low' | 'high', number>;
      share: Record<string, number>;
    };
    expect(snips.value).toBeGreaterThan(0.175);
    expect(snips.low).toBeLessThan(0.185);
    expect(snips.high).toBeGreaterThan(0.185);
    expect(share['none']).toBeLessThan(0.01);
  });

  withData('fits the published models to real purchases (skipped without ../shared/data)', async () => {
    const customers = join(folder, 'customers.jsonl');
    const args = ['--transactions', join(data, 'cdnow-transactions.csv'), '--calibration-end', '1997-09-30'];
    const { status, stdout } = await runPerene([
      'evaluate',
      'clv',
      ...args,
      '--customers',
      customers,
      '--json',
    ]);
    expect(status).toBe(0);
    const answer: unknown = JSON.parse(stdout);
    const near = (value: number, by: number) => ({
      asymmetricMatch: (got: number) => Math.abs(got - value) <= by,
    });
    expect(answer).toMatchObject({
      n: 2357,
      bgnbd: {
        r: near(0.2426, 1e-4),
        alpha: near(4.4136, 1e-3),
        a: near(0.7929, 1e-3),
        b: near(2.4259, 1e-3),
      },
      paretonbd: { r: near(0.5533, 1e-3), s: near(0.6062, 1e-3), logLikelihood: near(-9594.98, 0.02) },
      gammagamma: { p: near(6.2488, 0.01), q: near(3.7446, 0.01), n: 946 },
      holdout: {
        actualTotal: 1882,
        expectedTotal: near(1653.4, 0.1),
        meanAbsoluteError: { value: near(0.785, 1e-3) },
      },
    });
    const lines = (await readFile(customers, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(2357);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      customer: '0001',
      frequency: 2,
      segment: 'champions',
    });
  });

  it('judges recommendations, counts bad rows and prints a table for people', async () => {
    const random = seededRandom('ranking');
    const pairs = Array.from({ length: 600 }, (_, i) => `c${i % 60},t${i % 3}-${random.integer(12)},1`);
    const train = await file('train.csv', ['customer,item,weight', ...pairs, 'c1,,1']);
    const test = await file('test.csv', [
      'customer,item',
      ...pairs.map((_, i) => `c${i % 60},t${i % 3}-${i % 12}`),
      'stranger,t1-1',
    ]);
    const json = await runPerene([
      'evaluate',
      'ranking',
      '--train',
      train,
      '--test',
      test,
      '--factors',
      '8',
      '--json',
    ]);
    expect(json.status).toBe(0);
    const answer = JSON.parse(json.stdout) as { ndcg: number; popularity: { ndcg: number } };
    expect(answer).toMatchObject({
      k: 10,
      unknown: 1,
      items: 36,
      bad: { train: { count: 1, first: [{ line: 602, reason: 'the customer or the item is empty' }] } },
    });
    expect(answer.ndcg).toBeGreaterThan(answer.popularity.ndcg);
    const people = await runPerene([
      'evaluate',
      'ranking',
      '--train',
      train,
      '--test',
      test,
      '--factors',
      '8',
    ]);
    expect(people.stdout).toContain('ndcg@10');
    expect(people.stderr).toContain('left out 1 bad row');
  });

  it('ends with status 1 for a file it cannot use, and 2 for bad usage', async () => {
    const bad = await file('bad.csv', ['customer,date,amount', 'ana,soon,1']);
    const [failed, usage] = await Promise.all([
      runPerene(['evaluate', 'clv', '--transactions', bad]),
      runPerene(['evaluate', 'ranking', '--train', bad, '--test', bad, '--k', '0']),
    ]);
    expect(failed).toMatchObject({ status: 1, stdout: '' });
    expect(failed.stderr).toContain('line 2: date soon');
    expect(usage).toMatchObject({ status: 2, stdout: '' });
    expect(usage.stderr).toContain('at least 1');
  });
});
