import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { validateRequest } from 'twilio';
import { createInbox } from './inbox';
import { loopback } from './ports';
import { smsStandIn, type SmsStandIn } from './sms-stand-in';
import { ownPorts } from '../../test/ports';

const messageOf = (change: Record<string, string> = {}) => ({
  To: '+5511987654321',
  Body: 'Olá, Ana',
  ...change,
});

let standIn: SmsStandIn;
let webhook: Awaited<ReturnType<typeof startWebhook>>;

beforeEach(async () => {
  webhook = await startWebhook();
  standIn = await smsStandIn({ inboundUrl: `${webhook.url}/inbound` });
});

afterEach(async () => {
  await standIn.close();
  await webhook.close();
});

/** Keeps the form posts that it gets, with their signatures. */
async function startWebhook() {
  const inbox = createInbox<{ path: string; signature: string; form: Record<string, string> }>('post');
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const signature = String(request.headers['x-twilio-signature']);
      inbox.put({ path: request.url ?? '', signature, form: Object.fromEntries(new URLSearchParams(body)) });
      response.writeHead(204).end();
    });
  });
  const [port = 0] = await ownPorts(1);
  await new Promise<void>((resolve) => server.listen(port, loopback, resolve));
  const close = () => new Promise((resolve) => server.close(resolve));
  return { ...inbox, url: `http://${loopback}:${port}`, close };
}

async function call(path: string, init: RequestInit = {}, account = standIn.account) {
  const credentials = Buffer.from(`${account.accountSid}:${account.authToken}`).toString('base64');
  const url = `${standIn.url}/2010-04-01/Accounts/${standIn.account.accountSid}/${path}`;
  const response = await fetch(url, { ...init, headers: { authorization: `Basic ${credentials}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const create = (fields: Record<string, string>) =>
  call('Messages.json', {
    method: 'POST',
    body: new URLSearchParams({ MessagingServiceSid: standIn.account.messagingServiceSid, ...fields }),
  });

describe('smsStandIn', () => {
  it('creates a message, gives it by its id, and reports each state to its signed callback', async () => {
    const StatusCallback = `${webhook.url}/status?enrolment=onboarding/ana`;
    const { status, body } = await create(messageOf({ StatusCallback }));
    expect(status).toBe(201);
    expect(body).toMatchObject({
      to: '+5511987654321',
      body: 'Olá, Ana',
      status: 'accepted',
      error_code: null,
    });
    const posts = [await webhook.next(), await webhook.next()];
    expect(posts.map(({ form }) => form['MessageStatus'])).toEqual(['sent', 'delivered']);
    for (const { form, signature } of posts) {
      expect(form['MessageSid']).toBe(body['sid']);
      expect(validateRequest(standIn.account.authToken, signature, StatusCallback, form)).toBe(true);
    }
    expect((await call(`Messages/${String(body['sid'])}.json`)).body).toMatchObject({ status: 'delivered' });
  });

  it.each([
    [21211, messageOf({ To: '11987654321' })],
    [21604, messageOf({ To: '' })],
    [21602, messageOf({ Body: '' })],
    [21617, messageOf({ Body: 'x'.repeat(1601) })],
    [21701, messageOf({ MessagingServiceSid: 'MG0' })],
    [21609, messageOf({ StatusCallback: 'somewhere' })],
  ])('refuses a message with error %d', async (code, fields) => {
    expect(await create(fields)).toMatchObject({ status: 400, body: { code } });
    expect(standIn.received).toEqual([]);
  });

  it('refuses another account', async () => {
    const account = { ...standIn.account, authToken: 'wrong' };
    expect(await call('Messages.json', {}, account)).toMatchObject({ status: 401, body: { code: 20003 } });
  });

  it('lists messages by recipient, newest first and by page', async () => {
    for (const Body of ['one', 'two', 'three']) await create(messageOf({ Body }));
    await create(messageOf({ To: '+351912345678' }));
    const query = `To=${encodeURIComponent('+5511987654321')}&PageSize=2`;
    const first = await call(`Messages.json?${query}`);
    expect(first.body).toMatchObject({
      messages: [{ body: 'three' }, { body: 'two' }],
      previous_page_uri: null,
    });
    const second = await call(`Messages.json?${query}&Page=1`);
    expect(second.body).toMatchObject({ messages: [{ body: 'one' }], next_page_uri: null });
    expect((await call('Messages.json?DateSent%3E=2999-01-01')).body).toMatchObject({ messages: [] });
  });

  it('goes wrong as it is told, one attempt each', async () => {
    standIn.inject(
      { kind: 'reject', status: 429, code: 20429 },
      { kind: 'drop' },
      { kind: 'undelivered', errorCode: 30003 },
      { kind: 'delay', ms: 1 },
    );
    expect(await create(messageOf())).toMatchObject({ status: 429, body: { code: 20429 } });
    await expect(create(messageOf({ Body: 'dropped' }))).rejects.toThrow('fetch failed');
    await create(messageOf({ Body: 'lost', StatusCallback: `${webhook.url}/status` }));
    const lost = await webhook.next(({ form }) => form['MessageStatus'] === 'undelivered');
    expect(lost.form['ErrorCode']).toBe('30003');
    expect((await create(messageOf({ Body: 'late' }))).status).toBe(201);
    expect(standIn.received.map(({ body }) => body)).toEqual(['dropped', 'lost', 'late']);
  });

  it('shows messages as text, never as markup, and posts an answer as the customer would', async () => {
    await create(messageOf({ Body: '<b>Olá</b> https://perene.example/c/1' }));
    const page = await (await fetch(standIn.url)).text();
    expect(page).toContain('&lt;b&gt;Olá&lt;/b&gt; <a href="https://perene.example/c/1">');
    const answer = new URLSearchParams({ from: '+5511987654321', body: 'SAIR' });
    await fetch(`${standIn.url}/answers`, { method: 'POST', body: answer });
    const { form, path, signature } = await webhook.next();
    expect(form).toMatchObject({ From: '+5511987654321', Body: 'SAIR' });
    expect(validateRequest(standIn.account.authToken, signature, webhook.url + path, form)).toBe(true);
  });
});
