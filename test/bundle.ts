import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '..');
const script = `require('./worker/bundle').makeBundle(process.argv[1]).then(({ code }) => process.stdout.write(code))`;

/**
 * Bundles workflows in a process of their own: the bundler is several times slower inside Jest.
 *
 * @param workflowsPath the module whose exports are the workflows; all journeys and operations by default
 */
export async function bundleOf(
  workflowsPath = join(root, 'workflows', 'index.ts'),
): Promise<{ code: string }> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--eval', script, workflowsPath],
    { cwd: root, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NODE_OPTIONS: '' } },
  );
  return { code: stdout };
}
