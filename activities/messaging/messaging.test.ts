import {
  messagingWorld,
  noon,
  sendRequest,
  text,
  welcome,
  type MessagingWorld,
} from '../../test/messaging-world';
import { requestName } from '../../domain/double-opt-in';
import { isHeldOutOfAll } from '../../domain/holdout';
import { offer } from '../../test/builders';
import { recordConsents } from '../../store/consent-ledger';
import type { SendResult } from '../contract';
import { addressMark, readLink } from './links';

let world: MessagingWorld;
beforeAll(async () => {
  world = await messagingWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.time = noon;
});

const ledgerOf = async (customerId: string) => {
  const [message] = await world.store.messages.ofCustomer(customerId, 10);
  if (!message) throw new Error(`No message of ${customerId}.`);
  return message;
};
const mailsTo = (address: string | undefined) =>
  world.mail.received.filter(({ to }) => address !== undefined && to.includes(address));

const say = (customerId: string, state: 'given' | 'revoked') => {
  const at = new Date(noon);
  const statement = { channel: 'email', topic: 'all', state, at, source: 'admin' } as const;
  return recordConsents(world.store, [{ customerId, statements: [statement] }], at);
};

describe('a message that may go', () => {
  it('is an e-mail in the customer’s language, recorded as sent by ids alone', async () => {
    const { _id, email = '' } = await world.enrol();
    const request = sendRequest(_id);
    expect(await world.send(request)).toEqual({ state: 'sent' });
    const [mail] = mailsTo(email);
    expect(mail?.subject).toBeTruthy();
    expect(mail?.text).toContain('Ana');
    expect(mail?.html).toContain('lang="pt-BR"');
    const { state, purpose, topic, provider, sentAt, attempts, localDay, ...rest } = await ledgerOf(_id);
    expect({ state, purpose, topic, provider, sentAt, attempts, localDay }).toEqual({
      state: 'sent',
      purpose: 'marketing',
      topic: 'offers',
      provider: 'smtp',
      sentAt: new Date(noon),
      attempts: 1,
      localDay: '2096-03-07',
    });
    expect(rest).toMatchObject({
      _id: `${request.enrolment.id}/${request.step}`,
      journey: 'winback',
      step: request.step,
    });
    expect(rest).not.toHaveProperty('claim');
    expect(JSON.stringify(rest)).not.toMatch(/example\.com|Ana/);
  });

  it('unsubscribes by one POST if it is marketing', async () => {
    const { _id, email } = await world.enrol();
    await world.send(sendRequest(_id));
    const [mail] = mailsTo(email);
    const url = /^List-Unsubscribe: <(.+)>/m.exec(mail?.raw.replaceAll('\r\n ', ' ') ?? '')?.[1] ?? '';
    expect(mail?.raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    expect(url).toMatch(/^http:\/\/localhost:3999\/u\/[\w.-]+$/);
    expect(mail?.html).toContain(url);
    expect(readLink('unsubscribe', url.split('/u/')[1] ?? '', world.configuration.keys.secret)).toEqual({
      kind: 'unsubscribe',
      customerId: _id,
      channel: 'email',
      topic: 'offers',
    });
  });

  it('has no unsubscribe header if it is transactional', async () => {
    const { _id, email } = await world.enrol();
    expect(await world.send(sendRequest(_id, welcome))).toEqual({ state: 'sent' });
    const [mail] = mailsTo(email);
    expect(mail?.raw).not.toContain('List-Unsubscribe');
    expect(mail?.text).toContain('BEMVINDO10');
  });

  it('is a text message to a number written the local way, with a callback that names the message', async () => {
    const { _id } = await world.enrol({ phone: '(11) 98765-1234' });
    const request = sendRequest(_id, text);
    expect(await world.send(request)).toEqual({ state: 'sent' });
    const sms = world.texts.received.at(-1);
    expect(sms?.to).toBe('+5511987651234');
    const callback = new URL(sms?.form['StatusCallback'] ?? '');
    expect(callback.pathname).toBe('/webhooks/twilio/status');
    expect(callback.searchParams.get('message')).toBe(`${request.enrolment.id}/${request.step}`);
    expect(await ledgerOf(_id)).toMatchObject({ provider: 'twilio', providerId: sms?.sid });
  });

  it('speaks of the offer that its variables name and keeps the ids for attribution', async () => {
    await world.store.offers.save('alignment', offer(), new Date(noon));
    const { _id, email } = await world.enrol();
    const variables = { offer: { offerId: 'alignment', decisionId: 'd-1', score: 1, propensity: 0.5 } };
    expect(await world.send(sendRequest(_id, { template: 'winback-offer', variables }))).toEqual({
      state: 'sent',
    });
    expect(mailsTo(email)[0]?.text).toContain('Alinhamento de rodas');
    expect(await ledgerOf(_id)).toMatchObject({ offerId: 'alignment', decisionId: 'd-1' });
  });

  it('leads to the page that confirms a request, where one waits for it, and to no other address', async () => {
    const since = new Date(noon);
    const awaiting = { topics: ['offers'], since } as const;
    const email = { granted: false, at: since, source: 'signup', awaiting };
    const asking = await world.enrol({ consent: { email } });
    const confirm = { template: 'confirm-consent' };
    expect(await world.send(sendRequest(asking._id, confirm))).toEqual({ state: 'sent' });
    const [mail] = mailsTo(asking.email);
    const [, token = ''] = /http:\/\/localhost:3999\/k\/(\S+)/.exec(mail?.text ?? '') ?? [];
    const { secret } = world.configuration.keys;
    expect(readLink('confirm', token, secret)).toEqual({
      ...{ kind: 'confirm', customerId: asking._id, since: noon },
      mark: addressMark(asking.email ?? '', secret),
    });
    expect(await world.send(sendRequest(asking._id))).toEqual({ state: 'suppressed', reason: 'no-consent' });
    const settled = await world.enrol();
    const over = { state: 'suppressed', reason: 'request-over' };
    expect(await world.send(sendRequest(settled._id, confirm))).toEqual(over);
    const older = { key: requestName(new Date(noon - 1)) };
    expect(await world.send(sendRequest(asking._id, { ...confirm, enrolment: older }))).toEqual(over);
  });

  it('is kept back, and never sent late, while its reader has paused marketing; a transactional one goes', async () => {
    const pausedUntil = new Date(noon + 60_000);
    const email = { granted: true, at: new Date(0), source: 'preferences', pausedUntil };
    const { _id } = await world.enrol({ consent: { email } });
    const request = sendRequest(_id);
    const paused = { state: 'suppressed', reason: 'paused' };
    expect(await world.send(request)).toEqual(paused);
    expect(await world.send(sendRequest(_id, welcome))).toEqual({ state: 'sent' });
    world.clock.time = pausedUntil.getTime();
    expect(await world.send(request)).toEqual(paused);
    expect(await world.send(sendRequest(_id))).toEqual({ state: 'sent' });
  });

  it('is sent once however often it is asked for, and the first result is given again', async () => {
    const { _id, email } = await world.enrol();
    const request = sendRequest(_id);
    await world.send(request);
    await say(_id, 'revoked');
    expect(await world.send(request)).toEqual({ state: 'sent' });
    expect(mailsTo(email)).toHaveLength(1);
  });

  it('is sent once when two attempts run at the same time', async () => {
    const { _id, email } = await world.enrol();
    const request = sendRequest(_id);
    const results = await Promise.allSettled([world.send(request), world.send(request)]);
    expect(results.some((result) => result.status === 'fulfilled' && result.value.state === 'sent')).toBe(
      true,
    );
    expect(await world.send(request)).toEqual({ state: 'sent' });
    expect(mailsTo(email)).toHaveLength(1);
  });
});

describe('a message that never goes', () => {
  const at = new Date(noon);
  const cases: [string, Parameters<MessagingWorld['enrol']>[0], Parameters<typeof sendRequest>[1], string][] =
    [
      ['to an erased customer', { erasedAt: at }, {}, 'customer-erased'],
      ['to an erased customer, transactional', { erasedAt: at }, welcome, 'customer-erased'],
      ['without an address', { email: '' }, welcome, 'no-address'],
      ['to a number that cannot be one', { phone: '123' }, text, 'no-address'],
      ['where no consent is recorded', { consent: {} }, {}, 'no-consent'],
      [
        'where consent was withdrawn',
        { consent: { email: { granted: false, at, source: 'x' } } },
        {},
        'no-consent',
      ],
      [
        'where consent is for the other channel',
        { consent: { email: { granted: true, at, source: 'x' } } },
        text,
        'no-consent',
      ],
      ['to a member of the holdout', {}, { enrolment: { holdout: true } }, 'holdout'],
    ];
  it.each(cases)('%s is suppressed with its reason', async (_, change, request, reason) => {
    const { _id } = await world.enrol(change);
    const before = world.mail.received.length + world.texts.received.length;
    expect(await world.send(sendRequest(_id, request))).toEqual({ state: 'suppressed', reason });
    expect(await ledgerOf(_id)).toMatchObject({ state: 'suppressed', reason });
    expect(world.mail.received.length + world.texts.received.length).toBe(before);
  });

  it('to somebody who is not known is suppressed', async () => {
    expect(await world.send(sendRequest('nobody'))).toEqual({
      state: 'suppressed',
      reason: 'customer-unknown',
    });
  });

  it('stays suppressed when it is asked for again and would be allowed', async () => {
    const { _id } = await world.enrol({ consent: {} });
    const request = sendRequest(_id);
    await world.send(request);
    await say(_id, 'given');
    expect(await world.send(request)).toEqual({ state: 'suppressed', reason: 'no-consent' });
  });

  it('fails if its offer is gone, and if there is no provider of text messages', async () => {
    const { _id } = await world.enrol();
    const variables = { offer: { offerId: 'gone', decisionId: 'd', score: 1, propensity: 1 } };
    const request = sendRequest(_id, { template: 'winback-offer', variables });
    expect(await world.send(request)).toEqual({ state: 'failed', reason: 'offer-gone' });
    const withoutSms = world.with({ withoutSms: true });
    expect(await withoutSms.send(sendRequest(_id, text))).toEqual({
      state: 'failed',
      reason: 'no-sms-provider',
    });
  });
});

describe('a suppressed address', () => {
  const at = new Date(noon);

  it('gets no marketing on a topic it unsubscribed from, and other topics still', async () => {
    const { _id, email = '' } = await world.enrol();
    await world.store.suppressions.unsubscribe(
      { channel: 'email', address: email.toUpperCase() },
      'offers',
      at,
    );
    expect(await world.send(sendRequest(_id))).toEqual({ state: 'suppressed', reason: 'suppression-list' });
    expect(await world.send(sendRequest(_id, { topic: 'service' }))).toEqual({ state: 'sent' });
  });

  it('gets transactional mail after unsubscribing from everything', async () => {
    const { _id, email = '' } = await world.enrol();
    await world.store.suppressions.unsubscribe({ channel: 'email', address: email }, 'all', at);
    expect(await world.send(sendRequest(_id))).toEqual({ state: 'suppressed', reason: 'suppression-list' });
    expect(await world.send(sendRequest(_id, welcome))).toEqual({ state: 'sent' });
  });

  it('gets nothing after a complaint, transactional mail neither', async () => {
    const { _id, email = '' } = await world.enrol();
    await world.store.suppressions.block({ channel: 'email', address: email }, 'complaint', at);
    expect(await world.send(sendRequest(_id, welcome))).toEqual({
      state: 'suppressed',
      reason: 'suppression-list',
    });
  });

  it('is the same for a new customer with the same address', async () => {
    const { email = '' } = await world.enrol();
    await world.store.suppressions.block({ channel: 'email', address: email }, 'hard-bounce', at);
    const { _id } = await world.enrol({ email });
    expect(await world.send(sendRequest(_id))).toEqual({ state: 'suppressed', reason: 'suppression-list' });
  });
});

describe('the control group of all marketing', () => {
  it('gets none from any journey, also where the run does not know of it, and stays as its share grows', async () => {
    const people = await Promise.all(Array.from({ length: 40 }, () => world.enrol()));
    const ids = people.map(({ _id }) => _id);
    const reached = async (globalHoldout: number, journey: string): Promise<Set<string>> => {
      const messaging = world.with({ globalHoldout });
      const results = await Promise.all(
        ids.map((id) =>
          messaging.send(sendRequest(id, { enrolment: { id: `${journey}/${id}#1`, journey } })),
        ),
      );
      const isHeld = (result?: SendResult) => result?.state === 'suppressed' && result.reason === 'holdout';
      return new Set(ids.filter((_, i) => !isHeld(results[i])));
    };
    const some = await reached(30, 'one');
    expect(some.size).toBeGreaterThan(15);
    expect(some.size).toBeLessThan(40);
    const fewer = ids.filter((id) => !isHeldOutOfAll(50, id));
    expect(fewer.every((id) => some.has(id))).toBe(true);
    const [held] = ids.filter((id) => !some.has(id));
    const messaging = world.with({ globalHoldout: 30 });
    expect(await messaging.send(sendRequest(held ?? '', { ...welcome, enrolment: {} }))).toEqual({
      state: 'sent',
    });
  });
});

describe('a holdout member', () => {
  it('gets the mail that answers an act of their own', async () => {
    const { _id } = await world.enrol();
    expect(await world.send(sendRequest(_id, { ...welcome, enrolment: { holdout: true } }))).toEqual({
      state: 'sent',
    });
  });
});

describe('the best time', () => {
  it('is to learn of marketing, three of the customer’s days later, by the hour where they live', async () => {
    const clock = { origin: noon, scale: 24 };
    const { _id } = await world.enrol({ timeZone: 'Europe/Lisbon', clock });
    await world.send(sendRequest(_id, { enrolment: { clock } }));
    // Noon in São Paulo is three in the afternoon in Lisbon; three of these days pass in three hours.
    expect(await ledgerOf(_id)).toMatchObject({ lesson: { hour: 15, at: new Date(noon + 3 * 3_600_000) } });
  });

  it('learns nothing of what answers a person’s own act, nor of people whose clicks are not recorded', async () => {
    const { _id } = await world.enrol();
    await world.send(sendRequest(_id, welcome));
    expect(await ledgerOf(_id)).not.toHaveProperty('lesson');
    const unseen = await world.enrol({ tracking: false });
    await world.send(sendRequest(unseen._id));
    expect(await ledgerOf(unseen._id)).not.toHaveProperty('lesson');
  });
});

describe('quiet hours', () => {
  const night = Date.parse('2096-03-08T03:30:00Z'); // 00:30 in São Paulo

  it('hold marketing until they end where the customer lives, and then let it go', async () => {
    const { _id, email } = await world.enrol({ timeZone: 'Europe/Lisbon' });
    world.clock.time = Date.parse('2096-03-08T02:30:00Z');
    const request = sendRequest(_id);
    const until = Date.parse('2096-03-08T08:00:00Z');
    expect(await world.send(request)).toEqual({ state: 'deferred', until });
    expect(await ledgerOf(_id)).toMatchObject({ state: 'planned', heldBy: 'hours', dueAt: new Date(until) });
    world.clock.time = until;
    expect(await world.send(request)).toEqual({ state: 'sent' });
    expect(mailsTo(email)).toHaveLength(1);
    expect(await ledgerOf(_id)).toMatchObject({ state: 'sent', createdAt: new Date('2096-03-08T02:30:00Z') });
  });

  it('hold no transactional message', async () => {
    const { _id } = await world.enrol();
    world.clock.time = night;
    expect(await world.send(sendRequest(_id, welcome))).toEqual({ state: 'sent' });
  });

  it('are the business’s where the customer’s zone is unknown or nonsense', async () => {
    const zoneless = await world.enrol();
    await world.store.customers.collection.updateOne({ _id: zoneless._id }, { $unset: { timeZone: 1 } });
    const lost = await world.enrol({ timeZone: 'Mars/Olympus_Mons' });
    world.clock.time = night;
    for (const id of [zoneless._id, lost._id]) {
      const result = await world.send(sendRequest(id));
      const opening = Date.parse('2096-03-08T11:00:00Z');
      expect(result).toMatchObject({ state: 'deferred' });
      const until = 'until' in result ? result.until : 0;
      expect(until - opening).toBeGreaterThanOrEqual(0);
      expect(until - opening).toBeLessThan(1_000);
    }
  });

  it('are narrowed by the journey’s send window', async () => {
    const { _id } = await world.enrol({ timeZone: 'America/Manaus' });
    world.clock.time = Date.parse('2096-03-07T12:30:00Z'); // 08:30 in Manaus
    const request = sendRequest(_id, { sendWindow: { opens: '10:15', closes: '20:00' } });
    expect(await world.send(request)).toEqual({
      state: 'deferred',
      until: Date.parse('2096-03-07T14:15:00Z'),
    });
  });

  it('fail a message whose window never meets them', async () => {
    const { _id } = await world.enrol();
    const request = sendRequest(_id, { sendWindow: { opens: '22:00', closes: '23:00' } });
    expect(await world.send(request)).toEqual({ state: 'failed', reason: 'no-allowed-hour' });
  });

  it('follow the customer’s own clock', async () => {
    const { _id } = await world.enrol();
    const day = 86_400_000;
    const clock = { origin: noon, scale: day / 1_000 };
    world.clock.time = noon + 500; // midnight there
    const result = await world.send(sendRequest(_id, { enrolment: { clock } }));
    // 20 hours after noon it is eight there, 833.3 milliseconds after noon here; then the next free slot.
    const until = 'until' in result ? result.until : 0;
    expect(until).toBeGreaterThanOrEqual(noon + 834);
    expect(until).toBeLessThanOrEqual(noon + 1_000);
  });
});

describe('a paused journey', () => {
  it('keeps its messages, which go when it is resumed', async () => {
    const { _id } = await world.enrol();
    const enrolment = { journey: 'paused-one', id: `paused-one/${_id}#1` };
    await world.store.journeys.pause('paused-one', new Date(noon - 10_000));
    const request = sendRequest(_id, { ...welcome, enrolment });
    expect(await world.send(request)).toEqual({ state: 'deferred', until: noon + 60_000 });
    expect(await ledgerOf(_id)).toMatchObject({ state: 'planned', heldBy: 'journey-paused' });
    world.clock.time = noon + 3_600_000;
    expect(await world.send(request)).toEqual({ state: 'deferred', until: noon + 3_900_000 });
    await world.store.journeys.resume('paused-one');
    expect(await world.send(request)).toEqual({ state: 'sent' });
  });
});

describe('the end of quiet hours', () => {
  it('is no burst: no second releases more than the channel’s rate', async () => {
    world.clock.time = Date.parse('2096-03-09T02:00:00Z');
    const people = await Promise.all(Array.from({ length: 70 }, () => world.enrol()));
    const results = await Promise.all(people.map(({ _id }) => world.send(sendRequest(_id))));
    const opening = Date.parse('2096-03-09T11:00:00Z');
    const instants = results.map((result) => ('until' in result ? result.until : 0)).sort((a, b) => a - b);
    expect(instants[0]).toBe(opening);
    expect(instants.at(-1)).toBeLessThan(opening + 4_000);
    const mostInASecond = Math.max(
      ...instants.map(
        (from) => instants.filter((instant) => instant >= from && instant < from + 1_000).length,
      ),
    );
    expect(mostInASecond).toBe(20);
  });
});

describe('a template', () => {
  it('that does not exist is an error that a deployment heals', async () => {
    const { _id } = await world.enrol();
    await expect(world.send(sendRequest(_id, { template: 'no-such' }))).rejects.toMatchObject({
      type: 'UnknownTemplate',
      nonRetryable: false,
    });
  });

  it('that lacks a variable is an error that names it, and claims nothing', async () => {
    const { _id } = await world.enrol();
    const request = sendRequest(_id, { template: 'welcome', variables: {} });
    await expect(world.send(request)).rejects.toMatchObject({
      type: 'TemplateFailed',
      message: expect.stringContaining('coupon') as string,
    });
    expect(await world.store.messages.ofCustomer(_id, 1)).toEqual([]);
    expect(await world.send({ ...request, ...welcome })).toEqual({ state: 'sent' });
  });
});
