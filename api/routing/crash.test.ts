import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { ownPorts } from '../../test/ports';
import { adminKey, allRouted, eventually, writeKey } from '../../test/api';
import {
  testDatabase,
  testTemporal,
  uniqueName,
  type TestDatabase,
  type TestTemporal,
} from '../../test/servers';
import { openStore, type Store } from '../../store/store';

let database: TestDatabase;
let temporal: TestTemporal;
let store: Store;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  [database, temporal] = await Promise.all([testDatabase(), testTemporal()]);
  store = await openStore(database.db, database.client);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await temporal.close();
  await database.close();
});

/** A way to Temporal that can be blocked: what is sent then goes nowhere, and no connection breaks. */
async function blockableWay(address: string) {
  const [host = '', port = ''] = address.split(':');
  let blocked = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    near.on('data', (data) => {
      if (!blocked) far.write(data);
    });
    far.on('data', (data) => near.write(data));
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    block: () => void (blocked = true),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Starts the API as a process of its own, and waits until it takes requests. */
async function startApi(temporalAddress: string): Promise<{ url: string; process: ChildProcess }> {
  const [port = 0] = await ownPorts(1);
  const child = spawn(process.execPath, ['--import', 'tsx', 'api/main.ts'], {
    cwd: join(__dirname, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: '/usr/bin',
      PORT: String(port),
      MONGODB_URI: database.uri,
      TEMPORAL_ADDRESS: temporalAddress,
      SMTP_URL: 'smtp://127.0.0.1:1',
      PERENE_WRITE_KEY: writeKey,
      PERENE_ADMIN_KEY: adminKey,
      PERENE_SECRET: 'a-secret-of-thirty-two-characters',
      LOG_LEVEL: 'silent',
    },
  });
  children.add(child);
  const url = `http://127.0.0.1:${String(port)}`;
  await eventually(async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok);
  return { url, process: child };
}

describe('an API process', () => {
  it('that is killed between storing an event and starting its run loses nothing: the next one starts it, once', async () => {
    const way = await blockableWay(temporal.address);
    const first = await startApi(way.address);
    const id = uniqueName('killed');
    way.block();
    const answer = await fetch(`${first.url}/v1/customers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id }),
    });
    expect(answer.status).toBe(201);
    await eventually(() => store.enrolments.find(`onboarding/${id}#1`));
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    await way.close();
    expect(await store.outbox.holds(`signup:${id}`)).toBe(true);
    const workflow = temporal.client.workflow.getHandle(`onboarding/${id}`);
    await expect(workflow.describe()).rejects.toThrow('not found');

    const second = await startApi(temporal.address);
    await allRouted(store);
    expect((await workflow.describe()).status.name).toBe('RUNNING');
    expect(await store.enrolments.collection.countDocuments({ customerId: id })).toBe(1);
    second.process.kill('SIGTERM');
    expect(await once(second.process, 'exit')).toEqual([0, null]);
  });

  it('that lacks configuration says which and exits with 1', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'api/main.ts'], {
      cwd: join(__dirname, '../..'),
      env: { PATH: '/usr/bin' },
    });
    children.add(child);
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said).toContain('MONGODB_URI is missing');
    expect(said).not.toContain('    at ');
  });
});
