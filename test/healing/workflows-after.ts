import { journeyWorkflow } from '../../workflows/engine/journey-workflow';
import { after } from './journeys';

export const healed = journeyWorkflow(after);
