import { topics, type Channel, type Topic } from './messages';

/**
 * What somebody said of marketing. `requested` waits for their confirmation, and allows nothing. The others leave yes and
 * no as they stand: `carried` notes that what was given goes on at a new address, `paused` puts everything off until an
 * instant, and `resumed` ends that.
 */
export const consentStates = ['given', 'requested', 'revoked', 'carried', 'paused', 'resumed'] as const;
export type ConsentState = (typeof consentStates)[number];

/** By which way a statement came. `before-ledger` is what stood when the ledger of a customer was begun. */
export const consentSources = [
  'before-ledger',
  'signup',
  'identify',
  'admin',
  'import',
  'confirmation',
  'preferences',
  'unsubscribe',
  'keyword',
  'carrier',
  'reply',
  'complaint',
  'opt-out-report',
  'address-change',
] as const;
export type ConsentSource = (typeof consentSources)[number];

/** One topic, or every one. */
export type ConsentTopic = Topic | 'all';

/** What shows that somebody said it: ids, the address of a form, a hash. As little of the person as will do. */
export type ConsentProof = Readonly<Record<string, string | number | boolean>>;

/** Something that somebody said of marketing on a channel. */
export interface ConsentStatement {
  readonly channel: Channel;
  readonly topic: ConsentTopic;
  readonly state: ConsentState;
  /** When they said it; never later than it was recorded. */
  readonly at: Date;
  readonly source: ConsentSource;
  /** Until when it is `paused`. */
  readonly until?: Date;
  /** Which wording they said yes or no to. */
  readonly textVersion?: string;
  readonly proof?: ConsentProof;
}

/** What stands of a person's statements on a channel. */
export interface Consent {
  /** Whether there is any topic that may be sent. */
  readonly granted: boolean;
  /** When the last statement was made, and how it came. */
  readonly at: Date;
  readonly source: string;
  /** Topics that a granted consent does not cover: refused, or not confirmed. Absent where it covers all. */
  readonly except?: readonly Topic[];
  /** Topics that are asked for and not confirmed yet, and since when. */
  readonly awaiting?: { readonly topics: readonly Topic[]; readonly since: Date };
  /** The end of a pause, which may be over. */
  readonly pausedUntil?: Date;
}

/** Whether marketing on a topic may be sent. */
export const covers = (consent: Consent | undefined, topic: Topic): boolean =>
  consent?.granted === true && consent.except?.includes(topic) !== true;

/** Whether the person wants no marketing for a while, at a real instant. */
export const isPaused = (consent: Consent | undefined, at: Date): boolean =>
  consent?.pausedUntil !== undefined && at < consent.pausedUntil;

/** A statement and its place among those of its customer. */
export type PlacedStatement = Omit<ConsentStatement, 'proof'> & { readonly seq: number };

/** What stands of one topic. */
export type TopicStates = ReadonlyMap<Topic, PlacedStatement>;

/**
 * The last statement about each topic of a channel, by the time at which it was made; of one instant, by its place. A
 * request takes away nothing that was given. Topics about which nothing was said are absent.
 */
export function topicStates(statements: readonly PlacedStatement[], channel: Channel): TopicStates {
  const states = new Map<Topic, PlacedStatement>();
  for (const statement of inOrder(statements, channel)) {
    if (!saysYesOrNo(statement)) continue;
    for (const topic of statement.topic === 'all' ? topics : [statement.topic]) {
      if (statement.state === 'requested' && states.get(topic)?.state === 'given') continue;
      states.set(topic, statement);
    }
  }
  return states;
}

const saysYesOrNo = ({ state }: PlacedStatement): boolean =>
  state === 'given' || state === 'requested' || state === 'revoked';

const inOrder = (statements: readonly PlacedStatement[], channel: Channel): PlacedStatement[] =>
  statements.filter((statement) => statement.channel === channel).sort(byTime);

const byTime = (a: PlacedStatement, b: PlacedStatement): number =>
  a.at.getTime() - b.at.getTime() || a.seq - b.seq;

/** The pause of a channel that was not ended by the person; it may be over. */
export function lastPause(
  statements: readonly PlacedStatement[],
  channel: Channel,
): PlacedStatement | undefined {
  const last = inOrder(statements, channel).findLast(
    ({ state }) => state === 'paused' || state === 'resumed',
  );
  return last?.state === 'paused' ? last : undefined;
}

/** What stands of a person's statements on a channel; undefined where they made none. */
export function standing(statements: readonly PlacedStatement[], channel: Channel): Consent | undefined {
  const states = topicStates(statements, channel);
  const pause = lastPause(statements, channel);
  const last = [...states.values()].sort(byTime).at(-1) ?? pause;
  if (!last) return undefined;
  const inState = (state: ConsentState) => topics.filter((topic) => states.get(topic)?.state === state);
  const given = inState('given');
  const awaited = inState('requested');
  const since = awaited.map((topic) => states.get(topic)?.at.getTime() ?? 0);
  return {
    granted: given.length > 0,
    at: last.at,
    source: last.source,
    ...(given.length > 0 &&
      given.length < topics.length && { except: topics.filter((topic) => !given.includes(topic)) }),
    ...(awaited.length > 0 && { awaiting: { topics: awaited, since: new Date(Math.max(...since)) } }),
    ...(pause?.until && { pausedUntil: pause.until }),
  };
}
