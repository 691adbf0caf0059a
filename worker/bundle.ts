import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const root = join(__dirname, '..');
/** Where bundles are kept: with the code they are made of, whatever data folder a process uses. */
const folder = join(root, '.perene', 'build');
/** Folders whose code can be part of the bundle. */
const sources = ['workflows', 'domain'];

/**
 * Bundles the workflow code that Temporal replays; slow (seconds), so see {@link cachedBundle}.
 *
 * @param workflowsPath the module whose exports are the workflows
 */
export async function makeBundle(
  workflowsPath = join(root, 'workflows', 'index.ts'),
): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath,
    preloadModules: [join(root, 'workflows', 'engine', 'short-stacks.ts'), workflowsPath],
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error },
  });
}

/** The bundle of the present sources: the one that was made before, else made and kept. */
export async function cachedBundle(): Promise<{ code: string }> {
  const path = join(folder, `workflows-${await sourceHash()}.js`);
  try {
    return { code: await readFile(path, 'utf8') };
  } catch {
    const { code } = await makeBundle();
    await mkdir(folder, { recursive: true });
    // Another process that starts now finds all of it or nothing.
    const unfinished = `${path}.${process.pid}`;
    await writeFile(unfinished, code);
    await rename(unfinished, path);
    return { code };
  }
}

/** Changes whenever a source of the bundle or a version of a package changes. */
async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await readFile(join(root, 'package-lock.json'))).update(await readFile(__filename));
  for (const folder of sources) {
    const files = (await readdir(join(root, folder), { recursive: true })).filter(isSource).sort();
    for (const file of files) hash.update(file).update(await readFile(join(root, folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

const isSource = (file: string): boolean => file.endsWith('.ts') && !file.endsWith('.test.ts');

function quiet(): void {
  // Webpack's progress is of no use to anyone who reads the worker's log.
}
