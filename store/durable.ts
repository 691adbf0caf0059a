import type { CollectionOptions } from 'mongodb';

/**
 * For collections whose writes are the ground on which something is done that cannot be undone: a request is answered, a
 * run is started, a message is handed over. Such a write, and all that were made before it, outlive a crash of the
 * database. MongoDB does so by itself; the embedded server only where it is asked.
 */
export const durable: CollectionOptions = { writeConcern: { w: 'majority', journal: true } };
