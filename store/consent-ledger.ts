import { setTimeout as sleep } from 'node:timers/promises';
import { MongoServerError, type ClientSession } from 'mongodb';
import { CustomerChain, type ConsentAct, type ConsentOutcome, type Move } from './customer-chain';
import type { Store } from './store';

export type { ConsentAct, ConsentOutcome, Move } from './customer-chain';

type Ledger = Pick<Store, 'customers' | 'consents' | 'transaction'>;

/** How often a write is tried again that another one was in the way of. */
const attempts = 40;

/**
 * Records what customers said, and what stands of it on their documents, all together or nothing. Whoever calls may be
 * many at once, also for the same customer. A statement that changes nothing that stands makes no entry.
 *
 * @returns for each act, what became of each of its statements
 */
export async function recordConsents(
  store: Ledger,
  acts: readonly ConsentAct[],
  at: Date,
): Promise<ConsentOutcome[][]> {
  return (await recordActs(store, acts, at)).outcomes;
}

/**
 * The same, and tells who has got another address by it. What was given for the address before is noted to go on, or has
 * to be confirmed anew, as the act says.
 */
export async function recordActs(
  store: Ledger,
  acts: readonly ConsentAct[],
  at: Date,
): Promise<{ readonly outcomes: ConsentOutcome[][]; readonly moves: Move[] }> {
  if (acts.length === 0) return { outcomes: [], moves: [] };
  for (let attempt = 1; ; attempt++) {
    try {
      return await store.transaction((session) => write(store, acts, { at, session }));
    } catch (error) {
      if (attempt === attempts || !isCollision(error)) throw error;
      await sleep(Math.random() * 5 * attempt);
    }
  }
}

/** Another writer took the place in the chain, or created the customer. */
const isCollision = (error: unknown): boolean =>
  error instanceof MongoServerError &&
  (error.code === 11_000 || error.code === 112 || error.hasErrorLabel('TransientTransactionError'));

async function write(
  { customers, consents }: Ledger,
  acts: readonly ConsentAct[],
  { at, session }: { readonly at: Date; readonly session: ClientSession },
): Promise<{ readonly outcomes: ConsentOutcome[][]; readonly moves: Move[] }> {
  const ids = [...new Set(acts.map(({ customerId }) => customerId))];
  const found = await customers.findWithin(ids, session);
  const begun = found.filter(({ consentHead }) => consentHead !== undefined).map(({ _id }) => _id);
  const before = await consents.ofCustomers(begun, session);
  const chains = new Map(ids.map((id) => [id, new CustomerChain(id, found, before, at)]));
  const outcomes = acts.map((act) => chains.get(act.customerId)?.take(act) ?? []);
  const changed = [...chains.values()].filter((chain) => chain.isChanged);
  await consents.append(
    changed.flatMap((chain) => chain.added),
    session,
  );
  await customers.saveConsents(
    changed.map((chain) => chain.change()),
    session,
  );
  return { outcomes, moves: changed.flatMap(({ moves }) => moves) };
}
