import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually } from './eventually';
import { ownPorts } from './ports';
import { testDatabase, type TestDatabase } from './servers';

let database: TestDatabase;
beforeAll(async () => (database = await testDatabase()));
afterAll(() => database.close());

describe('the API as a process', () => {
  it('answers what it has taken and ends well on SIGTERM, though Temporal is away and clients keep connections', async () => {
    const temporal = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => temporal.listen(0, '127.0.0.1', resolve));
    const asked = once(temporal, 'connection');
    const [port = 0] = await ownPorts(1);
    const child = spawn(process.execPath, ['--import', 'tsx', join('api', 'main.ts')], {
      cwd: join(__dirname, '..'),
      env: {
        ...process.env,
        PORT: String(port),
        PUBLIC_URL: 'http://localhost:3999',
        MONGODB_URI: database.uri,
        TEMPORAL_ADDRESS: `127.0.0.1:${String((temporal.address() as AddressInfo).port)}`,
        SMTP_URL: 'smtp://127.0.0.1:1',
        MAIL_FROM: 'Perene Motors <ola@motors.example>',
        PERENE_WRITE_KEY: 'write-key-of-the-tests',
        PERENE_ADMIN_KEY: 'admin-key-of-the-tests',
        PERENE_SECRET: 'a secret of the tests, long enough to be one',
        LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'close');
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    const agent = new Agent({ keepAlive: true });
    const ask = (path: string) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        get({ agent, port, path, host: '127.0.0.1' }, (answer) => resolve(answer.resume())).on(
          'error',
          reject,
        );
      });
    try {
      await eventually(async () => (await ask('/healthz').catch(() => undefined))?.statusCode === 200);
      const answer = ask('/readyz');
      await asked;
      child.kill('SIGTERM');
      expect((await answer).statusCode).toBe(503);
      expect((await answer).headers.connection).toBe('close');
      expect([await ended, complaints]).toEqual([[0, null], '']);
    } finally {
      child.kill('SIGKILL');
      agent.destroy();
      temporal.close();
    }
  });
});
