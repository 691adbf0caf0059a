/** Runs once after all test files: ends the servers that were started for them. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.testBroker?.close();
}
