import { topics, type Channel, type Topic } from './messages';

/** What somebody said of marketing. `requested` waits for their confirmation, and allows nothing. */
export const consentStates = ['given', 'requested', 'revoked'] as const;
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
}

/** Whether marketing on a topic may be sent. */
export const covers = (consent: Consent | undefined, topic: Topic): boolean =>
  consent?.granted === true && consent.except?.includes(topic) !== true;

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
  const inOrder = statements
    .filter((statement) => statement.channel === channel)
    .sort((a, b) => a.at.getTime() - b.at.getTime() || a.seq - b.seq);
  for (const statement of inOrder) {
    for (const topic of statement.topic === 'all' ? topics : [statement.topic]) {
      if (statement.state === 'requested' && states.get(topic)?.state === 'given') continue;
      states.set(topic, statement);
    }
  }
  return states;
}

/** What stands of a person's statements on a channel; undefined where they made none. */
export function standing(statements: readonly PlacedStatement[], channel: Channel): Consent | undefined {
  const states = topicStates(statements, channel);
  const last = [...states.values()].reduce<PlacedStatement | undefined>(later, undefined);
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
  };
}

function later(a: PlacedStatement | undefined, b: PlacedStatement): PlacedStatement {
  if (!a) return b;
  const inTime = b.at.getTime() - a.at.getTime();
  return inTime > 0 || (inTime === 0 && b.seq > a.seq) ? b : a;
}
