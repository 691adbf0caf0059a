import { contactPolicy, type ContactPolicy } from '../../domain/contact-policy';
import {
  messagingWorld,
  noon,
  sendRequest,
  text,
  welcome,
  type MessagingWorld,
} from '../../test/messaging-world';

const day = 86_400_000;
const capped = { state: 'suppressed', reason: 'contact-policy' };

let world: MessagingWorld;
beforeAll(async () => {
  world = await messagingWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.time = noon;
});

const statesOf = (results: readonly { state: string }[], state: string) =>
  results.filter((result) => result.state === state).length;

describe('contact caps', () => {
  it('hold however many messages ask at once', async () => {
    const { _id } = await world.enrol();
    const requests = Array.from({ length: 40 }, (_, n) => sendRequest(_id, n % 2 === 0 ? {} : text));
    const results = await Promise.all(requests.map((request) => world.send(request)));
    const sent = (channel: string) =>
      results.filter((r, n) => r.state === 'sent' && requests[n]?.channel === channel);
    expect([sent('email').length, sent('sms').length]).toEqual([1, 1]);
    expect(results.filter((result) => result.state === 'suppressed')).toEqual(
      Array.from({ length: 38 }, () => capped),
    );
  });

  it('hold for any seven of the customer’s days in a row', async () => {
    const { _id } = await world.enrol({ timeZone: 'Pacific/Auckland' });
    const sent: number[] = [];
    const start = Date.parse('2096-03-09T20:00:00Z'); // Saturday there
    for (let hour = 0; hour < 16 * 24; hour += 6) {
      world.clock.time = start + hour * 3_600_000;
      const result = await world.send(sendRequest(_id));
      if (result.state === 'sent') sent.push(world.clock.time);
    }
    const local = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Auckland', dateStyle: 'short' });
    expect(sent.map((at) => local.format(at).slice(5))).toEqual([
      ...['03-10', '03-11', '03-12'],
      ...['03-17', '03-18', '03-19'],
      ...['03-24', '03-25'],
    ]);
  });

  it('count all channels together', async () => {
    const { _id } = await world.enrol();
    const policy: ContactPolicy = {
      ...contactPolicy,
      caps: { email: { perDay: 9, perWeek: 9 }, sms: { perDay: 9, perWeek: 9 } },
    };
    const generous = world.with({ policy });
    const results = [];
    for (let n = 0; n < 6; n++) results.push(await generous.send(sendRequest(_id, n % 2 === 0 ? text : {})));
    expect(results.map(({ state }) => state)).toEqual([
      'sent',
      'sent',
      'sent',
      'sent',
      'suppressed',
      'suppressed',
    ]);
  });

  it('neither hold nor count transactional messages', async () => {
    const { _id } = await world.enrol();
    const results = [];
    for (let n = 0; n < 5; n++) results.push(await world.send(sendRequest(_id, welcome)));
    expect(statesOf(results, 'sent')).toBe(5);
    expect(await world.send(sendRequest(_id))).toEqual({ state: 'sent' });
    expect(await world.send(sendRequest(_id, welcome))).toEqual({ state: 'sent' });
  });

  it('are given back by a message that the provider refused or could not take', async () => {
    const { _id } = await world.enrol();
    world.mail.inject({ kind: 'reject', code: 554 });
    expect(await world.send(sendRequest(_id))).toEqual({ state: 'failed', reason: 'smtp-554' });
    world.mail.inject({ kind: 'reject', code: 451, at: 'recipient' });
    expect(await world.send(sendRequest(_id))).toMatchObject({ state: 'deferred' });
    const closed = world.with({ smtpUrl: 'smtp://127.0.0.1:1' });
    await expect(closed.send(sendRequest(_id))).rejects.toMatchObject({ type: 'ProviderUnavailable' });
    expect(await world.send(sendRequest(_id))).toEqual({ state: 'sent' });
    expect(await world.send(sendRequest(_id))).toEqual(capped);
  });

  it('follow the days of the customer’s own clock', async () => {
    const { _id } = await world.enrol();
    const clock = { origin: noon, scale: day / 1_000 };
    const at = (real: number) => {
      world.clock.time = real;
      return world.send(sendRequest(_id, { enrolment: { clock } }));
    };
    expect(await at(noon)).toEqual({ state: 'sent' });
    expect(await at(noon + 250)).toEqual(capped); // six in the evening
    expect(await at(noon + 1_000)).toEqual({ state: 'sent' }); // noon of the next day
  });
});

describe('a message of a higher priority', () => {
  it('that is planned for the same day has its place kept', async () => {
    const { _id } = await world.enrol();
    world.clock.time = noon - 6 * 3_600_000;
    const urgent = sendRequest(_id, { priority: 5, sendWindow: { opens: '15:00', closes: '20:00' } });
    expect(await world.send(urgent)).toMatchObject({ state: 'deferred' });
    world.clock.time = noon;
    expect(await world.send(sendRequest(_id))).toEqual(capped);
    expect(await world.send(sendRequest(_id, { priority: 5, ...text }))).toEqual({ state: 'sent' });
    world.clock.time = noon + 4 * 3_600_000;
    expect(await world.send(urgent)).toEqual({ state: 'sent' });
  });

  it('that is planned within the week has its place kept in every week of its own', async () => {
    const { _id } = await world.enrol();
    const sendAt = async (daysAhead: number, request = sendRequest(_id)) => {
      world.clock.time = noon + daysAhead * day;
      return (await world.send(request)).state;
    };
    expect([await sendAt(0), await sendAt(3)]).toEqual(['sent', 'sent']);
    world.clock.time = noon + 3 * day + 7 * 3_600_000;
    const urgent = sendRequest(_id, { priority: 5, sendWindow: { opens: '08:00', closes: '18:00' } });
    expect(await world.send(urgent)).toMatchObject({ state: 'deferred' }); // to the fourth day
    expect(await sendAt(4)).toBe('suppressed');
    expect(await sendAt(4, urgent)).toBe('sent');
    expect([await sendAt(6), await sendAt(7), await sendAt(8)]).toEqual(['suppressed', 'sent', 'suppressed']);
  });

  it('that is planned for another day leaves room today', async () => {
    const { _id } = await world.enrol();
    const tomorrow = sendRequest(_id, { priority: 5, sendWindow: { opens: '08:00', closes: '09:00' } });
    expect(await world.send(tomorrow)).toMatchObject({ state: 'deferred' });
    expect(await world.send(sendRequest(_id))).toEqual({ state: 'sent' });
  });
});
