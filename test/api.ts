import pino from 'pino';
import { buildServer, type ApiDependencies, type ApiServer } from '../api/server';
import type { Configuration } from '../domain/configuration';
import { retentionDefaults } from '../domain/retention';
import { openStore, type Store } from '../store/store';
import { journeys } from '../workflows/journeys';
import { eventually } from './eventually';
import { testDatabase, testTemporal, type TestDatabase, type TestTemporal } from './servers';

export { eventually };

export const writeKey = 'write-key-of-a-test';
export const adminKey = 'admin-key-of-a-test';

/** A configuration with everything that nobody listens to. */
export const testConfiguration = (change: Partial<Configuration> = {}): Configuration => ({
  http: { port: 3000, publicUrl: 'http://localhost:3000' },
  access: {
    trustedProxies: 0,
    corsOrigins: [],
    requestsPerMinute: { write: 1_000_000, admin: 1_000_000, public: 1_000_000 },
  },
  mongodb: { uri: 'mongodb://localhost/perene', database: 'perene' },
  temporal: { address: 'localhost:7233', namespace: 'default' },
  email: { smtpUrl: 'smtp://localhost:1025', from: 'Perene <ola@perene.example>', ratePerSecond: 100 },
  tracking: true,
  sms: { ratePerSecond: 10 },
  keys: { write: writeKey, admin: adminKey, secret: 'a-secret-of-thirty-two-characters' },
  business: { name: 'Perene Motors', timeZone: 'America/Sao_Paulo', locale: 'pt-BR', currency: 'BRL' },
  webhookHosts: [],
  retention: retentionDefaults,
  globalHoldout: 0,
  doubleOptIn: { topics: [], days: 7 },
  dataDir: '.perene',
  logLevel: 'silent',
  cachedRuns: 200,
  ...change,
});

/** The API on a database of its own and the shared Temporal server, without a worker. */
export interface TestApi {
  readonly app: ApiServer;
  readonly store: Store;
  readonly database: TestDatabase;
  readonly temporal: TestTemporal;
  /** Posts with the write key. */
  post(url: string, body: object): Promise<Answer>;
  /** Calls with the admin key. */
  admin(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object): Promise<Answer>;
  /** Resolves when everything that came in is routed. */
  allRouted(): Promise<void>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function testApi(change: Partial<ApiDependencies> = {}): Promise<TestApi> {
  const [database, temporal] = await Promise.all([testDatabase(), testTemporal()]);
  const store = await openStore(database.db, database.client);
  const app = await buildServer({
    configuration: testConfiguration(),
    store,
    temporal: temporal.client,
    journeys,
    log: pino({ level: 'silent' }),
    ...change,
  });
  const call = async (key: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object) => {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}` },
      ...(body && { payload: body }),
    });
    const isJson = answer.headers['content-type']?.toString().includes('json') ?? false;
    return {
      status: answer.statusCode,
      body: isJson ? answer.json<Answer['body']>() : { text: answer.body },
    };
  };
  return {
    app,
    store,
    database,
    temporal,
    post: (url, body) => call(writeKey, 'POST', url, body),
    admin: (method, url, body) => call(adminKey, method, url, body),
    allRouted: () => allRouted(store),
    async close() {
      await app.close();
      await temporal.close();
      await database.close();
    },
  };
}

/** Resolves when nothing waits to be routed. */
export async function allRouted({ outbox }: Store): Promise<void> {
  await eventually(async () => (await outbox.collection.countDocuments()) === 0);
}
