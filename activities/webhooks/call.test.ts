import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hookServer, status, type HookServer } from '../../test/hook-server';
import { createCall, isPublic } from './call';

let server: HookServer;
beforeAll(async () => (server = await hookServer()));
afterAll(() => server.close());

/** Calls the server, whose host is trusted. */
const call = (timeout = 5_000) =>
  createCall({ trustedHosts: [server.host], timeout })(`${server.url}/hook`, { 'x-test': '1' }, '{"a":1}');

describe('a call', () => {
  it('posts its body and headers, and is taken with any status of success', async () => {
    server.answer(status(202));
    expect(await call()).toEqual({ outcome: 'taken', status: 202 });
    expect(server.received.at(-1)).toMatchObject({
      method: 'POST',
      path: '/hook',
      headers: { 'x-test': '1', 'content-length': '7' },
      body: '{"a":1}',
    });
  });

  it('follows no redirect', async () => {
    server.answer(status(307, { location: `${server.url}/elsewhere` }));
    expect(await call()).toEqual({ outcome: 'refused', reason: 'redirect', status: 307 });
    expect(server.received.at(-1)?.path).toBe('/hook');
  });

  it('tells what can be tried again from what cannot, and hears when', async () => {
    server.answer(
      status(404),
      status(410),
      status(408),
      status(429, { 'retry-after': '7' }),
      status(503, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }),
      status(500, { 'retry-after': '99999999' }),
    );
    expect(await call()).toEqual({ outcome: 'refused', reason: 'http-404', status: 404 });
    expect(await call()).toEqual({ outcome: 'gone', status: 410 });
    expect(await call()).toEqual({ outcome: 'unavailable', reason: 'http-408', status: 408 });
    expect(await call()).toMatchObject({ outcome: 'unavailable', retryAfter: 7_000 });
    const late = await call();
    expect('retryAfter' in late && late.retryAfter).toBeGreaterThan(3_500_000);
    expect(await call()).toMatchObject({ outcome: 'unavailable', retryAfter: 86_400_000 });
  });

  it('waits for no body, however slow or long', async () => {
    let written = 0;
    server.answer(
      (reply) => void reply.writeHead(200).write('a'),
      (reply) => {
        reply.writeHead(200);
        const chunk = Buffer.alloc(65_536);
        const pour = (): void => {
          while (written < 2 ** 30 && reply.writable && reply.write(chunk)) written += chunk.length;
        };
        reply.on('drain', pour);
        pour();
      },
    );
    expect(await call()).toEqual({ outcome: 'taken', status: 200 });
    expect(await call()).toEqual({ outcome: 'taken', status: 200 });
    expect(written).toBeLessThan(2 ** 26);
  });

  it('gives up on a server that does not answer, or is not there', async () => {
    server.answer(() => undefined);
    expect(await call(200)).toEqual({ outcome: 'unavailable', reason: 'timeout' });
    const away = createCall({ trustedHosts: ['127.0.0.1'] });
    expect(await away('http://127.0.0.1:1/', {}, '')).toEqual({
      outcome: 'unavailable',
      reason: 'connection',
    });
  });
});

describe('where a call may go', () => {
  const refused = (reason: string) => ({ outcome: 'refused', reason });
  const call = createCall({ trustedHosts: [] });

  it('is over HTTPS, without credentials', async () => {
    expect(await call('http://example.com/', {}, '')).toEqual(refused('not-https'));
    expect(await call('ftp://example.com/', {}, '')).toEqual(refused('not-https'));
    expect(await call('https://a:b@example.com/', {}, '')).toEqual(refused('credentials-in-address'));
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fd00::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::7f00:1]',
    '[::7f00:1]',
    '[fec0::1]',
    '[2002:7f00:1::]',
    '[ff02::1]',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
  ])('is never %s', async (host) => {
    expect(await call(`https://${host}/`, {}, '')).toEqual(refused('address-not-public'));
  });

  it('may be a public address', () => {
    expect(isPublic('93.184.215.14')).toBe(true);
    expect(isPublic('2606:2800:21f:cb07:6820:80da:af6b:8b2c')).toBe(true);
    expect(isPublic('nonsense')).toBe(false);
  });

  it('is judged by every address of a name', async () => {
    const resolve = async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ];
    const mixed = createCall({ trustedHosts: [], resolve });
    expect(await mixed('https://hooks.example/', {}, '')).toEqual(refused('address-not-public'));
    const none = createCall({ trustedHosts: [], resolve: async () => [] });
    expect(await none('https://hooks.example/', {}, '')).toMatchObject({ reason: 'name-not-found' });
  });

  it('is where the name led when it was judged: a name that then leads elsewhere changes nothing', async () => {
    const port = server.host.split(':')[1] ?? '';
    let asked = 0;
    const resolve = async () => {
      asked++;
      // What a rebinding name server would say to a second question.
      return [{ address: asked === 1 ? '127.0.0.1' : '192.0.2.1', family: 4 }];
    };
    const rebinding = createCall({ trustedHosts: [`hooks.example:${port}`], resolve });
    const before = server.received.length;
    expect(await rebinding(`http://hooks.example:${port}/`, {}, '')).toEqual({
      outcome: 'taken',
      status: 204,
    });
    expect(asked).toBe(1);
    expect(server.received).toHaveLength(before + 1);
    expect(server.received.at(-1)?.headers.host).toBe(`hooks.example:${port}`);
  });
});

describe('a call over TLS', () => {
  it('goes only to whom a trusted authority vouches for, under the name that was called', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'perene-hook-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=hooks.example', '-addext', 'subjectAltName=DNS:hooks.example'];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ];
    execFileSync('openssl', [...made, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const authorities = readFileSync(cert, 'utf8');
    const secure = await hookServer({ key: readFileSync(key, 'utf8'), cert: authorities });
    rmSync(folder, { recursive: true });
    const port = secure.host.split(':')[1] ?? '';
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const trustedHosts = [`hooks.example:${port}`, `other.example:${port}`];
    const certificate = { outcome: 'unavailable', reason: 'certificate' };
    const trusting = createCall({ trustedHosts, resolve, authorities });
    expect(await trusting(`https://hooks.example:${port}/`, {}, '{}')).toEqual({
      outcome: 'taken',
      status: 204,
    });
    expect(await trusting(`https://other.example:${port}/`, {}, '{}')).toEqual(certificate);
    const strict = createCall({ trustedHosts, resolve });
    expect(await strict(`https://hooks.example:${port}/`, {}, '{}')).toEqual(certificate);
    expect(secure.received).toHaveLength(1);
    await secure.close();
  });
});
