import { AsyncLocalStorage } from 'node:async_hooks';
import { ambientGuard } from '../engine/guard';

/** Keeps the functions of journeys from clock and chance where they are played outside Temporal. */
export const guard = ambientGuard(new AsyncLocalStorage<boolean>());
