import { join } from 'node:path';
import { allRouted, eventually } from '../api';
import { bundleOf } from '../bundle';
import { testSystem, type TestSystem } from '../system';
import { hasty } from './journeys';

let system: TestSystem;
beforeAll(async () => {
  system = await testSystem([hasty]);
  await system.startWorkers(await bundleOf(join(__dirname, 'workflows.ts')));
});
afterAll(() => system.close());

describe('an error in a journey that runs', () => {
  it('shows in Temporal with its file, its line and the remedy, and leaves the run where it is', async () => {
    await system.post('/v1/customers', { id: 'ana' });
    await allRouted(system.store);
    const handle = system.client.workflow.getHandle('hasty/ana');
    const failure = await eventually(async () => {
      const { events } = await handle.fetchHistory();
      return events?.find(({ workflowTaskFailedEventAttributes: failed }) => failed)
        ?.workflowTaskFailedEventAttributes?.failure;
    });
    expect(failure.message).toContain('test/journey-errors/journeys.ts:6:');
    expect(failure.message).toContain('use c.now()');
    expect((await handle.describe()).status.name).toBe('RUNNING');
  });
});
