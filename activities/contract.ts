import type { BestTime, MessageTiming } from '../domain/best-time';
import type { CustomerClock } from '../domain/clock';
import type { DeliveryResult, PersonalField } from '../domain/deliveries';
import type { Outcome } from '../domain/enrolment';
import type { AnyWhere, EventName, JourneyEvent, WaitPattern } from '../domain/events';
import type { JournalEntry, WaitKind } from '../domain/journal';
import type { DailyWindow, LocalMoment } from '../domain/local-moment';
import type { Channel, MessageResult, Topic } from '../domain/messages';
import type { ChosenOffer, Slot } from '../domain/offers';
import type { SegmentName } from '../domain/segments';

/** The run on whose behalf an activity acts. */
export interface EnrolmentRef {
  /** Enrolment id, `<journey>/<customerId>[/<key>]#<n>`. */
  readonly id: string;
  readonly journey: string;
  readonly customerId: string;
  readonly key?: string;
  readonly holdout: boolean;
  readonly clock?: CustomerClock;
  /** The enrolment that began this one. */
  readonly parent?: string;
}

/** A value of a template's variables: JSON without personal data, or a chosen offer by its ids. */
export type Variables = Readonly<Record<string, unknown>>;

export interface SendRequest {
  readonly enrolment: EnrolmentRef;
  /** Step id; with the enrolment it is the message's id. */
  readonly step: string;
  readonly channel: Channel;
  readonly template: string;
  readonly variables: Variables;
  /** The journey's send window, in the customer's zone. */
  readonly sendWindow?: DailyWindow;
  /** Higher goes first and is capped last; 0 unless the journey says otherwise. */
  readonly priority: number;
  readonly topic?: Topic;
  /** How its hour and channel were chosen, where they were. */
  readonly timing?: MessageTiming;
}

/** A message whose hour and channel are to be chosen. */
export interface BestTimeRequest extends Omit<SendRequest, 'channel' | 'template' | 'timing'> {
  /** The template for each channel that may be chosen, the preferred one first; at least one. */
  readonly templates: Partial<Readonly<Record<Channel, string>>>;
  /** The message is not to wait: only the channel is chosen. */
  readonly atOnce: boolean;
}

/** What became of a message, or the real instant (epoch milliseconds) at which to ask again. */
export type SendResult = MessageResult | { readonly state: 'deferred'; readonly until: number };

/**
 * Until when a run waits: a span from now on the customer's clock, a local moment, an instant of that clock, or a real
 * instant, which may be over.
 */
export type WaitEnd =
  | { readonly real: number }
  | { readonly elapsed: number }
  | { readonly moment: LocalMoment }
  | { readonly instant: number };

export interface WaitRequest {
  readonly enrolment: EnrolmentRef;
  readonly step: string;
  readonly kind: WaitKind;
  readonly end: WaitEnd;
  /** Events that end the wait; none for a plain one. */
  readonly events: readonly WaitPattern[];
  /** Events received at this real instant or later count; those in `seen` do not. */
  readonly since: number;
  readonly seen: readonly string[];
  /** Journal entries that have not been reported yet, oldest first. */
  readonly trace: readonly JournalEntry[];
}

/** An event that had already come, or how long to wait. Instants are real epoch milliseconds. */
export type WaitReached =
  | { readonly event: JourneyEvent }
  | { readonly deadline: number }
  | { readonly impossible: 'past' | 'missing' };

export interface LookBackRequest {
  readonly enrolment: EnrolmentRef;
  readonly events: readonly WaitPattern[];
  readonly since: number;
  readonly seen: readonly string[];
}

export interface DecideRequest {
  readonly enrolment: EnrolmentRef;
  readonly step: string;
  readonly slot: Slot;
  readonly count: number;
  /** The list does not repeat offers of one group where others come near. */
  readonly diverse?: boolean;
}

/** A split that the customer comes to. */
export interface SplitRequest {
  readonly enrolment: EnrolmentRef;
  readonly split: string;
  /** Weight of each arm, of any sum; where the split adapts, they only name the arms. */
  readonly weights: Readonly<Record<string, number>>;
  /** The share of an arm follows what is known of its success. */
  readonly adaptive: boolean;
}

/** A wish that the customer be enrolled in another journey. */
export interface EnrolRequest {
  readonly enrolment: EnrolmentRef;
  readonly step: string;
  readonly journey: string;
  /** How one enters it: its entry events, with the properties that their conditions fix. */
  readonly entries: readonly { readonly event: EventName; readonly fixed: AnyWhere }[];
  /** The property that says what a run of it is about. */
  readonly key?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Real epoch milliseconds: when the run's last wait ended. */
  readonly since: number;
}

/** A call to another system. */
export interface WebhookRequest {
  readonly enrolment: EnrolmentRef;
  readonly step: string;
  /** Name of the webhook. */
  readonly to: string;
  /** JSON without personal data. */
  readonly data: Variables;
  /** What of the customer goes along; it is looked up when the call is made. */
  readonly personal: readonly PersonalField[];
  /** For how long of the customer's clock it is tried, milliseconds. */
  readonly patience: number;
}

/** A word to the team. */
export interface AlertRequest {
  readonly enrolment: EnrolmentRef;
  readonly step: string;
  /** Name of the alert. */
  readonly alert: string;
  /** JSON without personal data. */
  readonly data: Variables;
  readonly patience: number;
}

/** What became of a delivery, or the real instant (epoch milliseconds) at which to try again. */
export type DeliverResult = DeliveryResult | { readonly state: 'deferred'; readonly until: number };

export interface FinishRequest {
  readonly enrolment: EnrolmentRef;
  /** The run came through a split, whose result it settles. */
  readonly splits: boolean;
  /** A message or a delivery of the run may be planned still: it is not to go any more. */
  readonly unsent: boolean;
  readonly outcome: Outcome;
  /** The event that converted or ended the run. */
  readonly eventId?: string;
  readonly trace: readonly JournalEntry[];
}

/** Every side effect of a journey. Each may be called again with the same input and then acts only once. */
export interface JourneyActivities {
  /** Sends one message, once, if everything allows it now; the ledger keeps what became of it. */
  readonly send: (request: SendRequest) => Promise<SendResult>;
  /**
   * Chooses the hour within the coming day, and the channel, at which the customer is most likely to answer, inside quiet
   * hours, send window and caps. The ledger knows the message as planned from then on. Where nothing is to be sent
   * anyhow the moment is now: sending it says why.
   */
  readonly findBestTime: (request: BestTimeRequest) => Promise<BestTime>;
  /** Chooses the next best offers, best first; empty where none is eligible. */
  readonly decide: (request: DecideRequest) => Promise<readonly ChosenOffer[]>;
  /** Puts the customer into an arm, for good: the same one at every run, however the weights change since. */
  readonly assign: (request: SplitRequest) => Promise<string>;
  readonly isInSegment: (request: { customerId: string; segment: SegmentName }) => Promise<boolean>;
  /** The attribute's value, null where the customer has none. */
  readonly readAttribute: (request: { customerId: string; name: string }) => Promise<unknown>;
  /** Records that the run waits and for what, then looks for an event that came since its previous step. */
  readonly reachWait: (request: WaitRequest) => Promise<WaitReached>;
  /** Looks once more for an event before a wait's time-out is taken. */
  readonly lookBack: (request: LookBackRequest) => Promise<JourneyEvent | null>;
  /**
   * Asks for an enrolment of the customer in another journey; the event `enrolment.answered` with the request's id, as
   * `enrolRequestId` makes it, says what came of it.
   */
  readonly enrol: (request: EnrolRequest) => Promise<void>;
  /** Calls another system, until it takes the call; with the same id each time. */
  readonly callWebhook: (request: WebhookRequest) => Promise<DeliverResult>;
  /** Tells the team by e-mail, and by a webhook where the alert has one. */
  readonly alertTeam: (request: AlertRequest) => Promise<DeliverResult>;
  /** Records how the run ended, and tells the run that began it. */
  readonly finish: (request: FinishRequest) => Promise<void>;
}
