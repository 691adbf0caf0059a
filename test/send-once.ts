import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { SendRequest } from '../activities/contract';
import { createHandoverLog } from '../activities/messaging/handover-log';
import { createMessaging } from '../activities/messaging/messaging';
import { createSmtpProvider } from '../activities/messaging/smtp';
import { createTurns } from '../activities/messaging/turns';
import { createTwilioProvider } from '../activities/messaging/twilio';
import type { Configuration } from '../domain/configuration';
import { openStore } from '../store/store';
import { renderEmail, renderSms } from '../templates/render';

/** What the program is told, as JSON in its first argument. */
export interface SendOnce {
  readonly mongodbUri: string;
  readonly configuration: Configuration;
  readonly request: SendRequest;
}

/** A worker's part in one message, as a process that can be killed: sends it, and prints the result. */
async function main({ mongodbUri, configuration, request }: SendOnce): Promise<void> {
  const client = await new MongoClient(mongodbUri).connect();
  const { email, sms } = configuration;
  const store = await openStore(client.db(), client);
  const messaging = createMessaging({
    store,
    turns: createTurns({ store, rates: { email: 1_000, sms: 1_000 }, now: Date.now }),
    email: createSmtpProvider({ url: email.smtpUrl, from: email.from }),
    handovers: createHandoverLog(join(configuration.dataDir, 'handover')),
    sms: sms.twilio ? createTwilioProvider(sms.twilio) : null,
    renderer: { renderEmail, renderSms },
    configuration,
    now: Date.now,
    log: { debug: () => undefined },
  });
  process.stdout.write(JSON.stringify(await messaging.send(request)));
  process.exit(0);
}

const [, , argument] = process.argv;
if (argument !== undefined) void main(JSON.parse(argument) as SendOnce);
