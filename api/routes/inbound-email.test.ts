import { mailIdOf } from '../../activities/messaging/mail-id';
import { customer } from '../../test/builders';
import { abuseReport, deliveryNotification } from '../../test/mail-reports';
import { uniqueName } from '../../test/servers';
import { adminKey, testApi, testConfiguration, writeKey, type TestApi } from '../../test/api';

const { keys, email } = testConfiguration();
let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

/** A customer with an e-mail in the ledger. */
async function mailed() {
  const name = uniqueName('ana');
  const person = customer({ _id: name, email: `${name}@example.com` });
  await api.store.customers.collection.insertOne(person);
  const at = new Date();
  const messageId = `winback/${name}#1/email:winback`;
  await api.store.messages.collection.insertOne({
    ...{ _id: messageId, customerId: name, journey: 'winback', enrolmentId: `winback/${name}#1` },
    ...{ step: 'email:winback', channel: 'email', template: 'winback', purpose: 'marketing' },
    ...{ topic: 'offers', priority: 0, state: 'sent', createdAt: at, updatedAt: at, sentAt: at },
  });
  const address = { channel: 'email', address: person.email ?? '' } as const;
  return {
    person,
    messageId,
    mailId: mailIdOf(messageId, address.address, { from: email.from, secret: keys.secret }),
    suppression: () => api.store.suppressions.find(address),
    consents: () => api.store.consents.ofCustomer(name),
    message: () => api.store.messages.find(messageId),
    events: (event: string) => api.store.events.collection.find({ customerId: name, name: event }).toArray(),
  };
}

const take = (payload: string, key = adminKey) =>
  api.app.inject({
    method: 'POST',
    url: '/v1/inbound/email',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'message/rfc822' },
    payload: Buffer.from(payload.replace(/\n/g, '\r\n')),
  });

describe('POST /v1/inbound/email', () => {
  it('blocks an address that does not exist, once', async () => {
    const { mailId, messageId, suppression, message, events } = await mailed();
    const report = deliveryNotification(mailId, { action: 'failed', status: '5.1.1' });
    expect((await take(report)).json()).toEqual({ kind: 'bounce', messageId });
    expect((await take(report)).statusCode).toBe(200);
    expect((await suppression())?.blocked).toEqual({ 'hard-bounce': expect.any(Date) as Date });
    expect(await message()).toMatchObject({ state: 'bounced', reason: 'dsn-5.1.1' });
    expect(await events('message.bounced')).toMatchObject([{ properties: { messageId, hard: true } }]);
  });

  it('only records a bounce that may pass', async () => {
    const { mailId, suppression, message } = await mailed();
    await take(deliveryNotification(mailId, { action: 'failed', status: '5.2.2' }));
    expect(await suppression()).toBeNull();
    expect(await message()).toMatchObject({ state: 'bounced', reason: 'dsn-5.2.2' });
  });

  it('blocks whoever complains, and takes it as a refusal', async () => {
    const { mailId, messageId, suppression, message, events, consents } = await mailed();
    expect((await take(abuseReport(mailId))).json()).toEqual({ kind: 'complaint', messageId });
    expect((await suppression())?.blocked).toEqual({ complaint: expect.any(Date) as Date });
    expect(await message()).toMatchObject({ state: 'complained', reason: 'abuse' });
    expect(await events('message.complained')).toHaveLength(1);
    expect((await consents()).at(-1)).toMatchObject({
      ...{ channel: 'email', topic: 'all', state: 'revoked', source: 'complaint', proof: { messageId } },
    });
  });

  it('spares an address that somebody has moved on to', async () => {
    const { person, mailId, suppression, message } = await mailed();
    const moved = { channel: 'email', address: `new-${person.email ?? ''}` } as const;
    await api.store.customers.collection.updateOne({ _id: person._id }, { $set: { email: moved.address } });
    await take(deliveryNotification(mailId, { action: 'failed', status: '5.1.1' }));
    expect(await message()).toMatchObject({ state: 'bounced' });
    expect([await suppression(), await api.store.suppressions.find(moved)]).toEqual([null, null]);
    await take(abuseReport(mailId));
    expect((await api.store.customers.find(person._id))?.consent.email?.granted).toBe(true);
  });

  it('takes an answer as a reply, with what it says kept out of what journeys see', async () => {
    const { mailId, messageId, message, events } = await mailed();
    await take(`From: ana@example.com\nIn-Reply-To: ${mailId}\nSubject: Re\n\nSim, pode marcar.\n`);
    expect(await message()).toMatchObject({ state: 'replied' });
    expect(await events('message.replied')).toMatchObject([
      { properties: { messageId, answer: 'yes', text: 'Sim, pode marcar.' } },
    ]);
  });

  it('takes an answer that asks to stop for what it is', async () => {
    const { mailId, message, suppression, consents } = await mailed();
    await take(
      `From: ana@example.com\nIn-Reply-To: ${mailId}\nSubject: Re\n\nPARE de me escrever, por favor\n`,
    );
    expect((await suppression())?.unsubscribed).toHaveProperty('all');
    expect((await consents()).at(-1)).toMatchObject({ state: 'revoked', source: 'reply' });
    expect(await message()).toMatchObject({ state: 'sent' });
  });

  it('believes no report that quotes no Message-ID of ours', async () => {
    const { messageId, suppression, message } = await mailed();
    const forged = mailIdOf(messageId, 'ana@example.com', { from: email.from, secret: 'a-guess' });
    for (const report of [abuseReport(forged), abuseReport('<x@y.example>'), 'Subject: hello\n\nhello\n'])
      expect((await take(report)).json()).toEqual({ kind: 'none' });
    expect(await suppression()).toBeNull();
    expect(await message()).toMatchObject({ state: 'sent' });
  });

  it('is closed to the write key, and wants a body', async () => {
    expect((await take('Subject: hello\n\nhello', writeKey)).statusCode).toBe(403);
    expect((await take('')).statusCode).toBe(400);
  });
});
