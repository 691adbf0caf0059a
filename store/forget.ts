import { createHmac } from 'node:crypto';
import type { Collection, Filter } from 'mongodb';
import { enrolmentId, workflowId } from '../domain/enrolment';
import type { EnrolmentDocument } from './enrolments';
import type { MessageDocument } from './messages';
import type { Store } from './store';

/** What only a customer's documents tell, and has to be known once they are gone: ids of text messages. */
export async function textsOf({ messages, events }: Store, customerId: string): Promise<string[]> {
  const [sent, received] = await Promise.all([
    messages.collection
      .find({ customerId, channel: 'sms', providerId: { $exists: true } })
      .project<Pick<MessageDocument, 'providerId'>>({ providerId: 1 })
      .toArray(),
    events.collection
      .find({ customerId, name: 'message.replied' })
      .project<{ _id: string }>({ _id: 1 })
      .toArray(),
  ]);
  const ids = [...sent.map(({ providerId = '' }) => providerId), ...received.map(({ _id }) => _id)];
  return ids.flatMap((id) => /\b[SM]M[0-9a-f]{32}\b/.exec(id)?.[0] ?? []);
}

/**
 * Takes everything out of the database that could tell who a customer was. A stone with their id stays, so that nothing
 * is stored about it again, the statements of consent without their proofs, and of runs and messages what counts them: journey, steps, arms of
 * splits, states, instants. Doing it again
 * changes nothing but what came in between.
 *
 * @param salt makes the keys of runs, which may be a vehicle's number, unreadable; the same in each pass
 */
export async function forgetCustomer(
  store: Store,
  customerId: string,
  { at, salt }: { readonly at: Date; readonly salt: string },
): Promise<void> {
  const { customers, events, decisions, deliveries, outcomes } = store;
  const { contactCounts, moments, holds, consents, showings } = store;
  await customers.erase(customerId, at);
  await forgetRuns(store, customerId, { at, salt });
  await forgetAnonymous(store, customerId);
  await store.transaction(async (session) => {
    for (const offerId of await holds.ofCustomer(customerId))
      await holds.release(offerId, customerId, session);
  });
  await Promise.all([
    events.collection.deleteMany({ customerId }),
    decisions.collection.deleteMany({ customerId }),
    deliveries.collection.deleteMany({ customerId }),
    outcomes.collection.deleteMany({ customerId }),
    showings.forget(customerId),
    contactCounts.forget(customerId),
    moments.forget(customerId),
    consents.eraseProofs(customerId, at),
  ]);
}

/** What somebody did before they were known, on the devices that the customer's own events came from. */
async function forgetAnonymous({ events: { collection } }: Store, customerId: string): Promise<void> {
  const ids: unknown[] = await collection.distinct('anonymousId', { customerId });
  for (const anonymousId of ids) {
    if (typeof anonymousId === 'string') await collection.deleteMany({ anonymousId, customerId: null });
  }
}

/** Ends what is open, and blanks what runs and messages carry beside journey, steps, states and instants. */
async function forgetRuns(
  { assignments, enrolments, links, messages }: Store,
  customerId: string,
  { at, salt }: { readonly at: Date; readonly salt: string },
): Promise<void> {
  const runs = enrolments.collection;
  await runs.updateMany(
    { customerId, open: true },
    { $set: { open: false, outcome: 'erased', endedAt: at } },
  );
  await messages.collection.updateMany(
    { customerId, state: 'planned' },
    {
      $set: { state: 'suppressed', reason: 'customer-erased', updatedAt: at },
      $unset: { heldBy: 1, dueAt: 1, plannedFor: 1 },
    },
  );
  await messages.collection.updateMany(
    { customerId },
    { $unset: { providerId: 1, decisionId: 1, lesson: 1 } },
  );
  const sent = await messages.collection.find({ customerId }).project<{ _id: string }>({ _id: 1 }).toArray();
  await links.remove(sent.map(({ _id }) => _id));
  for (const run of await runs.find({ customerId }).toArray()) {
    const blank = blankRun(run, salt);
    if (blank._id === run._id) {
      await runs.replaceOne({ _id: run._id }, blank);
      continue;
    }
    await assignments.collection.updateMany({ enrolmentId: run._id }, { $set: { enrolmentId: blank._id } });
    for (const message of await messages.collection.find({ customerId, enrolmentId: run._id }).toArray()) {
      const _id = blank._id + message._id.slice(run._id.length);
      await move(messages.collection, message._id, { ...message, _id, enrolmentId: blank._id });
    }
    await move(runs, run._id, blank);
  }
}

function blankRun(run: EnrolmentDocument, salt: string): EnrolmentDocument {
  const { _id, n, journey, customerId, holdout, startedAt, endedAt, outcome, trace, key } = run;
  const digest = key === undefined || isDigest(key) ? key : digestOf(key, salt);
  const workflow = workflowId({ journey, customerId, key: digest });
  return {
    _id: digest === key ? _id : enrolmentId(workflow, n),
    workflowId: digest === key ? run.workflowId : workflow,
    n,
    journey,
    customerId,
    ...(digest !== undefined && { key: digest }),
    triggerEventId: 'erased',
    holdout,
    startedAt,
    open: false,
    trace: trace.map(({ step, at, skipped }) => ({ step, at, result: null, ...(skipped && { skipped }) })),
    ...(endedAt && { endedAt }),
    ...(outcome && { outcome }),
  };
}

const prefix = 'erased-';
const isDigest = (key: string): boolean => key.startsWith(prefix);
const digestOf = (key: string, salt: string): string =>
  prefix + createHmac('sha256', salt).update(key).digest('base64url').slice(0, 16);

/** Puts a document under another id. A crash in between leaves both, and doing it again the new one. */
async function move<Document extends { readonly _id: string }>(
  collection: Collection<Document>,
  from: string,
  document: Document,
): Promise<void> {
  const only = (_id: string) => ({ _id }) as unknown as Filter<Document>;
  await collection.replaceOne(only(document._id), document, { upsert: true });
  await collection.deleteOne(only(from));
}
