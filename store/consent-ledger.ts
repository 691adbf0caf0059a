import { setTimeout as sleep } from 'node:timers/promises';
import { MongoServerError, type ClientSession } from 'mongodb';
import { standing, topicStates, type ConsentStatement } from '../domain/consent';
import { channels } from '../domain/messages';
import { chainEntry, findBreak, type BrokenLink, type ConsentEntry } from './consent-chain';
import type { ConsentChange, CustomerDocument, ProfileChange } from './customers';
import type { Store } from './store';

/** What one customer said at once. */
export interface ConsentAct {
  readonly customerId: string;
  readonly statements: readonly ConsentStatement[];
  /** Saved with it, and creates the customer where there is none. One with `signedUpAt` counts only for the first signup. */
  readonly profile?: ProfileChange;
  /** Recorded also where it changes nothing that stands, because it brings a proof of what was said long ago. */
  readonly isEvidence?: boolean;
}

/**
 * What became of a statement: `recorded`; `unchanged`, for it says what stands; `repeated`, for the ledger has this very
 * one; `outdated`, recorded but later statements stand; or why it was refused.
 */
export type ConsentOutcome =
  | 'recorded'
  | 'unchanged'
  | 'repeated'
  | 'outdated'
  | 'customer-erased'
  | 'customer-unknown'
  | 'signed-up-before';

type Ledger = Pick<Store, 'customers' | 'consents' | 'transaction'>;

/** How often a write is tried again that another one was in the way of. */
const attempts = 40;
/** A request that is not confirmed is made anew by another one after so long, milliseconds. */
const requestRenewal = 30 * 86_400_000;

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
  if (acts.length === 0) return [];
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
): Promise<ConsentOutcome[][]> {
  const ids = [...new Set(acts.map(({ customerId }) => customerId))];
  const found = await customers.findWithin(ids, session);
  const begun = found.filter(({ consentHead }) => consentHead !== undefined).map(({ _id }) => _id);
  const before = await consents.ofCustomers(begun, session);
  const chains = new Map(ids.map((id) => [id, new Chain(id, found, before, at)]));
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
  return outcomes;
}

/** The chain of one customer while acts are taken in. */
class Chain {
  readonly added: ConsentEntry[] = [];
  readonly #id: string;
  readonly #at: Date;
  readonly #person: CustomerDocument | undefined;
  readonly #entries: ConsentEntry[];
  #profile: ProfileChange | undefined;

  constructor(id: string, found: readonly CustomerDocument[], entries: readonly ConsentEntry[], at: Date) {
    this.#id = id;
    this.#at = at;
    this.#person = found.find(({ _id }) => _id === id);
    this.#entries = entries.filter(({ customerId }) => customerId === id);
  }

  get isChanged(): boolean {
    return this.added.length > 0 || this.#profile !== undefined;
  }

  take({ statements, profile, isEvidence = false }: ConsentAct): ConsentOutcome[] {
    const refusal = this.#refusal(profile);
    if (refusal) return statements.map(() => refusal);
    if (profile) {
      const attributes = { ...this.#profile?.attributes, ...profile.attributes };
      this.#profile = { ...this.#profile, ...profile, attributes };
    }
    return statements.map((statement) => this.#record(statement, isEvidence));
  }

  change(): ConsentChange {
    const consent = { ...this.#person?.consent };
    for (const channel of channels) {
      const stands = standing(this.#entries, channel);
      if (stands) consent[channel] = stands;
    }
    const last = this.#entries.at(-1);
    return {
      id: this.#id,
      profile: this.#profile ?? {},
      consent,
      before: this.#person?.consentHead,
      head: last && { seq: last.seq, hash: last.hash },
      at: this.#at,
    };
  }

  #refusal(profile: ProfileChange | undefined): ConsentOutcome | undefined {
    if (this.#person?.erasedAt) return 'customer-erased';
    if (profile?.signedUpAt !== undefined) {
      const isSignedUp = this.#person?.signedUpAt ?? this.#profile?.signedUpAt;
      return isSignedUp ? 'signed-up-before' : undefined;
    }
    return (this.#person ?? this.#profile ?? profile) ? undefined : 'customer-unknown';
  }

  #record(said: ConsentStatement, isEvidence: boolean): ConsentOutcome {
    const statement = said.at > this.#at ? { ...said, at: this.#at } : said;
    this.#begin(statement);
    if (this.#entries.some((entry) => isSame(entry, statement))) return 'repeated';
    const before = topicStates(this.#entries, statement.channel);
    const next = { ...statement, seq: this.#entries.length + 1 };
    const after = topicStates([...this.#entries, next], statement.channel);
    const stands = [...after].filter(([, { seq }]) => seq === next.seq);
    const isChange = stands.some(([topic]) => {
      const old = before.get(topic);
      const isRenewed =
        statement.state === 'requested' && old && next.at.getTime() - old.at.getTime() > requestRenewal;
      return old?.state !== statement.state || isRenewed === true;
    });
    if (!isChange && !isEvidence) return 'unchanged';
    this.#add(statement);
    return stands.length > 0 ? 'recorded' : 'outdated';
  }

  /** What the customer's document says of a channel before the ledger does is its first entry. */
  #begin({ channel }: ConsentStatement): void {
    const stands = this.#person?.consent[channel];
    if (!stands || this.#entries.some((entry) => entry.channel === channel)) return;
    const { granted, at, source } = stands;
    const state = granted ? 'given' : 'revoked';
    const proof = { source };
    this.#add({ channel, topic: 'all', state, at, source: 'before-ledger', proof });
  }

  #add(statement: ConsentStatement): void {
    const entry = chainEntry(statement, {
      customerId: this.#id,
      head: this.#entries.at(-1),
      recordedAt: this.#at,
    });
    this.#entries.push(entry);
    this.added.push(entry);
  }
}

const isSame = (entry: ConsentEntry, { channel, topic, state, at, source }: ConsentStatement): boolean =>
  entry.channel === channel &&
  entry.topic === topic &&
  entry.state === state &&
  entry.source === source &&
  entry.at.getTime() === at.getTime();

/** What a look through a customer's ledger found. */
export interface ConsentVerdict {
  readonly customerId: string;
  readonly entries: number;
  readonly verified: boolean;
  readonly broken?: BrokenLink | { readonly seq: number; readonly reason: 'state-differs' };
}

/** Proves a customer's chain, its end, and that what stands on the customer's document follows from it. */
export async function verifyConsents(
  { customers, consents }: Pick<Store, 'customers' | 'consents'>,
  customerId: string,
): Promise<ConsentVerdict> {
  for (;;) {
    const customer = await customers.find(customerId);
    const entries = await consents.ofCustomer(customerId);
    const after = await customers.find(customerId);
    // Appended in between: look again.
    if (customer?.consentHead?.hash === after?.consentHead?.hash) return judge(customerId, after, entries);
  }
}

/** Proves the chain of one customer, or of everybody who has one, one after another. */
export async function* verifyAllConsents(
  store: Pick<Store, 'customers' | 'consents'>,
  customerId?: string,
): AsyncGenerator<ConsentVerdict> {
  if (customerId !== undefined) {
    yield await verifyConsents(store, customerId);
    return;
  }
  const begun = store.customers.collection
    .find({ 'consentHead.seq': { $gte: 1 } })
    .project<{ _id: string }>({ _id: 1 });
  const seen = new Set<string>();
  for await (const { _id } of begun) {
    seen.add(_id);
    yield await verifyConsents(store, _id);
  }
  // Entries of which no customer's document knows.
  const groups = store.consents.collection.aggregate<{ _id: string }>([{ $group: { _id: '$customerId' } }]);
  for await (const { _id } of groups) if (!seen.has(_id)) yield await verifyConsents(store, _id);
}

function judge(
  customerId: string,
  customer: CustomerDocument | null,
  entries: readonly ConsentEntry[],
): ConsentVerdict {
  const isErased = customer?.erasedAt !== undefined;
  const of = { customerId, entries: entries.length };
  const broken = findBreak(entries, { head: customer?.consentHead, isErased });
  if (broken) return { ...of, verified: false, broken };
  const isFollowed = channels.every((channel) => {
    const stands = standing(entries, channel);
    return isErased || !stands || JSON.stringify(stands) === JSON.stringify(customer?.consent[channel]);
  });
  if (isFollowed) return { ...of, verified: true };
  return { ...of, verified: false, broken: { seq: entries.length, reason: 'state-differs' } };
}
