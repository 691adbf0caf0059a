import { randomUUID } from 'node:crypto';
import type { Client, Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Db, MongoClient } from 'mongodb';

export { mailSink, type MailSink, type MailFault, type ReceivedMail } from './mail-sink';
export { smsStandIn, type SmsStandIn, type SmsFault, type TextMessage } from '../cli/embedded/sms-stand-in';

/** A database of one's own on the MongoDB server of this test run. */
export interface TestDatabase {
  readonly db: Db;
  readonly client: MongoClient;
  /** Leads to this very database, as `MONGODB_URI` does. */
  readonly uri: string;
  /** Drops the database and disconnects. */
  readonly close: () => Promise<void>;
}

/** A connected, empty database with a name of its own. The server starts with the first call of a test run (0.5 s). */
export async function testDatabase(): Promise<TestDatabase> {
  const [{ MongoClient }, server] = await Promise.all([import('mongodb'), ask('/mongodb')]);
  const uri = new URL(server);
  uri.pathname = `/test_${randomUUID().replaceAll('-', '')}`;
  const client = await new MongoClient(uri.href).connect();
  const db = client.db();
  return {
    db,
    client,
    uri: uri.href,
    async close() {
      await db.dropDatabase();
      await client.close();
    },
  };
}

/** Connections to the Temporal server of this test run, with Perene's search attributes registered. */
export interface TestTemporal {
  readonly address: string;
  readonly namespace: string;
  readonly connection: Connection;
  readonly client: Client;
  /** What a `Worker` takes; it is opened when it is first asked for, as its library is large. */
  readonly native: () => Promise<NativeConnection>;
  readonly close: () => Promise<void>;
}

/**
 * A connected client of the one Temporal server that all test files share, and a worker's connection on demand: name
 * workflows, schedules and task queues so that no other file can mean the same, e.g. with {@link uniqueName}. The server
 * starts with the first call of a test run (0.5 s).
 */
export async function testTemporal(): Promise<TestTemporal> {
  const [{ Client, Connection }, address] = await Promise.all([
    import('@temporalio/client'),
    ask('/temporal'),
  ]);
  const namespace = 'default';
  const connection = await Connection.connect({ address });
  let native: Promise<NativeConnection> | undefined;
  const connectNatively = async () =>
    (await import('@temporalio/worker')).NativeConnection.connect({ address });
  return {
    address,
    namespace,
    connection,
    client: new Client({ connection, namespace }),
    native: () => (native ??= connectNatively()),
    async close() {
      await connection.close();
      await (await native)?.close();
    },
  };
}

/** A name that no other test uses, e.g. for a customer or a task queue. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 13)}`;
}

async function ask(server: '/temporal' | '/mongodb'): Promise<string> {
  const broker = process.env['PERENE_TEST_BROKER'];
  if (broker === undefined) throw new Error('Test servers exist only under Jest, by test/global-setup.ts.');
  const response = await fetch(broker + server);
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return answer;
}
