import type { WaitEnd, WaitRequest } from '../../activities/contract';
import { attributeNames, type AttributeName } from '../../domain/attributes';
import { chanceOf, pickByWeight } from '../../domain/chance';
import { customerTime } from '../../domain/clock';
import type { JourneyEvent, WaitPattern } from '../../domain/events';
import type { Channel } from '../../domain/messages';
import type { Burst, Driver } from './burst';
import type { JourneyContext, MessageOptions } from './context';
import type { Pass, Performed } from './pass';
import type { PendingWait } from './run-state';
import { spanName } from './span-name';

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

  const message = (
    channel: Channel,
    template: string,
    variables: object = {},
    { id, topic }: MessageOptions = {},
  ) =>
    pass.step({
      base: id ?? `${channel}:${template}`,
      passedOver: () => ({ state: 'skipped' }),
      perform: async (step) => {
        const began = driver.now();
        const sent = await activities.send({
          enrolment: burst.ref,
          step,
          channel,
          template,
          variables: { ...variables },
          priority: journey.priority,
          ...(journey.sendWindow && { sendWindow: journey.sendWindow }),
          ...(topic && { topic }),
        });
        if (sent.state !== 'deferred') return result(sent, began);
        return wait(step, 'send', { real: sent.until }, []);
      },
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

  const context: JourneyContext = {
    customerId: enrolment.customerId,
    trigger: enrolment.trigger as JourneyContext['trigger'],
    key: enrolment.key ?? '',
    email: ((template: string, variables?: object, options?: MessageOptions) =>
      message('email', template, variables, options)) as JourneyContext['email'],
    sms: ((template: string, variables?: object, options?: MessageOptions) =>
      message('sms', template, variables, options)) as JourneyContext['sms'],

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

    waitFor: ((event, { id, where, ...span }) =>
      pass.step({
        base: id ?? `waitFor:${event}`,
        passedOver: () => null,
        perform: async (step) => {
          const end: WaitEnd = 'within' in span ? { elapsed: span.within } : { instant: span.until };
          const performed = await wait(step, 'waitFor', end, [
            {
              event,
              ...(where && { where: where }),
              ...(journey.key !== undefined &&
                enrolment.key !== undefined && { about: { property: journey.key, value: enrolment.key } }),
            },
          ]);
          const came = performed.kind === 'result' && typeof performed.value === 'object';
          return performed.kind === 'result' && !came ? result(null, performed.at) : performed;
        },
      })) as JourneyContext['waitFor'],

    split: ((name, weights) => {
      const arm = pickByWeight(weights, chanceOf(`split/${journey.name}/${name}/${enrolment.customerId}`));
      return ask(`split:${name}`, arm, () => Promise.resolve(arm));
    }) as JourneyContext['split'],

    nextBestOffer: (({ id, slot, count = 1 }) =>
      ask(id ?? `offer:${slot}`, [], (step) =>
        activities.decide({ enrolment: burst.ref, step, slot, count }),
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
