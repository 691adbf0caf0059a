import type { LocalTime } from './local-moment';
import type { Channel, Topic } from './messages';
import type { SegmentName } from './segments';

/** One message to everybody in a segment. */
export interface Broadcast {
  /** Lower case, digits and hyphens. */
  readonly id: string;
  readonly segment: SegmentName;
  readonly channel: Channel;
  readonly template: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What people can unsubscribe from; the template's own topic by default. */
  readonly topic?: Topic;
  /** When each person gets it, on their own clock; as soon as it is allowed where not given. */
  readonly at?: BroadcastTime;
  /** Most messages a second; never more than the channel's rate. */
  readonly perSecond?: number;
  /** Share of the segment that is measured and not messaged, 0 to 100. */
  readonly holdout: number;
}

/**
 * A time of day in each person's zone. Without a date it is the next one after the broadcast's start. With a date it may
 * be past for some when the broadcast starts: `ifPast` says what then.
 */
export type BroadcastTime =
  | { readonly time: LocalTime }
  | { readonly time: LocalTime; readonly date: string; readonly ifPast: 'send' | 'skip' };

/** How a broadcast stands. It begins as `running`, however far ahead its time is. */
export type BroadcastState = 'running' | 'paused' | 'cancelled' | 'completed';

/** How many people of a part of the segment had what. Every one of them is in one group. */
export type BroadcastCounts = Readonly<Record<BroadcastGroup, number>>;

/** `waiting`: their time has not come, or the provider could not take it; they will be looked at again. */
export const broadcastGroups = ['sent', 'suppressed', 'failed', 'unknown', 'waiting'] as const;
export type BroadcastGroup = (typeof broadcastGroups)[number];

/** People whose ids lie behind `after`, up to `until`; null is the beginning, or the end. */
export interface IdRange {
  readonly after: string | null;
  readonly until: string | null;
}

/** The name under which a broadcast's messages stand in the ledger, and its Temporal workflow id. */
export const broadcastKey = (id: string): `broadcast/${string}` => `broadcast/${id}`;
