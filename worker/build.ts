import { cachedBundle } from './bundle';

/** Makes the workflow bundle ahead of time, so that a worker starts at once. */
void cachedBundle();
