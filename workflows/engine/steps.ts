import type { WaitEnd, WaitRequest } from '../../activities/contract';
import { attributeNames, type AttributeName } from '../../domain/attributes';
import { chanceOf, pickByWeight } from '../../domain/chance';
import { customerTime } from '../../domain/clock';
import type { JourneyEvent, WaitPattern } from '../../domain/events';
import type { BestTime, MessageTiming } from '../../domain/best-time';
import { channels, type Channel, type Topic } from '../../domain/messages';
import { templateMeta } from '../../domain/templates.gen';
import { answerSteps } from './answers';
import type { Burst, Driver } from './burst';
import type { JourneyContext, TimedOptions } from './context';
import { deliverySteps } from './deliveries';
import { enrolStep } from './enrol';
import type { Pass, Performed } from './pass';
import type { PendingWait } from './run-state';
import { spanName } from './span-name';

type Templates = Partial<Readonly<Record<Channel, string>>>;

/** What a message says, whichever way it goes. */
interface Wanted {
  readonly variables: object;
  readonly topic: Topic | undefined;
  readonly time?: BestTime | null;
}

/** The `c` of one pass: turns each call into a step. */
export function stepsOf(pass: Pass, burst: Burst, driver: Driver): JourneyContext {
  const { enrolment, journey } = burst;
  const { activities } = driver;

  const result = (value: unknown, at: number): Performed => ({ kind: 'result', value, at });

  /** A step that asks an activity and takes its answer as the result. */
  const ask = (base: string, passedOver: unknown, answer: (step: string) => Promise<unknown>) =>
    pass.step({
      base,
      passedOver: () => passedOver,
      perform: async (step) => {
        const began = driver.now();
        return result(await answer(step), began);
      },
    });

  /** Sends one message, not before its best time if it has one. */
  const deliver = (
    base: string,
    { channel, template, variables, topic, time }: Wanted & { channel: Channel; template: string },
  ) =>
    pass.step({
      base,
      passedOver: () => ({ state: 'skipped' }),
      perform: async (step) => {
        const began = driver.now();
        if (time && time.at > began) return wait(step, 'send', { real: time.at }, []);
        const sent = await activities.send({
          ...common({ variables, topic }),
          step,
          channel,
          template,
          ...(time && { timing: timingOf(time) }),
        });
        if (sent.state !== 'deferred') return result(sent, began);
        return wait(step, 'send', { real: sent.until }, []);
      },
    });

  const message = (
    channel: Channel,
    template: string,
    variables: object = {},
    { id, topic, at }: TimedOptions = {},
  ): Promise<unknown> => {
    const base = id ?? `${channel}:${template}`;
    const wanted = { variables, topic };
    if (at === undefined) return deliver(base, { ...wanted, channel, template });
    return timed(base, { [channel]: template }, { ...wanted, atOnce: false });
  };

  /** Chooses hour and channel in a step of its own, then sends. */
  const timed = async (
    base: string,
    templates: Templates,
    { variables, topic, atOnce }: Wanted & { atOnce: boolean },
  ): Promise<unknown> => {
    refuseTransactional(templates);
    const request = { ...common({ variables, topic }), step: pass.upcoming(base), templates, atOnce };
    const time = (await ask(`time:${base}`, null, () => activities.findBestTime(request))) as BestTime | null;
    // Where the journey was edited since, the chosen channel may be gone.
    const chosen = time && templates[time.channel] !== undefined ? time.channel : undefined;
    const channel = chosen ?? (templates.email === undefined ? 'sms' : 'email');
    return deliver(base, { variables, topic, time, channel, template: templates[channel] ?? '' });
  };

  /** What every request for a message says. */
  const common = ({ variables, topic }: Wanted) => ({
    enrolment: burst.ref,
    variables: { ...variables },
    priority: journey.priority,
    ...(journey.sendWindow && { sendWindow: journey.sendWindow }),
    ...(topic && { topic }),
  });

  /** Records the wait with the ledger; the run stops there unless the event has come or the moment cannot be waited for. */
  const wait = async (
    step: string,
    kind: PendingWait['kind'],
    end: WaitEnd,
    events: readonly WaitPattern[],
  ): Promise<Performed> => {
    const { since } = burst;
    const came = (event: JourneyEvent): Performed => {
      burst.markSeen(event);
      burst.since = event.receivedAt;
      return result(event, event.receivedAt);
    };
    const waiting = burst.takeFromInbox(events, since);
    if (waiting) return came(waiting);
    const request: WaitRequest = {
      enrolment: burst.ref,
      step,
      kind,
      end,
      events,
      since,
      seen: burst.seenIds,
      trace: burst.report(),
    };
    const reached = await activities.reachWait(request);
    if ('impossible' in reached) return result(reached.impossible, driver.now());
    if ('event' in reached) return came(reached.event);
    return { kind: 'wait', pending: { step, kind, until: reached.deadline, since, events } };
  };

  /** Waits for an event that a pattern describes. */
  const waitForEvent = (base: string, end: WaitEnd, pattern: WaitPattern) =>
    pass.step({
      base,
      passedOver: () => null,
      perform: async (step) => {
        const performed = await wait(step, 'waitFor', end, [pattern]);
        const came = performed.kind === 'result' && typeof performed.value === 'object';
        return performed.kind === 'result' && !came ? result(null, performed.at) : performed;
      },
    });

  const split = (name: string, weights: Readonly<Record<string, number>>, adaptive: boolean) =>
    ask(
      `split:${name}`,
      pickByWeight(weights, chanceOf(`split/${journey.name}/${name}/${enrolment.customerId}`)),
      () => activities.assign({ enrolment: burst.ref, split: name, weights, adaptive }),
    );

  const context: JourneyContext = {
    customerId: enrolment.customerId,
    trigger: enrolment.trigger as JourneyContext['trigger'],
    key: enrolment.key ?? '',
    email: ((template: string, variables?: object, options?: TimedOptions) =>
      message('email', template, variables, options)) as JourneyContext['email'],
    sms: ((template: string, variables?: object, options?: TimedOptions) =>
      message('sms', template, variables, options)) as JourneyContext['sms'],
    message: ((
      templates: { email: string; sms: string },
      variables: object = {},
      options: TimedOptions = {},
    ) => {
      const { email, sms } = templates;
      const base = options.id ?? `message:${email === sms ? email : `${email}+${sms}`}`;
      const { topic, at } = options;
      return timed(base, { email, sms }, { variables, topic, atOnce: at === undefined });
    }) as JourneyContext['message'],

    async wait(duration, { id } = {}) {
      await pass.step({
        base: id ?? `wait:${spanName(duration)}`,
        ...(id === undefined && { anonymous: 'wait' }),
        passedOver: () => null,
        perform: (step) => wait(step, 'wait', { elapsed: duration }, []),
      });
    },

    waitUntil: ((moment, { id, otherwise }) =>
      pass.step({
        base: id ?? `waitUntil:${moment.time}`,
        ...(id === undefined && { anonymous: 'waitUntil' }),
        passedOver: () => 'past',
        perform: async (step) => {
          const performed = await wait(step, 'waitUntil', { moment }, []);
          return performed.kind === 'result' && otherwise === 'end' ? { kind: 'end' } : performed;
        },
      })) as JourneyContext['waitUntil'],

    waitFor: ((event, { id, where, ...span }) => {
      const end: WaitEnd = 'within' in span ? { elapsed: span.within } : { instant: span.until };
      return waitForEvent(id ?? `waitFor:${event}`, end, {
        event,
        ...(where && { where: where }),
        ...(journey.key !== undefined &&
          enrolment.key !== undefined && { about: { property: journey.key, value: enrolment.key } }),
      });
    }) as JourneyContext['waitFor'],

    ...deliverySteps({
      pass,
      burst,
      driver,
      putOff: (step, until) => wait(step, 'send', { real: until }, []),
    }),

    ...answerSteps({
      pass,
      burst,
      message,
      waitFor: (base, within, pattern) => waitForEvent(base, { elapsed: within }, pattern),
    }),

    enrol: enrolStep({
      pass,
      burst,
      driver,
      waitIn: (step, until, pattern) => wait(step, 'waitFor', { real: until }, [pattern]),
      waitFor: (base, within, pattern) => waitForEvent(base, { elapsed: within }, pattern),
    }),

    split: ((name, weights) => split(name, weights, false)) as JourneyContext['split'],

    adaptiveSplit: ((name, arms) =>
      split(name, Object.fromEntries(arms.map((arm) => [arm, 1])), true)) as JourneyContext['adaptiveSplit'],

    nextBestOffer: (({ id, slot, count = 1, diverse = false }) =>
      ask(id ?? `offer:${slot}`, [], (step) =>
        activities.decide({ enrolment: burst.ref, step, slot, count, ...(diverse && { diverse }) }),
      )) as JourneyContext['nextBestOffer'],

    is: ((segment, { id } = {}) =>
      ask(id ?? `is:${segment}`, false, () =>
        activities.isInSegment({ customerId: enrolment.customerId, segment }),
      )) as JourneyContext['is'],

    attribute: ((name: AttributeName, { id } = {}) => {
      if (!attributeNames.includes(name)) {
        throw new TypeError(
          `c.attribute("${name}"): only attributes listed in domain/attributes.ts may be read.`,
        );
      }
      return ask(id ?? `attribute:${name}`, null, () =>
        activities.readAttribute({ customerId: enrolment.customerId, name }),
      );
    }) as JourneyContext['attribute'],

    now: () => customerTime(enrolment.clock, pass.latest()?.at ?? enrolment.startedAt),
    random: () => chanceOf(`random/${enrolment.id}/${pass.count('random')}`),
  };
  return context;
}

/** What the ledger keeps of a choice. */
const timingOf = ({ hour, probability, probabilityError }: BestTime): MessageTiming => ({
  hour,
  probability,
  probabilityError,
});

/** @throws TypeError for a message that answers a person's own act, which is never to wait */
function refuseTransactional(templates: Templates): void {
  for (const channel of channels) {
    const name = templates[channel];
    const metas: Readonly<Record<string, { purpose: string }>> = templateMeta[channel];
    if (name === undefined || metas[name]?.purpose !== 'transactional') continue;
    throw new TypeError(
      `"${name}" is transactional: it goes at once. Only marketing may wait for its best time or choose its channel.`,
    );
  }
}
