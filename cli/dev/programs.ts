import { join } from 'node:path';
import { taskQueues } from '../../domain/temporal-names';
import { loopback } from '../embedded/ports';
import type { ProcessGroup, RunningProcess } from '../embedded/processes';
import { ready } from '../embedded/readiness';
import { noteworthy } from './log-lines';

/** How Perene's own processes are to run. */
export interface ProgramOptions {
  readonly root: string;
  readonly dataDir: string;
  /** Their whole environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Gets the lines that a person should read. */
  readonly report: (line: string) => void;
}

/** Starts the API; resolves once it takes requests. */
export async function startApi(
  group: ProcessGroup,
  options: ProgramOptions & { readonly port: number },
): Promise<RunningProcess> {
  const url = `http://${loopback}:${options.port}/readyz`;
  return startProgram(group, 'api', { ...options, probe: () => probeHttp(url) });
}

/** Starts a worker; resolves once it asks Temporal for work. */
export async function startWorker(
  group: ProcessGroup,
  options: ProgramOptions & { readonly temporal: { readonly address: string; readonly namespace: string } },
): Promise<RunningProcess> {
  const { temporal } = options;
  return startProgram(group, 'worker', { ...options, probe: (pid) => probeWorker(temporal, pid) });
}

/** MiB for new objects, as in `npm run api`: with V8's own 16, decisions among many offers keep collecting garbage. */
const youngHeap = ['--max-semi-space-size=64'];

async function startProgram(
  group: ProcessGroup,
  name: 'api' | 'worker',
  options: ProgramOptions & { readonly probe: (pid: number) => Promise<void> },
): Promise<RunningProcess> {
  const { dataDir, env, probe, report, root } = options;
  const logFile = join(dataDir, 'logs', `${name}.log`);
  const onLine = (line: string) => {
    const text = noteworthy(line);
    if (text !== undefined) report(`${name}: ${text}`);
  };
  const args = [...(name === 'api' ? youngHeap : []), '--import', 'tsx', join(name, 'main.ts')];
  const program = await group.start({
    name,
    program: process.execPath,
    args,
    cwd: root,
    env,
    logFile,
    onLine,
  });
  await ready(program, { probe: () => probe(program.pid), logFile });
  return program;
}

async function probeHttp(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
}

/** A worker's identity begins with its process id. */
async function probeWorker(temporal: { address: string; namespace: string }, pid: number): Promise<void> {
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address: temporal.address, connectTimeout: 2000 });
  try {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace: temporal.namespace,
      taskQueue: { name: taskQueues.journeys },
    });
    if (!pollers.some(({ identity }) => identity?.startsWith(`${pid}@`)))
      throw new Error('it does not poll yet');
  } finally {
    await connection.close();
  }
}
