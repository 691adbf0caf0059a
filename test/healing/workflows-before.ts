import { journeyWorkflow } from '../../workflows/engine/journey-workflow';
import { before } from './journeys';

export const healed = journeyWorkflow(before);
