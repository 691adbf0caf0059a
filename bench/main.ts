import { openPlace } from './place';
import { measureFloor, measureLatency, measureSignups } from './signups';

async function main(): Promise<void> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const place = await openPlace(say);
  try {
    const floor = await place.startFloor();
    const withFloor = { ...place, processes: { ...place.processes, floor: floor.pid } };
    await measureSignups(place, 100, 'warm');
    await measureFloor(place, 100, 'warm');
    const n = Number(process.argv[2] ?? 500);
    const rounds = Number(process.argv[3] ?? 2);
    say(JSON.stringify(await measureLatency(place, { perSecond: 10, seconds: 10, name: 'low' })));
    for (let round = 0; round < rounds; round++) {
      say(JSON.stringify(await measureFloor(withFloor, n, `floor${round}`)));
      say(JSON.stringify(await measureSignups(withFloor, n, `signup${round}`)));
    }
  } finally {
    await place.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
});
