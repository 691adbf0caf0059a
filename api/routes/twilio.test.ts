import twilio from 'twilio';
import { toJourneyEvent } from '../../domain/event-schemas';
import { customer } from '../../test/builders';
import { uniqueName } from '../../test/servers';
import { testApi, testConfiguration, type TestApi } from '../../test/api';

const authToken = 'the-token-of-the-account';
const publicUrl = 'https://perene.example';
let api: TestApi;
beforeAll(async () => {
  api = await testApi({
    configuration: testConfiguration({
      http: { port: 3000, publicUrl },
      sms: {
        ratePerSecond: 10,
        twilio: {
          accountSid: `AC${'0'.repeat(32)}`,
          authToken,
          messagingServiceSid: `MG${'0'.repeat(32)}`,
          baseUrl: 'https://api.twilio.com',
        },
      },
    }),
  });
});
afterAll(() => api.close());

let people = 0;

/** A customer with a text message in the ledger. */
async function texted(change: Parameters<typeof customer>[0] = {}) {
  const phone = `+55119${String(10_000_000 + ++people)}`;
  const person = customer({ _id: uniqueName('ana'), phone, ...change });
  await api.store.customers.collection.insertOne(person);
  const at = new Date();
  const messageId = `onboarding/${person._id}#1/sms:complete-profile`;
  await api.store.messages.collection.insertOne({
    _id: messageId,
    customerId: person._id,
    journey: 'onboarding',
    enrolmentId: `onboarding/${person._id}#1`,
    step: 'sms:complete-profile',
    channel: 'sms',
    template: 'complete-profile',
    purpose: 'marketing',
    topic: 'account',
    priority: 0,
    state: 'sent',
    createdAt: at,
    updatedAt: at,
    sentAt: at,
  });
  return { person, phone, messageId, address: { channel: 'sms', address: phone } as const };
}

async function callback(path: string, fields: Record<string, string>, token = authToken) {
  const signature = twilio.getExpectedTwilioSignature(token, publicUrl + path, fields);
  return api.app.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    payload: new URLSearchParams(fields).toString(),
  });
}
const say = (From: string, Body: string, rest: Record<string, string> = {}) =>
  callback('/webhooks/twilio/inbound', {
    MessageSid: uniqueName('SM'),
    From,
    To: '+551140000000',
    Body,
    ...rest,
  });
const status = (messageId: string) => `/webhooks/twilio/status?message=${encodeURIComponent(messageId)}`;

describe('a body that Twilio never sends', () => {
  it.each([
    ['nested values', '{"MessageSid": {"toString": 1, "valueOf": 1}}'],
    ['a list in a list', '{"MessageSid": ["a", ["b"]]}'],
    ['a list', '[1, 2]'],
    ['a text', '"From=a"'],
    ['depth', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ])('has no signature that is valid: %s', async (_name, payload) => {
    for (const path of [status('none'), '/webhooks/twilio/inbound']) {
      const answer = await api.app.inject({
        method: 'POST',
        url: path,
        headers: { 'content-type': 'application/json', 'x-twilio-signature': 'a guess' },
        payload,
      });
      expect(answer.json()).toMatchObject({ code: 'invalid-signature', status: 403 });
    }
  });
});

describe('POST /webhooks/twilio/status', () => {
  it('brings a message forward in the ledger', async () => {
    const { messageId, phone } = await texted();
    const report = { MessageSid: 'SM1', MessageStatus: 'delivered', To: phone };
    expect((await callback(status(messageId), report)).statusCode).toBe(204);
    expect(await api.store.messages.find(messageId)).toMatchObject({ state: 'delivered', providerId: 'SM1' });
  });

  it('takes a number as the code of an error, or nothing', async () => {
    const { messageId, phone } = await texted();
    const tell = async (ErrorCode: string) => {
      const report = { MessageSid: 'SM1', MessageStatus: 'undelivered', To: phone, ErrorCode };
      return (await callback(status(messageId), report)).statusCode;
    };
    expect([await tell('30005x'), await tell('-1'), await tell('30005')]).toEqual([400, 400, 204]);
    expect(await api.store.messages.find(messageId)).toMatchObject({ reason: 'twilio-30005' });
    expect(await tell('')).toBe(204);
  });

  it('refuses what Twilio did not sign', async () => {
    const { messageId, phone } = await texted();
    const report = { MessageSid: 'SM1', MessageStatus: 'failed', To: phone };
    const answer = await callback(status(messageId), report, 'another-token');
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'invalid-signature' });
    expect(await api.store.messages.find(messageId)).toMatchObject({ state: 'sent' });
  });
});

describe('POST /webhooks/twilio/inbound', () => {
  it.each(['STOP', 'parar', 'Sair!', ' cancelar '])(
    'blocks the number of somebody who says "%s"',
    async (word) => {
      const { phone, address } = await texted();
      expect((await say(phone, word)).statusCode).toBe(200);
      expect(await api.store.suppressions.find(address)).toMatchObject({
        blocked: { stopped: expect.any(Date) as Date },
      });
    },
  );

  it('lifts the block when they say START, and gives back what STOP took of their consent', async () => {
    const { person, phone, address } = await texted();
    const { _id: id } = person;
    const consent = async () => (await api.store.customers.find(id))?.consent.sms;
    const refusal = { channel: 'sms', topic: 'offers', state: 'revoked' };
    await api.admin('POST', `/v1/customers/${id}/consent`, refusal);
    await say(phone, 'PARAR');
    expect(await consent()).toMatchObject({ granted: false, source: 'keyword' });
    await say(phone, 'Começar');
    expect(await consent()).toMatchObject({ granted: true, source: 'keyword', except: ['offers'] });
    const { body } = await api.admin('GET', `/v1/customers/${id}/consent`);
    expect(body).toMatchObject({ verified: true });
    expect((await api.store.consents.ofCustomer(id)).map(({ source, topic }) => [source, topic])).toEqual([
      ['before-ledger', 'all'],
      ['admin', 'offers'],
      ['keyword', 'all'],
      ['keyword', 'account'],
      ['keyword', 'service'],
    ]);
    expect(await api.store.suppressions.find(address)).not.toHaveProperty('blocked');
  });

  it('answers in the language of the customer, but not where Twilio answers by itself', async () => {
    const brazilian = await texted();
    const english = await texted({ locale: 'en' });
    const own = await say(brazilian.phone, 'AJUDA');
    expect(own.headers['content-type']).toContain('text/xml');
    expect(own.body).toContain('<Message>Perene Motors: responda PARAR');
    expect((await say(english.phone, 'ajuda')).body).toContain('answer STOP');
    expect((await say(brazilian.phone, 'HELP')).body).not.toContain('<Message>');
    const advanced = await say(brazilian.phone, 'PARAR', { OptOutType: 'STOP' });
    expect(advanced.body).not.toContain('<Message>');
    expect(await api.store.suppressions.find(brazilian.address)).toMatchObject({
      blocked: { stopped: expect.any(Date) as Date },
    });
  });

  it('confirms once, however often and in however many words somebody says STOP', async () => {
    const { phone } = await texted();
    const answers = await Promise.all(
      ['PARE de mandar isso', 'parar por favor', 'SAIR'].map((word) => say(phone, word)),
    );
    expect(answers.filter(({ body }) => body.includes('<Message>'))).toHaveLength(1);
    expect((await say(phone, 'Sair')).body).not.toContain('<Message>');
  });

  it('tells journeys what an answer says, and not its words', async () => {
    const { person, phone, messageId } = await texted();
    await say(phone, 'Sim, pode ser na sexta');
    const event = await api.store.events.collection.findOne({
      customerId: person._id,
      name: 'message.replied',
    });
    expect(
      toJourneyEvent({
        id: 'e',
        name: 'message.replied',
        receivedAt: 0,
        properties: event?.properties ?? {},
      }),
    ).toMatchObject({
      properties: {
        messageId,
        channel: 'sms',
        template: 'complete-profile',
        topic: 'account',
        answer: 'yes',
      },
    });
    expect(event?.properties).toMatchObject({ text: 'Sim, pode ser na sexta' });
  });

  it('takes anything else as a reply to the last text message', async () => {
    const { person, phone, messageId, address } = await texted();
    await say(phone, 'Pode parar na oficina amanhã?');
    expect(await api.store.messages.find(messageId)).toMatchObject({ state: 'replied' });
    expect(await api.store.suppressions.find(address)).toBeNull();
    expect(
      await api.store.events.collection.findOne({ customerId: person._id, name: 'message.replied' }),
    ).toMatchObject({
      properties: { messageId, text: 'Pode parar na oficina amanhã?' },
    });
  });

  it('blocks a number that no customer has', async () => {
    const address = '+5511900000000';
    await say(address, 'STOP');
    expect(await api.store.suppressions.find({ channel: 'sms', address })).toMatchObject({ blocked: {} });
  });
});
