import { MongoBulkWriteError, MongoServerError } from 'mongodb';

/** Whether a write of one document met a unique value that was taken. */
export const isDuplicate = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === 11_000;

/**
 * Positions at which an unordered bulk write met a unique value that was taken.
 *
 * @throws the error itself, where anything else went wrong
 */
export function duplicates(error: unknown): number[] {
  if (!(error instanceof MongoBulkWriteError)) throw error;
  const failures = [error.writeErrors].flat();
  if (failures.length === 0 || failures.some(({ code }) => code !== 11_000)) throw error;
  return failures.map(({ index }) => index);
}

/** Whether the database refused what it was to write, and not the writing: trying again would not help. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof MongoServerError &&
  !error.hasErrorLabel('RetryableWriteError') &&
  !error.hasErrorLabel('TransientTransactionError');
