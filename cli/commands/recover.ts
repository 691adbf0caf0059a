import { Client, Connection } from '@temporalio/client';
import { Command } from 'commander';
import { payloadConversion } from '../../activities/payloads/codec';
import { findBrokenRuns, healRun } from '../../worker/healing';
import { findConfiguration } from '../demo/target';

/** `perene recover`: lists the runs that do not replay since their journey was changed, and heals them. */
export function recoverCommand(): Command {
  return new Command('recover')
    .description(
      'Heals runs whose journey was changed in the middle of a step. The worker does the same by itself.',
    )
    .option('--list', 'only list them', false)
    .option('--json', 'print one JSON value for programs', false)
    .action(run);
}

async function run({ list, json }: { list: boolean; json: boolean }): Promise<void> {
  const configuration = await findConfiguration(process.env);
  if (!configuration)
    throw new Error('No running system was found: `npm start`, or set TEMPORAL_ADDRESS and the rest.');
  const { address, namespace, payloadKeys } = configuration.temporal;
  const connection = await Connection.connect({ address, connectTimeout: 5_000 });
  try {
    const client = new Client({ connection, namespace, ...payloadConversion(payloadKeys) });
    const broken = await findBrokenRuns(client);
    if (!list) for (const broke of broken) await healRun(client, broke);
    if (json) process.stdout.write(`${JSON.stringify({ runs: broken, healed: !list }, null, 2)}\n`);
    else
      process.stdout.write(
        report(
          broken.map(({ workflowId }) => workflowId),
          list,
        ),
      );
  } finally {
    await connection.close();
  }
}

function report(workflowIds: readonly string[], list: boolean): string {
  if (workflowIds.length === 0) return 'Every run replays.\n';
  const lines = workflowIds.map((id) => `  ${list ? 'broken' : 'healed'}  ${id}\n`).join('');
  return `${lines}${workflowIds.length} ${workflowIds.length === 1 ? 'run' : 'runs'}\n`;
}
