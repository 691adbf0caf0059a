export { lapse } from './lapse';
export { learning } from './learning';
