import type { SurveyKind } from '../domain/surveys';
import type { MessageTiming } from '../domain/best-time';
import type { Channel, MessageState, Purpose, Topic } from '../domain/messages';

/** What a message is, before anything became of it. */
export interface MessagePlan {
  /** `<enrolmentId>/<step>`. */
  readonly _id: string;
  readonly customerId: string;
  readonly journey: string;
  readonly enrolmentId: string;
  readonly step: string;
  readonly channel: Channel;
  readonly template: string;
  readonly purpose: Purpose;
  readonly topic: Topic;
  readonly priority: number;
  readonly offerId?: string;
  readonly decisionId?: string;
  /** What it asks, where it is a survey. */
  readonly survey?: SurveyKind;
  /** How its hour and channel were chosen, where it waits for its best time. */
  readonly timing?: MessageTiming;
}

/** Whether another message to the address may arrive. */
export type Failure = 'permanent' | 'temporary' | 'opted-out' | 'unknown';

/** Why a planned message is not sent yet. */
export type HeldBy = 'journey-paused' | 'hours' | 'provider' | 'best-time';

/** What the best time learns from a message: gone once it is learned. */
export interface Lesson {
  /** From when on an answer is no longer waited for. */
  readonly at: Date;
  /** The customer's local hour at which it went, 0 to 23. */
  readonly hour: number;
}

/** A marketing message of which it is known whether it was answered. */
export type LearnedMessage = Pick<
  MessageDocument,
  '_id' | 'customerId' | 'channel' | 'state' | 'clickedAt' | 'repliedAt'
> & { readonly lesson: Lesson };

/** States that a message reaches after it was accepted, in the order in which they count: a later one stays. */
export const progress = [
  'sent',
  'delivered',
  'bounced',
  'opened',
  'clicked',
  'replied',
  'complained',
] as const satisfies readonly MessageState[];
export type Progress = (typeof progress)[number];

type ProgressInstants = { [State in Progress as `${State}At`]?: Date };

/** One message to one person: no address and no text, so nothing personal besides the customer's id. */
export interface MessageDocument extends MessagePlan, ProgressInstants {
  state: MessageState;
  readonly createdAt: Date;
  updatedAt: Date;
  /** While `planned`: why. */
  heldBy?: HeldBy;
  /** While `planned`: until when it waits. While `sending`: until when only the attempt that has it may see to it. */
  dueAt?: Date;
  /** While it is marketing that is `planned`: the customer again. What is to come is found by it, however much has gone. */
  plannedFor?: string;
  /** While `sending`: which attempt has it, and which handover log tells of it. */
  claim?: { readonly token: string; readonly log?: string };
  claimedAt?: Date;
  attempts?: number;
  provider?: string;
  /** The provider's own name for the message. */
  providerId?: string;
  /** Why it was suppressed, or failed, or bounced. */
  reason?: string;
  /** What kind of failure a report of the provider's means; only where one said so. */
  failure?: Failure;
  /** What a text message costs: how many segments it was. */
  segments?: number;
  /** The customer's local date at the last attempt. */
  localDay?: string;
  lesson?: Lesson;
}

/** A message to come, as the caps see it. */
export type PlannedMessage = Pick<MessageDocument, '_id' | 'customerId' | 'priority' | 'channel' | 'dueAt'>;

/** How often a journey asked. */
export interface SurveyCount {
  readonly journey: string;
  readonly survey: SurveyKind;
  readonly count: number;
}

/** An offer that a message carries, and how far the message has come. */
export interface CarriedOffer {
  readonly decisionId: string;
  readonly offerId: string;
  readonly state: MessageState;
}

/** A claim as an attempt makes it. */
export interface Claim {
  readonly token: string;
  readonly log?: string;
  readonly at: Date;
  readonly until: Date;
  readonly provider: string;
  readonly localDay: string;
  readonly segments?: number;
  readonly lesson?: Lesson;
}
