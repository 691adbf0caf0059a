import { journeys } from '../workflows/journeys';
import { eventually } from './api';
import { bundleOf } from './bundle';
import { ownPorts } from './ports';
import { testSystem, type TestSystem } from './system';
import { killWorkers, startWorker } from './worker-process';

const kept = 10;
let system: TestSystem;
beforeAll(async () => {
  // The worker finds it made.
  [system] = await Promise.all([testSystem(journeys), bundleOf()]);
});
afterAll(async () => {
  killWorkers();
  await system.close();
});

/** How many runs the worker has in memory, as it says itself. */
async function cachedBy(port: number): Promise<number> {
  const told = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const sizes = [...told.matchAll(/^temporal_sticky_cache_size\{[^}]*\} (\d+)/gm)];
  return sizes.reduce((sum, [, size]) => sum + Number(size), 0);
}

describe('a worker', () => {
  it('keeps no more runs in memory than it is told to, however many are open', async () => {
    const [port = 0] = await ownPorts(1);
    const worker = startWorker(system, { CACHED_RUNS: String(kept), METRICS_PORT: String(port) });
    const people = Array.from({ length: kept * 3 }, (_, n) => `cached-${n}`);
    const signup = (userId: string) => ({ userId, event: 'customer.signed_up', properties: {} });
    await Promise.all(people.map((id) => system.post('/v1/track', signup(id))));
    const { collection } = system.store.enrolments;
    await eventually(
      async () => (await collection.countDocuments({ open: true, waitKind: 'waitFor' })) >= people.length,
    );
    // Metrics are a moment behind.
    await eventually(async () => (await cachedBy(port)) > 0);
    expect(await cachedBy(port)).toBeLessThanOrEqual(kept);
    expect(await worker.end('SIGTERM')).toBeNull();
  });
});
