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
const workflowId = 'companion/ana/car';
/** Events of an execution that waits: start, a workflow task of three, a timer. */
const begun = 5;

describe('a run that lives on for an event a week', () => {
  it('has no longer histories at its end than at its beginning, and never long ones', async () => {
    const run = () => system.store.enrolments.find('companion/ana/car#1');
    const vehicle = { vehicleId: 'car', model: 'Aurora' };
    await system.post('/v1/track', { userId: 'ana', event: 'vehicle.delivered', properties: vehicle });
    const waitOf = (week: number) =>
      `waitFor:vehicle.odometer_read${week === 0 ? '' : `#${String(week + 1)}`}`;
    let last: string | undefined;
    /** An event that came sooner would be taken by the execution that leads up to the wait, and spare one. */
    const asleep = async (week: number): Promise<void> => {
      await eventually(async () => (await run())?.step === waitOf(week));
      last = await eventually(async () => {
        const { runId, historyLength } = await system.client.workflow.getHandle(workflowId).describe();
        return runId !== last && historyLength >= begun && runId;
      });
    };
    for (let week = 0; week < weeks; week++) {
      await asleep(week);
      const properties = { vehicleId: 'car', odometerKm: week * 200 };
      await system.post('/v1/track', { userId: 'ana', event: 'vehicle.odometer_read', properties });
    }
    await asleep(weeks);
    await system.post('/v1/track', { userId: 'ana', event: 'customer.churned' });
    const ended = await eventually(async () => {
      const found = await run();
      return found?.open === false && found;
    });
    expect(ended).toMatchObject({ outcome: 'exited' });
    expect(ended.trace).toHaveLength(weeks);

    // Temporal lists what has ended a moment later.
    const lengths = await eventually(async () => {
      const found = await historyLengths(workflowId);
      return found.length === weeks + 2 && found;
    });
    // What is asleep has five events; a signal, a workflow task of three, the marks of its local activities and what ends
    // it come on top: one mark and continue-as-new for a reading, one mark more for the end of the run.
    expect(Math.max(...lengths)).toBeLessThanOrEqual(13);
    const readings = lengths.slice(1, -1);
    expect(new Set(readings).size).toBe(1);
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
