import { rm } from 'node:fs/promises';

/** Runs once after all test files: ends the servers that were started for them, and removes what they left. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.testBroker?.close();
  if (globalThis.testFolder !== undefined) await rm(globalThis.testFolder, { recursive: true, force: true });
}
