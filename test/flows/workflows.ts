import { journeyWorkflow } from '../../workflows/engine/journey-workflow';
import * as journeys from './journeys';

export const care = journeyWorkflow(journeys.care);
export const parent = journeyWorkflow(journeys.parent);
export const patient = journeyWorkflow(journeys.patient);
export const telling = journeyWorkflow(journeys.telling);
