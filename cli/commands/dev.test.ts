import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { createTransport } from 'nodemailer';
import { eventually } from '../../test/eventually';
import { ownPorts } from '../../test/ports';
import { runPerene, startPerene, type PereneProcess } from '../../test/perene-process';
import { isFree } from '../embedded/ports';

/** Variables that would replace embedded servers. */
const noServers = { TEMPORAL_ADDRESS: '', MONGODB_URI: '', SMTP_URL: '', PUBLIC_URL: '', PORT: '' };
const options = [
  '--port',
  '--temporal-port',
  '--temporal-ui-port',
  '--mongodb-port',
  '--smtp-port',
  '--mailbox-port',
  '--sms-port',
];

let dataDir: string;
let env: Record<string, string>;
let ports: number[];
let perene: PereneProcess | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'perene-dev-'));
  env = { ...noServers, PERENE_DATA_DIR: dataDir };
  ports = await ownPorts(options.length);
});

afterEach(async () => {
  perene?.kill('SIGTERM');
  await perene?.ended;
  perene = undefined;
  await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
});

const portArguments = () => options.flatMap((option, index) => [option, String(ports[index])]);

async function startServices(): Promise<Record<string, string>> {
  perene = startPerene(['dev', '--services', ...portArguments()], env);
  await perene.outputs(/^TWILIO_BASE_URL=.+\n/m);
  const lines = perene.stdout().trimEnd().split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

async function allFree(): Promise<boolean> {
  return (await Promise.all(ports.map(isFree))).every((free) => free);
}

async function withTemporal<T>(
  address: string | undefined,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address: address ?? '' });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

async function withMongodb<T>(
  uri: string | undefined,
  work: (client: MongoClient) => Promise<T>,
): Promise<T> {
  const client = await MongoClient.connect(uri ?? '');
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

describe('perene dev --services', () => {
  it('starts every server, keeps what they hold over a kill and a restart, and frees all ports at the end', async () => {
    const first = await startServices();
    await withTemporal(first['TEMPORAL_ADDRESS'], (client) =>
      client.workflow.start('onboarding', { workflowId: 'onboarding/ana', taskQueue: 'nobody' }),
    );
    await withMongodb(first['MONGODB_URI'], (client) =>
      client.db().collection('customers').insertOne({ name: 'Ana' }),
    );
    const transport = createTransport(first['SMTP_URL']);
    await transport.sendMail({
      from: 'ola@perene.example',
      to: 'ana@example.com',
      subject: 'Boas-vindas',
      text: 'Olá',
    });
    transport.close();
    perene?.kill('SIGKILL');
    await perene?.ended;

    const second = await startServices();
    expect(second).toEqual(first);
    const run = await withTemporal(second['TEMPORAL_ADDRESS'], (client) =>
      client.workflow.getHandle('onboarding/ana').describe(),
    );
    expect(run.status.name).toBe('RUNNING');
    const customers = await withMongodb(second['MONGODB_URI'], (client) =>
      client.db().collection('customers').countDocuments(),
    );
    expect(customers).toBe(1);
    const mails = await fetch(`${second['MAILBOX_URL'] ?? ''}/api/email`);
    expect(await mails.json()).toMatchObject([{ subject: 'Boas-vindas' }]);
    for (const page of ['MAILBOX_URL', 'TEMPORAL_UI_URL', 'TWILIO_BASE_URL']) {
      const response = await fetch(second[page] ?? '', { headers: { accept: 'text/html' } });
      expect([page, response.status]).toEqual([page, 200]);
    }

    perene?.kill('SIGINT');
    expect(await perene?.ended).toBe(0);
    expect(await allFree()).toBe(true);
  });

  it('refuses a data folder that another one runs on, and names the program that holds a port', async () => {
    await startServices();
    const again = await runPerene(['dev', '--services', ...portArguments()], env);
    expect(again).toMatchObject({ status: 1, stdout: '' });
    expect(again.stderr).toContain(`Perene already runs on ${dataDir} (process ${perene?.pid ?? 0})`);

    const elsewhere = { ...env, PERENE_DATA_DIR: join(dataDir, 'other') };
    const inTheWay = await runPerene(['dev', '--services', ...portArguments()], elsewhere);
    expect(inTheWay.status).toBe(1);
    expect(inTheWay.stderr).toMatch(
      new RegExp(
        `Port ${ports[1]} \\(Temporal server\\) is taken by process \\d+: .*temporal.* choose another port with --temporal-port`,
      ),
    );
    expect(inTheWay.stderr).toContain(`Port ${ports[6]} (SMS page) is taken by process ${perene?.pid ?? 0}`);
  });

  it('starts no server that the environment names another for', async () => {
    env['TEMPORAL_ADDRESS'] = 'temporal.example:7233';
    env['MONGODB_URI'] = 'mongodb://db.example/crm';
    env['SMTP_URL'] = 'smtp://smtp.example';
    const variables = await startServices();
    expect(variables).not.toHaveProperty('TEMPORAL_ADDRESS');
    expect(variables).not.toHaveProperty('MONGODB_URI');
    expect(variables).not.toHaveProperty('SMTP_URL');
    expect(await Promise.all(ports.map(isFree))).toEqual([true, true, true, true, true, true, false]);
  });

  it('ends a start that is under way', async () => {
    perene = startPerene(['dev', '--services', ...portArguments()], env);
    while (!existsSync(join(dataDir, 'logs', 'temporal.log'))) await sleep(20);
    perene.kill('SIGTERM');
    expect(await perene.ended).toBe(0);
    expect(perene.stdout()).toBe('');
    expect(await allFree()).toBe(true);
  });

  it('names a variable that is wrong before it starts anything', async () => {
    const { status, stderr } = await runPerene(['dev', ...portArguments()], {
      ...env,
      PERENE_SECRET: 'short',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('PERENE_SECRET must have 32 characters or more');
    expect(await allFree()).toBe(true);
  });
});

describe('perene dev', () => {
  it('starts the API and a worker too, tells where they are, and stops them', async () => {
    perene = startPerene(['dev', ...portArguments()], env);
    await perene.outputs(/Admin key {2,}\S+\n/);
    const table = perene.stdout();
    expect(table).toContain(`http://localhost:${ports[0]}/`);
    expect(table).toMatch(/Write key {2,}write_\w+/);
    // A part that takes two seconds to answer counts as down.
    await eventually(async () => (await fetch(`http://127.0.0.1:${ports[0]}/readyz`)).ok);
    const doctor = await runPerene(['doctor', '--json'], env);
    expect(doctor.stderr).toBe('');
    expect(doctor.status).toBe(0);
    expect(JSON.parse(doctor.stdout)).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ check: 'Temporal', state: 'ok' }),
        expect.objectContaining({ check: 'API', state: 'ok' }),
      ]) as unknown,
    });
    perene.kill('SIGTERM');
    expect(await perene.ended).toBe(0);
    expect(await allFree()).toBe(true);
  });
});
