import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createTransport } from 'nodemailer';
import { broadcastKey } from '../domain/broadcast';
import { winback } from '../workflows/journeys/winback';
import { costEach, costOf } from './cost';
import { zoneAtNoon } from './marketing';
import { openPlace, type Place } from './place';
import { measureLatency } from './signups';

const usage = `npm run bench:broadcast [-- --people N] [--past N] [--kills N]
  --people  people of the segment; 5000 where not given
  --past    messages that each of them got before, a week from one to the next; none where not given
  --kills   how often the worker is killed with SIGKILL in a second broadcast; 3 where not given`;

/** A text as long as that of a rendered e-mail, about. */
const filling = '<p>Ol\u00e1, Ana! Faz tempo que n\u00e3o nos vemos.</p>\n'.repeat(150);

/** How fast Nodemailer alone brings an e-mail of its own to each of some people, over five kept connections. */
async function bareNodemailer({ sink, smtpUrl }: Place, people: number): Promise<number> {
  await sink.clear();
  const transport = createTransport({ url: smtpUrl, pool: true, maxConnections: 5, maxMessages: 1_000 });
  const began = Date.now();
  await Promise.all(
    Array.from({ length: people }, (_, n) =>
      transport.sendMail({
        from: 'ola@perene.example',
        to: `bare-${n}@customers.example`,
        subject: 'Sentimos sua falta',
        html: filling,
        text: filling,
      }),
    ),
  );
  transport.close();
  return (people * 1_000) / (Date.now() - began);
}

const begin = ({ http }: Place, id: string) =>
  http.admin('POST', '/v1/broadcasts', { id, segment: 'everyone', channel: 'email', template: 'winback' });

const isOver = async ({ store }: Place, id: string): Promise<boolean> =>
  (await store.broadcasts.find(id))?.state === 'completed';

const week = 7 * 86_400_000;

/** What some people got in former weeks. */
async function addPast({ store }: Place, ids: readonly string[], past: number): Promise<void> {
  for (let n = 1; n <= past; n++) {
    const at = new Date(Date.now() - n * week);
    await store.messages.collection.insertMany(
      ids.map((customerId) => {
        const enrolmentId = `${winback.name}/${customerId}#${n}`;
        return {
          ...{
            _id: `${enrolmentId}/email:1`,
            customerId,
            enrolmentId,
            journey: winback.name,
            step: 'email:1',
          },
          ...{ channel: 'email', template: 'winback', purpose: 'marketing', topic: 'offers', priority: 0 },
          ...{ state: 'sent', createdAt: at, claimedAt: at, sentAt: at, updatedAt: at, attempts: 1 },
        };
      }),
      { ordered: false },
    );
  }
}

async function enter({ store }: Place, prefix: string, people: number): Promise<string[]> {
  await store.customers.collection.deleteMany({});
  const at = new Date();
  const email = { granted: true, at, source: 'bench' };
  const timeZone = zoneAtNoon();
  const ids = Array.from({ length: people }, (_, n) => `${prefix}-${String(n).padStart(6, '0')}`);
  await store.customers.collection.insertMany(
    ids.map((_id) => {
      return {
        _id,
        email: `${_id}@customers.example`,
        firstName: 'Ana',
        timeZone,
        attributes: {},
        consent: { email },
        createdAt: at,
        updatedAt: at,
      };
    }),
  );
  return ids;
}

/** A broadcast as fast as it goes. Actions are those of its workflow, each activity one. */
async function measure(place: Place, { people, past }: { people: number; past: number }) {
  await addPast(place, await enter(place, 'calm', people), past);
  await place.sink.clear();
  const before = costOf(place.processes);
  const began = Date.now();
  await begin(place, 'calm');
  while ((await place.sink.count()) < people) await sleep(20);
  const seconds = (Math.max(...(await place.sink.accepted()).values()) - began) / 1_000;
  const cost = costEach(before, costOf(place.processes), people);
  while (!(await isOver(place, 'calm'))) await sleep(50);
  await sleep(500);
  const { events } = await place.client.workflow.getHandle(broadcastKey('calm')).fetchHistory();
  const actions = (events ?? []).filter(
    ({ activityTaskScheduledEventAttributes: activity, timerStartedEventAttributes: timer }) =>
      activity ?? timer,
  ).length;
  return { perSecond: people / seconds, actionsEach: (actions + 1) / people, cost };
}

/** Signups to their welcome e-mail while a broadcast runs, milliseconds. */
async function measureBeside(place: Place, people: number) {
  const quiet = await measureLatency(place, { perSecond: 5, seconds: 8, name: 'quiet' });
  await enter(place, 'busy', people);
  await begin(place, 'busy');
  const busy = await measureLatency(place, { perSecond: 5, seconds: 8, name: 'beside' });
  const stillRan = !(await isOver(place, 'busy'));
  while (!(await isOver(place, 'busy'))) await sleep(100);
  return { quiet, busy, stillRan };
}

/** A broadcast whose worker is killed: how many copies too many came, and to how many nothing came. */
async function measureKilled(place: Place, { people, kills }: { people: number; kills: number }) {
  await enter(place, 'killed', people);
  await place.sink.clear();
  let worker = await place.spawnWorker();
  await begin(place, 'killed');
  for (let n = 1; n <= kills; n++) {
    while ((await place.sink.count()) < (people * n) / (kills + 1)) await sleep(5);
    await sleep(Math.random() * 100);
    process.kill(-worker.pid, 'SIGKILL');
    await worker.ended;
    worker = await place.spawnWorker();
  }
  while (!(await isOver(place, 'killed'))) await sleep(200);
  const states = await place.store.messages.statesWithin(broadcastKey('killed'), {
    after: null,
    until: null,
  });
  const accepted = await place.sink.accepted();
  const letters = await place.sink.letters();
  const doubled = [...letters.values()].reduce((sum, copies) => sum + copies - 1, 0);
  const unknown = [...states.values()].filter((state) => state === 'unknown').length;
  await worker.stop();
  return { kills, people, doubled, lost: people - accepted.size, unknown };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      people: { type: 'string', default: '5000' },
      past: { type: 'string', default: '0' },
      kills: { type: 'string', default: '3' },
    },
  });
  const [people = 0, past = 0, kills = 0] = [values.people, values.past, values.kills].map(Number);
  if (!(people > 0) || !(past >= 0) || !(kills >= 0)) throw new TypeError(usage);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const place = await openPlace(say);
  try {
    say('warming up');
    await bareNodemailer(place, 500);
    await enter(place, 'warm', 500);
    await begin(place, 'warm');
    while (!(await isOver(place, 'warm'))) await sleep(100);
    say('bare Nodemailer');
    const bare = await bareNodemailer(place, people);
    say('broadcast');
    const calm = await measure(place, { people, past });
    say('signups beside a broadcast');
    const beside = await measureBeside(place, people * 2);
    await place.stopWorker();
    say('broadcast whose worker is killed');
    const killed = kills > 0 ? await measureKilled(place, { people, kills }) : undefined;
    const result = {
      people,
      past,
      bareNodemailer: bare,
      ...calm,
      ofBare: calm.perSecond / bare,
      beside,
      killed,
    };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    await place.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
