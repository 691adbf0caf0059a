import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, createWriteStream, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const mostLogBytes = 10_000_000;

/** What to run. */
export interface Command {
  /** What a person calls it, e.g. `Temporal server`. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** All of its environment; absent: that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** File that its output is appended to; one of more than 10 MB is put aside first. */
  readonly logFile: string;
  /** Gets each line of its output. */
  readonly onLine?: (line: string) => void;
}

/** A process that was started, and is reaped. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves once it has ended, with how, in words: `ended with status 1`. */
  readonly ended: Promise<string>;
  /** Undefined while it runs; else how it ended. */
  readonly end: string | undefined;
  /** Asks it to end, and kills it after `graceMs`; resolves once it is gone, and what it had started too. */
  stop(graceMs?: number): Promise<void>;
}

/** Processes that do not outlive this one, even when this one is killed. */
export interface ProcessGroup {
  /** @throws Error - the program can't be started, or the group is closed. */
  start(command: Command): Promise<RunningProcess>;
  /** Stops all that run, at once; see {@link RunningProcess.stop}. */
  stopAll(graceMs?: number): Promise<void>;
  /** Lets go of the watch over them, and starts no more. To be called after every process was stopped. */
  close(): void;
}

/**
 * A group of child processes. Each leads a process group of its own, so that a Ctrl-C in the terminal reaches only this
 * process, which then stops them in order; a small watching process ends them if this one is gone without having done so.
 */
export function createProcessGroup(): ProcessGroup {
  let reaper: ChildProcess | undefined;
  const running = new Set<RunningProcess>();
  let closed = false;
  const watch = (pid: number) => {
    reaper ??= startReaper();
    reaper.stdin?.write(`+${pid}\n`);
  };
  return {
    async start(command) {
      if (closed) throw new Error(`${command.name} is not started any more`);
      const child = spawnChild(command);
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', (cause) =>
          reject(new Error(`${command.name}: ${command.program} can't be started`, { cause })),
        );
      });
      const pid = child.pid ?? 0;
      watch(pid);
      const started = track(command.name, child);
      running.add(started);
      void started.ended.then(() => {
        running.delete(started);
        reaper?.stdin?.write(`-${pid}\n`);
      });
      return started;
    },
    async stopAll(graceMs) {
      await Promise.all([...running].map((process) => process.stop(graceMs)));
    },
    close() {
      closed = true;
      reaper?.stdin?.end();
      reaper = undefined;
    },
  };
}

function startReaper(): ChildProcess {
  const reaper = spawn(process.execPath, [join(__dirname, 'reaper.js')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  reaper.unref();
  const pipe = reaper.stdin;
  pipe.on('error', () => {});
  if (pipe instanceof Socket) pipe.unref();
  return reaper;
}

function spawnChild(command: Command): ChildProcess {
  const { args, env, logFile, onLine, program, cwd } = command;
  const log = openLog(logFile);
  try {
    const output = onLine === undefined ? log : 'pipe';
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', output, output],
      ...(env !== undefined && { env }),
      ...(cwd !== undefined && { cwd }),
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.pipe(createWriteStream(logFile, { flags: 'a' }));
      if (stream !== null && onLine !== undefined) createInterface({ input: stream }).on('line', onLine);
    }
    return child;
  } finally {
    closeSync(log);
  }
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > mostLogBytes) renameSync(file, `${file}.old`);
  return openSync(file, 'a');
}

function track(name: string, child: ChildProcess): RunningProcess {
  let end: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      end = signal === null ? `ended with status ${String(code)}` : `was ended by ${signal}`;
      resolve(end);
    });
  });
  const pid = child.pid ?? 0;
  return {
    name,
    pid,
    ended,
    get end() {
      return end;
    },
    async stop(graceMs = 10_000) {
      if (end !== undefined) return;
      signal(pid, 'SIGTERM');
      const kill = setTimeout(() => signal(pid, 'SIGKILL'), graceMs);
      await ended;
      clearTimeout(kill);
      signal(pid, 'SIGKILL');
    },
  };
}

/** Signals a process and those that it has started in turn. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    const isGone = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH';
    if (!isGone) throw error;
  }
}
