import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..');
const script = `
  const { cachedBundle, makeBundle } = require('./worker/bundle');
  const path = process.argv[1];
  (path ? makeBundle(path) : cachedBundle()).then(({ code }) => process.stdout.write(code));
`;

/**
 * Bundles workflows in a process of their own: the bundler is several times slower inside Jest.
 *
 * @param workflowsPath the module whose exports are the workflows; absent: all journeys and operations, which are bundled
 *   once and kept
 */
export async function bundleOf(workflowsPath?: string): Promise<{ code: string }> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--eval', script, ...(workflowsPath === undefined ? [] : [workflowsPath])],
    { cwd: root, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return { code: stdout };
}
