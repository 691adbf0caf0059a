import { DateTime } from 'luxon';
import { contactPolicy } from '../../domain/contact-policy';
import { daily } from '../../domain/local-moment';
import { seededRandom } from '../../scoring';
import type { Store } from '../../store/store';
import type { CustomerDocument } from '../../store/customers';
import { customer, message } from '../../test/builders';
import { beforeEachOnEmptyStore } from '../../test/empty-store';
import type { BestTimeRequest } from '../contract';
import { createMomentLearning } from '../operations/moments';
import { createBestTime } from './best-time';
import { everyonesMoments, type Moments } from './counts';

/** Wednesday, nine in the morning in São Paulo; far ahead, for the database drops what has expired by its own clock. */
const start = Date.parse('2096-03-07T12:00:00Z');
const day = 86_400_000;

let store: Store;
let clock: number;

beforeEachOnEmptyStore((opened) => {
  store = opened;
  clock = start;
});

const timing = (settings: { globalHoldout?: number } = {}) =>
  createBestTime({
    store,
    businessTimeZone: 'America/Sao_Paulo',
    globalHoldout: 0,
    now: () => clock,
    ...settings,
  });

const both = { email: 'winback-offer', sms: 'winback-offer' } as const;
let steps = 0;
const request = (customerId: string, change: Partial<BestTimeRequest> = {}): BestTimeRequest => ({
  enrolment: { id: `winback/${customerId}#1`, journey: 'winback', customerId, holdout: false },
  step: `message:${++steps}`,
  templates: both,
  variables: {},
  priority: 0,
  atOnce: false,
  ...change,
});

const know = async (change: Partial<CustomerDocument> = {}): Promise<string> => {
  const known = customer({ _id: `c${++steps}`, ...change });
  await store.customers.collection.insertOne(known);
  return known._id;
};

const localHour = (at: number, zone = 'America/Sao_Paulo') => DateTime.fromMillis(at, { zone }).hour;

/** What everyone does, as the learning workflow leaves it: four of five answer at one moment, few at any other. */
const teach = (channel: 'email' | 'sms', hour: number) => {
  const counts = (['email', 'sms'] as const).flatMap((one) =>
    Array.from({ length: 24 }, (_, at) => ({
      ...{ channel: one, hour: at, sent: 10_000 },
      answered: one === channel && at === hour ? 8_000 : 50,
    })),
  );
  const everyone = store.models.of<Moments>(everyonesMoments);
  return store.transaction((session) => everyone.add(0, { counts }, { at: new Date(clock), session }));
};

describe('the best time', () => {
  it('is there for the first customer of all: some allowed hour of the coming day, on a channel they consent to', async () => {
    const seen = new Set<string>();
    for (let n = 0; n < 12; n++) {
      const best = await timing().findBestTime(request(await know()));
      expect(best.at).toBeGreaterThanOrEqual(clock);
      expect(best.at).toBeLessThan(clock + day);
      expect(localHour(best.at)).toBe(best.hour);
      expect(best.hour).toBeGreaterThanOrEqual(8);
      expect(best.hour).toBeLessThan(21);
      expect(best.probability).toBeGreaterThan(0);
      seen.add(`${best.channel} ${best.hour}`);
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  it('is planned in the ledger, with the probability of the choice, and the same when asked again', async () => {
    await teach('sms', 17);
    const asked = request(await know());
    const best = await timing().findBestTime(asked);
    // The hours beside it are thought good too.
    expect(best.channel).toBe('sms');
    expect(Math.abs(best.hour - 17)).toBeLessThanOrEqual(2);
    expect(best.probability).toBeGreaterThan(0.05);
    const _id = `${asked.enrolment.id}/${asked.step}`;
    const { hour, probability, probabilityError } = best;
    expect(await store.messages.find(_id)).toMatchObject({
      ...{ state: 'planned', heldBy: 'best-time', dueAt: new Date(best.at), channel: 'sms' },
      timing: { hour, probability, probabilityError },
    });
    clock += 3_600_000;
    expect(await timing().findBestTime(asked)).toEqual(best);
  });

  it('keeps to the channels that the customer has and consents to', async () => {
    await teach('sms', 17);
    const granted = { granted: true, at: new Date(start), source: 'signup' };
    const mailOnly = await know({ consent: { email: granted } });
    const noOffersByText = await know({
      consent: { email: granted, sms: { ...granted, except: ['offers'] } },
    });
    expect((await timing().findBestTime(request(noOffersByText))).channel).toBe('email');
    const pausedUntil = new Date(start + day);
    const pausedTexts = await know({ consent: { email: granted, sms: { ...granted, pausedUntil } } });
    expect((await timing().findBestTime(request(pausedTexts))).channel).toBe('email');
    const blocked = await know({ phone: '+5511987650000' });
    await store.suppressions.block({ channel: 'sms', address: '+5511987650000' }, 'stopped', new Date(start));
    for (const id of [mailOnly, blocked]) {
      expect(await timing().findBestTime(request(id))).toMatchObject({ channel: 'email' });
    }
    const textOnly = await know();
    await store.customers.collection.updateOne({ _id: textOnly }, { $unset: { email: 1 } });
    expect(await timing().findBestTime(request(textOnly))).toMatchObject({ channel: 'sms' });
  });

  it('is now where nothing will be sent: without consent, in a control group, to nobody', async () => {
    const now = { at: start, probability: 1 };
    expect(await timing().findBestTime(request(await know({ consent: {} })))).toMatchObject(now);
    expect(await timing().findBestTime(request('nobody'))).toMatchObject(now);
    const id = await know();
    const held = request(id);
    const enrolment = { ...held.enrolment, holdout: true };
    expect(await timing().findBestTime({ ...held, enrolment })).toMatchObject(now);
    expect(await timing({ globalHoldout: 100 }).findBestTime(request(id))).toMatchObject(now);
    expect(await store.messages.collection.countDocuments()).toBe(0);
  });

  it('leaves out the days on which a cap is reached, by what was sent and what else is planned', async () => {
    clock = Date.parse('2096-03-07T20:00:00Z'); // five in the afternoon
    const id = await know();
    await store.contactCounts.reserve(
      { customerId: id, channel: 'email', messageId: 'm', day: '2096-03-07' },
      { perDay: 1, weeks: [], forgetBefore: '2096-03-01' },
      new Date(clock + 9 * day),
    );
    for (let n = 0; n < 5; n++) {
      const best = await timing().findBestTime(request(id, { templates: { email: 'winback' } }));
      expect(best.at).toBeGreaterThan(Date.parse('2096-03-08T03:00:00Z'));
      await store.messages.collection.deleteMany({});
    }
    // What is planned for tomorrow has its place: no day is left, and sending at once says why.
    const planned = { state: 'planned', plannedFor: id, dueAt: new Date('2096-03-08T15:00:00Z') } as const;
    await store.messages.collection.insertOne(message({ _id: 'rival', customerId: id, ...planned }));
    const none = await timing().findBestTime(request(id, { templates: { email: 'winback' } }));
    expect(none).toMatchObject({ at: clock, probability: 1 });
  });

  it('chooses the channel alone where the message is not to wait', async () => {
    await teach('sms', 9);
    const best = await timing().findBestTime(request(await know(), { atOnce: true }));
    expect(best).toMatchObject({ channel: 'sms', at: start });
  });

  it('is inside quiet hours and window in every zone, on days on which clocks are set, on any clock', async () => {
    const zones = [
      'America/New_York',
      'Europe/Lisbon',
      'Australia/Lord_Howe',
      'Pacific/Chatham',
      'Asia/Kolkata',
    ];
    const days = [
      '2096-03-11T05:30Z',
      '2096-03-25T00:30Z',
      '2096-04-01T12:00Z',
      '2096-10-28T00:10Z',
      '2096-11-04T05:00Z',
    ];
    for (const timeZone of zones) {
      for (const [n, moment] of days.entries()) {
        clock = Date.parse(moment);
        const scale = n % 2 === 0 ? 1 : 24;
        const life = { origin: clock, scale };
        const asked = request(await know({ timeZone }), { sendWindow: daily('07:30', '19:40') });
        const best = await timing().findBestTime({
          ...asked,
          enrolment: { ...asked.enrolment, clock: life },
        });
        const local = DateTime.fromMillis(clock + (best.at - clock) * scale, { zone: timeZone });
        expect(local.hour).toBe(best.hour);
        expect(local.toFormat('HH:mm') >= contactPolicy.hours.opens).toBe(true);
        expect(local.toFormat('HH:mm') < '19:40').toBe(true);
        expect(local.toMillis()).toBeLessThan(clock + day);
      }
    }
  });
});

describe('what the best time learns', () => {
  /** How likely somebody answers: as a rule e-mail in the evening, some people text messages in the morning. */
  const chanceOf = (isEarly: boolean, channel: string, hour: number): number =>
    isEarly ? (channel === 'sms' && hour <= 10 ? 0.7 : 0.02) : channel === 'email' && hour >= 18 ? 0.5 : 0.05;

  it('is the habit of a population, and of those in it who are otherwise, through the store', async () => {
    const random = seededRandom('population');
    const usual = await Promise.all(Array.from({ length: 20 }, () => know()));
    const early = await Promise.all(Array.from({ length: 3 }, () => know()));
    /** Messages at hours and on channels that chance chose, answered as the person does, and due to be learned. */
    const history = (id: string, isEarly: boolean, count: number) =>
      Array.from({ length: count }, (_, n) => {
        const channel = random.uniform() < 0.5 ? 'email' : 'sms';
        const hour = 8 + random.integer(13);
        const answered = random.uniform() < chanceOf(isEarly, channel, hour);
        return message({
          ...{ _id: `${id}/${n}`, customerId: id, channel, state: answered ? 'clicked' : 'delivered' },
          ...(answered && { clickedAt: new Date(clock) }),
          lesson: { at: new Date(clock), hour },
        });
      });
    await store.messages.collection.insertMany([
      ...usual.flatMap((id) => history(id, false, 90)),
      ...early.flatMap((id) => history(id, true, 200)),
    ]);
    const learning = createMomentLearning({ store, now: () => clock, batch: 1_300 });
    for (const more of [true, false]) {
      const settled = more ? 1_300 : 1_100;
      expect(await learning.foldMoments()).toEqual({ settled, folded: settled, more });
    }

    /** How many of some choices are good moments for the person. */
    const wellMet = async (ids: readonly string[], isEarly: boolean) => {
      const chosen = await Promise.all(ids.map((id) => timing().findBestTime(request(id))));
      return chosen.filter(({ channel, hour }) => chanceOf(isEarly, channel, hour) >= 0.5).length;
    };
    // By chance 3 of 26 moments would be good for either kind.
    const strangers = await Promise.all(Array.from({ length: 20 }, () => know()));
    expect(await wellMet(strangers, false)).toBeGreaterThanOrEqual(12);
    expect(await wellMet(usual, false)).toBeGreaterThanOrEqual(12);
    expect(await wellMet([...early, ...early, ...early, ...early], true)).toBeGreaterThanOrEqual(9);
  });
});
