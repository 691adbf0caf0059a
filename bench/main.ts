import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureActions } from './actions';
import { residentMemory } from './cost';
import { measureIngest } from './ingest';
import { measureMarketing } from './marketing';
import { openPlace, type Place } from './place';
import { machine, report, type Results } from './report';
import { measureFloor, measureLatency, measureSignups, together, type Throughput } from './signups';

const usage = `npm run bench [-- --json] [--runs N] [--rounds N] [--events N]
  --json    one JSON value on standard output instead of tables
  --runs    signups, and bare workflows, of each round; 1000 where not given
  --rounds  rounds of both, by turns; 2 where not given
  --events  events of each way in; 20000 where not given`;

/** Done before anything is measured, so that every process has run hot. */
const warmUp = 300;

interface Options {
  readonly runs: number;
  readonly rounds: number;
  readonly events: number;
}

/** Measures everything in one run; bare workflows and signups by turns, so that both meet the same weather. */
async function measureAll(
  place: Place,
  { runs, rounds, events }: Options,
  say: (line: string) => void,
): Promise<Results> {
  const loadBefore = loadavg()[0] ?? NaN;
  say('warming up');
  const floorWorker = await place.startFloor();
  await measureSignups(place, warmUp, 'warm');
  await measureFloor(place, warmUp, 'warm');
  say('latency of signups');
  const latency = await measureLatency(place, { perSecond: 10, seconds: 20, name: 'slow' });
  const withFloor = { ...place, processes: { ...place.processes, floor: floorWorker.pid } };
  const floors: Throughput[] = [];
  const signups: Throughput[] = [];
  for (let round = 1; round <= rounds; round++) {
    say(`bare workflows, round ${round} of ${rounds}`);
    floors.push(await measureFloor(withFloor, runs, `floor-${round}`));
    say(`signups, round ${round} of ${rounds}`);
    signups.push(await measureSignups(place, runs, `signup-${round}`));
  }
  await floorWorker.stop();
  const { worker, api } = place.processes;
  const memory = {
    openRuns: await place.store.enrolments.collection.countDocuments({ open: true }),
    ...sizeOf('worker', worker),
    ...sizeOf('api', api),
  };
  say('marketing');
  await measureMarketing(place, warmUp, 'warm-lapse');
  const marketing = await measureMarketing(place, runs, 'lapse');
  say('actions: forty days of each journey at a day in two seconds');
  const actions = await measureActions(place);
  say('events');
  const ingest = await measureIngest(place, { events, name: 'event' });
  return {
    machine: machine(loadBefore),
    latency,
    floor: together(floors),
    signups: together(signups),
    marketing,
    ingest,
    actions,
    memory,
  };
}

const sizeOf = (name: 'worker' | 'api', pid: number | undefined) => {
  const size = pid === undefined ? undefined : residentMemory(pid);
  return size === undefined ? {} : { [name]: size };
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '2' },
      events: { type: 'string', default: '20000' },
    },
  });
  const [runs = 0, rounds = 0, events = 0] = [values.runs, values.rounds, values.events].map(Number);
  if (![runs, rounds, events].every((n) => Number.isInteger(n) && n > 0)) throw new TypeError(usage);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const place = await openPlace(say);
  try {
    const results = await measureAll(place, { runs, rounds, events }, say);
    process.stdout.write(`${values.json ? JSON.stringify(results, null, 2) : report(results)}\n`);
  } finally {
    await place.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
