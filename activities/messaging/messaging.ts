import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { customerTime, realTime } from '../../domain/clock';
import { contactPolicy, type ContactPolicy } from '../../domain/contact-policy';
import type { CustomerDocument } from '../../store/customers';
import type { Lesson, MessageDocument, MessagePlan } from '../../store/messages';
import type { Store } from '../../store/store';
import { answerWindow } from '../best-time/counts';
import { localDate, localHour } from '../calendar';
import type { SendRequest, SendResult } from '../contract';
import { createChecks, createLastLook, type Verdict } from './checks';
import { createComposer, type ComposeDependencies, type Letter } from './compose';
import { createContactCaps, type LocalLife } from './contact-caps';
import { createDispatch } from './dispatch';
import { planMessage, segmentLimit } from './plan';
import type { HandoverLog } from './handover-log';
import type { EmailProvider, SmsProvider } from './providers';
import { createRecovery } from './recovery';
import type { Pace, Turns } from './turns';
import { createWriting } from './writing';

export interface MessagingDependencies extends ComposeDependencies {
  readonly store: Pick<
    Store,
    | 'customers'
    | 'consents'
    | 'transaction'
    | 'journeys'
    | 'links'
    | 'offers'
    | 'messages'
    | 'suppressions'
    | 'contactCounts'
    | 'sendSlots'
  >;
  readonly email: EmailProvider;
  /** Null: this installation sends no text messages, and each one asked for fails with `no-sms-provider`. */
  readonly sms: SmsProvider | null;
  readonly handovers: HandoverLog;
  readonly turns: Pick<Turns, 'next'>;
  /** {@link contactPolicy} by default. */
  readonly policy?: ContactPolicy;
  /** Real epoch milliseconds. */
  readonly now: () => number;
  readonly log: Pick<Logger, 'debug'>;
}

/**
 * For how long an attempt that takes a message may send it before others see to it, milliseconds. Longer than any
 * provider call takes.
 */
export const claimTime = 60_000;

/** What is to happen to a message. */
type Decision =
  | {
      readonly kind: 'send';
      readonly letter: Letter;
      readonly life: LocalLife;
      /** Clicks are recorded: that none comes says something. */
      readonly isTracked: boolean;
    }
  | Exclude<Verdict, { kind: 'send' }>;

/** What is to be learned of a message that goes at a real instant. */
function lessonOf({ zone, clock }: LocalLife, at: number): Lesson {
  const time = customerTime(clock, at);
  return { at: new Date(realTime(clock, time + answerWindow)), hour: localHour(time, zone) };
}

/** Sends messages: each once, when everything allows it, with a record of what became of it. */
export interface Messaging {
  readonly send: (request: SendRequest, aside?: Aside) => Promise<SendResult>;
}

/** What whoever sends many messages knows besides each. */
export interface Aside {
  /** The customer where they were just read, so that they need not be read again. */
  readonly customer?: CustomerDocument;
  /** The rate of its own that the message keeps to besides its channel's. */
  readonly pace?: Pace | undefined;
}

/** Makes what sends messages. */
export function createMessaging(dependencies: MessagingDependencies): Messaging {
  const {
    store,
    configuration,
    email,
    sms,
    handovers,
    turns,
    policy = contactPolicy,
    now,
    log,
  } = dependencies;
  const check = createChecks({
    store,
    policy,
    now,
    businessTimeZone: configuration.business.timeZone,
    globalHoldout: configuration.globalHoldout,
    rates: { email: configuration.email.ratePerSecond, sms: configuration.sms.ratePerSecond },
  });
  const write = createWriting(createComposer(dependencies));
  const caps = createContactCaps({ store, policy, now });
  const dispatch = createDispatch({
    store,
    caps,
    lastLook: createLastLook({ store, now }),
    email,
    sms,
    turns,
    now,
  });
  const recover = createRecovery({ store, sms, handovers, now });

  const decide = async (
    plan: MessagePlan,
    request: SendRequest,
    known?: CustomerDocument,
  ): Promise<Decision> => {
    const verdict = await check(plan, request, known);
    if (verdict.kind !== 'send') return verdict;
    const { recipient } = verdict;
    const offer = plan.offerId === undefined ? null : await store.offers.find(plan.offerId);
    if (plan.offerId !== undefined && !offer) {
      return { kind: 'drop', end: { state: 'failed', reason: 'offer-gone' } };
    }
    const { letter, links } = await write(plan, { recipient, variables: request.variables, offer });
    if (letter.channel === 'sms' && letter.segments > segmentLimit(plan.template)) {
      return { kind: 'drop', end: { state: 'failed', reason: 'too-many-segments' } };
    }
    // Before the message goes: a link that somebody has must lead on, whatever breaks off in between.
    if (links) await store.links.put(links);
    return {
      kind: 'send',
      letter,
      life: { zone: recipient.zone, clock: request.enrolment.clock },
      isTracked: configuration.tracking && recipient.customer.tracking !== false,
    };
  };

  /** Does what was decided if the message is new or planned; gives it as it is where it is past that. */
  const act = async (
    plan: MessagePlan,
    decision: Decision,
    pace: Pace | undefined,
  ): Promise<SendResult | MessageDocument> => {
    const at = new Date(now());
    switch (decision.kind) {
      case 'drop':
        return (await store.messages.drop(plan, decision.end, at)) ?? decision.end;
      case 'hold': {
        const { heldBy, until } = decision;
        const existing = await store.messages.hold(plan, heldBy, { at, until: new Date(until) });
        return existing ?? { state: 'deferred', until };
      }
      case 'send': {
        const { letter, life, isTracked } = decision;
        const token = randomUUID();
        const handover = handovers.begin(token);
        const existing = await store.messages.claim(plan, {
          token,
          ...(handover.log !== undefined && { log: handover.log }),
          at,
          until: new Date(at.getTime() + claimTime),
          provider: (letter.channel === 'email' ? email : sms)?.name ?? 'none',
          localDay: localDate(customerTime(life.clock, at.getTime()), life.zone),
          ...(letter.channel === 'sms' && { segments: letter.segments }),
          ...(plan.purpose === 'marketing' && isTracked && { lesson: lessonOf(life, at.getTime()) }),
        });
        if (!existing) return dispatch({ plan, token, letter, life, handover, pace });
        handover.settled();
        return existing;
      }
      default:
        return decision satisfies never;
    }
  };

  return {
    async send(request, { customer, pace } = {}) {
      const plan = planMessage(request);
      const decision = await decide(plan, request, customer);
      const letter = decision.kind === 'send' ? decision.letter : null;
      for (;;) {
        const outcome = await act(plan, decision, pace);
        const result = '_id' in outcome ? await recover(outcome, letter) : outcome;
        if (!result) continue;
        log.debug({ messageId: plan._id, template: plan.template, ...result }, 'message settled');
        return result;
      }
    },
  };
}
