import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { messagingWorld, noon, sendRequest, welcome, type MessagingWorld } from '../../test/messaging-world';
import { createSmtpProvider, judgeSmtpError } from './smtp';
import { mayGo } from './providers';

let world: MessagingWorld;
beforeAll(async () => {
  world = await messagingWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.time = noon;
});

const mail = {
  to: 'ana@example.com',
  subject: 'Olá',
  html: '<p>Olá</p>',
  text: 'Olá',
  mailId: '<one@motors.example>',
};

/** Sends the mail through a provider of its own, which waits so long, milliseconds. */
async function sendTo(url: string, timeout = 20_000) {
  const provider = createSmtpProvider({ url, from: 'Perene Motors <ola@motors.example>', timeout });
  try {
    return await provider.send(mail, mayGo);
  } finally {
    provider.close();
  }
}

/** A server whose answer to one recipient is given. */
async function refusing(code: number, message: string) {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    // Senders keep connections; none is waited for.
    closeTimeout: 1,
    onRcptTo: (_address, _session, callback) =>
      callback(Object.assign(new Error(message), { responseCode: code })),
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

describe('an SMTP provider', () => {
  it('sends over one connection after another, under the Message-ID it is given', async () => {
    expect(await sendTo(world.mail.url)).toMatchObject({ outcome: 'accepted' });
    expect(await world.mail.next(({ messageId }) => messageId === mail.mailId)).toMatchObject({
      from: 'ola@motors.example',
      to: ['ana@example.com'],
      subject: 'Olá',
    });
  });

  it('sends what somebody waits for beside and before what goes in bulk', async () => {
    const from = 'Perene Motors <ola@motors.example>';
    const provider = createSmtpProvider({ url: world.mail.url, from, connections: 2 });
    const send = (mailId: string, isBulk: boolean) =>
      provider.send({ ...mail, mailId: `<${mailId}@motors.example>`, isBulk }, mayGo);
    const before = world.mail.received.length;
    const held = world.mail.hold();
    const bulk = ['bulk-1', 'bulk-2', 'bulk-3'].map((mailId) => send(mailId, true));
    await held.arrived;
    await send('urgent', false);
    held.letGo();
    await Promise.all(bulk);
    provider.close();
    const ids = world.mail.received.slice(before).map(({ messageId }) => messageId);
    expect(ids).toEqual(['urgent', 'bulk-1', 'bulk-2', 'bulk-3'].map((id) => `<${id}@motors.example>`));
  });

  it('says that nobody is there where the connection is refused', async () => {
    expect(await sendTo('smtp://127.0.0.1:1')).toEqual({
      outcome: 'unavailable',
      reason: 'ESOCKET',
      scope: 'provider',
    });
  });

  it('gives up on a server that never greets', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const url = `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const timedOut = { outcome: 'unavailable', reason: 'ETIMEDOUT', scope: 'provider' };
    expect(await sendTo(url, 1_000)).toEqual(timedOut);
    silent.close();
  });

  it('does not know about a message whose answer never came', async () => {
    const held = world.mail.hold();
    expect(await sendTo(world.mail.url, 6_000)).toMatchObject({ outcome: 'uncertain' });
    held.letGo();
    world.mail.inject({ kind: 'drop' });
    expect(await sendTo(world.mail.url)).toMatchObject({ outcome: 'uncertain' });
  });

  it('does not let a message go any more that was given up while it waited for its turn', async () => {
    const provider = createSmtpProvider({ url: world.mail.url, from: 'ola@motors.example', timeout: 5_000 });
    let goOn: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => (goOn = resolve));
    const late = { ...mail, mailId: '<late@motors.example>' };
    expect(await provider.send(late, () => turn)).toMatchObject({
      outcome: 'unavailable',
      scope: 'provider',
    });
    goOn();
    const after = { ...mail, mailId: '<after@motors.example>' };
    expect(await provider.send(after, mayGo)).toMatchObject({ outcome: 'accepted' });
    provider.close();
    expect(world.mail.received.map(({ messageId }) => messageId)).not.toContain(late.mailId);
  });

  it('blames our settings, not the message, where the login fails', async () => {
    const server = new SMTPServer({
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: (_auth, _session, callback) => callback(Object.assign(new Error('No'), { responseCode: 535 })),
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    expect(await sendTo(`smtp://user:wrong@127.0.0.1:${port}`)).toEqual({
      outcome: 'unavailable',
      reason: 'smtp-535',
      scope: 'provider',
    });
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  it('tells a dead mailbox from a refusal of another kind, and never quotes the answer', async () => {
    const cases = [
      [
        550,
        '5.1.1 <ana@example.com> no such user',
        { outcome: 'refused', reason: 'smtp-550-5.1.1', address: 'dead' },
      ],
      [550, '5.7.1 <ana@example.com> not welcome', { outcome: 'refused', reason: 'smtp-550-5.7.1' }],
      [552, '5.2.2 <ana@example.com> mailbox full', { outcome: 'refused', reason: 'smtp-552-5.2.2' }],
      [
        450,
        '4.2.0 <ana@example.com> greylisted',
        { outcome: 'unavailable', reason: 'smtp-450-4.2.0', scope: 'recipient' },
      ],
      [421, '4.3.2 shutting down', { outcome: 'unavailable', reason: 'smtp-421-4.3.2', scope: 'provider' }],
    ] as const;
    for (const [code, message, expected] of cases) {
      const server = await refusing(code, message);
      expect(await sendTo(server.url)).toEqual(expected);
      await server.close();
    }
  });
});

describe('judgeSmtpError', () => {
  it('takes a text that went out whole, without an answer, as uncertain, and any answer as certain', () => {
    expect(judgeSmtpError({ code: 'ESOCKET', command: 'CONN' }, true)).toMatchObject({
      outcome: 'uncertain',
    });
    expect(judgeSmtpError({ code: 'ESOCKET', command: 'CONN' }, false)).toMatchObject({
      outcome: 'unavailable',
    });
    const refusal = { code: 'EMESSAGE', command: 'DATA', responseCode: 554, response: '554 spam' };
    expect(judgeSmtpError(refusal, true)).toEqual({ outcome: 'refused', reason: 'smtp-554' });
  });
});

describe('a message through a troubled mail server', () => {
  it('is tried again after the server was out of reach, and the ledger says why it waits', async () => {
    const { _id } = await world.enrol();
    const request = sendRequest(_id, welcome);
    const closed = world.with({ smtpUrl: 'smtp://127.0.0.1:1' });
    await expect(closed.send(request)).rejects.toMatchObject({
      type: 'ProviderUnavailable',
      nonRetryable: false,
    });
    expect((await world.store.messages.ofCustomer(_id, 1))[0]).toMatchObject({
      state: 'planned',
      heldBy: 'provider',
    });
    expect(await world.send(request)).toEqual({ state: 'sent' });
  });

  it('fails at a dead mailbox, to which nothing is sent from then on', async () => {
    const server = await refusing(550, '5.1.1 no such user');
    const { _id, email = '' } = await world.enrol();
    const dead = world.with({ smtpUrl: server.url });
    expect(await dead.send(sendRequest(_id, welcome))).toEqual({ state: 'failed', reason: 'smtp-550-5.1.1' });
    await server.close();
    const suppression = await world.store.suppressions.find({ channel: 'email', address: email });
    expect(suppression?.blocked).toEqual({ 'hard-bounce': new Date(noon) });
    expect(await world.send(sendRequest(_id, welcome))).toEqual({
      state: 'suppressed',
      reason: 'suppression-list',
    });
  });

  it('waits where only the recipient’s server says later, and fails after two days of it', async () => {
    const { _id } = await world.enrol();
    const request = sendRequest(_id, welcome);
    world.mail.inject({ kind: 'reject', code: 450, at: 'recipient' });
    expect(await world.send(request)).toEqual({ state: 'deferred', until: noon + 300_000 });
    world.clock.time = noon + 2 * 86_400_000 + 1;
    world.mail.inject({ kind: 'reject', code: 450, at: 'recipient' });
    expect(await world.send(request)).toEqual({ state: 'failed', reason: 'smtp-450' });
  });

  it('never shows an address in an error', async () => {
    const { _id, email = '' } = await world.enrol();
    world.mail.inject({ kind: 'drop' });
    const error: unknown = await world.send(sendRequest(_id, welcome)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ type: 'DeliveryUncertain' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(email);
  });
});
