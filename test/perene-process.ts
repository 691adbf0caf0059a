import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** A `perene` program that was started. */
export interface PereneProcess {
  readonly pid: number;
  /** What it wrote so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves once its standard output matches; rejects if it ends before. */
  outputs(pattern: RegExp): Promise<void>;
  /** Resolves with its exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  kill(signal: NodeJS.Signals): void;
}

const root = join(__dirname, '..');
const script = `require(${JSON.stringify(join(root, 'cli', 'perene.ts'))}).main(['node', 'perene', ...process.argv.slice(1)])`;

/** Starts the `perene` program as it runs after its set-up. `env` is added to the environment of this process. */
export function startPerene(args: readonly string[], env: Record<string, string> = {}): PereneProcess {
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '-e', script, '--', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code ?? 0));
  });
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    kill: (signal) => void child.kill(signal),
    outputs: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(stdout)) resolve();
        };
        child.stdout.on('data', look);
        void ended.then((end) =>
          reject(new Error(`perene ended (${end}) before it wrote ${pattern}:\n${stdout}${stderr}`)),
        );
        look();
      }),
  };
}

/** Runs a `perene` command to its end. */
export async function runPerene(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ status: number | NodeJS.Signals; stdout: string; stderr: string }> {
  const perene = startPerene(args, env);
  const status = await perene.ended;
  return { status, stdout: perene.stdout(), stderr: perene.stderr() };
}
