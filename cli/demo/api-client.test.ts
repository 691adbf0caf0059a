import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { createApiClient, type TrackingItem } from './api-client';
import { invent } from './people';

const keys = { write: 'the-write-key', admin: 'the-admin-key' };

/** What a server got, and how it answers the next requests. */
interface Got {
  readonly request: string;
  readonly key: string;
  readonly body: unknown;
}

let server: Server;
let origin: string;
let got: Got[];
let answers: { status: number; body: object }[];

beforeEach(async () => {
  got = [];
  answers = [];
  server = createServer((request, response) => {
    void json(request).then((body) => {
      const { method = '', url = '', headers } = request;
      got.push({ request: `${method} ${url}`, key: headers.authorization ?? '', body });
      const { status, body: answer } = answers.shift() ?? { status: 200, body: {} };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const looks = (count: number): TrackingItem[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ messageId: `m${n}`, userId: 'demo-1-0001', timestamp: '2026-03-02T13:00:00.000Z' },
    ...{ type: 'page', name: 'home' },
  }));

describe('the client of the API', () => {
  it('sends events in batches, in their order, with the write key', async () => {
    await createApiClient(origin, keys).track(looks(1_200));
    expect(got.map(({ request, key }) => `${request} ${key}`)).toEqual(
      Array(3).fill('POST /v1/batch Bearer the-write-key'),
    );
    const sent = got.flatMap(({ body }) => (body as { batch: { messageId: string }[] }).batch);
    expect(sent.map(({ messageId }) => messageId)).toEqual(looks(1_200).map(({ messageId }) => messageId));
  });

  it('signs customers up with what they told', async () => {
    const { id, email, consent, timeZone } = invent(1, 1, false);
    await createApiClient(origin, keys).signUp(invent(1, 1, false));
    expect(got[0]).toMatchObject({ request: 'POST /v1/customers', body: { id, email, consent, timeZone } });
  });

  it('asks for a decision and answers it with the admin key, whatever its id holds', async () => {
    const client = createApiClient(origin, keys);
    answers = [{ status: 200, body: { decisionId: 'd', offers: [{ offerId: 'o' }] } }];
    expect(await client.decide('demo-1-0001', 'upsell')).toMatchObject({ offers: [{ offerId: 'o' }] });
    await client.answerOffer('upsell/ana#1/offer:upsell', 'o', 'accepted');
    expect(got[1]).toEqual({
      request: 'POST /v1/decisions/upsell%2Fana%231%2Foffer%3Aupsell/outcomes',
      key: 'Bearer the-admin-key',
      body: { offerId: 'o', response: 'accepted' },
    });
  });

  it('calls again where a part of the system is away for a moment', async () => {
    answers = [
      { status: 503, body: { code: 'unavailable' } },
      { status: 500, body: {} },
    ];
    await createApiClient(origin, keys).track(looks(1));
    expect(got).toHaveLength(3);
    expect(got[2]).toEqual(got[0]);
  });

  it('tells what was refused, and not what was sent', async () => {
    const client = createApiClient(origin, keys);
    answers = [{ status: 400, body: { code: 'invalid-request', detail: 'no such thing' } }];
    const refused = client.signUp(invent(1, 1, false));
    await expect(refused).rejects.toThrow(
      'POST /v1/customers was answered 400 invalid-request no such thing',
    );
    answers = [{ status: 200, body: { success: false, rejected: [{ index: 0, issues: [] }] } }];
    await expect(client.track(looks(1))).rejects.toThrow('POST /v1/batch rejected calls');
    expect(got).toHaveLength(2);
  });
});
