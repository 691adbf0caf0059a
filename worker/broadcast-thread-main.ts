import { setPriority } from 'node:os';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { ApplicationFailure } from '@temporalio/common';
import { MongoClient } from 'mongodb';
import pino from 'pino';
import type { Broadcasts, CallLife } from '../activities/broadcasts/broadcasts';
import type { Configuration } from '../domain/configuration';
import { openStore } from '../store/store';
import { composeActivities } from './compose';
import type { FromThread, ToThread } from './thread-messages';

/** How much less of a busy processor the thread gets than the rest of its process; a nice value. */
const niceness = 5;

type AnyCall = (request: unknown, life: CallLife) => Promise<unknown>;

async function run(port: MessagePort, configuration: Configuration): Promise<void> {
  const log = pino({ name: 'broadcasts', level: configuration.logLevel });
  const { uri, database } = configuration.mongodb;
  const mongo = await MongoClient.connect(uri, { appName: 'perene-broadcasts' });
  const store = await openStore(mongo.db(database), mongo);
  const { broadcasts, close } = composeActivities(configuration, store, log);
  const endings = new Map<number, AbortController>();

  const tell = (message: FromThread) => port.postMessage(message);
  const carryOut = async (call: number, name: keyof Broadcasts, request: unknown): Promise<void> => {
    const ending = new AbortController();
    endings.set(call, ending);
    try {
      const work = broadcasts[name] as AnyCall;
      const life = { heartbeat: () => tell({ kind: 'heartbeat', call }), ending: ending.signal };
      tell({ kind: 'done', call, result: await work(request, life) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const type = error instanceof ApplicationFailure ? error.type : undefined;
      tell({ kind: 'failed', call, message, type: type ?? undefined });
    } finally {
      endings.delete(call);
    }
  };
  port.on('message', (message: ToThread) => {
    switch (message.kind) {
      case 'call':
        void carryOut(message.call, message.name, message.request);
        return;
      case 'ending':
        endings.get(message.call)?.abort();
        return;
      case 'close':
        port.close();
        return;
      default:
        message satisfies never;
    }
  });
  await new Promise((resolve) => port.once('close', resolve));
  close();
  await mongo.close();
}

if (!parentPort) throw new Error('This is a thread of the worker.');
// Elsewhere it would be the priority of the whole process.
if (process.platform === 'linux') setPriority(niceness);
void run(parentPort, workerData as Configuration);
