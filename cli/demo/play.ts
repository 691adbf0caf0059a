import { setTimeout as sleep } from 'node:timers/promises';
import { ScheduleNotFoundError } from '@temporalio/client';
import { signLink } from '../../activities/messaging/links';
import { customerTime, type CustomerClock } from '../../domain/clock';
import type { Currency } from '../../domain/money';
import { createAgenda } from './agenda';
import type { ApiClient, TrackingItem } from './api-client';
import { importOf } from './cast';
import type { Planned } from './act';
import type { Life, Received } from './life';
import type { Calendar } from './pace';
import { idsOf } from './people';
import type { DemoTarget } from './target';

/** What plays and on what. */
export interface PlayOptions {
  readonly run: number;
  readonly target: DemoTarget;
  readonly api: ApiClient;
  readonly lives: readonly Life[];
  readonly clock: CustomerClock;
  readonly calendar: Calendar;
  /** Ends the play early. */
  readonly signal: AbortSignal;
}

/** A play that goes on. */
export interface Play {
  /** Events sent so far. */
  readonly sent: () => number;
  /** Resolves when the last day is over, or the play was ended early. */
  readonly done: Promise<void>;
}

/** Real milliseconds between two looks at the agenda, and at what was sent. */
const tick = 50;
const glance = 500;
/** Customer days between two searches for lapsed customers, and between two lessons of the model. */
const rhythm = { lapse: 8, learning: 5 };
/** Most calls to the API at once. */
const concurrency = 8;

type Scheduled = Planned & { readonly life: Life };

/** Starts to play lives: what they plan, and what they do about the messages that the system really sends them. */
export function startPlay(options: PlayOptions): Play {
  const { run, target, api, lives, clock, calendar, signal } = options;
  const { currency } = target.configuration.business;
  const agenda = createAgenda<Scheduled>();
  const byId = new Map(lives.map((life) => [life.person.id, life]));
  const add = (life: Life, planned: readonly Planned[]) =>
    agenda.add(planned.filter(({ at }) => at <= calendar.end).map((one) => ({ ...one, life })));
  let sent = 0;
  let acts = 0;

  async function act(due: readonly Scheduled[]): Promise<void> {
    const signUps = due.filter(({ act: { kind } }) => kind === 'sign-up');
    await eachOf(signUps, ({ life }) => api.signUp(life.person));
    const items = due.flatMap((one) => itemsOf(one, { number: ++acts, currency }));
    if (items.length > 0) await api.track(items);
    sent += signUps.length + items.length;
    await eachOf(due, (one) => actAlone(one));
  }

  async function actAlone({ life, act, at }: Scheduled): Promise<void> {
    const { id, phone } = life.person;
    const { keys, http, sms } = target.configuration;
    switch (act.kind) {
      case 'browse':
        add(life, life.see(await api.decide(id, act.slot), at));
        return;
      case 'answer-offer':
        await api.answerOffer(act.decisionId, act.offerId, act.response);
        return;
      case 'unsubscribe': {
        const link = { kind: 'unsubscribe', customerId: id, ...act.from } as const;
        await api.press(`${http.publicUrl}/u/${signLink(link, keys.secret)}`);
        return;
      }
      case 'answer-survey': {
        const link = { kind: 'survey', customerId: id, messageId: act.messageId } as const;
        await api.press(`${http.publicUrl}/s/${signLink(link, keys.secret)}`, { score: String(act.score) });
        return;
      }
      case 'text':
        if (sms.twilio && phone !== undefined) await answerText(sms.twilio.baseUrl, phone, act.body);
        return;
      default:
        return;
    }
  }

  const reactions = watchMessages(target, run, (message) => {
    const life = byId.get(message.customerId);
    if (life) add(life, life.receive(message, customerTime(clock, message.sentAt.getTime())));
  });

  async function play(): Promise<void> {
    for (const life of lives) add(life, life.plan(calendar));
    const operations = [
      every(rhythm.lapse, () => trigger(target, 'lapse')),
      every(rhythm.learning, () => trigger(target, 'learning')),
    ];
    let looked = 0;
    while (calendar.now() < calendar.end && !signal.aborted) {
      const began = Date.now();
      if (began - looked >= glance) {
        looked = began;
        await reactions();
        for (const operation of operations) await operation(calendar.elapsedDays());
      }
      await act(agenda.due(calendar.now()));
      await sleep(Math.max(0, tick - (Date.now() - began)));
    }
  }

  return { sent: () => sent, done: play() };
}

/** The calls that tell of an act; `number` is different for each. */
function itemsOf(
  { life, act, at }: Scheduled,
  { number, currency }: { readonly number: number; readonly currency: Currency },
): TrackingItem[] {
  const { id } = life.person;
  const call = { userId: id, messageId: `${id}-e${number}`, timestamp: new Date(at).toISOString() };
  switch (act.kind) {
    case 'tell':
      return [{ ...call, type: 'track', event: act.event.name, properties: act.event.properties }];
    case 'join':
      return importOf(life, currency);
    case 'look':
      return [{ ...call, type: 'page', name: act.page }];
    default:
      return [];
  }
}

type Sent = Received & { readonly customerId: string; readonly sentAt: Date };

/** Gives a function that tells of each message to a run's customers that was sent since it was last called. */
function watchMessages({ store }: DemoTarget, run: number, tell: (sent: Sent) => void): () => Promise<void> {
  const told = new Set<string>();
  let since = new Date();
  return async () => {
    const found = await store.messages.collection
      .find({ customerId: idsOf(run), sentAt: { $gte: since } })
      .project<Sent>({
        customerId: 1,
        template: 1,
        channel: 1,
        topic: 1,
        purpose: 1,
        offerId: 1,
        decisionId: 1,
        sentAt: 1,
      })
      .toArray();
    // A message may be recorded a little after others that were sent later.
    since = new Date(Date.now() - 5_000);
    for (const message of found) {
      if (told.has(message._id)) continue;
      told.add(message._id);
      tell(message);
    }
  };
}

/** A function that does something when so many days have passed since it last did. */
function every(days: number, work: () => Promise<void>): (day: number) => Promise<void> {
  let next = days;
  return async (day) => {
    if (day < next) return;
    next += days;
    await work();
  };
}

/** Starts a scheduled operation now. @throws Error - the worker has not made the schedule */
export async function trigger({ temporal }: DemoTarget, schedule: 'lapse' | 'learning'): Promise<void> {
  try {
    await temporal.schedule.getHandle(schedule).trigger();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new Error(`There is no schedule "${schedule}": a worker makes it when it starts.`, {
      cause: error,
    });
  }
}

/** Answers the last text message in a customer's name, on the page of the SMS stand-in. */
async function answerText(standIn: string, from: string, body: string): Promise<void> {
  const response = await fetch(`${standIn}/answers`, {
    method: 'POST',
    body: new URLSearchParams({ from, body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(15_000),
  });
  await response.arrayBuffer();
}

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const one = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, one));
}
