import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Db } from 'mongodb';
import pino, { type Logger } from 'pino';
import { buildServer, type ApiServer } from '../api/server';
import { payloadConversion } from '../activities/payloads/codec';
import { readConfiguration } from '../domain/configuration-schema';
import { openStore, type Store } from '../store/store';
import { composeActivities } from '../worker/compose';
import { registerSearchAttributes } from '../worker/search-attributes';
import { createWorkers, type Workers } from '../worker/workers';
import type { Journey } from '../workflows/engine/journey';
import { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import {
  mailSink,
  smsStandIn,
  testDatabase,
  testTemporal,
  uniqueName,
  type MailSink,
  type SmsStandIn,
} from './servers';

export const writeKey = 'write-key-of-the-tests';
export const adminKey = 'admin-key-of-the-tests';

/** The whole of Perene on real servers, in a database and a Temporal namespace of its own. */
export interface TestSystem {
  readonly app: ApiServer;
  /** What a worker process of this system is told. */
  readonly environment: Readonly<Record<string, string>>;
  readonly store: Store;
  readonly db: Db;
  readonly client: Client;
  readonly mail: MailSink;
  readonly texts: SmsStandIn;
  /** Starts this process's workers on a workflow bundle; give it another one to deploy an edit. */
  startWorkers(bundle: { readonly code: string }): Promise<void>;
  /** Stops them as a deployment does: what is under way is finished. */
  stopWorkers(): Promise<void>;
  /** Posts with the write key and gives the status. */
  post(url: string, body: object): Promise<number>;
  /** Calls with the admin key and gives the answer's body. */
  admin<Body>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object): Promise<Body>;
  close(): Promise<void>;
}

/** There is one in a process. */
let runtime: Runtime | undefined;

/**
 * Starts everything but the workers. `log` gets what the API and the workers log; absent: nobody. `settings` are more
 * environment variables.
 */
export async function testSystem(
  journeys: readonly Journey[],
  log: Logger = pino({ level: 'silent' }),
  settings: Readonly<Record<string, string>> = {},
): Promise<TestSystem> {
  runtime ??= Runtime.install({ logger: new DefaultLogger('ERROR') });
  const [database, temporal, mail, texts] = await Promise.all([
    testDatabase(),
    testTemporal(),
    mailSink(),
    smsStandIn(),
  ]);
  const namespace = uniqueName('system');
  await temporal.connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  const nativeConnection = await temporal.native();
  await registerSearchAttributes(nativeConnection, namespace);
  const environment = {
    MONGODB_URI: database.uri,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: namespace,
    PUBLIC_URL: 'http://localhost:3999',
    SMTP_URL: mail.url,
    MAIL_FROM: 'Perene Motors <ola@motors.example>',
    SMS_RATE: '1000',
    TWILIO_ACCOUNT_SID: texts.account.accountSid,
    TWILIO_AUTH_TOKEN: texts.account.authToken,
    TWILIO_MESSAGING_SERVICE_SID: texts.account.messagingServiceSid,
    TWILIO_BASE_URL: texts.url,
    PERENE_WRITE_KEY: writeKey,
    PERENE_ADMIN_KEY: adminKey,
    PERENE_SECRET: 'a secret of the tests, long enough to be one',
    PERENE_DATA_DIR: mkdtempSync(join(tmpdir(), 'perene-system-')),
    LOG_LEVEL: 'silent',
    ...settings,
  };
  const configuration = readConfiguration(environment);
  const store = await openStore(database.db, database.client);
  const client = new Client({
    connection: temporal.connection,
    namespace,
    ...payloadConversion(configuration.temporal.payloadKeys),
  });
  const app = await buildServer({ configuration, store, temporal: client, journeys, log });
  await app.ready();
  const composed = composeActivities(configuration, store, log);

  let running: { workers: Workers; done: Promise<void> } | undefined;
  const system: TestSystem = {
    app,
    environment,
    store,
    db: database.db,
    client,
    mail,
    texts,
    async startWorkers(bundle) {
      const workers = await createWorkers({
        connection: nativeConnection,
        namespace,
        payloadKeys: configuration.temporal.payloadKeys,
        bundle,
        activities: composed.activities,
        paced: composed.paced,
        operations: composed.operations,
        broadcasts: composed.broadcasts,
        rates: { email: 1_000, sms: 1_000 },
        cachedRuns: configuration.cachedRuns,
      });
      running = { workers, done: workers.run() };
    },
    async stopWorkers() {
      running?.workers.stop();
      await running?.done;
      running = undefined;
    },
    async post(url, body) {
      const headers = { authorization: `Bearer ${writeKey}` };
      return (await app.inject({ method: 'POST', url, headers, payload: body })).statusCode;
    },
    async admin(method, url, body) {
      const headers = { authorization: `Bearer ${adminKey}` };
      const answer = await app.inject({ method, url, headers, ...(body && { payload: body }) });
      if (answer.statusCode >= 400) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`);
      return answer.json();
    },
    async close() {
      await app.close();
      await system.stopWorkers();
      composed.close();
      rmSync(configuration.dataDir, { recursive: true });
      await Promise.all([mail.close(), texts.close(), temporal.close()]);
      await database.close();
    },
  };
  return system;
}
