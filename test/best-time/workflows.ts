import { journeyWorkflow } from '../../workflows/engine/journey-workflow';
import { timed as journey } from './journeys';

export { learning } from '../../workflows/operations';
export const timed = journeyWorkflow(journey);
