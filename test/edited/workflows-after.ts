import { journeyWorkflow } from '../../workflows/engine/journey-workflow';
import { after } from './journeys';

export const edited = journeyWorkflow(after);
