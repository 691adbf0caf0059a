export { broadcast } from './broadcast';
export { lapse } from './lapse';
export { learning } from './learning';
export { segmentSweep } from './segment-sweep';
export { retention } from './retention';
export { retraining } from './retraining';
