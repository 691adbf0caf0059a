import { segmentSweep } from '../../workflows/operations';
import { fans } from './journeys';

export const segmentEntry = segmentSweep([fans]);
