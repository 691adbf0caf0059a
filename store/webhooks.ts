import type { Collection, Db } from 'mongodb';

/** Another system that journeys call. */
export interface WebhookDocument {
  /** The name by which journeys call it. */
  readonly _id: string;
  url: string;
  /** What its calls are signed with, encrypted. */
  secret: string;
  /** The secret before that, which signs beside it until then. */
  previous?: { readonly secret: string; readonly until: Date };
  /** It answered 410 Gone: nothing is sent to it any more. */
  disabledAt?: Date;
  readonly createdAt: Date;
  updatedAt: Date;
}

/** Whom an alert reaches. */
export interface AlertDocument {
  /** The name by which journeys raise it; `default` is for all that have no entry of their own. */
  readonly _id: string;
  /** Addresses of the team. */
  emails: readonly string[];
  /** Name of a webhook that is called too. */
  webhook?: string;
  updatedAt: Date;
}

/** The systems that journeys call. */
export function webhookCollection(db: Db) {
  const collection: Collection<WebhookDocument> = db.collection('webhooks');
  return {
    collection,
    async ensureIndexes() {
      await Promise.resolve();
    },
    find: (name: string) => collection.findOne({ _id: name }),
    list: () => collection.find().sort({ _id: 1 }).toArray(),
    async save(webhook: WebhookDocument): Promise<void> {
      await collection.replaceOne({ _id: webhook._id }, webhook, { upsert: true });
    },
    /** Sends nothing to it any more. */
    async disable(name: string, at: Date): Promise<void> {
      await collection.updateOne({ _id: name }, { $set: { disabledAt: at } });
    },
    /** Sends to one again that was disabled; false where there is none of the name. */
    async enable(name: string, at: Date): Promise<boolean> {
      const change = { $unset: { disabledAt: 1 }, $set: { updatedAt: at } } as const;
      return (await collection.updateOne({ _id: name }, change)).matchedCount === 1;
    },
    async remove(name: string): Promise<boolean> {
      return (await collection.deleteOne({ _id: name })).deletedCount === 1;
    },
  };
}

/** Whom alerts reach. */
export function alertCollection(db: Db) {
  const collection: Collection<AlertDocument> = db.collection('alerts');
  return {
    collection,
    async ensureIndexes() {
      await Promise.resolve();
    },
    list: () => collection.find().sort({ _id: 1 }).toArray(),
    /** An alert's entry, or else the default one. */
    async find(name: string): Promise<AlertDocument | null> {
      return (await collection.findOne({ _id: name })) ?? (await collection.findOne({ _id: 'default' }));
    },
    async save(alert: AlertDocument): Promise<void> {
      await collection.replaceOne({ _id: alert._id }, alert, { upsert: true });
    },
    async remove(name: string): Promise<boolean> {
      return (await collection.deleteOne({ _id: name })).deletedCount === 1;
    },
  };
}
