import type { ClientSession, Db, MongoClient } from 'mongodb';
import { catalogueCollection } from './catalogues';
import { apiKeyCollection } from './api-keys';
import { auditCollection } from './audit';
import { broadcastCollection } from './broadcasts';
import { assignmentCollection } from './assignments';
import { consentCollection } from './consents';
import { contactCountCollection } from './contact-counts';
import { customerCollection } from './customers';
import { deliveryCollection } from './deliveries';
import { decisionCollection } from './decisions';
import { durable } from './durable';
import { enrolmentCollection } from './enrolments';
import { erasureCollection } from './erasures';
import { eventCollection } from './events';
import { holdCollection } from './holds';
import { customerRanges, type IdRanges } from './id-ranges';
import { journeyCollection } from './journeys';
import { linkCollection } from './links';
import { measureCollection } from './measures';
import { messageCollection } from './messages';
import { modelCollection } from './models';
import { offerCollection } from './offers';
import { momentCollection } from './moments';
import { outboxCollection } from './outbox';
import { outcomeCollection } from './outcomes';
import { retrainingCollection } from './retrainings';
import { showingCollection } from './showings';
import { sendSlotCollection } from './send-slots';
import { suppressionCollection } from './suppressions';
import { alertCollection, webhookCollection } from './webhooks';

/** Everything Perene remembers: a group of queries for each collection. */
export interface Store {
  readonly customers: ReturnType<typeof customerCollection>;
  readonly events: ReturnType<typeof eventCollection>;
  readonly outbox: ReturnType<typeof outboxCollection>;
  readonly enrolments: ReturnType<typeof enrolmentCollection>;
  readonly assignments: ReturnType<typeof assignmentCollection>;
  readonly journeys: ReturnType<typeof journeyCollection>;
  readonly offers: ReturnType<typeof offerCollection>;
  readonly holds: ReturnType<typeof holdCollection>;
  readonly catalogues: ReturnType<typeof catalogueCollection>;
  readonly decisions: ReturnType<typeof decisionCollection>;
  readonly showings: ReturnType<typeof showingCollection>;
  readonly outcomes: ReturnType<typeof outcomeCollection>;
  readonly models: ReturnType<typeof modelCollection>;
  readonly retrainings: ReturnType<typeof retrainingCollection>;
  readonly links: ReturnType<typeof linkCollection>;
  readonly messages: ReturnType<typeof messageCollection>;
  readonly measures: ReturnType<typeof measureCollection>;
  readonly moments: ReturnType<typeof momentCollection>;
  readonly suppressions: ReturnType<typeof suppressionCollection>;
  readonly consents: ReturnType<typeof consentCollection>;
  readonly webhooks: ReturnType<typeof webhookCollection>;
  readonly alerts: ReturnType<typeof alertCollection>;
  readonly deliveries: ReturnType<typeof deliveryCollection>;
  readonly contactCounts: ReturnType<typeof contactCountCollection>;
  readonly sendSlots: ReturnType<typeof sendSlotCollection>;
  readonly erasures: ReturnType<typeof erasureCollection>;
  readonly audit: ReturnType<typeof auditCollection>;
  readonly apiKeys: ReturnType<typeof apiKeyCollection>;
  readonly broadcasts: ReturnType<typeof broadcastCollection>;
  /**
   * The same collections with queues of their own, for messages in bulk: what is read and written here waits for nothing that
   * goes on there.
   */
  readonly beside: () => Store;
  /** Does all of `work`, durably, or nothing; may call it again where another transaction was in the way. */
  readonly transaction: <Result>(work: (session: ClientSession) => Promise<Result>) => Promise<Result>;
  /** Resolves when the database answers. */
  readonly ping: () => Promise<void>;
}

/** Milliseconds for which messages sent in bulk are gathered before it is recorded of them. */
const bulkLinger = 50;

/**
 * Opens the collections of a database and makes their indexes where they are missing.
 *
 * @param client the connection to which `db` belongs; transactions are started on it
 */
export async function openStore(db: Db, client: MongoClient): Promise<Store> {
  const ranges = customerRanges(db);
  const collections = collectionsOf(db, ranges);
  await Promise.all(
    Object.values(collections).map((group: { ensureIndexes(): Promise<void> }) => group.ensureIndexes()),
  );
  const storeOn = (opened: typeof collections): Store => ({
    ...opened,
    beside: () => storeOn(collectionsOf(db, ranges, bulkLinger)),
    transaction: (work) =>
      client.withSession((session) => session.withTransaction(() => work(session), durable)),
    async ping() {
      await db.command({ ping: 1 });
    },
  });
  return storeOn(collections);
}

/** @param linger as in {@link messageCollection} */
function collectionsOf(db: Db, ranges: IdRanges, linger = 0) {
  return {
    customers: customerCollection(db, ranges),
    events: eventCollection(db),
    outbox: outboxCollection(db),
    enrolments: enrolmentCollection(db, ranges),
    assignments: assignmentCollection(db),
    journeys: journeyCollection(db),
    offers: offerCollection(db),
    holds: holdCollection(db),
    catalogues: catalogueCollection(db),
    decisions: decisionCollection(db),
    showings: showingCollection(db),
    outcomes: outcomeCollection(db),
    models: modelCollection(db),
    retrainings: retrainingCollection(db),
    links: linkCollection(db),
    messages: messageCollection(db, linger),
    measures: measureCollection(db),
    moments: momentCollection(db),
    suppressions: suppressionCollection(db),
    consents: consentCollection(db),
    webhooks: webhookCollection(db),
    alerts: alertCollection(db),
    deliveries: deliveryCollection(db),
    contactCounts: contactCountCollection(db),
    sendSlots: sendSlotCollection(db),
    erasures: erasureCollection(db),
    audit: auditCollection(db),
    apiKeys: apiKeyCollection(db),
    broadcasts: broadcastCollection(db),
  };
}
