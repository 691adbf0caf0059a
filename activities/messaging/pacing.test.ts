import { MongoClient } from 'mongodb';
import { join } from 'node:path';
import { openZone } from '../../test/broadcast/open-zone';
import { eventually } from '../../test/eventually';
import { messagingWorld, noon, sendRequest, welcome, type MessagingWorld } from '../../test/messaging-world';
import { mostWithin } from '../../test/within';
import { contactPolicy } from '../../domain/contact-policy';
import type { BroadcastDocument } from '../../store/broadcasts';
import type { CustomerDocument } from '../../store/customers';
import { openStore } from '../../store/store';
import { createBroadcastSending } from '../broadcasts/sending';
import { createHandoverLog, type HandoverLog } from './handover-log';
import { createPacing } from './pacing';
import { createTurns } from './turns';

const rates = { email: 15, sms: 15 };
let world: MessagingWorld;
let client: MongoClient;
beforeAll(async () => {
  world = await messagingWorld();
  world.clock.time = Date.now();
  client = await new MongoClient(world.database.uri).connect();
});
afterAll(async () => {
  await client.close();
  await world.close();
});

/** What a worker sends with, on a connection of its own to the database; it notes when it hands a message over. */
async function worker(name: string, handovers: number[]) {
  const store = await openStore(client.db(world.database.db.databaseName), client);
  const turns = createTurns({ store, rates, now: Date.now });
  const log = createHandoverLog(join(world.configuration.dataDir, name));
  const noted: HandoverLog = {
    ...log,
    begin(token) {
      const handover = log.begin(token);
      return {
        ...handover,
        handingOver() {
          handovers.push(Date.now());
          handover.handingOver();
        },
      };
    },
  };
  const { send } = world.with({ turns, handovers: noted });
  return {
    send,
    paced: createPacing({ send, turns, now: Date.now }),
    deliver: createBroadcastSending({
      store,
      send,
      rates,
      turns,
      businessTimeZone: 'America/Sao_Paulo',
      policy: contactPolicy,
      now: Date.now,
    }),
  };
}

const broadcastOf = (id: string, perSecond?: number): BroadcastDocument => {
  const startsAt = new Date(world.clock.time);
  return {
    _id: id,
    segment: 'everyone',
    channel: 'email',
    template: 'winback',
    variables: {},
    holdout: 0,
    state: 'running',
    startsAt,
    createdAt: startsAt,
    ...(perSecond !== undefined && { perSecond }),
  };
};

type Sender = Awaited<ReturnType<typeof worker>>;
/** Goes through the people of a broadcast until each has the message: a slow machine puts off whose turn is not soon. */
const reach = ({ deliver }: Sender, broadcast: BroadcastDocument, people: readonly CustomerDocument[]) =>
  eventually(async () => {
    const { groups } = await deliver(broadcast, people, () => undefined);
    return groups.every((group) => group === 'sent');
  });
/** Sends somebody a journey's message, again where it was put off. */
const write = ({ paced }: Sender, { _id }: CustomerDocument) => {
  const request = sendRequest(_id);
  return eventually(async () => (await paced.send(request)).state === 'sent');
};

describe('the rate of a channel', () => {
  it('is never exceeded in any second, by two workers with journeys and broadcasts together', async () => {
    const handovers: number[] = [];
    const [one, two] = await Promise.all([worker('one', handovers), worker('two', handovers)]);
    const people = await Promise.all(Array.from({ length: 50 }, () => world.enrol({ timeZone: openZone() })));
    const some = (from: number) => people.slice(from, from + 10);
    const before = world.mail.received.length;
    // Connections are slow now and then, so that messages come late for their turn.
    world.mail.inject(
      ...Array.from({ length: 24 }, (_, n) => ({ kind: 'delay', ms: (n % 3) * 120 }) as const),
    );
    await Promise.all([
      reach(one, broadcastOf('spring'), some(0)),
      reach(two, broadcastOf('spring'), some(10)),
      reach(two, broadcastOf('slow', 6), some(20)),
      ...some(30).map((person) => write(one, person)),
      ...some(40).map((person) => write(two, person)),
    ]);
    expect(world.mail.received.slice(before)).toHaveLength(people.length);
    expect(handovers).toHaveLength(people.length);
    expect(mostWithin(handovers, 1_000)).toBeLessThanOrEqual(rates.email);
  });

  it('is not all that a broadcast keeps to that has one of its own', async () => {
    const handovers: number[] = [];
    const [one, two] = await Promise.all([worker('three', handovers), worker('four', handovers)]);
    const people = await Promise.all(Array.from({ length: 16 }, () => world.enrol({ timeZone: openZone() })));
    world.mail.inject(
      ...Array.from({ length: 12 }, (_, n) => ({ kind: 'delay', ms: (n % 3) * 150 }) as const),
    );
    await Promise.all([
      reach(one, broadcastOf('gentle', 5), people.slice(0, 8)),
      reach(two, broadcastOf('gentle', 5), people.slice(8)),
    ]);
    expect(handovers).toHaveLength(people.length);
    expect(mostWithin(handovers, 1_000)).toBeLessThanOrEqual(5);
  });

  it('puts off what has no turn soon, without counting it, and holds up nothing that somebody waits for', async () => {
    // Turns come every eighteen minutes; the next one is far from this instant.
    const turns = createTurns({ store: world.store, rates: { email: 0.001, sms: 1 }, now: () => noon });
    const rare = world.with({ turns });
    const [{ _id }, other] = [await world.enrol({ timeZone: openZone() }), await world.enrol()];
    const request = sendRequest(_id);
    expect(await rare.send(request)).toEqual({ state: 'deferred', until: world.clock.time + 15_000 });
    expect(await rare.send(sendRequest(other._id, welcome))).toEqual({ state: 'sent' });
    // The caps have room for one a day: it is this one's.
    expect(await world.send(request)).toEqual({ state: 'sent' });
  });
});
