import { MongoClient } from 'mongodb';
import type { WebhookRequest } from '../activities/contract';
import { createReplaying } from '../activities/webhooks/replaying';
import { createWebhooks } from '../activities/webhooks/webhooks';
import type { Configuration } from '../domain/configuration';
import { openStore } from '../store/store';

/** What the program is told, as JSON in its first argument. */
export interface DeliverOnce {
  readonly mongodbUri: string;
  readonly configuration: Configuration;
  /** What a journey tells; without it, what is due of replays is carried out. */
  readonly request?: WebhookRequest;
}

/** A worker's part in a call to another system, as a process that can be killed. */
async function main({ mongodbUri, configuration, request }: DeliverOnce): Promise<void> {
  const client = await new MongoClient(mongodbUri).connect();
  const store = await openStore(client.db(), client);
  const email = { send: () => Promise.reject(new Error('No e-mail is part of this.')) };
  const dependencies = { store, configuration, email, now: Date.now };
  const done = request ? createWebhooks(dependencies).callWebhook(request) : createReplaying(dependencies)();
  process.stdout.write(JSON.stringify(await done));
  process.exit(0);
}

const [, , argument] = process.argv;
if (argument !== undefined) void main(JSON.parse(argument) as DeliverOnce);
