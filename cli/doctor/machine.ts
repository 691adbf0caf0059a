import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { findOnPath, findPython, serversOf } from '../setup/servers';
import { portHolder } from '../embedded/port-holder';
import { isFree } from '../embedded/ports';
import type { WantedPort } from '../dev/claim-ports';
import type { EmbeddedParts } from '../dev/plan';
import { examine, type Finding } from './finding';

/** Checks what the embedded servers need of this machine: Python, and that they are installed and run. */
export async function machineFindings(
  root: string,
  env: NodeJS.ProcessEnv,
  parts: EmbeddedParts,
): Promise<Finding[]> {
  const servers = serversOf(root);
  const mongod = findOnPath('mongod', env);
  const setUp = 'Run `node cli/setup.js`.';
  const node = examine(
    'Node',
    'Install Node 20.19 or newer.',
    () => `${process.versions.node} (${process.execPath})`,
  );
  const python = examine('Python', 'Install it, then run `node cli/setup.js`.', () => findPython().version);
  const temporal = examine('Temporal server', setUp, () => runInstalled(servers.temporal, ['--version']));
  const mongodb = examine('MongoDB server', setUp, () => {
    if (mongod !== undefined) return mongod;
    const script = 'from importlib.metadata import version; print("secantusdb", version("secantusdb"))';
    return runInstalled(servers.python, ['-c', script]);
  });
  return Promise.all([
    node,
    ...(parts.temporal || parts.mongodb ? [python] : []),
    ...(parts.temporal ? [temporal] : []),
    ...(parts.mongodb ? [mongodb] : []),
  ]);
}

async function runInstalled(program: string, args: string[]): Promise<string> {
  if (!existsSync(program)) throw new Error('not installed');
  const { stdout } = await promisify(execFile)(program, args);
  return stdout.trim();
}

/** Checks that `perene dev` could listen on its ports. */
export async function portFindings(wanted: readonly WantedPort[]): Promise<Finding[]> {
  return Promise.all(
    wanted.map(({ option, port, purpose }) =>
      examine(`port ${port}`, `End that program, or choose another port with ${option}.`, async () => {
        if (await isFree(port)) return `free for: ${purpose}`;
        throw new Error(
          `${purpose} can't have it: taken by ${(await portHolder(port)) ?? 'a program that this system does not name'}`,
        );
      }),
    ),
  );
}
