import {
  broadcastKey,
  type BroadcastCounts,
  type BroadcastGroup,
  type BroadcastState,
  type IdRange,
} from '../../domain/broadcast';
import type { ContactPolicy } from '../../domain/contact-policy';
import { contactPolicy } from '../../domain/contact-policy';
import { groupOf, type Channel, type MessageState } from '../../domain/messages';
import { segments } from '../../domain/segments';
import type { BroadcastDocument } from '../../store/broadcasts';
import type { CustomerDocument, SegmentFilter } from '../../store/customers';
import type { Store } from '../../store/store';
import type { Messaging } from '../messaging/messaging';
import type { Turns } from '../messaging/turns';
import { createBroadcastSending } from './sending';

/** What the broadcast workflow calls. */
export interface BroadcastActivities {
  /** Counts the people of the segment, for the share that is done; says when messages may go (epoch milliseconds). */
  readonly measureAudience: (request: { readonly broadcast: string }) => Promise<{
    readonly state: BroadcastState;
    readonly startsAt: number;
  }>;
  /** Cuts the next people of the segment into ranges of ids, in order; `next` is where to go on, null at the end. */
  readonly cutRanges: (request: {
    readonly broadcast: string;
    readonly after: string | null;
    readonly count: number;
  }) => Promise<{ readonly ranges: readonly IdRange[]; readonly next: string | null }>;
  /** Sends to the people of a range whose time has come, for a while. */
  readonly sendRange: (request: SendRangeRequest) => Promise<RangeProgress>;
  /** Ends a broadcast, and gives what it came to. Of a cancelled one, messages that wait are ended too. */
  readonly closeBroadcast: (request: { readonly broadcast: string }) => Promise<BroadcastResult>;
}

/** How a broadcast ended, and how many people are in each group. */
export interface BroadcastResult extends BroadcastCounts {
  readonly state: BroadcastState;
}

/** The same, told by whoever runs it whether it is still wanted. */
export interface Broadcasts extends Omit<BroadcastActivities, 'sendRange'> {
  readonly sendRange: (request: SendRangeRequest, life: CallLife) => Promise<RangeProgress>;
}

/** The life of one call, as its caller sees it. */
export interface CallLife {
  /** Says that the call is alive. */
  readonly heartbeat: () => void;
  /** Aborted when the call is to come to its end. */
  readonly ending: AbortSignal;
}

export interface SendRangeRequest extends IdRange {
  readonly broadcast: string;
}

/** How far a call of {@link BroadcastActivities.sendRange} has come. Instants are real epoch milliseconds. */
export interface RangeProgress {
  readonly state: 'running' | 'paused' | 'cancelled';
  /** The last id that it looked at, or the end of the range. */
  readonly looked: string | null;
  /** When somebody it looked at is to be looked at again; null where all are done. */
  readonly dueAt: number | null;
  /** When to go on behind `looked`; null where the whole range was looked at. */
  readonly rest: { readonly from: number } | null;
}

export interface BroadcastDependencies {
  readonly store: Store;
  readonly send: Messaging['send'];
  readonly businessTimeZone: string;
  readonly rates: Readonly<Record<Channel, number>>;
  readonly turns: Pick<Turns, 'reserve'>;
  readonly policy?: ContactPolicy;
  readonly sizes?: BroadcastSizes;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}

interface BroadcastSizes {
  /** People in a range, at most. */
  readonly range: number;
  /** People who are looked at together, at most. */
  readonly page: number;
  /** For how long one call of `sendRange` begins new pages, milliseconds. */
  readonly shift: number;
}

const defaultSizes: BroadcastSizes = { range: 1_000, page: 200, shift: 20_000 };
/** Ranges that a segment is cut into at least, where it fills so many pages: they are gone through side by side. */
const fewestRanges = 4;
/** How many seconds of sending a page is to hold at most, so that a pause is soon noticed. */
const pageSeconds = 3;
/** For how long nothing is tried after the provider could not be reached, milliseconds. */
const outage = 15_000;

/** Sends broadcasts, range by range. Everything a call does may be done again: a person's message goes once. */
export function createBroadcasts(dependencies: BroadcastDependencies): Broadcasts {
  const { store, rates, policy = contactPolicy, sizes = defaultSizes, now } = dependencies;
  const deliver = createBroadcastSending({ ...dependencies, policy });

  const find = async (id: string): Promise<BroadcastDocument> => {
    const broadcast = await store.broadcasts.find(id);
    if (!broadcast) throw new Error(`There is no broadcast "${id}" in the database.`);
    return broadcast;
  };

  /** The next people of a range, and how their messages stand: of the segment, and whoever has a message waiting. */
  const nextPage = async (broadcast: BroadcastDocument, range: IdRange) => {
    const pace = Math.min(rates[broadcast.channel], broadcast.perSecond ?? Infinity);
    const limit = Math.max(1, Math.min(sizes.page, Math.floor(pace * pageSeconds)));
    const members = await store.customers.pageOf(filterOf(broadcast), range, limit);
    const last = members.length < limit ? null : (members.at(-1)?._id ?? null);
    const seen: IdRange = { after: range.after, until: last ?? range.until };
    const states = await store.messages.statesWithin(broadcastKey(broadcast._id), seen);
    const ids = new Set(members.map(({ _id }) => _id));
    const left = [...states.keys()].filter((id) => !ids.has(id));
    const waiting = left.filter((id) => standing(states.get(id)) === 'waiting');
    const people = [...members, ...(await store.customers.findMany(waiting))];
    return { people, states, last };
  };

  return {
    async measureAudience({ broadcast: id }) {
      const broadcast = await find(id);
      await store.broadcasts.setAudience(id, await store.customers.countOf(filterOf(broadcast)));
      return { state: broadcast.state, startsAt: broadcast.startsAt.getTime() };
    },

    async cutRanges({ broadcast: id, after, count }) {
      const broadcast = await find(id);
      const { audience = Infinity } = broadcast;
      const size = Math.min(sizes.range, Math.max(sizes.page, Math.ceil(audience / fewestRanges)));
      const ids = await store.customers.idsOf(filterOf(broadcast), { after, until: null }, size * count);
      const ranges: IdRange[] = [];
      for (let from = after, n = size; n < ids.length + size; n += size) {
        const until = ids[Math.min(n, ids.length) - 1] ?? null;
        ranges.push({ after: from, until });
        from = until;
      }
      return { ranges, next: ids.length < size * count ? null : (ids.at(-1) ?? null) };
    },

    async sendRange({ broadcast: id, after, until }, { heartbeat, ending }) {
      const end = now() + sizes.shift;
      const counts: Record<BroadcastGroup, number> = {
        sent: 0,
        suppressed: 0,
        failed: 0,
        unknown: 0,
        waiting: 0,
      };
      let dueAt = Infinity;
      let looked = after;
      const progress = (state: RangeProgress['state'], rest: RangeProgress['rest']): RangeProgress => {
        return { state, looked, rest, dueAt: Number.isFinite(dueAt) ? dueAt : null };
      };
      for (;;) {
        const broadcast = await find(id);
        if (broadcast.state === 'paused') return progress('paused', { from: now() });
        if (broadcast.state !== 'running') return progress('cancelled', { from: now() });
        if (now() > end || ending.aborted) return progress('running', { from: now() });

        const { people, states, last } = await nextPage(broadcast, { after: looked, until });
        const open: CustomerDocument[] = [];
        const inPage = new Set(people.map(({ _id }) => _id));
        for (const [customerId, state] of states) {
          if (!inPage.has(customerId) || standing(state) !== 'waiting') counts[standing(state)] += 1;
        }
        for (const person of people) if (standing(states.get(person._id)) === 'waiting') open.push(person);
        const delivered = await deliver(broadcast, open, heartbeat);
        for (const group of delivered.groups) counts[group] += 1;
        dueAt = Math.min(dueAt, delivered.dueAt);

        await store.broadcasts.recordPart(id, { after }, counts satisfies BroadcastCounts);
        heartbeat();
        looked = last ?? until;
        if (last === null) return progress('running', null);
        if (delivered.outage) return progress('running', { from: now() + outage });
      }
    },

    async closeBroadcast({ broadcast: id }) {
      const at = new Date(now());
      await store.broadcasts.change(id, ['running', 'paused'], { state: 'completed', at });
      const { state } = await find(id);
      if (state === 'cancelled')
        await store.messages.dropPlanned(broadcastKey(id), 'broadcast-cancelled', at);
      return { state, ...(await store.broadcasts.progress(id)) };
    },
  };
}

const filterOf = ({ segment }: BroadcastDocument): SegmentFilter => segments[segment];

/** The group of somebody's message; none yet is one that waits. */
const standing = (state: MessageState | undefined): BroadcastGroup => (state ? groupOf(state) : 'waiting');
