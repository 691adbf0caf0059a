import type { Client } from '@temporalio/client';
import type { Db } from 'mongodb';

/** Every document of every collection, as text. */
export async function databaseText(db: Db): Promise<string> {
  const texts: string[] = [];
  for (const { name } of await db.listCollections().toArray()) {
    texts.push(name, JSON.stringify(await db.collection(name).find().toArray()));
  }
  return texts.join('\n');
}

/** What Temporal keeps of a namespace: the list of its executions, each one's description and whole history. */
export async function temporalText(client: Client): Promise<string> {
  const texts: string[] = [];
  for await (const execution of client.workflow.list()) {
    texts.push(readable(execution.raw));
    const handle = client.workflow.getHandle(execution.workflowId, execution.runId);
    try {
      texts.push(readable((await handle.describe()).raw), readable(await handle.fetchHistory()));
    } catch {
      // Deleted between the list and the look; it will not be listed again.
    }
  }
  return texts.join('\n');
}

/** A protobuf message as text, with the bytes of its payloads as what they spell. */
const readable = (message: unknown): string =>
  JSON.stringify(spelt(message), (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );

function spelt(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(spelt);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, spelt(inner)]));
}
