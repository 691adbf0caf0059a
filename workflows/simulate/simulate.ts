import { localInstant } from '../../activities/local-instant';
import { hoursAhead } from '../../activities/best-time/hours';
import { firstAllowed } from '../../activities/calendar';
import type { JourneyActivities, WaitEnd } from '../../activities/contract';
import type { AttributeName, JourneyAttributes } from '../../domain/attributes';
import { contactPolicy } from '../../domain/contact-policy';
import { chanceOf, pickByWeight } from '../../domain/chance';
import type { Duration } from '../../domain/duration';
import { stepKey, type Enrolment, type Outcome } from '../../domain/enrolment';
import { fixedBy, matches, type EventName, type JourneyEvent } from '../../domain/events';
import type { EventProperties } from '../../domain/event-schemas';
import type { JournalEntry } from '../../domain/journal';
import type { DailyWindow } from '../../domain/local-moment';
import type { Channel } from '../../domain/messages';
import type { Slot } from '../../domain/offers';
import type { SegmentName } from '../../domain/segments';
import { surveyIn, surveyKinds, type SurveyKind } from '../../domain/surveys';
import { templateMeta } from '../../domain/templates.gen';
import { advance } from '../engine/advance';
import { Burst, type Driver } from '../engine/burst';
import { concerns, endingOf } from '../engine/effects';
import type { Journey } from '../engine/journey';
import { resume } from '../engine/resume';
import { initialState, type PendingWait, type RunState } from '../engine/run-state';
import { guard } from './guard';
import { createSubJourneys, type PlayedRun } from './sub-journeys';

/** Something that happens to the simulated customer, some time after they came in. */
export type SimulatedEvent = {
  [Name in EventName]: {
    readonly after: Duration;
    readonly name: Name;
    readonly properties: EventProperties[Name];
  };
}[EventName];

/** The simulated customer and what happens to them. */
export interface Scenario {
  /** When the entry event comes, epoch milliseconds. */
  readonly start: number;
  /** IANA zone; the running example's, America/Sao_Paulo, by default. */
  readonly timeZone?: string;
  /** The event that enrols the customer. By default the journey's first entry event, with no properties. */
  readonly trigger?: { [Name in EventName]: { name: Name; properties: EventProperties[Name] } }[EventName];
  readonly events?: readonly SimulatedEvent[];
  readonly segments?: readonly SegmentName[];
  readonly attributes?: Partial<JourneyAttributes>;
  /**
   * The local hour, 0 to 23, and the channel at which the customer answers best; by default the first hour allowed, and
   * e-mail.
   */
  readonly bestTime?: { readonly hour?: number; readonly channel?: Channel };
  /** Ids of the offers that a slot would show, best first. */
  readonly offers?: Partial<Record<Slot, readonly string[]>>;
}

export interface SimulatedMessage {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly channel: Channel;
  readonly template: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A call to another system, or an alert to the team; both are taken at once. */
export interface SimulatedDelivery {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: 'webhook' | 'alert';
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What happened, in order. */
export interface Played {
  readonly outcome: Outcome;
  readonly endedAt: number;
  readonly steps: readonly JournalEntry[];
  readonly messages: readonly SimulatedMessage[];
  /** What other systems and the team were told, in order. */
  readonly told: readonly SimulatedDelivery[];
  /** Runs of other journeys that it began, oldest first; their messages stand with them. */
  readonly enrolled: readonly PlayedRun[];
}

/** A run that waits this often goes round in a loop that nothing ends. */
const mostWaits = 10_000;

/**
 * Plays a journey for one customer on a fake clock: years in milliseconds, no server. The function, the engine and the
 * rules of sending hours are the ones that run in production; consent and contact caps are taken as given.
 *
 * @throws what the journey throws, and an Error for a journey that waits without end
 * @example
 * const played = await simulate(onboarding, { start: Date.UTC(2026, 2, 2, 13), offers: { onboarding: ['tyres'] } });
 * played.messages.map(({ template }) => template); // ['welcome', 'complete-profile', 'offer-warm']
 */
export async function simulate(journey: Journey, scenario: Scenario): Promise<Played> {
  const play = new Play(journey, scenario);
  return play.toTheEnd();
}

const windowsFor = (sendWindow: DailyWindow | undefined): DailyWindow[] =>
  sendWindow ? [contactPolicy.hours, sendWindow] : [contactPolicy.hours];

class Play {
  private now: number;
  private readonly messages: SimulatedMessage[] = [];
  private readonly told: SimulatedDelivery[] = [];
  private lastSms: string | undefined;
  private readonly surveys = new Map<SurveyKind, string>();
  private readonly toCome: JourneyEvent[];
  private readonly enrolment: Enrolment;
  private readonly driver: Driver;
  private readonly subJourneys: ReturnType<typeof createSubJourneys>;

  constructor(
    private readonly journey: Journey,
    private readonly scenario: Scenario,
  ) {
    const { start, events = [] } = scenario;
    this.now = start;
    const entry = journey.entry[0]?.event ?? 'customer.signed_up';
    const trigger = {
      id: 'trigger',
      receivedAt: start,
      ...(scenario.trigger ?? { name: entry, properties: fixedBy(journey.entry[0]?.where) }),
    } as JourneyEvent;
    const properties: Readonly<Record<string, unknown>> = trigger.properties;
    const key = journey.key === undefined ? undefined : properties[journey.key];
    this.enrolment = {
      id: `${journey.name}/simulated#1`,
      journey: journey.name,
      customerId: 'simulated',
      trigger,
      startedAt: start,
      holdout: false,
      ...(typeof key === 'string' && { key }),
    };
    this.toCome = events
      .map(({ after, name, properties }, i) => ({
        id: `event-${i}`,
        name,
        properties,
        receivedAt: start + after,
      }))
      .sort((a, b) => a.receivedAt - b.receivedAt);
    this.subJourneys = createSubJourneys(journey, scenario, simulate);
    this.driver = { now: () => this.now, activities: this.activities() };
  }

  async toTheEnd(): Promise<Played> {
    let state: RunState = initialState({ enrolment: this.enrolment });
    for (let waits = 0; waits < mostWaits; waits++) {
      const burst = new Burst(this.journey, state);
      if (state.pending) {
        const ended = this.waitOut(state.pending, burst);
        if (ended) return this.played(ended, burst);
        await resume(state.pending, burst, this.driver);
      }
      const advanced = await advance(burst, this.driver, guard);
      if (advanced.kind === 'ended') return this.played('completed', burst);
      state = burst.state(advanced.pending);
    }
    throw new Error(`Journey "${this.journey.name}" waited ${mostWaits} times without coming to an end.`);
  }

  /** Lets time pass until the wait is over, or until an event ends the run. */
  private waitOut(pending: PendingWait, burst: Burst): Outcome | undefined {
    for (let next = this.toCome[0]; next && next.receivedAt <= pending.until; next = this.toCome[0]) {
      this.toCome.shift();
      this.now = Math.max(this.now, next.receivedAt);
      const event = this.answering(next);
      if (!concerns(this.journey, this.enrolment.key, event)) continue;
      const ends = endingOf(this.journey, this.enrolment.key, event);
      if (ends) return ends;
      if (pending.events.some((pattern) => matches(event, pattern))) burst.receive(event);
      if (burst.has(pending)) return undefined;
    }
    this.now = Math.max(this.now, pending.until);
    return undefined;
  }

  /** A reply that names no message answers the last text message, as it does in production; a survey's, its last e-mail. */
  private answering(event: JourneyEvent): JourneyEvent {
    const properties: Readonly<Record<string, unknown>> = event.properties;
    const kind = surveyKinds.find((each) => each === properties['survey']);
    const asked = { 'survey.answered': kind && this.surveys.get(kind), 'message.replied': this.lastSms };
    const messageId = event.name in asked ? asked[event.name as keyof typeof asked] : undefined;
    if (messageId === undefined) return event;
    return { ...event, properties: { messageId, ...properties } };
  }

  private played(outcome: Outcome, { journal }: Burst): Played {
    return {
      outcome,
      endedAt: this.now,
      steps: journal,
      messages: this.messages,
      told: this.told,
      enrolled: this.subJourneys.runs,
    };
  }

  private activities(): JourneyActivities {
    const { segments = [], attributes = {}, offers = {}, timeZone = 'America/Sao_Paulo' } = this.scenario;
    return {
      send: async ({ enrolment, step, channel, template, variables, sendWindow }) => {
        const meta: Record<string, { purpose: string } | undefined> = templateMeta[channel];
        const windows = windowsFor(sendWindow);
        const allowed =
          meta[template]?.purpose === 'marketing' ? firstAllowed(this.now, timeZone, windows) : this.now;
        if (allowed === null) return { state: 'failed', reason: 'no-allowed-hour' };
        if (allowed > this.now) return { state: 'deferred', until: allowed };
        this.messages.push({ at: this.now, channel, template, variables });
        const survey = surveyIn(template);
        if (channel === 'sms') this.lastSms = stepKey(enrolment.id, step);
        else if (survey) this.surveys.set(survey, stepKey(enrolment.id, step));
        return { state: 'sent' };
      },
      findBestTime: async ({ templates, sendWindow, atOnce }) => {
        const { hour, channel } = this.scenario.bestTime ?? {};
        const hours = hoursAhead(this.now, timeZone, windowsFor(sendWindow));
        const found = hours.find((each) => each.hour === hour) ?? hours[0];
        const preferred = channel !== undefined && templates[channel] !== undefined ? channel : undefined;
        return {
          channel: preferred ?? (templates.email === undefined ? 'sms' : 'email'),
          hour: found?.hour ?? 0,
          at: atOnce ? this.now : (found?.quarters[0] ?? this.now),
          probability: 1,
          probabilityError: 0,
        };
      },
      decide: async ({ slot, step, count }) =>
        (offers[slot] ?? [])
          .slice(0, count)
          .map((offerId) => ({ offerId, decisionId: step, score: 1, propensity: 1 })),
      assign: async ({ split, weights }) =>
        pickByWeight(weights, chanceOf(`split/${this.journey.name}/${split}`)),
      isInSegment: async ({ segment }) => segment === 'everyone' || segments.includes(segment),
      readAttribute: async ({ name }) => attributes[name as AttributeName] ?? null,
      reachWait: async ({ end }) => this.deadlineOf(end, timeZone),
      callWebhook: async ({ to: name, data }) => this.tell('webhook', name, data),
      alertTeam: async ({ alert: name, data }) => this.tell('alert', name, data),
      enrol: async (request) => {
        this.toCome.push(...(await this.subJourneys.enrol(request, this.now)));
        this.toCome.sort((a, b) => a.receivedAt - b.receivedAt);
      },
      lookBack: async () => null,
      finish: async () => undefined,
    };
  }

  private tell(
    kind: SimulatedDelivery['kind'],
    name: string,
    data: SimulatedDelivery['data'],
  ): { state: 'delivered' } {
    this.told.push({ at: this.now, kind, name, data });
    return { state: 'delivered' };
  }

  private deadlineOf(end: WaitEnd, zone: string): { deadline: number } | { impossible: 'past' | 'missing' } {
    if ('real' in end) return { deadline: end.real };
    if ('elapsed' in end) return { deadline: this.now + end.elapsed };
    const instant = 'instant' in end ? end.instant : localInstant(end.moment, zone, zone);
    if (instant === undefined || !Number.isFinite(instant)) return { impossible: 'missing' };
    return instant > this.now ? { deadline: instant } : { impossible: 'past' };
  }
}
