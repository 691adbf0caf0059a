import type { ConsentStatement } from './consent';
import { topics, type Topic } from './messages';

/** For which topics a yes to e-mail counts only once it was confirmed from the mailbox, and for how long it may be. */
export interface DoubleOptIn {
  /** None: a yes counts at once. */
  readonly topics: readonly Topic[];
  /** Days for which the link in the message works. */
  readonly days: number;
}

/** The name of a request for marketing: since when it waits for its answer. */
export const requestName = (since: Date): string => String(since.getTime());

/** Whether an e-mail asks somebody to confirm a request. */
export const asksToConfirm = (template: string): boolean => template === 'confirm-consent';

/** A statement as the policy lets it count: a yes to e-mail is a request for the topics that need a confirmation. */
export function underPolicy(policy: DoubleOptIn, statement: ConsentStatement): ConsentStatement[] {
  const { channel, state, topic } = statement;
  const needs = (one: Topic): boolean => policy.topics.includes(one);
  if (channel !== 'email' || state !== 'given') return [statement];
  if (topic !== 'all') return [needs(topic) ? { ...statement, state: 'requested' } : statement];
  if (!topics.some(needs)) return [statement];
  if (topics.every(needs)) return [{ ...statement, state: 'requested' }];
  return topics.map((one) => ({ ...statement, topic: one, state: needs(one) ? 'requested' : 'given' }));
}
