import { join } from 'node:path';
import { eventually } from '../api';
import { bundleOf } from '../bundle';
import { testSystem, type TestSystem } from '../system';
import { companion } from './journeys';

let system: TestSystem;
beforeAll(async () => {
  system = await testSystem([companion]);
  await system.startWorkers(await bundleOf(join(__dirname, 'workflows.ts')));
});
afterAll(() => system.close());

const weeks = 10;

describe('a run that lives on for an event a week', () => {
  it('has no longer histories at its end than at its beginning, and never long ones', async () => {
    const run = () => system.store.enrolments.find('companion/ana/car#1');
    const vehicle = { vehicleId: 'car', model: 'Aurora' };
    await system.post('/v1/track', { userId: 'ana', event: 'vehicle.delivered', properties: vehicle });
    const waitOf = (week: number) =>
      `waitFor:vehicle.odometer_read${week === 0 ? '' : `#${String(week + 1)}`}`;
    for (let week = 0; week < weeks; week++) {
      await eventually(async () => (await run())?.step === waitOf(week), 10);
      const properties = { vehicleId: 'car', odometerKm: week * 200 };
      await system.post('/v1/track', { userId: 'ana', event: 'vehicle.odometer_read', properties });
    }
    await eventually(async () => (await run())?.step === waitOf(weeks));
    await system.post('/v1/track', { userId: 'ana', event: 'customer.churned' });
    const ended = await eventually(async () => {
      const found = await run();
      return found?.open === false && found;
    });
    expect(ended).toMatchObject({ outcome: 'exited' });
    expect(ended.trace).toHaveLength(weeks);

    // Temporal lists what has ended a moment later.
    const lengths = await eventually(async () => {
      const found = await historyLengths('companion/ana/car');
      return found.length === weeks + 1 && found;
    });
    // Start, signal, continue-as-new and a workflow task of three events, with the mark of its local activity.
    expect(Math.max(...lengths)).toBeLessThanOrEqual(12);
    const half = Math.ceil(lengths.length / 2);
    const [early, late] = [lengths.slice(0, half), lengths.slice(half)].map((some) => Math.max(...some));
    // An event may come in the middle of a workflow task, which then makes a second one of three events.
    expect(late).toBeLessThanOrEqual((early ?? 0) + 3);
  });
});

/** Events in the history of each execution under a workflow id, oldest first. */
async function historyLengths(workflowId: string): Promise<number[]> {
  const found: { readonly at: number; readonly length: number }[] = [];
  for await (const { startTime, historyLength } of system.client.workflow.list({
    query: `WorkflowId = '${workflowId}' AND ExecutionStatus != 'Running'`,
  })) {
    found.push({ at: startTime.getTime(), length: historyLength });
  }
  return found.sort((a, b) => a.at - b.at).map(({ length }) => length);
}
