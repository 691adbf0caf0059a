import { join } from 'node:path';
import { startBroker, type Broker } from './broker';
import { makeTemporaryFolder } from './temporary-folder';

declare global {
  /** Offers servers to the test files of this run; see `test/servers.ts`. */
  var testBroker: Broker | undefined;
  /** Where this run puts what it needs for a while; see `test/temporary-folder.ts`. */
  var testFolder: string | undefined;
}

/** Runs once before all test files: offers them servers, of which none starts before a test asks for it. */
export default async function globalSetup(): Promise<void> {
  const env = process.env;
  globalThis.testFolder = makeTemporaryFolder();
  env['TMPDIR'] = globalThis.testFolder;
  globalThis.testBroker = await startBroker(join(__dirname, '..'), env);
  env['PERENE_TEST_BROKER'] = globalThis.testBroker.url;
}
