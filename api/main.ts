import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import pino from 'pino';
import { payloadConversion } from '../activities/payloads/codec';
import type { Configuration } from '../domain/configuration';
import { readConfiguration } from '../domain/configuration-schema';
import { openStore } from '../store/store';
import { journeys } from '../workflows/journeys';
import { buildServer } from './server';

/** Connects, listens, and closes everything in order on SIGTERM or SIGINT. */
async function run(configuration: Configuration): Promise<void> {
  const log = pino({ name: 'api', level: configuration.logLevel });
  const { mongodb, temporal, http } = configuration;
  const mongo = await MongoClient.connect(mongodb.uri, { appName: 'perene-api' });
  const store = await openStore(mongo.db(mongodb.database), mongo);
  // Events are taken in while Temporal is away; /readyz says so, and they are routed once it is back.
  const connection = Connection.lazy({ address: temporal.address });
  const client = new Client({
    connection,
    namespace: temporal.namespace,
    ...payloadConversion(temporal.payloadKeys),
  });
  const app = await buildServer({ configuration, store, temporal: client, journeys, log });

  let closing: Promise<void> | undefined;
  const close = async () => {
    await app.close();
    await mongo.close();
    await connection.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log.info({ signal }, 'closing');
      closing ??= close().then(() => process.exit(0), fail);
    });
  }
  await app.listen({ port: http.port, host: '0.0.0.0' });
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

try {
  run(readConfiguration(process.env)).catch(fail);
} catch (error) {
  fail(error);
}
