import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMessaging } from '../activities/messaging/messaging';
import { signLink } from '../activities/messaging/links';
import { createHandoverLog } from '../activities/messaging/handover-log';
import { createSmtpProvider } from '../activities/messaging/smtp';
import { renderEmail, renderSms } from '../templates/render';
import { customer } from '../test/builders';
import { manyTurns, sendRequest } from '../test/messaging-world';
import { mailSink, uniqueName, type MailSink } from '../test/servers';
import { adminKey, writeKey, testApi, testConfiguration, type TestApi } from '../test/api';

/** Noon in São Paulo: marketing may go. */
const noon = Date.parse('2096-03-07T15:00:00Z');
const { secret } = testConfiguration().keys;
let api: TestApi;
let mail: MailSink;
beforeAll(async () => {
  [api, mail] = await Promise.all([testApi({ now: () => new Date(noon) }), mailSink()]);
});
afterAll(() => Promise.all([api.close(), mail.close()]));

function sender(beforeProvider: () => Promise<void> = () => Promise.resolve()) {
  const smtp = createSmtpProvider({ url: mail.url, from: 'ola@motors.example' });
  const { send } = createMessaging({
    store: api.store,
    configuration: testConfiguration(),
    renderer: { renderEmail, renderSms },
    email: {
      ...smtp,
      async send(email, beforeTaking) {
        await beforeProvider();
        return smtp.send(email, beforeTaking);
      },
    },
    sms: null,
    handovers: createHandoverLog(join(tmpdir(), uniqueName('handover'))),
    turns: manyTurns(api.store),
    now: () => noon,
    log: { debug: () => undefined },
  });
  return { send, close: () => smtp.close() };
}

async function somebody() {
  const name = uniqueName('ana');
  const person = customer({ _id: name, email: `${name}@example.com` });
  await api.store.customers.collection.insertOne(person);
  const token = signLink(
    { kind: 'unsubscribe', customerId: name, channel: 'email', topic: 'offers' },
    secret,
  );
  const page = `/p/${signLink({ kind: 'preferences', customerId: name }, secret)}`;
  const staff = { authorization: `Bearer ${adminKey}` };
  return {
    name,
    got: () => mail.received.filter(({ to }) => to.includes(person.email ?? '')).length,
    unsubscribe: () => api.app.inject({ method: 'POST', url: `/u/${token}` }),
    pause: () => api.app.inject({ method: 'POST', url: page, payload: { pause: 'begin' } }),
    pauseByStaff: () =>
      api.app.inject({
        ...{ method: 'POST', url: `/v1/customers/${name}/consent`, headers: staff },
        payload: { channel: 'email', state: 'paused' },
      }),
    erase: () => api.app.inject({ method: 'DELETE', url: `/v1/customers/${name}`, headers: staff }),
    move: () =>
      api.app.inject({
        ...{ method: 'POST', url: '/v1/identify', headers: { authorization: `Bearer ${writeKey}` } },
        payload: { userId: name, traits: { email: `new.${name}@example.com` } },
      }),
  };
}

describe('a refusal:', () => {
  it.each([
    ['an unsubscription', 'unsubscribe', 200],
    ['an erasure', 'erase', 202],
    ['a new address', 'move', 200],
    ['a pause', 'pause', 200],
    ['a pause by staff', 'pauseByStaff', 200],
  ] as const)('%s is acknowledged only when what was under way has gone', async (_, act, status) => {
    const { name, got, ...acts } = await somebody();
    const refuse = acts[act];
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let reached: () => void = () => undefined;
    const atProvider = new Promise<void>((resolve) => (reached = resolve));
    const { send, close } = sender(async () => {
      reached();
      await held;
    });
    const sending = send(sendRequest(name));
    await atProvider;
    let atAcknowledgement = -1;
    const refusing = refuse().then((answer) => {
      atAcknowledgement = got();
      return answer.statusCode;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(atAcknowledgement).toBe(-1);
    letGo();
    expect(await sending).toEqual({ state: 'sent' });
    expect(await refusing).toBe(status);
    expect([atAcknowledgement, got()]).toEqual([1, 1]);
    close();
  });

  it.each([
    ['an unsubscription', 'unsubscribe', 'suppression-list'],
    ['a pause', 'pause', 'paused'],
    ['a pause by staff', 'pauseByStaff', 'paused'],
  ] as const)(
    '%s holds against every send at the same time: none goes after its acknowledgement',
    async (_, act, reason) => {
      const { send, close } = sender();
      const people = await Promise.all(Array.from({ length: 12 }, () => somebody()));
      const outcomes = await Promise.all(
        people.map(async ({ name, got, ...acts }, index) => {
          const sending = new Promise((resolve) => setTimeout(resolve, (index % 4) * 3)).then(() =>
            send(sendRequest(name)),
          );
          expect((await acts[act]()).statusCode).toBe(200);
          const before = got();
          await sending;
          const later = await send(sendRequest(name));
          return { late: got() - before, later };
        }),
      );
      expect(outcomes).toEqual(people.map(() => ({ late: 0, later: { state: 'suppressed', reason } })));
      close();
    },
  );

  it('holds against an address that was changed: nothing goes there after that was acknowledged', async () => {
    const { send, close } = sender();
    const people = await Promise.all(Array.from({ length: 12 }, () => somebody()));
    const late = await Promise.all(
      people.map(async ({ name, got, move }, index) => {
        const request = sendRequest(name);
        const sending = new Promise((resolve) => setTimeout(resolve, (index % 4) * 3)).then(() =>
          send(request),
        );
        expect((await move()).statusCode).toBe(200);
        const before = got();
        await sending;
        expect(await send(request)).toEqual({ state: 'sent' });
        return got() - before;
      }),
    );
    expect(late).toEqual(people.map(() => 0));
    close();
  });
});
