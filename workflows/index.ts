import { workflowInfo } from '@temporalio/workflow';
import { journeyWorkflow, type JourneyWorkflow } from './engine/journey-workflow';
import { journeys } from './journeys';
import { segmentSweep } from './operations';

export { broadcast, lapse, learning, retention, retraining } from './operations';

/** Lets customers of segments into journeys. */
export const segmentEntry = segmentSweep(journeys);

const workflows = new Map(journeys.map((journey) => [journey.name, journeyWorkflow(journey)]));

/** Temporal calls this for every workflow type that has no export of its own: each journey is a type by its name. */
const journeyByName: JourneyWorkflow = (input) => {
  const { workflowType } = workflowInfo();
  const workflow = workflows.get(workflowType);
  if (!workflow) {
    throw new Error(`No journey is named "${workflowType}". Put it back into workflows/journeys/index.ts.`);
  }
  return workflow(input);
};

export default journeyByName;
