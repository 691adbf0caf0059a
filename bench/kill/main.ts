import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { putOffer } from '../offers';
import { openPlace, type Place } from '../place';
import { passengers, runOf, sendThrough } from './passengers';
import { judge, type Verdict } from './verdict';

const usage = `npm run bench:kill [-- --json] [--kills N] [--runs N] [--server-kills N] [--workers N] [--day MS]
  --kills         how often a worker is killed with SIGKILL, at a random instant; 200 where not given
  --runs          runs that pass through the shipped journeys meanwhile; 500 where not given
  --server-kills  how often the Temporal server and the database are killed too, each; 0 where not given
  --workers       worker processes at a time; 2 where not given
  --day           how long a day of the customers lasts, ms; 2000 where not given`;

/** A worker lives this long, milliseconds: at least, and how much longer at most. It takes about two seconds to start. */
const life = { least: 1_500, more: 6_000 };
/** How long runs may take to end once nobody is killed any more, milliseconds. */
const patience = 15 * 60_000;

interface Options {
  readonly kills: number;
  readonly runs: number;
  readonly serverKills: number;
  readonly workers: number;
  readonly day: number;
}

/** Runs pass through all journeys while workers, and servers, are killed at random; then everything is compared. */
async function killTest(
  place: Place,
  { kills, runs, serverKills, workers, day }: Options,
  say: (line: string) => void,
): Promise<Verdict & { readonly kills: number; readonly serverKills: number; readonly minutes: number }> {
  const began = Date.now();
  await putOffer(place.http);
  const people = passengers(runs);
  const over = (kills * (life.least + life.more / 2)) / workers;
  let done = 0;
  let serversDone = 0;
  const passing = sendThrough(place, people, { over: over * 0.8, day });
  const oneLife = async (): Promise<void> => {
    while (done < kills) {
      const worker = await place.spawnWorker();
      await sleep(life.least + Math.random() * life.more);
      if (worker.end !== undefined) say(`a worker ${worker.end} by itself`);
      else process.kill(-worker.pid, 'SIGKILL');
      await worker.ended;
      done += 1;
      if (done % 20 === 0) say(`${done} of ${kills} kills`);
    }
  };
  const serverLives = async (): Promise<void> => {
    for (; serversDone < serverKills; serversDone++) {
      await sleep((over / serverKills) * Math.random());
      for (const server of ['temporal', 'mongodb'] as const) {
        await place.crash(server);
        say(`${server} killed and started again`);
        await sleep((over / serverKills / 4) * Math.random());
      }
    }
  };
  await Promise.all([passing, serverLives(), ...Array.from({ length: workers }, oneLife)]);
  say('letting the runs end');
  const last = await place.spawnWorker();
  const { collection } = place.store.enrolments;
  const ended = () => collection.countDocuments({ open: false });
  for (const end = Date.now() + patience; Date.now() < end && (await ended()) < runs;) await sleep(1_000);
  await sleep(2_000);
  const verdict = await judge(place, { runs: people.map(runOf), from: 'Perene <ola@perene.example>' });
  await last.stop();
  return { kills: done, serverKills: serversDone, minutes: (Date.now() - began) / 60_000, ...verdict };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      kills: { type: 'string', default: '200' },
      runs: { type: 'string', default: '500' },
      'server-kills': { type: 'string', default: '0' },
      workers: { type: 'string', default: '2' },
      day: { type: 'string', default: '2000' },
    },
  });
  const [kills = 0, runs = 0, workers = 0, day = 0] = [
    values.kills,
    values.runs,
    values.workers,
    values.day,
  ].map(Number);
  const serverKills = Number(values['server-kills']);
  if (![kills, runs, workers, day].every((n) => Number.isInteger(n) && n > 0) || !(serverKills >= 0)) {
    throw new TypeError(usage);
  }
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const place = await openPlace(say, { worker: false, textLimit: Infinity });
  try {
    const result = await killTest(place, { kills, runs, serverKills, workers, day }, say);
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    const { doubled, lost, unaccounted, unfinished, disagreeing, missingRuns } = result;
    if ([doubled, lost, unaccounted, unfinished, disagreeing, missingRuns].some((n) => n > 0))
      process.exitCode = 1;
  } finally {
    await place.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
