import type { Configuration } from '../../domain/configuration';
import { mailServers } from '../../domain/mail-servers';
import { searchAttributes } from '../../domain/temporal-names';
import { examine, type Finding } from './finding';

/** How long a server may take to answer. */
const patienceMs = 5000;

/** Checks that each server of a configuration answers and can do what Perene needs. Nothing is sent and nothing changed. */
export async function connectionFindings(configuration: Configuration): Promise<Finding[]> {
  const { email, http, mongodb, sms, temporal } = configuration;
  const { twilio } = sms;
  return Promise.all([
    examine('MongoDB', 'See MONGODB_URI, and that the server is a replica set: transactions need one.', () =>
      mongo(mongodb.uri),
    ),
    examine('Temporal', 'See TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.', () => temporalServer(temporal)),
    ...mailServers(email.smtpUrl).map(({ name, url }, _index, { length }) =>
      examine(length === 1 ? 'e-mail' : `e-mail ${name}`, 'See SMTP_URL.', () => smtp(url)),
    ),
    twilio === undefined
      ? { check: 'SMS', state: 'note', detail: 'no TWILIO_ variables: text messages are not sent' }
      : examine('SMS', 'See the TWILIO_ variables.', () => twilioApi(twilio)),
    examine('API', 'Start it with `npm start` or `npm run api`, and see PUBLIC_URL.', () =>
      api(http.publicUrl),
    ),
  ]);
}

async function mongo(uri: string): Promise<string> {
  const { MongoClient } = await import('mongodb');
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: patienceMs });
  try {
    const hello = await client.db('admin').command({ hello: 1 });
    if (typeof hello['setName'] !== 'string') throw new Error('the server answers, but is no replica set');
    return `replica set ${hello['setName']}`;
  } finally {
    await client.close();
  }
}

async function temporalServer({ address, namespace }: Configuration['temporal']): Promise<string> {
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address, connectTimeout: patienceMs });
  try {
    return await connection.withDeadline(Date.now() + patienceMs, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      const missing = Object.values(searchAttributes).filter((name) => !(name in customAttributes));
      const note =
        missing.length === 0 ? '' : `; a worker will add the search attributes ${missing.join(', ')}`;
      return `namespace ${namespace}${note}`;
    });
  } finally {
    await connection.close();
  }
}

async function smtp(url: string): Promise<string> {
  const { createTransport } = await import('nodemailer');
  const timeouts = { connectionTimeout: patienceMs, greetingTimeout: patienceMs, socketTimeout: patienceMs };
  const transport = createTransport({ url, ...timeouts });
  try {
    await transport.verify();
    return 'the mail server takes connections and credentials';
  } finally {
    transport.close();
  }
}

async function twilioApi(twilio: NonNullable<Configuration['sms']['twilio']>): Promise<string> {
  const credentials = Buffer.from(`${twilio.accountSid}:${twilio.authToken}`).toString('base64');
  const url = `${twilio.baseUrl}/2010-04-01/Accounts/${twilio.accountSid}/Messages.json?PageSize=1`;
  await answered(url, { authorization: `Basic ${credentials}` });
  return `${twilio.baseUrl} accepts the account`;
}

async function api(publicUrl: string): Promise<string> {
  await answered(`${publicUrl}/readyz`, {});
  return `${publicUrl} is ready`;
}

async function answered(url: string, headers: Record<string, string>): Promise<void> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(patienceMs) }).catch(
    (cause: unknown) => {
      throw new Error(`no answer from ${new URL(url).origin}`, { cause });
    },
  );
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${new URL(url).origin} answers with status ${response.status}`);
}
