import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, type LogMetadata } from '@temporalio/worker';
import { MongoClient } from 'mongodb';
import pino, { type Logger } from 'pino';
import { payloadConversion } from '../activities/payloads/codec';
import type { Configuration } from '../domain/configuration';
import { readConfiguration } from '../domain/configuration-schema';
import { openStore } from '../store/store';
import { createBroadcastThread } from './broadcast-thread';
import { cachedBundle } from './bundle';
import { composeActivities } from './compose';
import { startHealing } from './healing';
import { repeat } from './repeat';
import { registerSearchAttributes } from './search-attributes';
import { createSchedules } from './schedules';
import { createWorkers } from './workers';

/** Connects, works, and on SIGTERM or SIGINT finishes what is under way before it closes everything. */
async function run(configuration: Configuration): Promise<void> {
  const log = pino({ name: 'worker', level: configuration.logLevel });
  installRuntime(configuration, log);
  const { mongodb, temporal, email, sms, business } = configuration;
  const [mongo, connection, bundle] = await Promise.all([
    MongoClient.connect(mongodb.uri, { appName: 'perene-worker' }),
    NativeConnection.connect({ address: temporal.address }),
    cachedBundle(),
  ]);
  await registerSearchAttributes(connection, temporal.namespace);
  const client = new Client({
    connection,
    namespace: temporal.namespace,
    ...payloadConversion(temporal.payloadKeys),
  });
  await createSchedules(client, business.timeZone);
  const store = await openStore(mongo.db(mongodb.database), mongo);
  const { activities, paced, operations, close, ...care } = composeActivities(configuration, store, log);
  const broadcastThread = createBroadcastThread(configuration);
  const workers = await createWorkers({
    connection,
    namespace: temporal.namespace,
    payloadKeys: temporal.payloadKeys,
    bundle,
    activities,
    paced,
    operations,
    broadcasts: broadcastThread.broadcasts,
    rates: { email: email.ratePerSecond, sms: sms.ratePerSecond },
    cachedRuns: configuration.cachedRuns,
  });

  const healing = startHealing({ client, store, ...care, log });
  const replaying = repeat(care.replayDeliveries, {
    every: 1_000,
    onError: (error) => log.warn({ error: String(error) }, 'replaying failed; trying again'),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log.info({ signal }, 'finishing');
      workers.stop();
    });
  }
  log.info({ temporal: temporal.address, namespace: temporal.namespace }, 'working');
  await workers.run();
  void healing.stop();
  await replaying.stop();
  await broadcastThread.close();
  close();
  await connection.close();
  await mongo.close();
}

/** Sends the Temporal SDK's warnings to our log and serves its metrics for Prometheus where a port is given. */
function installRuntime({ metricsPort }: Configuration, log: Logger): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      // The workers of the channels run activities only.
      if (message.startsWith('No workflows registered')) return;
      log[level === 'ERROR' ? 'error' : 'warn'](loggable(meta), message);
    }),
    telemetryOptions: {
      logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} },
      ...(metricsPort !== undefined && {
        metrics: { prometheus: { bindAddress: `0.0.0.0:${metricsPort}` } },
      }),
    },
  });
}

/** What the SDK says beside its message, with the words of an error and without what only the server can read. */
function loggable(meta: LogMetadata = {}): object {
  const words =
    meta['error'] instanceof Error ? { error: meta['error'].name, because: meta['error'].message } : {};
  return { ...meta, ...words, taskToken: undefined };
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

try {
  run(readConfiguration(process.env)).catch(fail);
} catch (error) {
  fail(error);
}
