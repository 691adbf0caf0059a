import {
  isPaused,
  standing,
  topicStates,
  type ConsentState,
  type ConsentStatement,
  type TopicStates,
} from '../domain/consent';
import { channels, topics, type Channel, type Topic } from '../domain/messages';
import { chainEntry, type ConsentEntry } from './consent-chain';
import type { ConsentChange, CustomerDocument, ProfileChange } from './customers';
import { suppressionId, type Address } from './suppressions';

/** What one customer said at once. */
export interface ConsentAct {
  readonly customerId: string;
  readonly statements: readonly ConsentStatement[];
  /** Saved with it, and creates the customer where there is none. One with `signedUpAt` counts only for the first signup. */
  readonly profile?: ProfileChange;
  /** Recorded also where it changes nothing that stands, because it brings a proof of what was said long ago. */
  readonly isEvidence?: boolean;
  /** The event that brings the profile: the proof of a new address. */
  readonly eventId?: string;
  /** Topics that a new e-mail address has to confirm anew; none by default. */
  readonly confirms?: readonly Topic[];
  /** It counts only while the customer has this address. */
  readonly from?: Address;
}

/** A channel on which a customer has got another address. */
export interface Move {
  readonly customerId: string;
  readonly channel: Channel;
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
  | 'signed-up-before'
  /** It came from an address that is not theirs any more. */
  | 'address-changed';

/** A request that is not confirmed is made anew by another one after so long, milliseconds. */
const requestRenewal = 30 * 86_400_000;

/** The chain of one customer while acts are taken in. */
export class CustomerChain {
  readonly added: ConsentEntry[] = [];
  readonly moves: Move[] = [];
  /** Ids under which the addresses that the customer leaves are, or would be, suppressed. */
  readonly #left: string[] = [];
  readonly #id: string;
  /** The instant that acts are taken in at, and the same as it is written down. */
  readonly #saidNow: Date;
  readonly #at: Date;
  readonly #person: CustomerDocument | undefined;
  readonly #entries: ConsentEntry[];
  #profile: ProfileChange | undefined;

  constructor(id: string, found: readonly CustomerDocument[], entries: readonly ConsentEntry[], at: Date) {
    this.#id = id;
    this.#saidNow = at;
    this.#person = found.find(({ _id }) => _id === id);
    this.#entries = entries.filter(({ customerId }) => customerId === id);
    // The clocks of two machines differ: what is said now counts after all that was recorded before.
    this.#at = new Date(Math.max(at.getTime(), ...this.#entries.map((entry) => entry.at.getTime() + 1)));
  }

  get isChanged(): boolean {
    return this.added.length > 0 || this.#profile !== undefined;
  }

  take(act: ConsentAct): ConsentOutcome[] {
    const { statements, profile, isEvidence = false } = act;
    const refusal = this.#refusal(act);
    if (refusal) return statements.map(() => refusal);
    const before = channels.map((channel) => ({ channel, address: this.#addressOn(channel) }));
    if (profile) {
      const attributes = Object.assign(this.#profile?.attributes ?? {}, profile.attributes);
      this.#profile = { ...this.#profile, ...profile, attributes };
    }
    const moved = before.filter(({ channel, address }) => address !== this.#addressOn(channel));
    for (const { channel } of moved) this.#begin(channel);
    const known = this.#entries.length;
    const outcomes = statements.map((statement) => this.#record(statement, isEvidence));
    for (const { channel, address } of moved) this.#move(channel, { from: address, known, act });
    return outcomes;
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
      left: this.#left,
      before: this.#person?.consentHead,
      head: last && { seq: last.seq, hash: last.hash },
      at: this.#at,
    };
  }

  /** What stands for the customer's address, as far as acts have been taken. */
  #addressOn(channel: Channel): string | undefined {
    const field = channel === 'email' ? 'email' : 'phone';
    const address = this.#profile?.[field] ?? this.#person?.[field];
    return address === undefined ? undefined : suppressionId({ channel, address });
  }

  /**
   * Notes a new address, and what becomes of statements that stood before it came: nothing changes for what was refused.
   * Requests are made anew, so that they are asked about at the new address.
   */
  #move(
    channel: Channel,
    {
      from,
      known,
      act,
    }: { readonly from: string | undefined; readonly known: number; readonly act: ConsentAct },
  ): void {
    const { eventId, confirms = [] } = act;
    if (from !== undefined) {
      this.moves.push({ customerId: this.#id, channel });
      this.#left.push(from);
    }
    const states = topicStates(this.#entries, channel);
    const inState = (wanted: ConsentState) =>
      topics.filter((topic) => {
        const stands = states.get(topic);
        return stands?.state === wanted && stands.seq <= known;
      });
    const given = from === undefined ? [] : inState('given');
    const again = given.filter((topic) => channel === 'email' && confirms.includes(topic));
    const asked = [...again, ...inState('requested')];
    const proof = {
      ...(eventId !== undefined && { event: eventId }),
      ...(from !== undefined && { from }),
      to: this.#addressOn(channel) ?? '',
    };
    const note = (state: ConsentState, about: readonly Topic[]) => {
      const named = about.length === topics.length ? (['all'] as const) : about;
      for (const topic of named)
        this.#add({ channel, topic, state, at: this.#at, source: 'address-change', proof });
    };
    note('revoked', again);
    note('requested', asked);
    note(
      'carried',
      given.filter((topic) => !again.includes(topic)),
    );
  }

  #refusal({ profile, from }: ConsentAct): ConsentOutcome | undefined {
    if (this.#person?.erasedAt) return 'customer-erased';
    if (from && suppressionId(from) !== this.#addressOn(from.channel)) return 'address-changed';
    if (profile?.signedUpAt !== undefined) {
      const isSignedUp = this.#person?.signedUpAt ?? this.#profile?.signedUpAt;
      return isSignedUp ? 'signed-up-before' : undefined;
    }
    return (this.#person ?? this.#profile ?? profile) ? undefined : 'customer-unknown';
  }

  #record(said: ConsentStatement, isEvidence: boolean): ConsentOutcome {
    const statement = said.at >= this.#saidNow ? { ...said, at: this.#at } : said;
    const { channel, state } = statement;
    this.#begin(channel);
    if (this.#entries.some((entry) => isSame(entry, statement))) return 'repeated';
    if (state === 'paused' || state === 'resumed') {
      if (state === 'resumed' && !isPaused(standing(this.#entries, channel), this.#at)) return 'unchanged';
      this.#add(statement);
      return 'recorded';
    }
    const before = topicStates(this.#entries, channel);
    if (isConfirmation(statement) && !awaits(before, statement)) return 'unchanged';
    const next = { ...statement, seq: this.#entries.length + 1 };
    const after = topicStates([...this.#entries, next], channel);
    const stands = [...after].filter(([, { seq }]) => seq === next.seq);
    const isChange = stands.some(([topic]) => {
      const old = before.get(topic);
      const isRenewed = state === 'requested' && old && next.at.getTime() - old.at.getTime() > requestRenewal;
      return old?.state !== state || isRenewed === true;
    });
    if (!isChange && !isEvidence) return 'unchanged';
    this.#add(statement);
    return stands.length > 0 ? 'recorded' : 'outdated';
  }

  /** What the customer's document says of a channel before the ledger does is its first entry. */
  #begin(channel: Channel): void {
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

const isConfirmation = ({ source }: ConsentStatement): boolean => source === 'confirmation';

/** Whether a statement about one topic answers a request that still stands. */
const awaits = (states: TopicStates, { topic }: ConsentStatement): boolean =>
  topic !== 'all' && states.get(topic)?.state === 'requested';
