import { createVerify, generateKeyPairSync } from 'node:crypto';
import { mailSink, type MailSink } from '../../test/servers';
import { messagingWorld, sendRequest, welcome, type MessagingWorld } from '../../test/messaging-world';
import { createMailProvider } from './mail-providers';
import { mailIdOf } from './mail-id';
import { mayGo } from './providers';

let world: MessagingWorld;
let second: MailSink;
beforeAll(async () => {
  [world, second] = await Promise.all([messagingWorld(), mailSink()]);
});
afterAll(() => Promise.all([world.close(), second.close()]));

const bothOf = () => `${world.mail.url} ${second.url}`;
const nameOf = (url: string) => new URL(url).host;
const sentBy = async (id: string) => (await world.store.messages.find(id))?.provider;
const received = (sink: MailSink, to: string) => sink.received.filter((mail) => mail.to.includes(to)).length;

async function sendThrough(smtpUrl: string, change: Parameters<typeof sendRequest>[1] = welcome) {
  const person = await world.enrol();
  const request = sendRequest(person._id, change);
  const result = await world.with({ smtpUrl }).send(request);
  return { to: person.email ?? '', id: `${request.enrolment.id}/${request.step}`, result };
}

describe('several mail servers', () => {
  it('uses the first while it answers', async () => {
    const { id, to } = await sendThrough(bothOf());
    expect(await sentBy(id)).toBe(nameOf(world.mail.url));
    expect([received(world.mail, to), received(second, to)]).toEqual([1, 0]);
  });

  it('uses the next where one is out of reach, and records which', async () => {
    const { id, to, result } = await sendThrough(`smtp://127.0.0.1:1 ${second.url}`);
    expect(result).toEqual({ state: 'sent' });
    expect(await sentBy(id)).toBe(nameOf(second.url));
    expect(received(second, to)).toBe(1);
  });

  it('asks no other about an e-mail that one may have taken', async () => {
    world.mail.inject({ kind: 'drop' });
    const { to, result } = await sendThrough(bothOf(), {});
    expect(result).toEqual({ state: 'unknown' });
    expect([received(world.mail, to), received(second, to)]).toEqual([1, 0]);
  });

  it('asks no other about an e-mail that one refused', async () => {
    world.mail.inject({ kind: 'reject', code: 550, at: 'recipient' });
    const { to, result } = await sendThrough(bothOf());
    expect(result).toMatchObject({ state: 'failed' });
    expect(received(second, to)).toBe(0);
  });

  it('sends through each no more than its rate', async () => {
    const slow = `${world.mail.url}?rate=0.01 ${second.url}`;
    const provider = world.with({ smtpUrl: slow });
    const people = await Promise.all([0, 1, 2].map(() => world.enrol()));
    for (const person of people) await provider.send(sendRequest(person._id, welcome));
    const counts = (sink: MailSink) => people.reduce((sum, { email = '' }) => sum + received(sink, email), 0);
    expect([counts(world.mail), counts(second)]).toEqual([1, 2]);
  });
});

describe('a signature', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const email = {
    ...{ to: 'ana@example.com', subject: 'Olá', html: '<p>Olá</p>', text: 'Olá' },
    unsubscribe: 'https://perene.example/u/t',
  };

  async function sendSigned(bounces?: string) {
    const provider = createMailProvider(
      {
        ...{ smtpUrl: world.mail.url, from: 'Perene Motors <ola@motors.example>', ratePerSecond: 1 },
        dkim: {
          domain: 'motors.example',
          selector: 'perene',
          privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        },
        ...(bounces !== undefined && { bounces }),
      },
      { takePlace: () => Promise.resolve(null), now: Date.now },
    );
    const mailId = mailIdOf(`m${Math.random()}`, email.to, { from: 'a@motors.example', secret: 's' });
    expect(await provider.send({ ...email, mailId }, mayGo)).toMatchObject({ outcome: 'accepted' });
    provider.close();
    return world.mail.next(({ messageId }) => messageId === mailId);
  }

  it('covers what unsubscribes in one click, and verifies', async () => {
    const { raw } = await sendSigned();
    const [head = ''] = raw.split('\r\n\r\n');
    const headers = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
    const relaxed = (line: string) =>
      line
        .replace(/^([\w-]+):\s*/, (_all, name: string) => `${name.toLowerCase()}:`)
        .replace(/\s+/g, ' ')
        .trimEnd();
    const header = (name: string) => headers.find((line) => line.toLowerCase().startsWith(`${name}:`)) ?? '';
    const signature = header('dkim-signature');
    const names = (/\bh=([^;]+)/.exec(signature)?.[1] ?? '').replace(/\s/g, '').toLowerCase().split(':');
    expect(names).toEqual(
      expect.arrayContaining([
        'from',
        'to',
        'subject',
        'message-id',
        'list-unsubscribe',
        'list-unsubscribe-post',
      ]),
    );
    const b = (/\bb=([^;]+)$/.exec(signature)?.[1] ?? '').replace(/\s/g, '');
    const unsigned = relaxed(signature.replace(/\bb=[^;]+$/, 'b='));
    const signed = [...names.map((name) => `${relaxed(header(name))}\r\n`), unsigned].join('');
    const verifies = (text: string) => createVerify('sha256').update(text).verify(publicKey, b, 'base64');
    expect(verifies(signed)).toBe(true);
    expect(verifies(signed.replace('One-Click', 'Two-Click'))).toBe(false);
    expect(header('list-unsubscribe')).toBe('List-Unsubscribe: <https://perene.example/u/t>');
  });

  it('leaves it certain that a server which is out of reach took nothing', async () => {
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const provider = createMailProvider(
      {
        ...{ smtpUrl: 'smtp://127.0.0.1:1', from: 'ola@motors.example', ratePerSecond: 1 },
        dkim: { domain: 'motors.example', selector: 'perene', privateKey: key },
      },
      { takePlace: () => Promise.resolve(null), now: Date.now },
    );
    expect(await provider.send({ ...email, mailId: '<one@motors.example>' }, mayGo)).toMatchObject({
      outcome: 'unavailable',
      scope: 'provider',
    });
    provider.close();
  });

  it('goes with an envelope that says where bounces go', async () => {
    expect(await sendSigned('bounces@motors.example')).toMatchObject({ from: 'bounces@motors.example' });
  });
});
