import { journeyWorkflow } from '../../workflows/engine/journey-workflow';
import * as journeys from './journeys';

export const companion = journeyWorkflow(journeys.companion);
