import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { broadcastKey, type BroadcastGroup } from '../../domain/broadcast';
import { chanceOf } from '../../domain/chance';
import type { ContactPolicy } from '../../domain/contact-policy';
import type { BroadcastDocument } from '../../store/broadcasts';
import type { CustomerDocument } from '../../store/customers';
import type { JourneyActivities, SendRequest } from '../contract';
import { planMessage } from '../messaging/plan';
import type { Pace } from '../messaging/turns';
import type { BroadcastDependencies } from './broadcasts';
import { dueFor } from './due';
import { createGate } from '../gate';

/** What became of some people's messages. */
export interface Delivered {
  /** One for each person. */
  readonly groups: readonly BroadcastGroup[];
  /** The first real instant at which one of those who wait is to be looked at again; Infinity where nobody waits. */
  readonly dueAt: number;
  /** The provider was out of reach. */
  readonly outage: boolean;
}

/** Somebody whose time has come. */
interface Ready {
  readonly request: SendRequest;
  readonly person: CustomerDocument;
  readonly pace: Pace | undefined;
}

interface One {
  readonly group: BroadcastGroup;
  readonly dueAt: number;
  readonly outage?: true;
}

/**
 * Messages that one process has in hand at once, over all ranges: so few that with a mail server that takes six tenths of a
 * second for each none waits longer for a connection than a provider is waited for.
 */
const claimsAtOnce = 120;
/** Of these so many are begun together: they share each read and write, while others are with the mail server. */
const together = 40;
/** Below any journey's own. */
const priority = -1;
/** Milliseconds until a message is looked at again that is in uncertain hands. */
const secondLook = 15_000;
/** A long wait for one's turn says that one is alive this often, milliseconds. */
const pulse = 2_500;

/** Brings a broadcast to people whose time has come, at its rate, by the path that every message takes. */
export function createBroadcastSending({
  store,
  send,
  businessTimeZone,
  rates,
  turns,
  policy,
  now,
}: BroadcastDependencies & { readonly policy: ContactPolicy }) {
  const paceOf = ({ _id, channel, perSecond = Infinity }: BroadcastDocument): Pace | undefined =>
    perSecond < rates[channel] ? { lane: broadcastKey(_id), perSecond } : undefined;

  const oneOfFew = createGate(claimsAtOnce, together);

  const sendOne = async ({ request, person, pace }: Ready, at: number): Promise<One> => {
    if (at > now()) await sleep(at - now());
    try {
      const result = await oneOfFew(() => send(request, { customer: person, pace }));
      if (result.state === 'deferred') return { group: 'waiting', dueAt: result.until };
      return { group: result.state === 'skipped' ? 'suppressed' : result.state, dueAt: Infinity };
    } catch (error) {
      return notNow(error);
    }
  };

  const notNow = (error: unknown): One => {
    const type = error instanceof ApplicationFailure ? error.type : undefined;
    if (type === 'ProviderUnavailable') return { group: 'waiting', dueAt: now() + secondLook, outage: true };
    if (type === 'ClaimHeld' || type === 'DeliveryUncertain') {
      return { group: 'waiting', dueAt: now() + secondLook };
    }
    throw error;
  };

  return async (
    broadcast: BroadcastDocument,
    people: readonly CustomerDocument[],
    heartbeat: () => void,
  ): Promise<Delivered> => {
    const done: One[] = [];
    const ready: Ready[] = [];
    const startsAt = broadcast.startsAt.getTime();
    const pace = paceOf(broadcast);
    const rate = pace?.perSecond ?? rates[broadcast.channel];
    for (const person of people) {
      const due = dueFor(person, {
        at: broadcast.at,
        startsAt,
        hours: policy.hours,
        businessTimeZone,
        now: now(),
      });
      const request = requestFor(broadcast, person);
      if (due === 'too-late') {
        const end = { state: 'suppressed', reason: due } as const;
        await store.messages.drop(planMessage(request), end, new Date(now()));
        done.push({ group: 'suppressed', dueAt: Infinity });
      } else if (due.from > now()) {
        done.push({ group: 'waiting', dueAt: due.from });
      } else {
        ready.push({ request, person, pace });
      }
    }
    const beating = setInterval(heartbeat, pulse);
    try {
      for (let next = 0; next < ready.length;) {
        const count = Math.min(ready.length - next, Math.ceil(rate));
        const instants = await turns.reserve(broadcast.channel, count, pace);
        const some = ready.slice(next, (next += instants.length));
        done.push(...(await Promise.all(some.map((one, n) => sendOne(one, instants[n] ?? now())))));
      }
    } finally {
      clearInterval(beating);
    }
    return {
      groups: done.map(({ group }) => group),
      dueAt: Math.min(Infinity, ...done.map(({ dueAt }) => dueAt)),
      outage: done.some(({ outage }) => outage === true),
    };
  };
}

function requestFor(
  { _id, channel, template, variables, topic, holdout }: BroadcastDocument,
  { _id: customerId, clock }: CustomerDocument,
): Parameters<JourneyActivities['send']>[0] {
  const key = broadcastKey(_id);
  return {
    enrolment: {
      id: key,
      journey: key,
      customerId,
      holdout: chanceOf(`holdout/${key}/${customerId}`) * 100 < holdout,
      ...(clock && { clock }),
    },
    step: customerId,
    channel,
    template,
    variables,
    priority,
    ...(topic && { topic }),
  };
}
