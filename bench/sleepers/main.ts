import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { residentMemory } from '../cost';
import { openPlace, type Place } from '../place';
import { quantiles, type Quantiles } from '../quantiles';
import { machine, type Results } from '../report';
import { judgeLikeness, layDown, modelOf } from './copies';
import { lookAtRest, type AtRest } from './rest';
import { putToSleep, wake } from './sleeper';

const usage = `npm run bench:sleepers [-- --json] [--runs N] [--wakes N]
  --runs     runs that are put to sleep; 5000 where not given
  --wakes    runs that are woken by an event, one after another; 30 where not given`;

/** Runs that fall asleep the ordinary way, so that every process has run hot and the cache is full. */
const warmUp = 400;
/** At how many runs the processes are looked at, besides the beginning and the end. */
const stations = [1_000, 10_000, 50_000];
/** How many runs are put to sleep before it is said how many are. */
const told = 5_000;
/** Copies that are compared with their model. */
const compared = 3;

interface SleepersResult {
  readonly machine: Results['machine'];
  readonly looks: readonly AtRest[];
  /** Runs put to sleep in a second, looks left out. */
  readonly perSecond: number;
  /** From the event's acceptance to the next wait on record, milliseconds; the runs had left the worker's memory. */
  readonly waking: Quantiles;
  /** A worker that is started while all sleep: when it had answered an event, milliseconds, and its memory then, MB. */
  readonly restart: { readonly served: number; readonly memory: number };
  /** The Temporal server killed and started again while all sleep: when an event had been answered, milliseconds. */
  readonly crash: { readonly served: number };
}

async function measure(
  place: Place,
  { runs, wakes }: { readonly runs: number; readonly wakes: number },
  say: (line: string) => void,
): Promise<SleepersResult> {
  const about = machine(loadavg()[0] ?? NaN);
  const look = async () => {
    const seen = await lookAtRest(place);
    say(row(seen));
    return seen;
  };
  say(`${String(warmUp)} runs go to sleep the ordinary way`);
  const ordinary = Array.from({ length: warmUp }, (_, n) => `ordinary-${String(n).padStart(3, '0')}`);
  await putToSleep(place, ordinary);
  const looks = [await look()];

  const model = await modelOf(place, ordinary[0] ?? '');
  const names = Array.from({ length: runs }, (_, n) => `sleeper-${String(n).padStart(7, '0')}`);
  const samples = names.splice(0, compared);
  await layDown(place, model, samples);
  for (const sample of samples) await judgeLikeness(place, model.name, sample);
  for (const name of [model.name, ...samples]) await wake(place, name, 1);
  for (const sample of samples) await judgeLikeness(place, model.name, sample);
  say(`${String(compared)} copies of a sleeper are like it, asleep and woken`);

  let taken = 0;
  for (let n = 0; n < names.length;) {
    const station = stations.find((each) => each > n && each < runs) ?? runs;
    const end = Math.min(station, n + told, names.length);
    const began = Date.now();
    await layDown(place, model, names.slice(n, end));
    taken += Date.now() - began;
    n = end;
    say(`${String(n)} asleep, ${((n * 1_000) / taken).toFixed(1)} a second`);
    if (n === station || n === names.length) looks.push(await look());
  }

  say('waking');
  // Those that fell asleep first are long out of the worker's memory.
  const sleepers = names.values();
  const next = () => sleepers.next().value ?? '';
  const times: number[] = [];
  for (let n = 0; n < wakes; n++) times.push(await wake(place, next(), 1));
  const waking = quantiles(times);
  say(`woken, ms: p50 ${String(waking.p50)}, p95 ${String(waking.p95)}`);

  await place.stopWorker();
  let began = Date.now();
  const worker = await place.spawnWorker();
  await wake(place, next(), 1);
  const restart = { served: Date.now() - began, memory: residentMemory(worker.pid) ?? NaN };
  say(`a new worker had served after ${String(restart.served)} ms`);
  began = Date.now();
  await place.crash('temporal');
  await wake(place, next(), 1);
  const crash = { served: Date.now() - began };
  const perSecond = (names.length * 1_000) / taken;
  return { machine: about, looks, perSecond, waking, restart, crash };
}

const row = ({ asleep, cached, memory, processor, disk }: AtRest) =>
  [
    `${String(asleep)} asleep, ${String(cached)} of them in the worker's memory`,
    ...Object.keys(memory).map((name) => {
      const held = `${(memory[name] ?? NaN).toFixed(0).padStart(5)} MB`;
      const used = `${(processor[name] ?? NaN).toFixed(1).padStart(7)} processor ms a second`;
      const files = disk[name] === undefined ? '' : `, ${String(disk[name])} MB on disk`;
      return `  ${name.padEnd(9)}${held} ${used}${files}`;
    }),
  ].join('\n');

const report = ({ machine: about, looks, perSecond, waking, restart, crash }: SleepersResult): string =>
  [
    `${String(about.processors)} processors, Node ${about.node}, load ${about.loadBefore.toFixed(1)} before`,
    ...looks.map(row),
    `put to sleep ${perSecond.toFixed(1)} a second`,
    `woken by an event and asleep again, ms: p50 ${String(waking.p50)}, p95 ${String(waking.p95)}, max ${String(waking.max)} (${String(waking.count)})`,
    `a new worker had served an event after ${String(restart.served)} ms and held ${restart.memory.toFixed(0)} MB`,
    `after the Temporal server was killed, an event had been served in ${String(crash.served)} ms`,
  ].join('\n');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '5000' },
      wakes: { type: 'string', default: '30' },
    },
  });
  const [runs = 0, wakes = 0] = [values.runs, values.wakes].map(Number);
  if (![runs, wakes].every((n) => Number.isInteger(n) && n > 0)) throw new TypeError(usage);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const place = await openPlace(say);
  try {
    const result = await measure(place, { runs, wakes }, say);
    process.stdout.write(`${values.json ? JSON.stringify(result, null, 2) : report(result)}\n`);
  } finally {
    await place.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
