import { verifyConsents } from '../../store/consent-verdict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messagingWorld, noon, sendRequest, text, type MessagingWorld } from '../../test/messaging-world';
import { createTwilioProvider, judgeTwilioError } from './twilio';
import { applyTwilioReport, statusCallback } from './twilio-status';
import { mayGo } from './providers';

let world: MessagingWorld;
beforeAll(async () => {
  world = await messagingWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.time = noon;
});

const sms = { to: '+5511987651234', body: 'Olá, Ana' };
const provider = (baseUrl: string, timeout?: number) =>
  createTwilioProvider({ ...world.texts.account, baseUrl }, timeout === undefined ? {} : { timeout });

/** Sends a text message to somebody new, with faults set before. */
async function sendText() {
  const { _id, phone = '' } = await world.enrol();
  const request = sendRequest(_id, text);
  const result = await world.send(request);
  return { _id, phone, request, messageId: `${request.enrolment.id}/${request.step}`, result };
}

describe('the Twilio provider', () => {
  it('sends through the server it is pointed at, and tells what it sent', async () => {
    const since = Date.now();
    const twilio = provider(world.texts.url);
    const delivery = await twilio.send(sms, mayGo);
    expect(delivery).toMatchObject({ outcome: 'accepted' });
    expect(world.texts.received.at(-1)).toMatchObject({
      to: sms.to,
      form: { MessagingServiceSid: world.texts.account.messagingServiceSid },
    });
    expect(await twilio.taken(sms.to, since)).toEqual([
      { providerId: delivery.outcome === 'accepted' ? delivery.providerId : '', body: sms.body },
    ]);
    expect(await twilio.taken('+5511987650000', since)).toEqual([]);
    expect(await twilio.taken(sms.to, since + 3_600_000)).toEqual([]);
  });

  it('says that nobody is there where the connection is refused', async () => {
    const gone = provider('http://127.0.0.1:1');
    expect(await gone.send(sms, mayGo)).toEqual({
      outcome: 'unavailable',
      reason: 'ECONNREFUSED',
      scope: 'provider',
    });
    expect(await gone.taken(sms.to, 0)).toEqual({ unavailable: 'ECONNREFUSED' });
  });

  it('does not know about a message whose answer never came', async () => {
    world.texts.inject({ kind: 'drop' });
    expect(await provider(world.texts.url).send(sms, mayGo)).toMatchObject({
      outcome: 'uncertain',
    });
    const late = { ...sms, body: 'Até logo, Ana' };
    world.texts.inject({ kind: 'delay', ms: 1_500 });
    expect(await provider(world.texts.url, 500).send(late, mayGo)).toMatchObject({
      outcome: 'uncertain',
    });
    // It is taken none the less, and is to be no other test's.
    await world.texts.next(({ body }) => body === late.body);
  });

  it('cannot tell from an answer that makes no sense', async () => {
    const nonsense = createServer((_, response) => response.writeHead(502).end('<html>Bad gateway</html>'));
    await new Promise<void>((resolve) => nonsense.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(nonsense.address() as AddressInfo).port}`;
    expect(await provider(url).send(sms, mayGo)).toEqual({
      outcome: 'uncertain',
      reason: 'twilio-502',
    });
    nonsense.close();
  });
});

describe('judgeTwilioError', () => {
  it.each([
    [
      { status: 400, code: 21_610 },
      { outcome: 'refused', reason: 'twilio-21610', address: 'stopped' },
    ],
    [
      { status: 400, code: 21_211 },
      { outcome: 'refused', reason: 'twilio-21211', address: 'invalid' },
    ],
    [
      { status: 400, code: 21_614 },
      { outcome: 'refused', reason: 'twilio-21614', address: 'invalid' },
    ],
    [
      { status: 400, code: 21_617 },
      { outcome: 'refused', reason: 'twilio-21617' },
    ],
    [
      { status: 401, code: 20_003 },
      { outcome: 'unavailable', reason: 'twilio-20003', scope: 'provider' },
    ],
    [
      { status: 429, code: 20_429 },
      { outcome: 'unavailable', reason: 'twilio-20429', scope: 'provider' },
    ],
    [
      { status: 400, code: 21_611 },
      { outcome: 'unavailable', reason: 'twilio-21611', scope: 'provider' },
    ],
    [{ status: 503 }, { outcome: 'uncertain', reason: 'twilio-503' }],
    [{ code: 'ENOTFOUND' }, { outcome: 'unavailable', reason: 'ENOTFOUND', scope: 'provider' }],
    [{ code: 'ECONNRESET' }, { outcome: 'uncertain', reason: 'ECONNRESET' }],
  ])('takes %j as %j', (error, delivery) => {
    expect(judgeTwilioError(error)).toEqual(delivery);
  });
});

describe('a text message', () => {
  it('to somebody who answered STOP is suppressed, and so are all that follow', async () => {
    world.texts.inject({ kind: 'reject', status: 400, code: 21_610 });
    const { _id, phone, result } = await sendText();
    expect(result).toEqual({ state: 'suppressed', reason: 'suppression-list' });
    const suppression = await world.store.suppressions.find({ channel: 'sms', address: phone });
    expect(suppression?.blocked).toEqual({ stopped: new Date(noon) });
    expect(await world.store.consents.ofCustomer(_id)).toContainEqual(
      expect.objectContaining({ channel: 'sms', topic: 'all', state: 'revoked', source: 'carrier' }),
    );
    expect((await world.store.customers.find(_id))?.consent.sms?.granted).toBe(false);
    expect(await verifyConsents(world.store, _id)).toMatchObject({ verified: true });
    const sent = world.texts.received.length;
    expect(await world.send(sendRequest(_id, text))).toEqual({
      state: 'suppressed',
      reason: 'no-consent',
    });
    expect(world.texts.received).toHaveLength(sent);
  });

  it('to a number that takes none fails', async () => {
    world.texts.inject({ kind: 'reject', status: 400, code: 21_614 });
    expect((await sendText()).result).toEqual({ state: 'failed', reason: 'twilio-21614' });
  });

  it('waits for a Twilio that is busy or not set up', async () => {
    for (const [status, code] of [
      [429, 20_429],
      [401, 20_003],
    ] as const) {
      world.texts.inject({ kind: 'reject', status, code });
      await expect(sendText()).rejects.toMatchObject({
        type: 'ProviderUnavailable',
        message: `sms: twilio-${code}`,
      });
    }
  });

  it('is not sent twice when Twilio may have changed its text', async () => {
    const { _id, phone } = await world.enrol();
    const request = sendRequest(_id, text);
    world.texts.inject({ kind: 'delay', ms: 2_000 });
    const hasty = world.with({ smsTimeout: 500 });
    await expect(hasty.send(request)).rejects.toMatchObject({ type: 'DeliveryUncertain' });
    await world.texts.next(({ to }) => to === phone);
    await world.store.customers.saveProfiles([{ id: _id, change: { locale: 'en' }, at: new Date(noon) }]);
    await world.store.messages.collection.updateOne(
      { customerId: _id },
      { $set: { claimedAt: new Date(Date.now() - 10_000) } },
    );
    world.clock.time = noon + 30_000;
    expect(await world.send(request)).toEqual({ state: 'unknown' });
    expect(world.texts.received.filter(({ to }) => to === phone)).toHaveLength(1);
  });
});

describe('reports from Twilio', () => {
  const report = (messageId: string, status: string, at: number, errorCode?: number) =>
    applyTwilioReport(world.store, {
      messageId,
      providerId: 'SM1',
      status,
      to: '+5511999990001',
      at: new Date(at),
      ...(errorCode !== undefined && { errorCode }),
    });
  const stateOf = async (id: string) => (await world.store.messages.find(id))?.state;

  it('never take a message back, in whatever order and however often they come', async () => {
    const { messageId } = await sendText();
    expect(await report(messageId, 'delivered', noon + 9_000)).toBe(true);
    await report(messageId, 'sent', noon + 5_000);
    await report(messageId, 'queued', noon + 4_000);
    await report(messageId, 'delivered', noon + 8_000);
    expect(await world.store.messages.find(messageId)).toMatchObject({
      state: 'delivered',
      deliveredAt: new Date(noon + 8_000),
      sentAt: new Date(noon),
    });
    await report(messageId, 'read', noon + 10_000);
    await report(messageId, 'delivered', noon + 11_000);
    expect(await stateOf(messageId)).toBe('opened');
  });

  it('tell of a message that did not arrive, and of a number that is none', async () => {
    const { messageId } = await sendText();
    await report(messageId, 'undelivered', noon + 1, 30_005);
    expect(await world.store.messages.find(messageId)).toMatchObject({
      state: 'bounced',
      reason: 'twilio-30005',
    });
    const suppression = await world.store.suppressions.find({ channel: 'sms', address: '+5511999990001' });
    expect(suppression?.blocked).toEqual({ invalid: new Date(noon + 1) });
  });

  it('settle a message whose sender is lost', async () => {
    const { _id } = await world.enrol();
    const request = sendRequest(_id, text);
    world.texts.inject({ kind: 'drop' });
    await expect(world.send(request)).rejects.toMatchObject({ type: 'DeliveryUncertain' });
    await report(`${request.enrolment.id}/${request.step}`, 'sent', noon + 1);
    expect(await world.send(request)).toEqual({ state: 'sent' });
  });

  it('say nothing of a message that is not known', async () => {
    expect(await report('no/such#1/message', 'delivered', noon)).toBe(false);
    expect(await report('no/such#1/message', 'receiving', noon)).toBe(false);
  });
});

describe('statusCallback', () => {
  it('is left out where Twilio itself could not reach it', () => {
    const id = 'winback/ana#1/sms:hello#2';
    expect(statusCallback(id, 'http://localhost:3000', 'https://api.twilio.com')).toBeUndefined();
    expect(statusCallback(id, 'https://perene.example', 'https://api.twilio.com')).toBe(
      'https://perene.example/webhooks/twilio/status?message=winback%2Fana%231%2Fsms%3Ahello%232',
    );
    expect(statusCallback(id, 'http://localhost:3000', 'http://127.0.0.1:9')).toBeDefined();
  });
});
