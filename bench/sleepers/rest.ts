import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { costOf, residentMemory } from '../cost';
import type { Place } from '../place';

/** How long a look at the processes at rest takes, milliseconds, and how long they may come to rest before it. */
const [look, rest] = [30_000, 10_000];

/** What the processes hold and use while nothing happens. */
export interface AtRest {
  /** Runs that are open in Temporal. */
  readonly asleep: number;
  /** Runs that the worker keeps in memory. */
  readonly cached: number;
  /** MB by name. */
  readonly memory: Readonly<Record<string, number>>;
  /** Processor time in a second by name, milliseconds. */
  readonly processor: Readonly<Record<string, number>>;
  /** MB that the Temporal server's and the database's files take. */
  readonly disk: Readonly<Record<string, number>>;
}

/** Waits for the processes to come to rest, then looks at them. */
export async function lookAtRest({ processes, client, folder, workerMetrics }: Place): Promise<AtRest> {
  await sleep(rest);
  const before = costOf(processes);
  await sleep(look);
  const after = costOf(processes);
  const shown = ['worker', 'temporal', 'mongodb', 'api'];
  const byName = (value: (name: string) => number) =>
    Object.fromEntries(shown.map((name) => [name, value(name)]));
  const open = `WorkflowType = 'maintenance' AND ExecutionStatus = 'Running'`;
  return {
    asleep: (await client.workflow.count(open)).count,
    cached: await cachedRuns(workerMetrics),
    memory: byName((name) => residentMemory(processes[name] ?? 0) ?? NaN),
    processor: byName((name) => (((after[name] ?? NaN) - (before[name] ?? NaN)) * 1_000) / look),
    disk: {
      temporal: await sizeOf(join(folder, 'temporal')),
      mongodb: await sizeOf(join(folder, 'mongodb')),
    },
  };
}

/** What the SDK says of its cache; the worker of journeys has the only one. */
async function cachedRuns(metricsUrl: string): Promise<number> {
  const lines = (await (await fetch(metricsUrl)).text()).split('\n');
  const sizes = lines.filter((line) => /^temporal_sticky_cache_size\{/.test(line));
  return sizes.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function sizeOf(folder: string): Promise<number> {
  const { stdout } = await promisify(execFile)('du', ['-sm', folder]);
  return Number(stdout.split('\t')[0]);
}
