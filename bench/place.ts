import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { startApi, startWorker } from '../cli/dev/programs';
import { embeddedMongodbUri, startMongodbServer } from '../cli/embedded/mongodb-server';
import { freePorts, loopback } from '../cli/embedded/ports';
import { createProcessGroup, type ProcessGroup, type RunningProcess } from '../cli/embedded/processes';
import { ready } from '../cli/embedded/readiness';
import { smsStandIn, type SmsStandIn } from '../cli/embedded/sms-stand-in';
import { startTemporalServer } from '../cli/embedded/temporal-server';
import { newAccount } from '../cli/embedded/twilio-resources';
import { root } from '../cli/setup/index';
import { findOnPath, serversOf } from '../cli/setup/servers';
import { openStore, type Store } from '../store/store';
import { createHttp, type Http } from './http';

/** Everything that is measured, each part a process of its own, as `perene dev` runs them. */
export interface Place {
  /** Process ids by name, for the cost of a run in processor time. */
  readonly processes: Readonly<Record<string, number>>;
  /** Where the servers keep their data, each in a folder of its name. */
  readonly folder: string;
  readonly http: Http;
  readonly store: Store;
  readonly mongo: MongoClient;
  readonly client: Client;
  readonly sink: Sink;
  /** Stands in for Twilio. */
  readonly texts: SmsStandIn;
  /** What signs links and Message-IDs. */
  readonly secret: string;
  readonly smtpUrl: string;
  /** Where the worker that runs from the beginning tells its metrics. */
  readonly workerMetrics: string;
  /** Stops the worker that runs from the beginning. */
  stopWorker(): Promise<void>;
  /** Starts one more worker and does not wait for it to be ready. */
  spawnWorker(): Promise<RunningProcess>;
  /** Kills a server as a power failure would, and starts it again on what it had stored. */
  crash(server: 'temporal' | 'mongodb'): Promise<void>;
  /** Starts the worker of the bare workflows that Perene is compared with. */
  startFloor(): Promise<RunningProcess>;
  close(): Promise<void>;
}

/** What the SMTP server of the measurement knows. */
export interface Sink {
  /** How many e-mails it has accepted since the last call of `clear`. */
  count(): Promise<number>;
  /** When it accepted the first e-mail to each address, epoch milliseconds. */
  accepted(): Promise<Map<string, number>>;
  /** How often it accepted each Message-ID. */
  letters(): Promise<Map<string, number>>;
  clear(): Promise<void>;
}

const writeKey = 'write-key-of-the-bench';
const adminKey = 'admin-key-of-the-bench';
/** So high that no rate limit is what is measured. */
const noLimit = '100000';

/** What differs from one measurement to another. */
export interface PlaceOptions {
  /** Whether a worker runs from the beginning; true where not given. */
  readonly worker?: boolean;
  /** Texts that the stand-in keeps; 1,000 where not given. */
  readonly textLimit?: number;
}

/** Starts all servers on free ports, with their data in a temporary folder that `close` removes. */
export async function openPlace(report: (line: string) => void, options: PlaceOptions = {}): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'perene-bench-'));
  const group = createProcessGroup();
  try {
    return await startAll({ folder, group, report, ...options });
  } catch (error) {
    await group.stopAll(0);
    group.close();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Site extends PlaceOptions {
  readonly folder: string;
  readonly group: ProcessGroup;
  readonly report: (line: string) => void;
}

async function startAll({
  folder,
  group,
  report,
  worker: withWorker = true,
  textLimit = 1_000,
}: Site): Promise<Place> {
  const servers = serversOf(root);
  const mongod = findOnPath('mongod', process.env);
  const [frontend = 0, http = 0, metrics = 0, mongodb = 0, smtp = 0, sinkPort = 0, api = 0, told = 0] =
    await freePorts(8);
  const logFile = (name: string) => join(folder, 'logs', `${name}.log`);
  const account = newAccount();
  const texts = await smsStandIn({ account, limit: textLimit });
  const start = {
    temporal: () =>
      startTemporalServer(group, {
        servers,
        ports: { frontend, http, metrics },
        stateFile: join(folder, 'temporal', 'temporal.db'),
        logFile: logFile('temporal'),
      }),
    mongodb: () =>
      startMongodbServer(group, {
        servers,
        mongod,
        port: mongodb,
        folder: join(folder, 'mongodb'),
        logFile: logFile('mongodb'),
      }),
  };
  const [temporalServer, mongodbServer, sink] = await Promise.all([
    start.temporal(),
    start.mongodb(),
    startScript(group, 'smtp-sink', [String(smtp), String(sinkPort)], logFile('smtp-sink')),
  ]);
  const sinkUrl = `http://${loopback}:${sinkPort}`;
  await ready(sink, { probe: () => ask(sinkUrl, 'GET'), logFile: logFile('smtp-sink') });

  const address = `${loopback}:${frontend}`;
  const uri = embeddedMongodbUri({ mongod, port: mongodb }, 'perene');
  const secret = randomBytes(32).toString('hex');
  const env = {
    ...process.env,
    PORT: String(api),
    PUBLIC_URL: `http://${loopback}:${api}`,
    PERENE_DATA_DIR: folder,
    PERENE_WRITE_KEY: writeKey,
    PERENE_ADMIN_KEY: adminKey,
    PERENE_SECRET: secret,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: 'default',
    MONGODB_URI: uri,
    SMTP_URL: `smtp://${loopback}:${smtp}`,
    EMAIL_RATE: noLimit,
    SMS_RATE: noLimit,
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken,
    TWILIO_MESSAGING_SERVICE_SID: account.messagingServiceSid,
    TWILIO_BASE_URL: texts.url,
  };
  const program = { root, dataDir: folder, env, report };
  const running = { temporal: temporalServer, mongodb: mongodbServer };
  const [apiProcess, worker, connection, mongo] = await Promise.all([
    startApi(group, { ...program, port: api }),
    withWorker
      ? startWorker(group, {
          ...program,
          env: { ...env, METRICS_PORT: String(told) },
          temporal: { address, namespace: 'default' },
        })
      : Promise.resolve(undefined),
    Connection.connect({ address }),
    MongoClient.connect(uri),
  ]);
  return {
    processes: {
      temporal: temporalServer.pid,
      mongodb: mongodbServer.pid,
      smtp: sink.pid,
      api: apiProcess.pid,
      ...(worker && { worker: worker.pid }),
      bench: process.pid,
    },
    folder,
    http: createHttp({ origin: `http://${loopback}:${api}`, writeKey, adminKey }),
    store: await openStore(mongo.db('perene'), mongo),
    mongo,
    client: new Client({ connection }),
    sink: {
      count: async () => Number(await ask(`${sinkUrl}/count`, 'GET')),
      accepted: async () =>
        new Map(JSON.parse(await ask(`${sinkUrl}/accepted`, 'GET')) as [string, number][]),
      letters: async () => new Map(JSON.parse(await ask(`${sinkUrl}/letters`, 'GET')) as [string, number][]),
      async clear() {
        await ask(sinkUrl, 'DELETE');
      },
    },
    texts,
    secret,
    smtpUrl: env.SMTP_URL,
    workerMetrics: `http://${loopback}:${told}/metrics`,
    stopWorker: async () => worker?.stop(),
    spawnWorker: () =>
      group.start({
        name: 'worker',
        program: process.execPath,
        args: ['--import', 'tsx', join('worker', 'main.ts')],
        cwd: root,
        env: { ...env, LOG_LEVEL: 'warn' },
        logFile: logFile('worker'),
      }),
    async crash(server) {
      process.kill(-running[server].pid, 'SIGKILL');
      await running[server].ended;
      running[server] = await start[server]();
    },
    startFloor: () => startScript(group, 'floor/worker', [address, folder], logFile('floor')),
    async close() {
      await Promise.all([connection.close(), mongo.close(), texts.close()]);
      await apiProcess.stop();
      await worker?.stop();
      await group.stopAll();
      group.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startScript(
  group: ProcessGroup,
  name: string,
  args: readonly string[],
  logFile: string,
): Promise<RunningProcess> {
  return group.start({
    name,
    program: process.execPath,
    args: ['--import', 'tsx', join(root, 'bench', `${name}.ts`), ...args],
    cwd: root,
    logFile,
  });
}

async function ask(url: string, method: 'GET' | 'DELETE'): Promise<string> {
  const response = await fetch(url, { method });
  return response.text();
}
