import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { payloadConversion } from '../../activities/payloads/codec';
import type { Configuration } from '../../domain/configuration';
import { readConfiguration } from '../../domain/configuration-schema';
import { taskQueues } from '../../domain/temporal-names';
import { openStore, type Store } from '../../store/store';
import { dataDirOf } from '../dev/plan';
import { readRunning } from '../dev/running';
import { root } from '../setup/index';

/** A running system, connected. */
export interface DemoTarget {
  readonly configuration: Configuration;
  readonly store: Store;
  readonly temporal: Client;
  close(): Promise<void>;
}

/** How long a system that is being started is waited for, milliseconds. */
const patience = 120_000;

/**
 * The configuration of the system that runs: the one that `perene dev` started on the data folder, or the one that the
 * environment leads to.
 *
 * @returns undefined where nothing runs on the data folder and the environment leads nowhere
 */
export async function findConfiguration(env: NodeJS.ProcessEnv): Promise<Configuration | undefined> {
  const dataDir = dataDirOf(env, root);
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const until = Date.now() + patience;
  for (let running = await readRunning(dataDir); running && Date.now() < until;) {
    if (Object.keys(running.variables).length > 0)
      return readConfiguration({ ...given, ...running.variables });
    await sleep(250);
    running = await readRunning(dataDir);
  }
  try {
    return readConfiguration(given);
  } catch {
    return undefined;
  }
}

/**
 * Connects to a running system, and makes sure that invented customers can be sent messages: nobody real may get any.
 *
 * @throws Error - a part does not answer, or messages would leave the machine
 */
export async function connectTo(configuration: Configuration): Promise<DemoTarget> {
  const { email, http, mongodb, sms, temporal } = configuration;
  if (email.mailboxUrl === undefined)
    throw new Error(
      'SMTP_URL may send real mail: the demo needs a mail catcher. If it is one, set MAILBOX_URL.',
    );
  if (sms.twilio && new URL(sms.twilio.baseUrl).hostname.endsWith('twilio.com'))
    throw new Error('TWILIO_BASE_URL is the real Twilio: the demo needs a stand-in for it.');
  await reach(`the API at ${http.publicUrl}`, async () => {
    const response = await fetch(`${http.publicUrl}/readyz`, { signal: AbortSignal.timeout(5_000) });
    if (!response.ok) throw new Error(`/readyz answers ${response.status}`);
  });
  const mongo = await reach('MongoDB', () =>
    MongoClient.connect(mongodb.uri, { serverSelectionTimeoutMS: 5_000, appName: 'perene-demo' }),
  );
  const connection = await reach(`Temporal at ${temporal.address}`, () =>
    Connection.connect({ address: temporal.address, connectTimeout: 5_000 }),
  );
  const close = async () => {
    await connection.close();
    await mongo.close();
  };
  try {
    await requireWorker(connection, temporal.namespace);
    const store = await openStore(mongo.db(mongodb.database), mongo);
    return {
      configuration,
      store,
      temporal: new Client({
        connection,
        namespace: temporal.namespace,
        ...payloadConversion(temporal.payloadKeys),
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function reach<Result>(what: string, connect: () => Promise<Result>): Promise<Result> {
  try {
    return await connect();
  } catch (cause) {
    throw new Error(`${what} does not answer. \`perene doctor\` says more.`, { cause });
  }
}

async function requireWorker({ workflowService }: Connection, namespace: string): Promise<void> {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueues.journeys },
  });
  if (pollers.length === 0) throw new Error('No worker is at work: start one with `npm run worker`.');
}
