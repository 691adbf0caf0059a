import { MongoClient } from 'mongodb';
import type { WebhookRequest } from '../activities/contract';
import { createWebhooks } from '../activities/webhooks/webhooks';
import type { Configuration } from '../domain/configuration';
import { openStore } from '../store/store';

/** What the program is told, as JSON in its first argument. */
export interface DeliverOnce {
  readonly mongodbUri: string;
  readonly configuration: Configuration;
  readonly request: WebhookRequest;
}

/** A worker's part in one call to another system, as a process that can be killed. */
async function main({ mongodbUri, configuration, request }: DeliverOnce): Promise<void> {
  const client = await new MongoClient(mongodbUri).connect();
  const store = await openStore(client.db(), client);
  const email = { send: () => Promise.reject(new Error('No e-mail is part of this.')) };
  const { callWebhook } = createWebhooks({ store, configuration, email, now: Date.now });
  process.stdout.write(JSON.stringify(await callWebhook(request)));
  process.exit(0);
}

const [, , argument] = process.argv;
if (argument !== undefined) void main(JSON.parse(argument) as DeliverOnce);
