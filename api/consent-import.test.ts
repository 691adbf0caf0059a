import { uniqueName } from '../test/servers';
import { adminKey, testApi, type TestApi } from '../test/api';

let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

async function send(payload: string, type = 'text/csv') {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/v1/consents/import',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': type },
    payload,
  });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

async function signedUp(consent: object = {}, email?: string): Promise<string> {
  const id = uniqueName('ana');
  await api.post('/v1/customers', { id, email: email ?? `${id}@example.com`, consent });
  return id;
}
const consentOf = async (id: string) => (await api.store.customers.find(id))?.consent.email;

const header = 'customerId,channel,topic,state,at,source,textVersion,proof';
const row = (id: string, change: { topic?: string; state?: string; at?: string } = {}): string => {
  const { topic = '', state = 'given', at = '2024-05-31T14:00:00Z' } = change;
  return `${id},email,${topic},${state},${at},old-crm,form-7,"form 7, sheet 12"`;
};

describe('POST /v1/consents/import', () => {
  it('takes statements with their proof, names bad rows by line, and changes nothing the second time', async () => {
    const [ana, bia] = [await signedUp(), await signedUp()];
    const file = [
      header,
      row(ana),
      row(ana, { topic: 'offers', state: 'revoked', at: '2024-06-01T09:00:00-03:00' }),
      row('nobody'),
      row(bia, { at: 'yesterday' }),
      row(bia, { topic: 'weather' }),
      row(bia, { at: '2199-01-01T00:00:00Z' }),
      row(bia),
    ].join('\n');
    const { body } = await send(file);
    expect(body).toEqual({
      ...{ rows: 7, recorded: 3, outdated: 0, repeated: 0, refused: 4 },
      refusals: [
        { line: 4, reason: 'customerId: no customer has this id; sign them up first' },
        { line: 5, reason: 'at: must be an instant such as 2024-05-31T14:00:00Z' },
        { line: 6, reason: expect.stringMatching(/^topic: /) as string },
        { line: 7, reason: 'at: is in the future' },
      ],
    });
    expect((await send(file)).body).toMatchObject({ recorded: 0, repeated: 3, refused: 4 });
    expect(await consentOf(ana)).toMatchObject({ granted: true, except: ['offers'], source: 'import' });
    expect((await api.admin('GET', `/v1/customers/${ana}/consent`)).body).toMatchObject({
      verified: true,
      entries: [
        {
          ...{ at: '2024-05-31T14:00:00.000Z', source: 'import', textVersion: 'form-7' },
          proof: { from: 'old-crm', line: 2, proof: 'form 7, sheet 12' },
        },
        { topic: 'offers', state: 'revoked' },
      ],
    });
  });

  it('keeps the proof of a yes, but brings back nobody who refused since', async () => {
    const ana = await signedUp({ email: false });
    expect((await send([header, row(ana)].join('\n'))).body).toMatchObject({ recorded: 0, outdated: 1 });
    expect(await consentOf(ana)).toMatchObject({ granted: false, source: 'signup' });
    expect((await api.admin('GET', `/v1/customers/${ana}/consent`)).body).toMatchObject({ verified: true });
  });

  it('takes lines of JSON', async () => {
    const ana = await signedUp();
    const said = {
      customerId: ana,
      channel: 'email',
      state: 'given',
      at: '2024-05-31T14:00:00Z',
      source: 'shop',
    };
    const { body } = await send(`${JSON.stringify(said)}\n{"broken\n`, 'application/x-ndjson');
    expect(body).toMatchObject({ rows: 2, recorded: 1, refusals: [{ line: 2 }] });
    expect(await consentOf(ana)).toMatchObject({ granted: true });
  });

  it('refuses who was erased, also under another id', async () => {
    const gone = await signedUp();
    const email = `${gone}@example.com`;
    await api.admin('DELETE', `/v1/customers/${gone}`);
    const again = await signedUp({}, email);
    const { body } = await send([header, row(gone), row(again)].join('\n'));
    expect(body).toMatchObject({
      ...{ rows: 2, recorded: 0, refused: 2 },
      refusals: [
        { line: 2, reason: 'customerId: the customer was erased' },
        { line: 3, reason: expect.stringContaining('a person with this address was erased') as string },
      ],
    });
    expect(await consentOf(again)).toBeUndefined();
  });

  it('says what is wrong with a file that is none', async () => {
    expect((await send('a,b\n1,2')).body).toMatchObject({
      ...{ status: 400, detail: 'The header has no column customerId, channel, state, at, source.' },
    });
    expect((await send(`${header}\n"open`)).status).toBe(400);
    expect((await send('')).status).toBe(400);
  });
});
