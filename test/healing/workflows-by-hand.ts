import { journeyWorkflow } from '../../workflows/engine/journey-workflow';
import { byHand } from './by-hand-journey';

export { broadcast } from '../../workflows/operations';
export default journeyWorkflow(byHand);
