import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text as body } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { simpleParser } from 'mailparser';
import { contactPolicy } from '../../domain/contact-policy';
import { eventually } from '../../test/api';
import { messagingWorld, sendRequest, text, welcome, type MessagingWorld } from '../../test/messaging-world';
import type { SendOnce } from '../../test/send-once';
import type { SendRequest } from '../contract';

const root = join(__dirname, '..', '..');
/** Sends at any hour, so that real time may be used; the program that is killed lives in it. */
const anyHour = { ...contactPolicy, hours: { opens: '00:00', closes: '00:00' } } as const;

let world: MessagingWorld;
beforeAll(async () => {
  world = await messagingWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.time = Date.now();
});
/** Servers of the test that has just run. */
const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const ledgerOf = async ({ enrolment, step }: SendRequest) => {
  const message = await world.store.messages.find(`${enrolment.id}/${step}`);
  if (!message) throw new Error(`No message ${enrolment.id}/${step}.`);
  return message;
};

/** Sets the clock to the end of the claim on a message, or some milliseconds before. */
async function passClaim(request: SendRequest, before = 0): Promise<void> {
  const { state, dueAt } = await ledgerOf(request);
  expect(state).toBe('sending');
  world.clock.time = (dueAt?.getTime() ?? 0) - before;
}

/** Lets a process of its own send a message; it is killed by whoever holds `kill`, and then gone for certain. */
function sendInProcess(
  request: SendRequest,
  servers: { smtpUrl?: string; twilioUrl?: string; mongodbUri?: string },
) {
  const { email, sms } = world.configuration;
  const configuration = {
    ...world.configuration,
    email: { ...email, smtpUrl: servers.smtpUrl ?? email.smtpUrl },
    sms: {
      ...sms,
      ...(sms.twilio && { twilio: { ...sms.twilio, baseUrl: servers.twilioUrl ?? sms.twilio.baseUrl } }),
    },
  };
  const task: SendOnce = { mongodbUri: servers.mongodbUri ?? world.database.uri, configuration, request };
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(root, 'test', 'send-once.ts'), JSON.stringify(task)],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  return {
    kill: () => void child.kill('SIGKILL'),
    gone: new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal))),
  };
}

/** A mail server that takes the message and, before it says so, has its sender killed; or already when it hears to whom. */
async function deadlyMailServer() {
  const mails: { messageId: string | undefined }[] = [];
  let onMail: () => void = () => undefined;
  let onRecipient: () => void = () => undefined;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    // Senders keep connections; none is waited for.
    closeTimeout: 1,
    onRcptTo(_address, _session, callback) {
      onRecipient();
      setTimeout(callback, 20);
    },
    onData(stream, _session, callback) {
      simpleParser(stream).then(
        ({ messageId }) => {
          mails.push({ messageId });
          onMail();
          callback();
        },
        // Its sender was killed before it had said everything.
        () => undefined,
      );
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => new Promise<void>((resolve) => server.close(() => resolve())) });
  return {
    mails,
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    whenMailComes: (act: () => void) => {
      onMail = act;
    },
    whenRecipientComes: (act: () => void) => {
      onRecipient = act;
    },
  };
}

describe('a worker killed between the mail server’s acceptance and its record', () => {
  async function killedWhileSending(change: Parameters<typeof sendRequest>[1]) {
    const server = await deadlyMailServer();
    const { _id } = await world.enrol({ timeZone: zoneAtNoon() });
    const request = sendRequest(_id, change);
    const child = sendInProcess(request, { smtpUrl: server.url });
    server.whenMailComes(child.kill);
    expect(await child.gone).toBe('SIGKILL');
    expect(server.mails).toHaveLength(1);
    await passClaim(request, 7_000);
    server.whenMailComes(() => undefined);
    const handoverFolder = join(world.configuration.dataDir, 'of another machine');
    return { request, server, retry: world.with({ smtpUrl: server.url, policy: anyHour, handoverFolder }) };
  }

  it('never doubles a marketing e-mail: nobody can tell, so it ends as unknown', async () => {
    const { request, server, retry } = await killedWhileSending({});
    await expect(retry.send(request)).rejects.toMatchObject({ type: 'ClaimHeld', nonRetryable: false });
    await passClaim(request);
    expect(await retry.send(request)).toEqual({ state: 'unknown' });
    expect(await retry.send(request)).toEqual({ state: 'unknown' });
    expect(server.mails).toHaveLength(1);
  });

  it('sends a transactional e-mail again, under the same Message-ID', async () => {
    const { request, server, retry } = await killedWhileSending(welcome);
    await expect(retry.send(request)).rejects.toMatchObject({ type: 'ClaimHeld' });
    await passClaim(request);
    expect(await retry.send(request)).toEqual({ state: 'sent' });
    expect(server.mails).toHaveLength(2);
    expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(1);
  });

  it('says how long the claim lasts, so that the retry comes when it is over', async () => {
    const { request, retry } = await killedWhileSending({});
    await expect(retry.send(request)).rejects.toMatchObject({ nextRetryDelay: 7_000 });
  });
});

describe('a worker killed before it has handed an e-mail over', () => {
  async function killedBefore(change: Parameters<typeof sendRequest>[1]) {
    const server = await deadlyMailServer();
    const { _id } = await world.enrol({ timeZone: zoneAtNoon() });
    const request = sendRequest(_id, change);
    const child = sendInProcess(request, { smtpUrl: server.url });
    server.whenRecipientComes(child.kill);
    expect(await child.gone).toBe('SIGKILL');
    server.whenRecipientComes(() => undefined);
    expect(server.mails).toHaveLength(0);
    return { request, server, settings: { smtpUrl: server.url, policy: anyHour } };
  }

  it('leaves no doubt on the same machine: the message goes at once, marketing too', async () => {
    const { request, server, settings } = await killedBefore({});
    expect(await world.with(settings).send(request)).toEqual({ state: 'sent' });
    expect(server.mails).toHaveLength(1);
    expect(await ledgerOf(request)).toMatchObject({ state: 'sent', attempts: 2 });
  });

  it('leaves a marketing message in doubt where another machine takes over', async () => {
    const { request, server, settings } = await killedBefore({});
    await passClaim(request);
    const elsewhere = world.with({ ...settings, handoverFolder: join(world.configuration.dataDir, 'other') });
    expect(await elsewhere.send(request)).toEqual({ state: 'unknown' });
    expect(server.mails).toHaveLength(0);
  });
});

describe('a worker killed between the answer and its record', () => {
  /** The database, until it is made to fall silent. */
  async function silencedDatabase() {
    const target = new URL(world.database.uri);
    const [port, host] = [Number(target.port), target.hostname];
    let isSilent = false;
    const door = createTcpServer((near) => {
      const far = connect(port, host);
      near.on('data', (chunk) => isSilent || far.write(chunk)).on('error', () => undefined);
      far.on('data', (chunk) => near.write(chunk)).on('error', () => undefined);
      near.on('close', () => far.destroy());
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    open.push(door);
    target.port = String((door.address() as AddressInfo).port);
    target.searchParams.delete('replicaSet');
    target.searchParams.set('directConnection', 'true');
    return { uri: target.href, silence: () => void (isSilent = true) };
  }

  it.each([
    ['marketing', {}],
    ['transactional', welcome],
  ])('is known to have sent it: %s', async (_purpose, change) => {
    const [server, database] = [await deadlyMailServer(), await silencedDatabase()];
    const { _id } = await world.enrol({ timeZone: zoneAtNoon() });
    const request = sendRequest(_id, change);
    const child = sendInProcess(request, { smtpUrl: server.url, mongodbUri: database.uri });
    server.whenMailComes(database.silence);
    const folder = join(world.configuration.dataDir, 'handover');
    await eventually(async () => {
      const { claim } = (await world.store.messages.find(`${request.enrolment.id}/${request.step}`)) ?? {};
      return (
        claim?.log && readFileSync(join(folder, `${claim.log}.log`), 'utf8').includes(`= ${claim.token}`)
      );
    });
    child.kill();
    expect(await child.gone).toBe('SIGKILL');
    const retry = world.with({ smtpUrl: server.url, policy: anyHour });
    expect(await retry.send(request)).toEqual({ state: 'sent' });
    expect(server.mails).toHaveLength(1);
    expect(await ledgerOf(request)).toMatchObject({ state: 'sent', attempts: 1 });
  });
});

describe('a worker killed while Twilio answers', () => {
  /** A door before the stand-in that passes a request on, or does not, and has its sender killed. */
  async function killedAtDoor(pass: boolean) {
    const { _id } = await world.enrol({ timeZone: zoneAtNoon() });
    const request = sendRequest(_id, text);
    let kill: () => void = () => undefined;
    const door: Server = createServer((incoming, response) => {
      void (async () => {
        const form = await body(incoming);
        const { authorization = '', 'content-type': type = '' } = incoming.headers;
        if (pass) {
          await fetch(world.texts.url + (incoming.url ?? ''), {
            method: 'POST',
            body: form,
            headers: { authorization, 'content-type': type },
          });
        }
        kill();
        response.destroy();
      })();
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    open.push(door);
    const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
    const child = sendInProcess(request, { twilioUrl: url });
    kill = child.kill;
    expect(await child.gone).toBe('SIGKILL');
    await passClaim(request);
    return { request, retry: world.with({ policy: anyHour }) };
  }

  it('learns from Twilio that the message was taken, and does not send it again', async () => {
    const before = world.texts.received.length;
    const { request, retry } = await killedAtDoor(true);
    expect(await retry.send(request)).toEqual({ state: 'sent' });
    expect(world.texts.received).toHaveLength(before + 1);
    expect(await ledgerOf(request)).toMatchObject({
      state: 'sent',
      providerId: world.texts.received.at(-1)?.sid,
      attempts: 1,
    });
  });

  it('learns from Twilio that it was not, and sends it', async () => {
    const before = world.texts.received.length;
    const { request, retry } = await killedAtDoor(false);
    expect(await retry.send(request)).toEqual({ state: 'sent' });
    expect(world.texts.received).toHaveLength(before + 1);
    expect(await ledgerOf(request)).toMatchObject({ state: 'sent', attempts: 2 });
  });
});

describe('a text message whose sender is lost', () => {
  it('is held, not given up, where Twilio never had it and the hours are over', async () => {
    const { _id } = await world.enrol({ timeZone: zoneAtNoon() });
    const request = sendRequest(_id, text);
    const before = world.texts.received.length;
    const messaging = world.with({ policy: anyHour });
    world.texts.inject({ kind: 'reject', status: 503, code: 20_503 });
    await expect(messaging.send(request)).rejects.toMatchObject({ type: 'DeliveryUncertain' });
    world.clock.time += 30_000;
    const closed = { opens: '00:00', closes: '00:01' } as const;
    const late = world.with({ policy: { ...anyHour, hours: closed } });
    expect(await late.send(request)).toMatchObject({ state: 'deferred' });
    expect(await ledgerOf(request)).toMatchObject({ state: 'planned', heldBy: 'hours' });
    expect(await messaging.send(request)).toEqual({ state: 'sent' });
    expect(world.texts.received).toHaveLength(before + 1);
  });
});

describe('a connection lost after the message was handed over', () => {
  it('ends a marketing e-mail as unknown', async () => {
    const { _id, email = '' } = await world.enrol();
    world.mail.inject({ kind: 'drop' });
    const messaging = world.with({ policy: anyHour });
    const request = sendRequest(_id);
    expect(await messaging.send(request)).toEqual({ state: 'unknown' });
    expect(await messaging.send(request)).toEqual({ state: 'unknown' });
    expect(world.mail.received.filter(({ to }) => to.includes(email))).toHaveLength(1);
  });

  it('has a transactional e-mail sent again, under the same Message-ID', async () => {
    const { _id, email = '' } = await world.enrol();
    world.mail.inject({ kind: 'drop' });
    const request = sendRequest(_id, welcome);
    await expect(world.send(request)).rejects.toMatchObject({
      type: 'DeliveryUncertain',
      nonRetryable: false,
    });
    world.clock.time += 2_000;
    expect(await world.send(request)).toEqual({ state: 'sent' });
    const ids = world.mail.received.filter(({ to }) => to.includes(email)).map(({ messageId }) => messageId);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('has Twilio asked, which took the text message', async () => {
    const { _id } = await world.enrol();
    const before = world.texts.received.length;
    const messaging = world.with({ policy: anyHour });
    world.texts.inject({ kind: 'drop' });
    const request = sendRequest(_id, text);
    await expect(messaging.send(request)).rejects.toMatchObject({ type: 'DeliveryUncertain' });
    world.clock.time += 30_000;
    expect(await messaging.send(request)).toEqual({ state: 'sent' });
    expect(world.texts.received).toHaveLength(before + 1);
  });
});

/** A zone in which it is the middle of the day now, so that marketing may go. */
function zoneAtNoon(): string {
  const hour = new Date().getUTCHours();
  const east = 12 - hour;
  // The signs of these zones are those of POSIX: `Etc/GMT-3` is three hours east.
  return east === 0 ? 'Etc/GMT' : `Etc/GMT${east > 0 ? '-' : '+'}${Math.abs(east)}`;
}
