import { join } from 'node:path';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { makeBundle } from '../../worker/bundle';
import { floorActivities } from './activities';

/** A worker for the bare workflow, with the settings of Perene's own. Run with Temporal's address as argument. */
async function run(address: string): Promise<void> {
  Runtime.install({ shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue: 'floor',
    workflowBundle: await makeBundle(join(__dirname, 'workflow.ts')),
    activities: floorActivities,
    maxCachedWorkflows: 200,
    reuseV8Context: true,
  });
  process.on('SIGTERM', () => worker.shutdown());
  await worker.run();
  await connection.close();
}

run(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
