import { proxyActivities } from '@temporalio/workflow';
import type { FloorActivities } from './activities';

const { nothing } = proxyActivities<FloorActivities>({ startToCloseTimeout: '1 minute' });

/** The least that a workflow with a side effect can do. */
export async function floor(): Promise<void> {
  await nothing();
}
