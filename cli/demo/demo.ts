import { setTimeout as sleep } from 'node:timers/promises';
import { realTime } from '../../domain/clock';
import { journeys } from '../../workflows/journeys';
import { offerModels } from '../../activities/decisions/model';
import { root } from '../setup/index';
import { createApiClient, type ApiClient } from './api-client';
import { nextRun, readPast, sharedTransactions } from './cast';
import { catalogue, type CatalogueOffer } from './catalogue';
import { takeCensus } from './census';
import { createLife } from './life';
import { calendarOf, demoClock } from './pace';
import { idsOf, invent, prefixOf } from './people';
import { startPlay, trigger, type Play } from './play';
import { describeSummary, linksOf, offersOf, type Summary } from './summary';
import type { DemoTarget } from './target';
import type { View } from './view';

/** What a demonstration is made of. */
export interface DemoOptions {
  /** How many customers, with a past and without. */
  readonly customers: number;
  readonly days: number;
  /** How long one of their days lasts, real milliseconds. */
  readonly dayLength: number;
  /** A file of transactions. Absent: the shared one where there is one, else invented purchases. */
  readonly transactions?: string;
  /** Ends the demonstration early, with a summary of what was. */
  readonly signal: AbortSignal;
}

/** Share of the customers who have a past. */
const regularShare = 0.5;
/** How long, in real milliseconds, the last lesson of the model is waited for. */
const lessonPatience = 10_000;

/** Plays a dealership's customers through a running system, over its HTTP API, on a fast clock. Gives the summary, also as text. */
export async function runDemo(
  target: DemoTarget,
  options: DemoOptions,
  view: View,
): Promise<{ readonly summary: Summary; readonly text: string }> {
  const { configuration, store } = target;
  const { currency } = configuration.business;
  const startedAt = Date.now();
  const api = createApiClient(configuration.http.publicUrl, configuration.keys);
  const run = await nextRun(store);
  const offers = new Map(catalogue(currency).map((offer) => [offer.id, offer]));
  const count = Math.round(options.customers * regularShare);
  const past = await readPast(
    { named: options.transactions, fallback: sharedTransactions(root) },
    { count, run, now: startedAt },
  );
  await putCatalogue(api, offers);
  await api.putAlert('unhappy-after-service', ['workshop@example.com']);
  view.say(
    `Demonstration ${run}: ${offers.size} offers, ${options.customers} customers, ${past.histories.length} with a past ${past.source === 'file' ? 'that real customers had' : 'that is invented'}`,
  );

  const people = Array.from({ length: options.customers }, (_, i) => {
    const bought = past.histories[i] ?? [];
    return { person: invent(run, i + 1, bought.length > 0), past: bought };
  });
  const fast = demoClock(Date.now(), options.dayLength);
  const calendar = calendarOf(fast, options.days);
  const clock = { ...fast, until: realTime(fast, calendar.end) };
  const at = new Date();
  await store.customers.saveProfiles(people.map(({ person }) => ({ id: person.id, change: { clock }, at })));
  const lives = people.map((one) => createLife({ ...one, offers, currency }));
  const play = startPlay({ run, target, api, lives, clock, calendar, signal: options.signal });
  await watch(play, { target, run, view, days: options.days, day: () => calendar.elapsedDays() });
  const lastDay = Math.min(options.days, Math.floor(calendar.elapsedDays()));
  await learnTheRest(target);
  view.end();

  const census = await takeCensus(store, run);
  const summary: Summary = {
    run,
    customerPrefix: prefixOf(run),
    interrupted: options.signal.aborted,
    customers: { regulars: past.histories.length, newcomers: people.length - past.histories.length },
    history: { purchases: past.histories.flat().length, source: past.source },
    days: lastDay,
    seconds: Math.round((Date.now() - startedAt) / 1_000),
    events: play.sent(),
    runs: Object.fromEntries(census.runs),
    messages: census.messages,
    decisions: census.decisions,
    offers: offersOf(census),
    model: await lessonsOf(target, run),
    links: linksOf(configuration, { prefix: prefixOf(run), journeys: journeys.map(({ name }) => name) }),
  };
  return { summary, text: describeSummary(summary, census, offers) };
}

async function putCatalogue(api: ApiClient, offers: ReadonlyMap<string, CatalogueOffer>): Promise<void> {
  await Promise.all([...offers.values()].map(({ id, body }) => api.putOffer(id, body)));
}

/** Shows how a play goes until it is over. */
async function watch(
  play: Play,
  {
    target,
    run,
    view,
    day,
    days,
  }: { target: DemoTarget; run: number; view: View; day: () => number; days: number },
): Promise<void> {
  let isOver = false;
  const over = play.done.finally(() => (isOver = true));
  over.catch(() => undefined);
  while (!isOver) {
    const census = await takeCensus(target.store, run);
    view.show({ day: day(), days, sent: play.sent(), census });
    await Promise.race([over, sleep(view.pause)]);
  }
  await over;
}

/** Lets the model learn from what the last days brought. */
async function learnTheRest(target: DemoTarget): Promise<void> {
  await trigger(target, 'learning');
  const until = Date.now() + lessonPatience;
  while (Date.now() < until && (await target.store.outcomes.anyPending())) await sleep(250);
}

async function lessonsOf({ store }: DemoTarget, run: number): Promise<Summary['model']> {
  const [model, outcomesLearned] = await Promise.all([
    offerModels(store).latest(),
    store.outcomes.collection.countDocuments({ customerId: idsOf(run), folded: { $exists: true } }),
  ]);
  return { version: model?.version ?? 0, outcomesLearned };
}
