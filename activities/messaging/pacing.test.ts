import { openZone } from '../../test/broadcast/open-zone';
import { messagingWorld, sendRequest, type MessagingWorld } from '../../test/messaging-world';
import { contactPolicy } from '../../domain/contact-policy';
import { createBroadcastSending } from '../broadcasts/sending';
import { createPacing } from './pacing';

let world: MessagingWorld;
beforeAll(async () => {
  world = await messagingWorld();
  world.clock.time = Date.now();
});
afterAll(() => world.close());

describe('the rate of a channel', () => {
  it('is shared by journeys and a broadcast', async () => {
    const rates = { email: 12, sms: 12 };
    const { store } = world;
    const send: MessagingWorld['send'] = (request) => world.send(request);
    // Whatever is done once is done before.
    await send(sendRequest((await world.enrol({ timeZone: openZone() }))._id));
    const before = world.mail.received.length;
    const people = await Promise.all(Array.from({ length: 26 }, () => world.enrol({ timeZone: openZone() })));
    const paced = createPacing({ store, send, rates, now: Date.now });
    const deliver = createBroadcastSending({
      store,
      send,
      rates,
      businessTimeZone: 'America/Sao_Paulo',
      policy: contactPolicy,
      now: Date.now,
    });
    const startsAt = new Date(world.clock.time);
    const broadcast = {
      _id: 'spring',
      segment: 'everyone',
      channel: 'email',
      template: 'winback',
      variables: {},
      holdout: 0,
      state: 'running',
      startsAt,
      createdAt: startsAt,
      updatedAt: startsAt,
    } as const;
    await Promise.all([
      deliver(broadcast, people.slice(0, 13), () => undefined),
      ...people.slice(13).map(({ _id }) => paced.send(sendRequest(_id))),
    ]);
    const arrivals = world.mail.received.slice(before).map(({ receivedAt }) => receivedAt.getTime());
    expect(arrivals).toHaveLength(people.length);
    expect(Math.max(...arrivals) - Math.min(...arrivals)).toBeGreaterThanOrEqual((25 / rates.email) * 1_000);
    // Each for itself they would come at nearly twice the rate. A busy machine delays some and not others.
    const within = (from: number) => arrivals.filter((at) => at >= from && at < from + 1_000).length;
    expect(Math.max(...arrivals.map(within))).toBeLessThanOrEqual(rates.email * 1.5);
  });
});
