import type { EnrolmentDocument } from '../store/enrolments';
import { problem } from './errors';
import type { Parts } from './parts';

/**
 * Tells a run to end as exited.
 *
 * @returns the run as it was; one that is over is left alone
 * @throws the problem `not-found`; `unavailable` where its workflow has not begun yet or is just closing
 */
export async function takeOut(
  { store, runs }: Pick<Parts, 'store' | 'runs'>,
  journey: string,
  enrolment: string,
): Promise<EnrolmentDocument> {
  const run = await store.enrolments.find(enrolment);
  if (run?.journey !== journey) throw problem('not-found', 'No enrolment of this journey has this id.');
  if (run.open && !(await runs.notify(run.workflowId, { ends: 'exited' }))) {
    throw problem('unavailable', 'The run is just beginning or ending: try again in a few seconds.');
  }
  return run;
}
