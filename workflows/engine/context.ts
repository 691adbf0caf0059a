import type { AttributeName, JourneyAttributes } from '../../domain/attributes';
import type { DeliveryResult, PersonalField } from '../../domain/deliveries';
import type { Duration } from '../../domain/duration';
import type { EnrolmentRefusal, Outcome } from '../../domain/enrolment';
import type { EventProperties } from '../../domain/event-schemas';
import type { EventName, JourneyEvent, Where } from '../../domain/events';
import type { LocalMoment } from '../../domain/local-moment';
import type { Channel, MessageResult, Topic } from '../../domain/messages';
import type { ChosenOffer, Slot } from '../../domain/offers';
import type { SegmentName } from '../../domain/segments';
import type { SurveyKind } from '../../domain/surveys';
import type { EmailTemplates, SmsTemplates, templateMeta } from '../../domain/templates.gen';
import type { Journey } from './journey';

/** Every step takes a name of its own, for when the one the engine makes is not stable enough. */
export interface StepOptions {
  /** Step id; unique in the journey. By default `<kind>:<what>`, with `#2` for a second one. */
  readonly id?: string;
}

export interface MessageOptions extends StepOptions {
  /** What the person can unsubscribe from; the template's own topic by default. */
  readonly topic?: Topic;
}

/** When a message is to go. */
export interface TimedOptions extends MessageOptions {
  /**
   * `best time`: not as soon as it may, but at the hour of the coming day at which this customer is most likely to answer.
   * It is learned from the clicks and replies of everybody and of this customer, so the first customer has one too.
   * Goals and exits end the run while it waits. Only marketing may wait.
   */
  readonly at?: 'best time';
}

type Meta = typeof templateMeta;
type IsMarketing<C extends Channel, T extends keyof Meta[C]> = Meta[C][T] extends { purpose: 'marketing' }
  ? true
  : false;

/** Options of a message by what its template is for. */
type OptionsFor<C extends Channel, T extends keyof Meta[C]> =
  IsMarketing<C, T> extends true ? TimedOptions : MessageOptions;

/** Templates of a channel that are marketing. */
export type MarketingTemplate<C extends Channel> = {
  [T in keyof Meta[C]]: IsMarketing<C, T> extends true ? T : never;
}[keyof Meta[C]];
/** What a journey tells another system or the team: ids, numbers and codes, nothing that could say who somebody is. */
export type DeliveryData = Readonly<Record<string, JsonValue>>;
type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface DeliveryOptions extends StepOptions {
  /** For how long it is tried; three days by default. The journey goes on when it is over. */
  readonly within?: Duration;
}

export interface WebhookOptions extends DeliveryOptions {
  /** What of the customer goes along. It is looked up when the call is made, and never stands in Temporal. */
  readonly personal?: readonly PersonalField[];
}

/** Variables are left out of a call only where the template has none. */
type MessageArguments<V extends object, Options> = keyof V extends never
  ? [variables?: V, options?: Options]
  : [variables: V, options?: Options];

/** How a wait for a local moment ended; only `reached` took time. */
export type Arrival = 'reached' | 'past' | 'missing';

/** What somebody answered; both are null where it was anything else. */
export interface Reply {
  readonly answer: 'yes' | 'no' | null;
  /** From 0 to 10. */
  readonly number: number | null;
}

/** What somebody answered to a survey. What they wrote beside it stays in the database. */
export interface SurveyAnswer {
  /** `nps` from 0 to 10, `csat` from 1 to 5. */
  readonly score: number;
}

/** What came of enrolling the customer in another journey. */
export interface BegunRun {
  /** Whether this step began a run. */
  readonly started: boolean;
  /** The run that it began, or the one that was open already; null where there is neither. */
  readonly enrolment: string | null;
  /** Why it began none: besides the rules of the other journey, this run is in a control group, or passed the step over. */
  readonly refusal?: EnrolmentRefusal | 'holdout' | 'skipped';
}

/** A run of another journey that was followed to its end. */
export interface FollowedRun extends BegunRun {
  /** How it ended; null when time is up first, and where none was begun. */
  readonly outcome: Exclude<Outcome, 'erased'> | null;
}

export interface FollowOptions extends StepOptions {
  /** For how long the run is followed. */
  readonly within?: Duration;
}

/** Properties of the event by which one enters a journey. */
export type EntryProperties<Other> = Other extends Journey<infer Entry> ? EventProperties[Entry] : never;

/**
 * The steps of a journey. Each is done once for each enrolment, however often the function runs, and they run one at a
 * time: await each before the next.
 */
export interface JourneyContext<Entry extends EventName = EventName, Enrolled extends Journey = never> {
  readonly customerId: string;
  /** The event that enrolled the customer. */
  readonly trigger: Entry extends unknown ? JourneyEvent<Entry> : never;
  /** What the run is about, where the journey has a key; else empty. */
  readonly key: string;

  /** Sends an e-mail, at the first moment that rules and consent allow, or at the best time. */
  email<T extends keyof EmailTemplates>(
    template: T,
    ...rest: MessageArguments<EmailTemplates[T], OptionsFor<'email', T>>
  ): Promise<MessageResult>;
  /** Sends a text message, at the first moment that rules and consent allow, or at the best time. */
  sms<T extends keyof SmsTemplates>(
    template: T,
    ...rest: MessageArguments<SmsTemplates[T], OptionsFor<'sms', T>>
  ): Promise<MessageResult>;
  /**
   * Sends an e-mail or a text message, whichever this customer is more likely to answer among those they consent to. The
   * variables are those of both templates.
   *
   * @example
   * await c.message({ email: 'winback-offer', sms: 'winback-offer' }, { offer }, { at: 'best time' });
   */
  message<E extends MarketingTemplate<'email'>, S extends MarketingTemplate<'sms'>>(
    templates: { readonly email: E; readonly sms: S },
    ...rest: MessageArguments<EmailTemplates[E] & SmsTemplates[S], TimedOptions>
  ): Promise<MessageResult>;

  /**
   * Sends a text message that asks something and waits for the answer to it. What the person wrote stays in the database;
   * the journey learns what it says, where it begins with a plain yes or no or a number from 0 to 10.
   *
   * @returns null when time is up, when the person said STOP instead, and where the message was not sent
   * @example
   * const reply = await c.ask('confirm-visit', { on }, { within: days(1) });
   * if (reply?.answer === 'yes') await c.sms('see-you');
   */
  ask<T extends keyof SmsTemplates>(
    template: T,
    variables: SmsTemplates[T],
    options: MessageOptions & { within: Duration },
  ): Promise<Reply | null>;

  /**
   * Sends an e-mail with a button for each score and waits for what the person chooses on the page behind it: `nps` asks
   * how likely they are to recommend the business, `csat` how satisfied they are. The first answer counts.
   *
   * @returns null when time is up, and where the message was not sent
   * @example
   * const answer = await c.survey('nps', { within: days(7) });
   * if (answer && answer.score <= 6) await c.alertTeam('detractor', { score: answer.score });
   */
  survey(kind: SurveyKind, options: MessageOptions & { within: Duration }): Promise<SurveyAnswer | null>;

  /**
   * Calls another system: POSTs JSON with the customer's id and this data to the webhook of that name, signed, and tries
   * again until it is taken, always under the same id. `PUT /v1/webhooks/{name}` says where it is.
   *
   * @example await c.webhook('crm', { stage: 'delivered' }, { personal: ['email'] });
   */
  webhook(name: string, data?: DeliveryData, options?: WebhookOptions): Promise<DeliveryResult>;
  /**
   * Tells the team, whose addresses `PUT /v1/alerts/{name}` sets; an alert without an entry of its own goes to `default`.
   *
   * @example if (nps.score <= 6) await c.alertTeam('detractor', { score: nps.score });
   */
  alertTeam(name: string, data?: DeliveryData, options?: DeliveryOptions): Promise<DeliveryResult>;

  wait(duration: Duration, options?: StepOptions): Promise<void>;
  /**
   * Waits for a local date and time in the customer's zone. One that is past or missing is never taken for now:
   * `otherwise` says whether the journey then goes on at once or ends.
   */
  waitUntil(moment: LocalMoment, options: StepOptions & { otherwise: 'continue' | 'end' }): Promise<Arrival>;
  /**
   * Waits for an event and gives it, or null when time is up. An event that came after the previous step counts.
   *
   * @param options `within` a duration from now, or `until` an instant of the customer's clock (epoch milliseconds)
   */
  waitFor<Name extends EventName>(
    event: Name,
    options: StepOptions & { where?: Where<Name> } & ({ within: Duration } | { until: number }),
  ): Promise<JourneyEvent<Name> | null>;

  /**
   * Puts the customer into one arm, for good, in proportion to the weights: changed weights hold for those who come to the
   * split later, also in another run of the journey.
   */
  split<Arm extends string>(name: string, weights: Readonly<Record<Arm, number>>): Promise<Arm>;
  /**
   * As {@link split}, but learns: arms whose runs reach the goal more often are drawn more often (Thompson sampling), none
   * less than one time in twenty. The probability of each draw is logged.
   */
  adaptiveSplit<Arm extends string>(name: string, arms: readonly [Arm, ...Arm[]]): Promise<Arm>;
  /**
   * Enrols the customer in another journey, as if its entry event had come with these properties: its re-entry rule and
   * its holdout hold, and its run goes on by itself, whatever becomes of this one. The journey must be among those that
   * `enrols` names. A run in a control group enrols nobody.
   *
   * @param options with `within`, waits that long for the run to end and gives its outcome
   * @example
   * const { started } = await c.enrol(maintenance, { vehicleId, model });
   * const { outcome } = await c.enrol(upsell, { orderId }, { within: days(60) });
   */
  enrol<Other extends Enrolled>(
    other: Other,
    properties: EntryProperties<Other>,
    options: StepOptions & { within: Duration },
  ): Promise<FollowedRun>;
  enrol<Other extends Enrolled>(
    other: Other,
    properties: EntryProperties<Other>,
    options?: StepOptions,
  ): Promise<BegunRun>;

  /**
   * The best offers for this customer here and now, best first; empty where none is eligible.
   *
   * @param options `count` the most to choose, 1 by default; with `diverse` a list does not repeat offers of one group
   * where others come near
   * @example
   * const offers = await c.nextBestOffer({ slot: 'upsell', count: 3, diverse: true });
   */
  nextBestOffer(
    options: StepOptions & { slot: Slot; count?: number; diverse?: boolean },
  ): Promise<readonly ChosenOffer[]>;
  /** Whether the customer is in a segment now. */
  is(segment: SegmentName, options?: StepOptions): Promise<boolean>;
  /** An attribute of the customer now; null where there is none. */
  attribute<Name extends AttributeName>(
    name: Name,
    options?: StepOptions,
  ): Promise<JourneyAttributes[Name] | null>;

  /** The instant of the last step on the customer's clock, epoch milliseconds; the same at every execution. */
  now(): number;
  /** A number in [0, 1), the same at every execution. */
  random(): number;
}
