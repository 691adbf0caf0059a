import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { MongoClient } from 'mongodb';
import pino, { type Logger } from 'pino';
import { createJourneyActivities } from '../activities/activities';
import { createDecisions } from '../activities/decisions/decisions';
import { createMessaging } from '../activities/messaging/messaging';
import { createSmtpProvider } from '../activities/messaging/smtp';
import { createTwilioProvider } from '../activities/messaging/twilio';
import type { Configuration } from '../domain/configuration';
import { readConfiguration } from '../domain/configuration-schema';
import { openStore } from '../store/store';
import * as renderer from '../templates/render';
import { cachedBundle } from './bundle';
import { registerSearchAttributes } from './search-attributes';
import { createWorkers } from './workers';

/** Connects, works, and on SIGTERM or SIGINT finishes what is under way before it closes everything. */
async function run(configuration: Configuration): Promise<void> {
  const log = pino({ name: 'worker', level: configuration.logLevel });
  installRuntime(configuration, log);
  const { mongodb, temporal, email, sms, business } = configuration;
  const [mongo, connection, bundle] = await Promise.all([
    MongoClient.connect(mongodb.uri, { appName: 'perene-worker' }),
    NativeConnection.connect({ address: temporal.address }),
    cachedBundle(join(configuration.dataDir, 'build')),
  ]);
  await registerSearchAttributes(connection, temporal.namespace);
  const store = await openStore(mongo.db(mongodb.database), mongo);
  const now = Date.now;
  const smtp = createSmtpProvider({ url: email.smtpUrl, from: email.from });
  const messaging = createMessaging({
    store,
    configuration,
    renderer,
    email: smtp,
    sms: sms.twilio ? createTwilioProvider(sms.twilio) : null,
    now,
    log,
  });
  const decisions = createDecisions({ store, business, now });
  const workers = await createWorkers({
    connection,
    namespace: temporal.namespace,
    bundle,
    activities: createJourneyActivities({
      store,
      businessTimeZone: business.timeZone,
      messaging,
      decisions,
      now,
    }),
    rates: { email: email.ratePerSecond, sms: sms.ratePerSecond },
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log.info({ signal }, 'finishing');
      workers.stop();
    });
  }
  log.info({ temporal: temporal.address, namespace: temporal.namespace }, 'working');
  await workers.run();
  smtp.close();
  await connection.close();
  await mongo.close();
}

/** Sends the Temporal SDK's log to ours and serves its metrics for Prometheus where a port is given. */
function installRuntime({ metricsPort }: Configuration, log: Logger): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      log[level === 'ERROR' ? 'error' : 'warn'](meta ?? {}, message);
    }),
    telemetryOptions:
      metricsPort === undefined ? {} : { metrics: { prometheus: { bindAddress: `0.0.0.0:${metricsPort}` } } },
  });
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
