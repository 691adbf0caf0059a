import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import pino from 'pino';
import { createErasure } from '../activities/erasure/erasure';
import { temporalHistories } from '../activities/erasure/histories';
import { signLink } from '../activities/messaging/links';
import { sentCopies } from '../activities/erasure/sent-copies';
import { isHeldOut } from '../api/routing/plan';
import { demoClock } from '../cli/demo/pace';
import { journeys } from '../workflows/journeys';
import { suppressionId } from '../store/suppressions';
import { eventually } from './api';
import { message, offer } from './builders';
import { bundleOf } from './bundle';
import { messagingConfiguration } from './messaging-world';
import { provider } from './provider';
import { uniqueName } from './servers';
import { testSystem, type TestSystem } from './system';
import { databaseText, temporalText } from './traces';

let system: TestSystem;
let logged = '';

beforeAll(async () => {
  const stream = new PassThrough();
  stream.on('data', (line: Buffer) => (logged += line.toString()));
  system = await testSystem(journeys, pino({ level: 'trace' }, stream));
  await system.startWorkers(await bundleOf());
  await system.store.offers.save('oil', offer(), new Date());
});
afterAll(() => system.close());

/** Values that stand nowhere else, one for each thing that a customer may tell. */
const planted = {
  firstName: 'Zuleikaplanted',
  lastName: 'Sobrenomeplanted',
  email: 'zuleika.planted@example.com',
  phone: '+5511987650042',
  attribute: 'conversivel-planted',
  text: 'rua das flores planted',
  reason: 'motivo-planted',
  vehicle: 'PLANTED1D23',
  page: '/conta/planted',
  visitor: 'visita-planted',
  device: 'device-planted',
  form: 'https://form.example/planted-form',
  comment: 'comentario-planted',
};
/** Addresses that were theirs before: of the first the ledger of consent knows nothing, for nothing was said yet. */
const first = 'primeira.planted@example.com';
const former = 'antiga.planted@example.com';
const formerPhone = '+5511987650043';
const values = [...Object.values(planted), '11987650042'];

const linkCode = 'linkOfErased';

/** Where the id of somebody who was erased may stand, as docs/privacy.md says. */
const idsStayIn = ['assignments', 'audit', 'consents', 'customers', 'enrolments', 'erasures', 'messages'];

async function collectionsWith(id: string): Promise<string[]> {
  const { db } = system;
  const names = (await db.listCollections().toArray()).map(({ name }) => name);
  const found = await Promise.all(
    names.map(async (name) => JSON.stringify(await db.collection(name).find().toArray()).includes(id)),
  );
  return names.filter((_, index) => found[index]).sort();
}

/** What workers wrote down of handovers. */
async function handoverText(): Promise<string> {
  const folder = join(system.environment['PERENE_DATA_DIR'] ?? '', 'handover');
  const files = await readdir(folder);
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n');
}

const foundIn = (text: string): string[] =>
  values.filter((value) => text.toLowerCase().includes(value.toLowerCase()));

function messagedId(): string {
  for (;;) {
    const id = uniqueName('erased');
    if (!journeys.some((journey) => isHeldOut(journey, id))) return id;
  }
}

const track = (userId: string, event: string, properties: object = {}) =>
  system.post('/v1/track', { userId, anonymousId: planted.device, event, properties });

/** Everything of a customer that the API takes, and all that the system does with it. */
async function live(id: string): Promise<void> {
  const { store } = system;
  await system.post('/v1/track', {
    anonymousId: planted.device,
    event: 'page.viewed',
    properties: { name: planted.visitor },
  });
  await system.post('/v1/identify', { userId: id, traits: { email: first, phone: formerPhone } });
  await system.post('/v1/identify', {
    userId: id,
    traits: { car: planted.attribute, email: former, consent: { email: true } },
  });
  // Days of two seconds, so that journeys go on.
  const clock = demoClock(Date.now(), 2_000);
  await store.customers.collection.updateOne({ _id: id }, { $set: { clock } });
  const { firstName, lastName, email, phone } = planted;
  await system.post('/v1/customers', {
    ...{ id, firstName, lastName, email, phone },
    attributes: { wish: planted.attribute },
    consent: { email: true, sms: true, url: planted.form },
  });
  await track(id, 'form.sent', { text: planted.text });
  await track(id, 'page.viewed', { name: planted.page });
  await track(id, 'vehicle.delivered', { vehicleId: planted.vehicle, model: 'Perene 208' });
  await track(id, 'order.delivered', { orderId: 'o1', vehicleId: planted.vehicle });
  await system.admin('POST', '/v1/decisions', { customerId: id, slot: 'upsell' });
  await eventually(async () => system.texts.received.some(({ to }) => to === phone));
  await eventually(async () => system.mail.received.length > 0);
  await plantUnderKey(id);
  await answerSurvey(id);
  await press(`/p/${signLink({ kind: 'preferences', customerId: id }, secretOf())}`, 'pause=begin');
  await store.deliveries.plan({
    ...{ _id: `aftercare/${id}#1/alert:unhappy`, customerId: id, enrolmentId: `aftercare/${id}#1` },
    ...{ journey: 'aftercare', step: 'alert:unhappy', kind: 'alert', to: 'unhappy', createdAt: new Date() },
  });
  await track(id, 'customer.churned', { reason: planted.reason });
}

const secretOf = () => messagingConfiguration(system).keys.secret;

async function press(url: string, payload: string): Promise<void> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { statusCode } = await system.app.inject({ method: 'POST', url, headers, payload });
  expect(statusCode).toBe(200);
}

/** They answer the survey that a broadcast asked, in their own words. */
async function answerSurvey(id: string): Promise<void> {
  const enrolmentId = `broadcast/survey-${id}/${id}`;
  const sent = message({
    ...{ _id: `${enrolmentId}/email:survey-csat`, customerId: id, journey: 'broadcast', enrolmentId },
    ...{ step: 'email:survey-csat', template: 'survey-csat' },
  });
  await system.store.messages.collection.insertOne(sent);
  const token = signLink({ kind: 'survey', customerId: id, messageId: sent._id }, secretOf());
  await press(`/s/${token}`, `score=4&comment=${planted.comment}`);
}

/** What a keyed run leaves under its own id: the links of a message, and an arm of a split. */
async function plantUnderKey(id: string): Promise<void> {
  const { enrolments, messages, links, assignments } = system.store;
  const run = await eventually(() => enrolments.collection.findOne({ customerId: id, key: planted.vehicle }));
  const sent = message({
    _id: `${run._id}/email:maintenance-due`,
    customerId: id,
    journey: run.journey,
    enrolmentId: run._id,
  });
  await messages.collection.insertOne(sent);
  await links.put({ _id: linkCode, messageId: sent._id, urls: [], expireAt: new Date('2096-01-01') });
  await assignments.assign(
    {
      ...{ _id: `maintenance/words/${id}`, journey: 'maintenance', split: 'words', customerId: id },
      ...{ arm: 'warm', probabilities: { warm: 0.5, direct: 0.5 }, adaptive: false, holdout: false },
      ...{ enrolmentId: run._id, at: new Date() },
    },
    null,
  );
}

describe('erasing a customer', () => {
  it('leaves nothing that could tell who they were, and lets nothing come back', async () => {
    const id = messagedId();
    const { store, client } = system;
    await live(id);
    const before = await databaseText(system.db);
    expect(foundIn(before)).toEqual(values);
    for (const left of [first, former, formerPhone]) expect(before).not.toContain(left);
    const held = await system.admin<Record<string, object[]>>('GET', `/v1/customers/${id}/export`);
    expect(held['assignments']).toEqual(
      expect.arrayContaining([expect.objectContaining({ split: 'words', arm: 'warm' })]),
    );
    expect(held['consents']).toEqual(
      expect.arrayContaining([expect.objectContaining({ state: 'paused', channel: 'sms' })]),
    );
    for (const group of [
      'contacts',
      'decisions',
      'deliveries',
      'enrolments',
      'events',
      'messages',
      'showings',
    ])
      expect({ group, records: held[group] }).toEqual({
        group,
        records: [expect.anything(), ...(held[group] ?? []).slice(1)],
      });
    expect(held['links']).toEqual(expect.arrayContaining([expect.objectContaining({ _id: linkCode })]));
    expect(foundIn(await temporalText(client))).toContain(planted.vehicle);

    await system.admin('DELETE', `/v1/customers/${id}`);
    expect(foundIn(await databaseText(system.db))).toEqual([]);
    const chain = await system.admin<object>('GET', `/v1/customers/${id}/consent`);
    expect(chain).toMatchObject({
      verified: true,
      entries: [
        { state: 'given', channel: 'email' },
        {},
        { state: 'carried' },
        { state: 'paused' },
        { state: 'paused' },
      ],
    });
    const mailboxes = [planted.email, former, first].map(
      (address) => ({ channel: 'email', address }) as const,
    );
    const number = { channel: 'sms', address: formerPhone } as const;
    expect((await store.erasures.find(id))?.suppressionIds).toEqual(
      expect.arrayContaining([...mailboxes, number].map(suppressionId)),
    );
    for (const mailbox of mailboxes)
      expect(await store.suppressions.find(mailbox)).toMatchObject({
        blocked: { erased: expect.any(Date) as Date },
      });
    expect(await store.suppressions.find(number)).toBeNull();
    const digests = [...mailboxes, number].map((address) => suppressionId(address).replace(/^\w+:/, ''));
    const keeping = await Promise.all(digests.map(collectionsWith));
    expect(new Set(keeping.flat())).toEqual(new Set(['erasures', 'suppressions']));
    expect(foundIn(await handoverText())).toEqual([]);
    expect(await store.links.find(linkCode)).toBeNull();
    const arms = await store.assignments.collection.find({ customerId: id, split: 'words' }).toArray();
    expect(arms).toMatchObject([{ arm: 'warm', enrolmentId: expect.stringContaining('erased-') as string }]);
    expect(await store.enrolments.openOf([id])).toEqual([]);
    expect(system.texts.received.filter(({ to }) => to === planted.phone)).toEqual([]);
    await eventually(async () => foundIn(await temporalText(client)).length === 0);
    await eventually(async () => !(await temporalText(client)).includes(id));

    const { reason, text, email, phone, vehicle } = planted;
    await track(id, 'customer.churned', { reason });
    await track(id, 'form.sent', { text });
    await track(id, 'order.completed', { orderId: vehicle, amount: 100 });
    await system.post('/v1/identify', { userId: id, traits: { email, phone } });
    expect(await system.post('/v1/customers', { id, email })).toBe(409);
    await expect(
      system.admin('POST', '/v1/journeys/maintenance/enrolments', {
        customerId: id,
        properties: { vehicleId: vehicle, model: 'Perene 208' },
      }),
    ).rejects.toThrow('customer-erased');
    expect(foundIn(await databaseText(system.db))).toEqual([]);
    expect(foundIn(await temporalText(client))).toEqual([]);
    expect(foundIn(logged)).toEqual([]);
    expect(logged).not.toBe('');

    await eventually(async () => (await collectionsWith(id)).every((name) => idsStayIn.includes(name)));
    const exported = await system.admin<object>('GET', `/v1/customers/${id}/export`);
    expect(foundIn(JSON.stringify(exported))).toEqual([]);
  });

  it.each([
    ['the address', planted.email],
    ['the first address', first],
    ['an address before', former],
  ])(
    'sends nothing to %s of an erased person whom an import brings back under another id',
    async (_, email) => {
      const again = messagedId();
      const { phone, firstName } = planted;
      await system.post('/v1/customers', { id: again, email, phone, firstName, consent: { email: true } });
      const message = await eventually(() => system.store.messages.collection.findOne({ customerId: again }));
      expect(message).toMatchObject({ template: 'welcome', state: 'suppressed', reason: 'suppression-list' });
      await system.admin('DELETE', `/v1/customers/${again}`);
      expect(foundIn(await databaseText(system.db))).toEqual([]);
    },
  );

  it('goes on after a crash, and removes what was written behind its back', async () => {
    const { store, client } = system;
    const id = messagedId();
    const { firstName, email, text } = planted;
    await system.post('/v1/customers', { id, firstName, email });
    await eventually(() => store.enrolments.collection.findOne({ customerId: id, step: { $exists: true } }));
    // Ahead of the API's clock, which would make the passes itself.
    let time = Date.now() + 3_600_000;
    // A process that dies here has only noted the wish.
    await store.erasures.request(id, new Date(time));
    let isOutOfReach = true;
    const putOff: string[] = [];
    const catcher = await provider((line) =>
      line.includes('/api/v1/') ? [200, { messages: [] }] : [isOutOfReach ? 503 : 404],
    );
    const { sms, email: mailing } = messagingConfiguration(system);
    const erasure = createErasure({
      store,
      histories: temporalHistories(client),
      copies: sentCopies({ sms, email: { ...mailing, mailboxApiUrl: catcher.url } }),
      removeFiles: () => Promise.resolve(),
      now: () => new Date(time),
      onPutOff: ({ customerId, part }) => customerId === id && putOff.push(part),
    });
    while (await erasure.continueOne());
    expect(foundIn(await databaseText(system.db))).toEqual([]);
    expect(putOff).toEqual(['copies']);
    expect((await store.erasures.find(id))?.passes).toBe(0);
    isOutOfReach = false;
    time += 20_000;
    while (await erasure.continueOne());
    expect(catcher.asked.slice(-2).map(({ line }) => line)).toEqual([
      'GET /api/email',
      'GET /api/v1/messages?start=0&limit=500',
    ]);
    expect((await store.erasures.find(id))?.passes).toBe(1);
    expect(await store.enrolments.openOf([id])).toEqual([]);

    const at = new Date();
    await store.events.insert([
      {
        _id: uniqueName('late'),
        name: 'form.sent',
        customerId: id,
        properties: { text },
        occurredAt: at,
        receivedAt: at,
      },
    ]);
    for (const minutes of [1, 10]) {
      time += minutes * 60_000;
      while (await erasure.continueOne());
    }
    expect(foundIn(await databaseText(system.db))).toEqual([]);
    const noted = await store.erasures.find(id);
    expect(noted).toMatchObject({ finishedAt: expect.any(Date) as Date, passes: 3 });
    expect(noted).not.toHaveProperty('salt');
    expect(noted).not.toHaveProperty('dueAt');
    expect(putOff).toEqual(['copies']);
    await catcher.close();
  });
});
