import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ApplicationFailure } from '@temporalio/common';
import type { Broadcasts, CallLife } from '../activities/broadcasts/broadcasts';
import type { Configuration } from '../domain/configuration';
import type { FromThread, ToThread } from './thread-messages';

/** Broadcasts that are sent in a thread of their own. */
export interface BroadcastThread {
  readonly broadcasts: Broadcasts;
  /** Ends the thread, once what it was asked for is done. */
  close(): Promise<void>;
}

interface Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: Error) => void;
  readonly life: CallLife | undefined;
}

/**
 * Makes the thread in which a worker process sends broadcasts, so that whatever somebody waits for never stands behind their
 * thousands of small steps. It starts with the first call. One that breaks off fails its calls, and the next call starts
 * another.
 */
export function createBroadcastThread(configuration: Configuration): BroadcastThread {
  const calls = new Map<number, Call>();
  let last = 0;
  let thread: Worker | undefined;

  const settle = (message: FromThread): void => {
    const call = calls.get(message.call);
    if (!call) return;
    if (message.kind === 'heartbeat') {
      call.life?.heartbeat();
      return;
    }
    calls.delete(message.call);
    if (message.kind === 'done') call.resolve(message.result);
    else call.reject(ApplicationFailure.create({ message: message.message, type: message.type ?? 'Error' }));
  };

  const start = (): Worker => {
    const started = new Worker(join(__dirname, 'broadcast-thread-main.ts'), {
      execArgv: ['--require', 'tsx/cjs'],
      workerData: configuration,
    });
    let cause: unknown;
    started.on('message', settle);
    started.on('error', (error) => {
      cause = error;
    });
    started.on('exit', () => {
      if (thread === started) thread = undefined;
      for (const { reject } of calls.values())
        reject(new Error('The broadcast thread has ended.', { cause }));
      calls.clear();
    });
    return started;
  };

  const ask = <Result>(name: keyof Broadcasts, request: unknown, life?: CallLife): Promise<Result> =>
    new Promise<Result>((resolve, reject) => {
      const call = (last += 1);
      thread ??= start();
      const tell = (message: ToThread) => thread?.postMessage(message);
      calls.set(call, { resolve: resolve as Call['resolve'], reject, life });
      tell({ kind: 'call', call, name, request });
      life?.ending.addEventListener('abort', () => tell({ kind: 'ending', call }), { once: true });
    });

  return {
    broadcasts: {
      measureAudience: (request) => ask('measureAudience', request),
      cutRanges: (request) => ask('cutRanges', request),
      closeBroadcast: (request) => ask('closeBroadcast', request),
      sendRange: (request, life) => ask('sendRange', request, life),
    },
    async close() {
      const open = thread;
      if (!open) return;
      const ended = new Promise((resolve) => open.once('exit', resolve));
      open.postMessage({ kind: 'close' } satisfies ToThread);
      await ended;
    },
  };
}
