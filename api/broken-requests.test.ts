import { once } from 'node:events';
import { connect } from 'node:net';
import { testApi, type TestApi } from '../test/api';

let api: TestApi;
let port: number;
beforeAll(async () => {
  api = await testApi();
  port = Number(new URL(await api.app.listen({ port: 0, host: '127.0.0.1' })).port);
});
afterAll(() => api.close());

/** Sends bytes as they are; gives the status and the problem that the server answers, however it ends the connection. */
async function say(...pieces: readonly string[]) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  const ended = once(socket, 'close');
  for (const piece of pieces) {
    if (socket.writable) await new Promise((resolve) => socket.write(piece, resolve));
  }
  await ended;
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]),
    type: /content-type: ([^;\r\n]*)/i.exec(head)?.[1],
    code: (JSON.parse(body) as { code?: string }).code,
  };
}

const get = (target: string, header = '') =>
  `GET ${target} HTTP/1.1\r\nhost: perene.example\r\nconnection: close\r\n${header}\r\n`;
const a = (count: number) => 'a'.repeat(count);

it.each([
  ['a path beyond the limit', [get(`/u/${a(16_400)}`)], 414, 'uri-too-long'],
  ['a query beyond the limit', [get(`/healthz?${a(20_000)}`)], 414, 'uri-too-long'],
  ['an address that no route has', [get(`/none/${a(20_000)}`)], 414, 'uri-too-long'],
  ['an address beyond what is read at all', [get(`/u/${a(40_000)}`)], 414, 'uri-too-long'],
  ['the same in pieces', [`GET /u/${a(20_000)}`, a(20_000), ` HTTP/1.1\r\n\r\n`], 414, 'uri-too-long'],
  ['a header beyond what is read', [get('/healthz', `x: ${a(40_000)}\r\n`)], 431, 'headers-too-large'],
  ['no HTTP at all', ['\u0000\u0001\u0002 nonsense\r\n\r\n'], 400, 'invalid-request'],
  ['a header with a bare line feed', [get('/healthz', 'x: 1\n y\u0000: 2\r\n')], 400, 'invalid-request'],
  ['two lengths', [get('/healthz', 'content-length: 1\r\ncontent-length: 2\r\n')], 400, 'invalid-request'],
  ['a path that is no encoding', [get('/u/%zz')], 400, 'invalid-request'],
  ['a path of half a character', [get('/u/%c3')], 400, 'invalid-request'],
])('answers %s by a problem', async (_, pieces, status, code) => {
  expect(await say(...pieces)).toEqual({ status, type: 'application/problem+json', code });
});

it('takes addresses up to the limit', async () => {
  const answer = await api.app.inject(`/healthz?${a(16_384 - '/healthz?'.length)}`);
  expect(answer.statusCode).toBe(200);
});
