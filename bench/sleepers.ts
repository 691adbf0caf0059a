import { setTimeout as sleep } from 'node:timers/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { costOf, residentMemory } from './cost';
import { openPlace, type Place } from './place';
import { quantiles, type Quantiles } from './quantiles';
import { machine, type Results } from './report';

const usage = `npm run bench:sleepers [-- --json] [--runs N] [--minutes N] [--wakes N]
  --runs     runs that are put to sleep; 5000 where not given
  --minutes  after how many minutes no more are begun; 6 where not given
  --wakes    runs that are woken by an event, one after another; 30 where not given`;

/** Runs that fall asleep before the looks are taken, so that every process has run hot and the cache is full. */
const warmUp = 400;
/** Events in one request. */
const batchSize = 50;
/** Most runs that are under way to their sleep, so that the queue of work stays short. */
const underWay = 200;
/** How long a look at the processes at rest takes, milliseconds, and how long they may come to rest before it. */
const [look, rest] = [30_000, 10_000];

/** What the processes hold and use while nothing happens. */
interface AtRest {
  readonly asleep: number;
  /** Runs that the worker keeps in memory. */
  readonly cached: number;
  /** MB by name. */
  readonly memory: Readonly<Record<string, number>>;
  /** Processor time in a second by name, milliseconds. */
  readonly processor: Readonly<Record<string, number>>;
}

interface SleepersResult {
  readonly machine: Results['machine'];
  readonly before: AtRest;
  readonly after: AtRest;
  /** Runs put to sleep in a second. */
  readonly perSecond: number;
  /** From the event's acceptance to the next wait on record, milliseconds; the runs had left the worker's memory. */
  readonly waking: Quantiles;
}

interface Options {
  readonly runs: number;
  readonly minutes: number;
  readonly wakes: number;
}

const vehicleOf = (customer: string) => `${customer}-car`;
const firstWait = 'waitFor:vehicle.odometer_read';
const runOf = (customer: string) => `maintenance/${customer}/${vehicleOf(customer)}#1`;

/** Puts cars into the maintenance journey, which then waits 351 days for an odometer reading. */
async function putToSleep(
  { http, store }: Place,
  names: readonly string[],
  { already, until }: { readonly already: number; readonly until: number },
): Promise<readonly string[]> {
  const sleeps = async (name: string) => (await store.enrolments.find(runOf(name)))?.step === firstWait;
  let begun = 0;
  while (begun < names.length && Date.now() < until) {
    const some = names.slice(begun, begun + batchSize);
    await http.post('/v1/batch', {
      batch: some.map((userId) => ({
        type: 'track',
        userId,
        event: 'vehicle.delivered',
        properties: { vehicleId: vehicleOf(userId), model: 'Aurora' },
      })),
    });
    begun += some.length;
    const before = names[begun - underWay];
    while (before !== undefined && !(await sleeps(before))) await sleep(100);
  }
  const asleep = { journey: 'maintenance', open: true, step: firstWait };
  while ((await store.enrolments.collection.countDocuments(asleep)) < already + begun) await sleep(500);
  return names.slice(0, begun);
}

/** Waits for a worker's processes to come to rest, then looks at them. */
async function lookAtRest({ processes, store }: Place, metricsUrl: string): Promise<AtRest> {
  await sleep(rest);
  const before = costOf(processes);
  await sleep(look);
  const after = costOf(processes);
  const shown = ['worker', 'temporal', 'mongodb', 'api'];
  const byName = (value: (name: string) => number) =>
    Object.fromEntries(shown.map((name) => [name, value(name)]));
  return {
    asleep: await store.enrolments.collection.countDocuments({ open: true }),
    cached: await cachedRuns(metricsUrl),
    memory: byName((name) => residentMemory(processes[name] ?? 0) ?? NaN),
    processor: byName((name) => (((after[name] ?? NaN) - (before[name] ?? NaN)) * 1_000) / look),
  };
}

/** What the SDK says of its cache; the worker of journeys has the only one. */
async function cachedRuns(metricsUrl: string): Promise<number> {
  const lines = (await (await fetch(metricsUrl)).text()).split('\n');
  const sizes = lines.filter((line) => /^temporal_sticky_cache_size\{/.test(line));
  return sizes.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Wakes sleepers by an event, one after another, and waits until each sleeps again. */
async function wake({ http, store }: Place, names: readonly string[]): Promise<Quantiles> {
  const taken: number[] = [];
  for (const userId of names) {
    const began = Date.now();
    await http.post('/v1/track', {
      userId,
      event: 'vehicle.odometer_read',
      properties: { vehicleId: vehicleOf(userId), odometerKm: 100 },
    });
    while ((await store.enrolments.find(runOf(userId)))?.step !== `${firstWait}#2`) {
      await sleep(5);
    }
    taken.push(Date.now() - began);
  }
  return quantiles(taken);
}

async function measure(
  place: Place,
  { runs, minutes, wakes, metricsUrl }: Options & { readonly metricsUrl: string },
  say: (line: string) => void,
): Promise<SleepersResult> {
  const about = machine(loadavg()[0] ?? NaN);
  const name = (group: string) => (_: unknown, n: number) => `${group}-${String(n)}`;
  say(`${String(warmUp)} runs to warm up`);
  await putToSleep(place, Array.from({ length: warmUp }, name('warm')), { already: 0, until: Infinity });
  say('a look at rest');
  const before = await lookAtRest(place, metricsUrl);
  say(`${String(runs)} runs go to sleep`);
  const began = Date.now();
  const names = Array.from({ length: runs }, name('sleeper'));
  const asleep = await putToSleep(place, names, { already: warmUp, until: began + minutes * 60_000 });
  const perSecond = (asleep.length * 1_000) / (Date.now() - began);
  say('a look at rest');
  const after = await lookAtRest(place, metricsUrl);
  say('waking');
  // Those that fell asleep first are long out of the worker's memory.
  const waking = await wake(place, asleep.slice(0, wakes));
  return { machine: about, before, after, perSecond, waking };
}

function report({ machine: about, before, after, perSecond, waking }: SleepersResult): string {
  const row = ({ asleep, cached, memory, processor }: AtRest) =>
    [
      `${String(asleep)} asleep, ${String(cached)} of them in the worker's memory`,
      ...Object.keys(memory).map(
        (name) =>
          `  ${name.padEnd(9)}${(memory[name] ?? NaN).toFixed(0).padStart(5)} MB ${(processor[name] ?? NaN).toFixed(1).padStart(7)} processor ms a second`,
      ),
    ].join('\n');
  return [
    `${String(about.processors)} processors, Node ${about.node}, load ${about.loadBefore.toFixed(1)} before`,
    row(before),
    row(after),
    `put to sleep ${perSecond.toFixed(1)} a second`,
    `woken by an event and asleep again, ms: p50 ${String(waking.p50)}, p95 ${String(waking.p95)}, max ${String(waking.max)} (${String(waking.count)})`,
  ].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '5000' },
      minutes: { type: 'string', default: '6' },
      wakes: { type: 'string', default: '30' },
    },
  });
  const [runs = 0, minutes = 0, wakes = 0] = [values.runs, values.minutes, values.wakes].map(Number);
  if (![runs, minutes, wakes].every((n) => Number.isInteger(n) && n > 0)) throw new TypeError(usage);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const place = await openPlace(say);
  try {
    const result = await measure(place, { runs, minutes, wakes, metricsUrl: place.workerMetrics }, say);
    process.stdout.write(`${values.json ? JSON.stringify(result, null, 2) : report(result)}\n`);
  } finally {
    await place.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
